"""Operators that multiply and sum: matrix products, Einstein sums, fused attention."""

from collections.abc import Sequence
from functools import partial

from worksheet.layers import Shape
from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.elementwise import combine_elementwise
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, without_batch
from worksheet.readers.symbols import join_sizes, list_symbols


def linear(call: OnnxCall, value: OnnxValue, width: int, outputs: int, stored: tuple[str, ...], *, bias: bool) -> OnnxValue:
    """A fully connected layer for each row of a tensor; leading axes of size 1 are dropped."""
    if value.shape[-1] != width:
        raise call.fault(f"has weights for {width} inputs, but receives {value.shape[-1]}")
    rows = tuple(size for size in value.shape[:-1] if size != 1)
    row = call.rows.take_loosely(value, call.operator)
    if row.shape not in {(*rows, width), without_batch(value.shape)}:
        row = call.take(value, (*rows, width))
    settings = {"k": outputs, "b": int(bias), "r": int(len(row.shape) > 2)}
    return call.to_value(call.add_row("Linear", (row,), settings, stored=stored), (*value.shape[:-1], outputs))


def matmul(call: OnnxCall, first: int = 0, second: int = 1) -> Result:
    """MatMul; with stored weights it is a fully connected layer."""
    a, b = call[first], call[second]
    alpha = call.attribute("alpha", 1.0)
    if alpha != 1:
        a = call.add_elementwise(a, "MulScalar", scalar=alpha)
    if b.is_fixed and len(b.shape) == 2 and not a.is_fixed and a.shape:
        return linear(call, a, *b.shape, b.stored, bias=False)
    return product(call, a, b)


def product(call: OnnxCall, a: OnnxValue, b: OnnxValue) -> OnnxValue:
    """The product of two tensors, by the rules of numpy.matmul."""
    if not (a.shape and b.shape):
        raise call.fault("receives a single number", "it takes vectors, matrices, or stacks of them")
    full = _product_shape(call, a.shape, b.shape)
    first = without_batch(a.shape) if len(a.shape) > 2 or len(b.shape) <= 2 else a.shape
    second = b.shape[1:] if len(b.shape) > 2 and b.shape[0] == 1 else b.shape
    if len(a.shape) == 1 and len(b.shape) > 2:
        first = (1, *a.shape)
    row = call.add_row("MatMul", (call.take(a, first), call.take(b, second)))
    return call.to_value(row, full)


def _product_shape(call: OnnxCall, a: Shape, b: Shape) -> Shape:
    first, second = ((1, *a) if len(a) == 1 else a), ((*b, 1) if len(b) == 1 else b)
    if first[-1] != second[-2]:
        raise call.fault(f"cannot multiply {join_sizes(a)} by {join_sizes(b)}: rows of {first[-1]} by columns of {second[-2]}")
    full = (*shape_rules.broadcast(first[:-2], second[:-2]), first[-2], second[-1])
    if len(a) == 1:
        full = (*full[:-2], full[-1])
    return full[:-1] if len(b) == 1 else full


def gemm(call: OnnxCall) -> Result:
    """Gemm: alpha A B + beta C, where a stored B makes it a fully connected layer and a stored C its bias."""
    a, b, c = call[0], call[1], call.optional(2)
    if len(a.shape) != 2 or len(b.shape) != 2:
        raise call.fault(f"receives tensors of {len(a.shape)} and {len(b.shape)} axes", "it takes two matrices")
    if call.attribute("transA", 0):
        a = permute_axes(call, a, (1, 0))
    width, outputs = b.shape[::-1] if call.attribute("transB", 0) else b.shape
    if call.attribute("alpha", 1.0) != 1 and not b.is_fixed:
        a = call.add_elementwise(a, "MulScalar", scalar=call.attribute("alpha"))
    if b.is_fixed and not a.is_fixed:
        is_bias = c is not None and c.is_fixed and c.size in {1, outputs}
        result = linear(call, a, width, outputs, call.stored_names(b, c if is_bias else None), bias=is_bias)
        c = None if is_bias else c
    else:
        result = product(call, a, permute_axes(call, b, (1, 0)) if call.attribute("transB", 0) else b)
    return result if c is None else combine_elementwise(call, "Add", [result, c])


def permute_axes(call: OnnxCall, value: OnnxValue, order: Sequence[int]) -> OnnxValue:
    """A tensor with its axes in another order; no row where only axes of size 1 move."""
    shape = tuple(value.shape[axis] for axis in order)
    moved = [axis for axis in order if value.shape[axis] != 1]
    if moved == sorted(moved) or value.row is None:
        result = value.reshape(shape, call.operator)
        if moved != sorted(moved) and value.array is not None:
            result.array = value.array.transpose(order)
        return result
    if order[0] == 0 and value.shape[0] == 1:
        row = call.add_row("Permute", (call.take(value),), list_symbols("a", order[1:]))
        return OnnxValue(shape, row, None, None, value.stored, value.trained, call.operator.where)
    kept = sorted(moved)
    taken = call.take(value, tuple(value.shape[axis] for axis in kept))
    row = call.add_row("Permute", (taken,), list_symbols("a", [kept.index(axis) + 1 for axis in moved]))
    return OnnxValue(shape, row, None, None, value.stored, value.trained, call.operator.where, call.operator)


def fused_matmul(call: OnnxCall) -> Result:
    """FusedMatMul: a product of matrices that may be transposed, times a factor."""
    values = [call[0], call[1]]
    for place, name in enumerate(("transA", "transB")):
        value = values[place]
        if call.attribute(name, 0):
            rank = len(value.shape)
            values[place] = permute_axes(call, value, (*range(rank - 2), rank - 1, rank - 2))
    return matmul(OnnxCall(call.operator, values, call.rows, call.notes))


def einsum(call: OnnxCall) -> Result:
    """Einsum; the index of the batch is left out."""
    equation = call.attribute("equation", "").replace(" ", "")
    if "." in equation or not equation:
        raise call.fault(f"has the equation {equation!r}", "use a letter for every axis, no ellipsis")
    terms, output = _split_equation(equation)
    sizes = _index_sizes(call, equation, terms, output)
    first = terms[0][:1]
    batch = first if sizes.get(first) == 1 and output[:1] == first and len(output) > 1 else ""
    rows = []
    for term, value in zip(terms, call.present, strict=True):
        drops_batch = bool(batch) and term.startswith(batch) and len(term) > 1
        rows.append(call.take(value, value.shape[1:] if drops_batch else value.shape))
    kept = [term.removeprefix(batch) if len(term) > 1 else term for term in terms]
    pattern = f"{','.join(kept)}->{output.removeprefix(batch)}"
    return call.to_value(call.add_row("Einsum", rows, pattern=pattern), tuple(sizes[index] for index in output))


def _split_equation(equation: str) -> tuple[list[str], str]:
    """The terms of the inputs and of the output; an implicit output has every index that occurs once.

    >>> _split_equation("ij,jk->ik"), _split_equation("ij,jk")
    ((['ij', 'jk'], 'ik'), (['ij', 'jk'], 'ik'))
    """
    left, arrow, output = equation.partition("->")
    if not arrow:
        indices = left.replace(",", "")
        output = "".join(sorted(index for index in set(indices) if indices.count(index) == 1))
    return left.split(","), output


def _index_sizes(call: OnnxCall, equation: str, terms: Sequence[str], output: str) -> dict[str, int]:
    """The size of every index. Raises NetworkError where the equation does not fit the tensors."""
    values = call.present
    if [len(term) for term in terms] != [len(value.shape) for value in values]:
        ranks = ", ".join(str(len(value.shape)) for value in values)
        raise call.fault(f"has the equation {equation!r} for tensors of {ranks} axes")
    sizes = {
        index: size for term, value in zip(terms, values, strict=True) for index, size in zip(term, value.shape, strict=True)
    }
    if set(output) - set(sizes):
        raise call.fault(f"has the equation {equation!r}, whose output has an index that no input has")
    return sizes


def attention(call: OnnxCall, value: int = 2, heads: str = "q_num_heads", shared: str = "kv_num_heads") -> Result:
    """Attention over queries, keys and values, with a head axis or with the heads side by side."""
    queries, keys, values = call[0], call[1], call[value]
    if call.optional(4 if heads == "q_num_heads" else 6) is not None:
        raise call.fault("reads keys of earlier tokens", "export the model without a cache")
    count = call.attribute(heads, 0)
    others = call.attribute(shared, 0) or count
    is_flat = len(queries.shape) == 3
    rows = [_heads(call, part, n) for part, n in ((queries, count), (keys, others), (values, others))]
    causal = call.attribute("is_causal", 0) or call.attribute("unidirectional", 0)
    row = call.add_row("ScaledDotProductAttention", rows, {"v": int(bool(causal))})
    result = call.to_value(row)
    if not is_flat:
        return result
    h, tokens, width = row.shape
    return permute_axes(call, result, (0, 2, 1, 3)).reshape((1, tokens, h * width), call.operator)


def _heads(call: OnnxCall, value: OnnxValue, heads: int) -> OnnxRow:
    """Queries, keys or values with the head axis first."""
    if len(value.shape) == 4:
        return call.take(value)
    if len(value.shape) != 3 or heads < 1 or value.shape[-1] % heads:
        raise call.fault(f"cannot split {join_sizes(value.shape)} into {heads} heads")
    batch, tokens, width = value.shape
    return call.take(permute_axes(call, value.reshape((batch, tokens, heads, width // heads), call.operator), (0, 2, 1, 3)))


def fused_attention(call: OnnxCall) -> Result:
    """The Attention of com.microsoft: one linear layer for queries, keys and values, then the attention."""
    weights, bias = call.stored_input(1), call.optional(2)
    width, total = weights.shape
    projection = linear(call, call[0], width, total, call.stored_names(weights, bias), bias=bias is not None)
    sizes = call.attribute("qkv_hidden_sizes") or (total // 3,) * 3
    row, parts, first = call.take(projection), [], 0
    for size in sizes:
        cut = call.add_row("Slice", (row,), {"a": len(row.shape), "f": first, "k": size})
        parts.append(OnnxValue((*projection.shape[:-1], size), cut))
        first += size
    return attention(OnnxCall(call.operator, parts, call.rows, call.notes), heads="num_heads", shared="")


def rotary(call: OnnxCall) -> Result:
    """Both forms of RotaryEmbedding: the tensor is the first input."""
    return call.add_elementwise(call[0], "RotaryEmbedding")


OPERATORS: dict[str, Converter] = {
    "MatMul": matmul,
    "MatMulInteger": matmul,
    "QLinearMatMul": partial(matmul, second=3),
    "Gemm": gemm,
    "Einsum": einsum,
    "Attention": attention,
    "RotaryEmbedding": rotary,
    "com.microsoft.FusedMatMul": fused_matmul,
    "com.microsoft.Attention": fused_attention,
    "com.microsoft.MultiHeadAttention": partial(attention, heads="num_heads", shared=""),
    "com.microsoft.GroupQueryAttention": partial(attention, heads="num_heads"),
    "com.microsoft.RotaryEmbedding": rotary,
}
