"""The worked memory of a network: all weights, all activations, and the largest amount in memory at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, prod

from worksheet.conventions.facts import BATCH, BYTES
from worksheet.counting.counting import Counting
from worksheet.counting.graph_facts import graph
from worksheet.counting.liveness import Allocation, Output, Peak, allocate, peak
from worksheet.derivation import Figure, Shape, Step, spans
from worksheet.derive.arranging import group_by
from worksheet.formula import Digits, Exact, Formula, in_bytes
from worksheet.language import N_, _, either, listed, ngettext, paragraph
from worksheet.layers import INPUT_KIND, Writes
from worksheet.network import INPUT
from worksheet.sizes import Sized

MAX_TERMS = 16  # shapes in one sum
MAX_NAMED = 8  # tensors in one sentence
EACH, OVER = N_("New tensors"), N_("In place")  # how a layer writes its output
NEW = N_(
    "Each layer writes a new tensor; in place, a layer that works element by element overwrites an input "
    "that no other layer reads."
)
KEPT = N_("All activations stay until the end, as in training, where the backward pass reads them.")
PEAK = N_(
    "The layers run one after another, in the order of the table. While a layer runs, its inputs and its output are in memory; "
    "a tensor is freed after the last layer that reads it. What no layer reads is a result and stays."
)


def figures(counting: Counting, stored: int, digits: Digits | None = None) -> tuple[Figure, ...]:
    """All weights, whose bytes are ``stored``; all activations and the peak, each with new tensors and in place."""
    return _Memory(counting, digits).figures(stored)


class _Memory:
    """One network; places count its inputs first, then its layers."""

    def __init__(self, counting: Counting, digits: Digits | None) -> None:
        self.digits = digits
        network, layers, run = counting.network, counting.layers, counting.run
        self.run = run
        self.inputs = {INPUT: network.input, **network.further}
        self.shapes: list[Shape] = [*self.inputs.values(), *(layer.output for layer in layers)]
        self.names = [*self.inputs, *(layer.node.name for layer in layers)]
        self.kinds = [*(INPUT_KIND for _ in self.inputs), *(layer.kind.name for layer in layers)]
        self.places = {name: place for place, name in enumerate(self.names)}
        self.each = run.values.get(BYTES["activations"].name, 1)
        self.outputs = self._outputs(layers, graph(network).values("renames"))

    def _outputs(self, layers: Iterable[Sized], views: Mapping[str, int]) -> list[Output]:
        inputs = [Output(self.size(shape)) for shape in self.inputs.values()]
        return inputs + [
            Output(
                0 if layer.kind.is_source else self.size(layer.output),  # a Parameter is among the weights
                tuple(self.places[name] for name in layer.node.inputs),
                is_view=bool(views[layer.node.name]),
                overwrites=layer.kind.writes is Writes.IN_PLACE and bool(layer.node.facts.get("in_place", 1)),
            )
            for layer in layers
        ]

    def size(self, shape: Shape) -> int:
        """The bytes of a tensor, rounded up."""
        return ceil(self.bytes(shape))

    def bytes(self, shape: Shape) -> Exact:
        return self.run.batch * self.each * prod(shape)

    def figures(self, stored: int) -> tuple[Figure, ...]:
        each, over = allocate(self.outputs), allocate(self.outputs, in_place=True)
        new, in_place = (peak(tensors, len(self.inputs), len(self.outputs)) for tensors in (each, over))
        peaks = {"peak": new, "peak_in_place": in_place}
        steps = self.peak("peak", EACH, new), self.peak("peak_in_place", OVER, in_place)
        reached = {name: (self.row_no(most.at), tuple(map(self.row_no, self.holders(most)))) for name, most in peaks.items()}
        return (
            Figure(_("Weights"), _("All parameters and buffers."), (self.all_weights(stored),)),
            Figure(_("Activations, all kept"), paragraph((_(KEPT), _(NEW))), (self.all_kept(each), self.kept_in_place(over))),
            Figure(_("Activations, the most at once"), _(PEAK), steps, reached),
        )

    # Weights

    def all_weights(self, total: int) -> Step:
        """The parameters and buffers times their bytes, where no tensor had to be rounded up."""
        symbol = BYTES["weights"].name
        each = self.run.values.get(symbol, 1)
        if symbol not in self.run.values or not isinstance(each, int) or total % each:
            return self.step("weights", _("Total"), "0", {}, total)
        return self.step(
            "weights",
            _("Total"),
            f"{symbol}*n",
            {symbol: each, "n": total // each},
            total,
            _("n: the number of parameters and buffers."),
        )

    # All kept

    def all_kept(self, tensors: Iterable[Allocation]) -> Step:
        given, written = self.shares(tensors)
        note = _("I: {inputs}; A: what the layers write, {bytes}.").format(
            inputs=self.the_inputs(), bytes=either(in_bytes(written, self.digits))
        )
        return self.step("kept", _(EACH), "I + A", {"I": given, "A": written}, given + written, note)

    def kept_in_place(self, tensors: Sequence[Allocation]) -> Step:
        given, written = self.shares(tensors)
        over = sorted(place for tensor in tensors for place in tensor.writers[1:])
        saved = sum(self.outputs[place].size for place in over)
        values = {"I": given, "A": written + saved, "S": saved}
        return self.step(
            "kept_in_place",
            _(OVER),
            "I + A - S",
            values,
            given + written,
            _("S: {layers}.").format(layers=self.overwriting(over)),
        )

    def shares(self, tensors: Iterable[Allocation]) -> tuple[int, int]:
        """The bytes of the network's inputs, and of what the layers write."""
        first = {tensor.writers[0]: tensor.size for tensor in tensors}
        given = sum(size for place, size in first.items() if place < len(self.inputs))
        return given, sum(first.values()) - given

    def the_inputs(self) -> str:
        shapes = [_shape_text(shape) for shape in self.inputs.values()]
        return ngettext("the input, {shapes}", "the inputs, {shapes}", len(shapes)).format(shapes=listed(shapes))

    def overwriting(self, places: Sequence[int]) -> str:
        """The outputs that are written over an input, by kind."""
        kinds = {kind: [self.row_no(place) for place in of] for kind, of in group_by(places, self.kinds.__getitem__).items()}
        is_long = len(places) > MAX_NAMED
        message = "{count} {kind}" if is_long else _("{kind} (No. {rows})")
        named = [message.format(count=len(rows), kind=kind, rows=spans(rows)) for kind, rows in kinds.items()]
        if not named:
            return _("nothing overwrites an input")
        return _("what overwrites an input: {layers}").format(layers=_(", ").join(named))

    # The peak

    def peak(self, name: str, label: str, most: Peak) -> Step:
        text = self.sum([self.shapes[tensor.writers[0]] for tensor in most.allocations if tensor.size])
        message = _("{label}: reached while No. {no} ({name}) runs. In memory: {tensors}.")
        note = message.format(label=_(label), no=self.row_no(most.at), name=self.names[most.at], tensors=self.list_tensors(most))
        return self.step(name, _(label), text, self.run.values, most.size, note)

    def sum(self, shapes: Sequence[Shape]) -> str:
        """The bytes of tensors as the text of a formula, equal shapes together; 0 if there are too many for a line."""
        counts = Counter(_product(shape) for shape in shapes)
        if not 0 < len(counts) <= MAX_TERMS:
            return "0"
        factors = "*".join(name for name in (BATCH.name, BYTES["activations"].name) if name in self.run.values)
        filled = any(self.size(shape) != self.bytes(shape) for shape in shapes)
        each = f"ceil({factors}*{{}})" if filled else "{}"
        terms = [f"{count}*{each.format(text)}" if count > 1 else each.format(text) for text, count in counts.items()]
        return " + ".join(terms) if filled or not factors else f"{factors}*({' + '.join(terms)})"

    def holders(self, most: Peak) -> list[int]:
        """For each tensor in memory the place of the layer whose output it is."""
        return [max(place for place in tensor.writers if place <= most.at) for tensor in most.allocations if tensor.size]

    def list_tensors(self, most: Peak) -> str:
        shown = [tensor for tensor in most.allocations if tensor.size]
        items = [self.describe_tensor(tensor, holder, most.at) for tensor, holder in zip(shown, self.holders(most), strict=True)]
        left = len(items) - MAX_NAMED
        return _("; ").join([*items[:MAX_NAMED], *([_("and {count} more").format(count=left)] if left > 0 else [])])

    def describe_tensor(self, tensor: Allocation, holder: int, at: int) -> str:
        """A tensor in memory: whose output it is, and until when."""
        shape = _shape_text(self.shapes[holder])
        if holder == at:
            before = [place for place in tensor.writers if place < at]
            message = _("its output, {shape}, which replaces {owner}") if before else _("its output, {shape}")
            return message.format(shape=shape, owner=self.owner(before[-1]) if before else "")
        if tensor.last == at:
            return _("{owner}, {shape}, which it reads").format(owner=self.owner(holder), shape=shape)
        is_result = tensor.last == len(self.outputs)
        message = _("{owner}, {shape}, a result") if is_result else _("{owner}, {shape}, kept for No. {no}")
        return message.format(owner=self.owner(holder), shape=shape, no="" if is_result else self.row_no(tensor.last))

    def owner(self, place: int) -> str:
        """Whose output a tensor is."""
        if place >= len(self.inputs):
            return _("No. {no}").format(no=self.row_no(place))
        return _("the input") if len(self.inputs) == 1 else _("the input {name}").format(name=self.names[place])

    def row_no(self, place: int) -> int:
        """The number of a row; inputs from 0 downwards."""
        return place - len(self.inputs) + 1 if place >= len(self.inputs) else -place

    def step(self, name: str, label: str, text: str, values: Mapping[str, Exact], value: int, note: str = "") -> Step:
        """A step whose value is also given in larger units; a formula without symbols becomes a stage."""
        formula = Formula(text)
        stages = () if formula.symbols or text == "0" else (formula,)
        remark = either(in_bytes(value, self.digits)) if value else ""
        return Step(name, label, (), formula, {name: values[name] for name in formula.symbols}, value, stages, remark, note=note)


def _product(shape: Shape) -> str:
    return "*".join(map(str, shape)) or "1"


def _shape_text(shape: Shape) -> str:
    return "\u00a0×\u00a0".join(map(str, shape)) or _("a number")
