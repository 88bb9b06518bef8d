"""Calls on sequences: matrix products, attention, recurrent layers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from string import ascii_uppercase
from typing import Any

from worksheet.layers import kind_named
from worksheet.readers.symbols import keep_symbols
from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor, tensors
from worksheet.readers.torch.layer_facts import facts_of_frames
from worksheet.readers.torch.layout import gather
from worksheet.readers.torch.values import CannotFollow, DeferredTensor, TorchValue

MASKED = "Attention masks come with the input: adding a mask to the scores is not counted."
STEPS = "Steps first and samples second (batch_first=False), so each row of the input is a sequence of one step: {}."
STATE = "The initial state comes from other rows, without an arrow: {}."


def matmul(call: TorchCall) -> None:
    """A product of matrices in the last two axes, one for each index of the other axes."""
    a, b = (call.value(tensor) for tensor in (call["input"], call["other"]))
    inner = [value.batch is not None and value.batch >= max(1, value.tensor.dim() - 2) for value in (a, b)]
    if b.tensor.dim() == 2 and b.batch == 0:
        inner[1] = True
    outer = {value.batch for value in (a, b) if value.tensor.dim() > 2}
    if any(inner) or len(outer) > 1:
        a, b = call.trace.keep_batch(a), call.trace.keep_batch(b)
    facts = {"torch_vector": int(call["other"].dim() == 1)}
    try:
        call.add_row("MatMul", {}, a, b, facts=facts)
    except CannotFollow:
        call.add_row("MatMul", {}, call.trace.keep_batch(a), call.trace.keep_batch(b), facts=facts)


def einsum(call: TorchCall) -> None:
    """An Einstein sum; the letter of the batch is left out if it is the batch of every operand that has it."""
    equation, operands = call["equation"], call["operands"]
    if not isinstance(equation, str):
        raise CannotFollow("its equation is not a string")
    values = [call.value(tensor) for tensor in operands]
    equation = in_letters(equation, [value.tensor.dim() for value in values])
    left, _, result = equation.partition("->")
    terms = left.split(",")
    letters = {term[value.batch] for term, value in zip(terms, values, strict=True) if value.batch is not None}
    letter = letters.pop() if len(letters) == 1 else ""
    places = [(term.find(letter), -1 if value.batch is None else value.batch) for term, value in zip(terms, values, strict=True)]
    if not letter or result == letter or any(at != batch for at, batch in places):
        call.add_row("Einsum", {}, *map(call.trace.keep_batch, values), pattern=f"{left}->{result}")
        return
    pattern = f"{left}->{result}".replace(letter, "")
    call.add_row("Einsum", {}, *values, pattern=pattern, prefer=max(0, result.find(letter)))


def in_letters(equation: str, ranks: Sequence[int]) -> str:
    """An equation with letters for the axes of an ellipsis; they come first in an implicit result.

    >>> in_letters("...i,ij->...j", [3, 2])
    'ABi,ij->ABj'
    """
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    wide = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True) if "..." in term]
    spare = [letter for letter in ascii_uppercase if letter not in equation][: max(wide, default=0)]
    lettered = []
    for term, rank in zip(terms, ranks, strict=True):
        missing = rank - len(term.replace("...", ""))
        lettered.append("".join(spare[len(spare) - missing :]).join(term.split("...")))
    if not arrow:
        result = "..." * bool(wide) + "".join(sorted(c for c in set(left) - set(",.") if left.count(c) == 1))
    return f"{','.join(lettered)}->{result.replace('...', ''.join(spare))}"


def attention(call: TorchCall) -> None:
    """Attention over the queries, keys and values of each head."""
    values = [call.value(call[name]) for name in ("query", "key", "value")]
    if len({value.batch for value in values}) > 1:
        values = [call.trace.keep_batch(value) for value in values]
    if call.get("attn_mask") is not None:
        call.trace.note(MASKED)
    options = {"v": int(bool(call.get("is_causal", False)))}
    call.add_row("ScaledDotProductAttention", options, *values, prefer=values[0].batch, facts=_attention_facts(call))


def _attention_facts(call: TorchCall) -> dict[str, int]:
    """Whether torch's CPU kernel does not apply: its queries, keys and values have four axes, one width and contiguous rows."""
    tensors = [call[name] for name in ("query", "key", "value")]
    is_one_width = len({tensor.shape[-1] for tensor in tensors}) == 1
    has_heads = all(tensor.dim() == 4 for tensor in tensors)  # samples, heads, tokens, elements
    is_contiguous = all(tensor.stride(-1) == 1 for tensor in tensors)
    return {} if is_one_width and has_heads and is_contiguous and not call.get("dropout_p") else {"torch_split": 1}


def multihead(call: TorchCall) -> None:
    """The call of nn.MultiheadAttention, with tokens first and samples second."""
    if call.get("bias_k") is not None or call.get("add_zero_attn"):
        raise CannotFollow("it adds a token to keys and values")
    inputs = [call["query"], call["key"], call["value"]]
    is_transposed = inputs[0].dim() == 3 and inputs[0].shape[1] != 1  # samples are regions or windows: they move to the front
    is_own_batch = is_transposed and call.value(inputs[0]).batch == 0
    if is_transposed:
        inputs = [call.trace_calls(lambda x: x.transpose(0, 1), tensor) for tensor in inputs]
    operands = [call.value(tensor) for tensor in inputs]
    if is_own_batch:  # the input's own samples are its tokens
        call.trace.note(STEPS, call.base)
        operands = [call.trace.keep_batch(value) for value in operands]
    is_self_attention = len({value.name for value in operands}) == 1
    names = "in_proj_weight in_proj_bias out_proj_weight out_proj_bias q_proj_weight k_proj_weight v_proj_weight"
    weights = [call.get(name) for name in names.split()]
    values = {"h": int(call["num_heads"]), "b": int(call.get("in_proj_bias") is not None)}
    if call.get("attn_mask") is not None or call.get("key_padding_mask") is not None:
        call.trace.note(MASKED)
    out, *scores = tensors(call.result)
    target = call.meta(inputs[0].shape) if inputs[0] is not call["query"] else out
    facts = _multihead_facts(call) | ({"torch_scored": 1} if scores else {})
    read = operands[:1] if is_self_attention else operands
    call.add_row("MultiheadAttention", values, *read, out=target, weights=weights, facts=facts)
    if target is not out:
        back = call.find_value(call.trace_calls(lambda x: x.transpose(0, 1), target))
        assert back is not None
        call.alias(back, out, back.batch)
    for scored in scores:
        call.trace.later[id(scored)] = DeferredTensor(scored, _refuse_scores)


def _multihead_facts(call: TorchCall) -> dict[str, int]:
    """Whether torch's CPU kernel does not apply: it reads one tensor, batch first, with biases and an even number of heads.

    Whether a boolean mask was given cannot be seen any more, so every mask counts as one of numbers.
    """
    is_batch_first = getattr(call.trace.frames[-1].module, "batch_first", False)
    is_self_attention = call["query"] is call["key"] and call["key"] is call["value"]
    is_masked = call.get("attn_mask") is not None or call.get("key_padding_mask") is not None
    is_packed = call.get("in_proj_bias") is not None and not call.get("use_separate_proj_weight", False)
    is_one_kernel = is_batch_first and is_self_attention and is_packed and not is_masked and call["num_heads"] % 2 == 0
    return {} if is_one_kernel or facts_of_frames(call.trace.frames) else {"torch_split": 1}


def _refuse_scores() -> None:
    raise CannotFollow("it reads attention weights, which are inside another row")


# Recurrent layers


def recurrent(call: TorchCall) -> None:
    """All layers and directions in one row; the final states are picked from it."""
    if is_tensor(call["hx_or_sizes"]) and is_tensor(call["params"]):
        raise CannotFollow("its sequences are packed, so their lengths are data")
    weights = list(call["params"])
    note_state(call, call["hx_or_sizes"])
    hidden, state = int(weights[0].shape[0]) // kind_named(call.rule.kind).gates, int(weights[1].shape[1])
    values = {"k": hidden, "l": int(call["num_layers"]), "u": 2 if call["bidirectional"] else 1}
    values |= {"b": int(bool(call["has_biases"])), "r": state if state != hidden else 0, "v": int("relu" in call.name)}
    source, results = call["input"], tensors(call.result)
    if not call["batch_first"] and source.shape[0] == 1 and source.shape[1] > 1:
        call.trace.note(STEPS, call.base)
    is_transposed = not call["batch_first"] and source.shape[1] != 1
    source = call.trace_calls(lambda x: x.transpose(0, 1), source) if is_transposed else source
    target = call.meta([results[0].shape[axis] for axis in (1, 0, 2)]) if is_transposed else results[0]
    output = call.add_row(call.rule.kind, keep_symbols(call.rule.kind, values), call.value(source), out=target, weights=weights)
    if is_transposed:
        output = call.find_value(call.trace_calls(lambda x: x.transpose(0, 1), target)) or output
        call.alias(output, results[0], output.batch)
    for state in results[1:]:  # parts of the output; they get rows when something reads them
        call.trace.later[id(state)] = DeferredTensor(state, partial(gather_state, call, state, output))


def note_state(call: TorchCall, state: Any) -> None:
    """Note an initial state that comes from other rows."""
    if any(call.trace.peek(tensor) for tensor in tensors(state)):
        call.trace.note(STATE, call.base)


def gather_state(call: TorchCall, state: Any, output: TorchValue) -> None:
    with call.trace.calling(call.called):  # another call reads it
        gather(call, state, output)


def cell(call: TorchCall) -> None:
    """A recurrent cell: one step of a recurrent layer."""
    weights = [call.get(name) for name in ("w_ih", "w_hh", "b_ih", "b_hh")]
    values = {"k": int(weights[1].shape[1]), "b": int(weights[2] is not None), "v": int("relu" in call.name)}
    note_state(call, call.get("hx"))
    x = call.input
    step = replace(call.trace.reshape(x, (*x.shape[:-1], 1, x.shape[-1])), batch=None)
    results = tensors(call.result)
    values = keep_symbols(call.rule.kind, values)
    call.alias_others(call.add_row(call.rule.kind, values, step, out=results[0], weights=weights))


PRODUCTS = ["matmul", "mm", "bmm", "mv", "dot", "vdot", "__matmul__", "__rmatmul__"]
SEQUENCES: dict[str, CallRule] = {
    **dict.fromkeys(PRODUCTS, CallRule(matmul, "input other")),
    "einsum": CallRule(einsum, "equation *operands"),
    "scaled_dot_product_attention": CallRule(attention, "query key value attn_mask dropout_p is_causal"),
    "multi_head_attention_forward": CallRule(
        multihead,
        "query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias bias_k bias_v add_zero_attn "
        "dropout_p out_proj_weight out_proj_bias",
    ),
    **{
        name: CallRule(recurrent, "input hx_or_sizes params has_biases num_layers dropout train bidirectional batch_first", kind)
        for name, kind in {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}.items()
    },
    **{
        name: CallRule(cell, "input hx w_ih w_hh b_ih b_hh", kind)
        for name, kind in {"lstm_cell": "LSTM", "gru_cell": "GRU", "rnn_tanh_cell": "RNN", "rnn_relu_cell": "RNN"}.items()
    },
}
