"""Computes operators whose inputs are all known: the arithmetic on shapes that exporters write."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, reduce
from math import ceil, prod
from typing import Any

from worksheet.layers import Shape
from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.values import MAX_NUMBERS

Attributes = Mapping[str, Any]
Fold = Callable[[Sequence[Any], Attributes, int], Any]  # inputs (None where left out), attributes, number of outputs


class TooManyNumbers(ValueError):
    """More numbers than arithmetic on shapes needs."""


def fold(kind: str, arrays: Sequence[Any], attributes: Attributes, outputs: int) -> tuple[Any, ...] | None:
    """The outputs of an operator; None where it cannot be computed here. Raises ValueError for inputs that do not fit."""
    import numpy as np

    work = table().get(kind)
    if work is None:
        return None
    try:
        with np.errstate(all="ignore"):
            result = work(arrays, attributes, outputs)
    except TooManyNumbers:
        return None
    except (IndexError, TypeError, KeyError, OverflowError, AttributeError, ZeroDivisionError) as fault:
        raise ValueError(f"cannot be computed: {str(fault)[:120] or 'a division by zero'}") from None
    result = result if isinstance(result, tuple) else (result,)
    return tuple(np.asarray(array) for array in result)


def _check_count(count: int) -> None:
    if count > MAX_NUMBERS:
        raise TooManyNumbers


def _elementwise(function: Callable[..., Any], arrays: Sequence[Any], _: Attributes, __: int) -> Any:
    _check_count(prod(shape_rules.broadcast(*(array.shape for array in arrays))))
    return function(*arrays)


def _all_of(function: Callable[[Any, Any], Any], arrays: Sequence[Any], a: Attributes, n: int) -> Any:
    return _elementwise(lambda *parts: reduce(function, parts), arrays, a, n)


def _divide(first: Any, second: Any) -> Any:
    """Integers are divided towards zero."""
    import numpy as np

    if first.dtype.kind not in "iu":
        return first / second
    if not np.all(second):
        raise ZeroDivisionError
    return (np.sign(first) * np.sign(second) * (abs(first) // abs(second))).astype(first.dtype)


def _modulo(arrays: Sequence[Any], attributes: Attributes, outputs: int) -> Any:
    import numpy as np

    if not np.all(arrays[1]):
        raise ZeroDivisionError
    return _elementwise(np.fmod if attributes.get("fmod") else np.mod, arrays, attributes, outputs)


def read_list(arrays: Sequence[Any], attributes: Attributes, name: str, place: int) -> list[int] | None:
    """A list of whole numbers that newer opsets read from an input and older ones from an attribute."""
    if len(arrays) > place and arrays[place] is not None:
        return [int(number) for number in arrays[place].ravel()]
    return list(attributes[name]) if name in attributes else None


def _reduce(name: str, arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    import numpy as np

    axes = read_list(arrays, attributes, "axes", 1)
    if not axes and attributes.get("noop_with_empty_axes"):
        return arrays[0]
    over = shape_rules.axes_of(axes, arrays[0].ndim) if axes else None
    return getattr(np, name)(arrays[0], axis=over, keepdims=bool(attributes.get("keepdims", 1))).astype(arrays[0].dtype)


def _cast(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    from onnx import helper

    return arrays[0].astype(helper.tensor_dtype_to_np_dtype(attributes["to"]))


def _slice(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    starts, ends, axes, steps = (read_list(arrays, attributes, name, i) for i, name in enumerate(SLICE, 1))
    cuts = [slice(None)] * arrays[0].ndim
    for axis, (first, count, step) in shape_rules.slice_ranges(arrays[0].shape, starts or (), ends or (), axes, steps).items():
        last = first + count * step
        cuts[axis] = slice(first, last if last >= 0 else None, step) if count else slice(0, 0)
    return arrays[0][tuple(cuts)]


SLICE = ("starts", "ends", "axes", "steps")


def _constant_of_shape(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    import numpy as np
    from onnx import numpy_helper

    shape = tuple(int(size) for size in arrays[0].ravel())
    _check_count(prod(shape))
    number = numpy_helper.to_array(attributes["value"]).ravel()[0] if "value" in attributes else np.float32(0)
    return np.full(shape, number)


def _expand(arrays: Sequence[Any], _: Attributes, __: int) -> Any:
    import numpy as np

    shape = shape_rules.broadcast(arrays[0].shape, tuple(int(size) for size in arrays[1].ravel()))
    _check_count(prod(shape))
    return np.broadcast_to(arrays[0], shape)


def _tile(arrays: Sequence[Any], _: Attributes, __: int) -> Any:
    import numpy as np

    _check_count(arrays[0].size * prod(int(n) for n in arrays[1].ravel()))
    return np.tile(arrays[0], arrays[1])


def _range(arrays: Sequence[Any], _: Attributes, __: int) -> Any:
    import numpy as np

    start, limit, step = (array.ravel()[0] for array in arrays)
    _check_count(max(0, ceil((limit - start) / step)))
    return np.arange(start, limit, step, dtype=arrays[0].dtype)


def _split(arrays: Sequence[Any], attributes: Attributes, outputs: int) -> Any:
    axis = shape_rules.axis_of(attributes.get("axis", 0), arrays[0].ndim)
    sizes = shape_rules.split(arrays[0].shape[axis], read_list(arrays, attributes, "split", 1), outputs)
    _check_count(outputs**2)
    ends = [sum(sizes[: i + 1]) for i in range(outputs)]
    return tuple(arrays[0].take(range(end - size, end), axis) for end, size in zip(ends, sizes, strict=True))


def _gather(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    _check_count(arrays[0].size * max(arrays[1].size, 1))
    return arrays[0].take(arrays[1].astype("int64"), axis=shape_rules.axis_of(attributes.get("axis", 0), arrays[0].ndim))


def _concat(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    import numpy as np

    _check_count(sum(array.size for array in arrays))
    return np.concatenate(arrays, axis=attributes.get("axis", 0))


def _trilu(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    import numpy as np

    k = int(arrays[1].ravel()[0]) if len(arrays) > 1 and arrays[1] is not None else 0
    return (np.triu if attributes.get("upper", 1) else np.tril)(arrays[0], k)


def _reshape(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    target = [int(size) for size in arrays[1].ravel()]
    return arrays[0].reshape(shape_rules.reshape(arrays[0].shape, target, allow_zero=bool(attributes.get("allowzero"))))


def _scatter(arrays: Sequence[Any], attributes: Attributes, _: int) -> Any:
    """ScatterND without a reduction."""
    if attributes.get("reduction", "none") != "none":
        raise TooManyNumbers
    data = arrays[0].copy()
    data[tuple(arrays[1].reshape(-1, arrays[1].shape[-1]).T)] = arrays[2].reshape(-1, *data.shape[arrays[1].shape[-1] :])
    return data


ONE_BY_ONE = {
    "Equal": "equal", "Greater": "greater", "Less": "less", "GreaterOrEqual": "greater_equal", "LessOrEqual": "less_equal",
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Pow": "power", "And": "logical_and", "Or": "logical_or",
    "Xor": "logical_xor", "Not": "logical_not", "Neg": "negative", "Abs": "abs", "Floor": "floor", "Ceil": "ceil",
    "Round": "rint", "Sign": "sign", "Sqrt": "sqrt", "Exp": "exp", "Log": "log", "Sin": "sin", "Cos": "cos", "Tanh": "tanh",
    "IsNaN": "isnan", "Where": "where",
}  # fmt: skip
ALL_OF = {"Min": "minimum", "Max": "maximum", "Sum": "add"}
REDUCED = {"ReduceSum": "sum", "ReduceProd": "prod", "ReduceMax": "max", "ReduceMin": "min", "ReduceMean": "mean"}
OTHERS: dict[str, Fold] = {
    "Div": partial(_elementwise, _divide),
    "Reciprocal": lambda arrays, _, __: 1 / arrays[0],
    "Mod": _modulo,
    "Cast": _cast,
    "CastLike": lambda arrays, _, __: arrays[0].astype(arrays[1].dtype),
    "Slice": _slice,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Tile": _tile,
    "Range": _range,
    "Split": _split,
    "Gather": _gather,
    "Concat": _concat,
    "Trilu": _trilu,
    "Reshape": _reshape,
    "Unsqueeze": lambda arrays, options, _: arrays[0].reshape(
        shape_rules.add_axes(arrays[0].shape, read_list(arrays, options, "axes", 1) or ())
    ),
    "Squeeze": lambda arrays, options, _: arrays[0].reshape(
        shape_rules.drop_axes(arrays[0].shape, read_list(arrays, options, "axes", 1))
    ),
    "Transpose": lambda arrays, options, _: arrays[0].transpose(shape_rules.axis_order(arrays[0].shape, options.get("perm"))),
    "CumSum": lambda arrays, _, __: arrays[0].cumsum(axis=int(arrays[1].ravel()[0]), dtype=arrays[0].dtype),
    "ScatterND": _scatter,
}


def fold_shape(kind: str, shapes: Sequence[Shape]) -> Shape | None:
    """The output shape of an element-wise operator on unknown numbers; None for other operators. Raises ValueError."""
    return shape_rules.broadcast(*shapes) if kind in SAME_PLACES else None


SAME_PLACES = frozenset({*ONE_BY_ONE, *ALL_OF, "Div", "Mod", "Reciprocal"})


@cache
def table() -> dict[str, Fold]:
    """The operators that can be computed, by type."""
    import numpy as np

    return {
        **{kind: partial(_elementwise, getattr(np, name)) for kind, name in ONE_BY_ONE.items()},
        **{kind: partial(_all_of, getattr(np, name)) for kind, name in ALL_OF.items()},
        **{kind: partial(_reduce, name) for kind, name in REDUCED.items()},
        **OTHERS,
    }
