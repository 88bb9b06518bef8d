"""Follows the shapes through a network: what every layer receives and gives, and where two layers do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from worksheet.errors import Collector, NetworkError, Where, WorksheetError
from worksheet.formula import whole
from worksheet.frozen import frozen
from worksheet.layers import INPUT_KIND, Form, Kind, Shape, Symbol, kinds
from worksheet.layers.kind import PER_ROW, shape_text
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import INPUT, Network, Node, once_per_network

FLATTENED = "a layer above flattens its input: should this one come before it?"
COLOURS = (1, 3, 4)  # channels of a picture
MAX_ELEMENTS = 10**15  # elements of one tensor; what is larger is a mistake in the file


@frozen
class Sized:
    """A layer with its shapes and the value of every one of its symbols."""

    node: Node
    kind: Kind  # the node's, made to fit the inputs
    received: tuple[Shape, ...]  # as they arrive
    inputs: tuple[Shape, ...]  # as the layer takes them: flattened where it must be
    output: Shape
    form: Form
    values: dict[str, int]  # shared by equal layers

    @property
    def likeness(self) -> int:
        """What layers that are alike have in common: the identity of their values, since a dictionary is not hashable."""
        return id(self.values)

    def alike(self, node: Node) -> Sized:
        """The same for another layer with these numbers."""
        return Sized(node, self.kind, self.received, self.inputs, self.output, self.form, self.values)


@once_per_network
def sized(network: Network) -> tuple[Sized, ...]:
    """Every layer with its shapes. Raises all faults at once, each at its layer's place."""
    faults = Collector()
    rows = follow({INPUT: network.input, **network.further}, network.nodes, faults)
    faults.raise_any()
    return tuple(rows)


@once_per_network
def input_layers(network: Network) -> tuple[Sized, ...]:
    """The network's inputs as layers that give them, the main one first."""
    return tuple(_input_layer(name, shape) for name, shape in {INPUT: network.input, **network.further}.items())


def _input_layer(name: str, shape: Shape) -> Sized:
    kind = kinds()[INPUT_KIND]
    lengths = [Given(f"o_{axis}", length) for axis, length in enumerate(shape, 1)]
    row = size(Node(name, kind, hyperparameters(kind, lengths)), ())
    assert row is not None  # it reads nothing
    return row


def follow(inputs: Mapping[str, Shape | None], nodes: Iterable[Node], faults: Collector) -> list[Sized]:
    """The same for a network that has faults already: after a faulty layer, the sizes are unknown and pass unchecked."""
    shapes: dict[str, Shape | None] = dict(inputs)
    rows: list[Sized] = []
    known: dict[object, Sized] = {}  # equal layers are sized once, and share their values
    for node in nodes:
        received = tuple([shapes.get(name) for name in node.inputs])
        key = (node.kind.name, received, node.pattern, *node.hyperparameters.items())
        try:
            row = known[key].alike(node) if key in known else size(node, received)
        except WorksheetError as fault:
            hint = _hint_on_input(shapes.get(INPUT), reads_input=INPUT in node.inputs)
            is_helped = hint and not faults.found and fault.hint in (None, FLATTENED)
            faults.add(type(fault)(fault.message, fault.where, hint) if is_helped else fault)
            row = None
        shapes[node.name] = row.output if row else _certain_output(node)
        if row:
            known[key] = row
            rows.append(row)
    return rows


def _hint_on_input(shape: Shape | None, *, reads_input: bool) -> str | None:
    """How the network's input is written, where its axes look like a mistake; it is the cause of the first fault, then."""
    if shape and len(shape) == 3 and shape[2] in COLOURS and min(shape[:2]) > max(COLOURS):
        return f"channels come first: is the input {shape_text((shape[2], *shape[:2]))}?"
    if shape and len(shape) == 1 and reads_input:
        return f"the input is a vector of {shape[0]}; a feature map is channels x height x width, such as 3x224x224"
    return None


def _certain_output(node: Node) -> Shape | None:
    """The output of a layer whose input is unknown, where the hyperparameters alone decide it (Linear)."""
    forms = node.kind.forms
    outputs = [node.kind.formula(text) for text in forms[0].output]
    if node.kind.specialise or len(forms) > 1 or any(name not in node.hyperparameters for f in outputs for name in f.symbols):
        return None
    return tuple(whole(formula.at(node.hyperparameters)) for formula in outputs)


def size(node: Node, received: tuple[Shape | None, ...]) -> Sized | None:
    """One layer after inputs of these shapes; None where one of them is unknown. Raises NetworkError."""
    shapes = tuple(shape for shape in received if shape is not None)
    if len(shapes) < len(received):
        return None
    kind, form, taken = _fit(node, shapes)
    values, leading = _bind(form, taken) or ({}, ())
    for name, value in values.items():
        stated = node.hyperparameters.get(name, value)
        if stated != value:
            received_inputs = _product(shapes[0]) if prod(shapes[0]) == value else f"rows of {value}"
            message = f"{kind.name} states {stated} inputs, but receives {received_inputs}"
            raise NetworkError(message, _place(node), f"write {value}, or leave the number out")
    values |= node.hyperparameters
    _check(node, kind, values)
    values |= {out.name: whole(kind.formula(out.formula).at(values)) for out in kind.sizes}
    return Sized(node, kind, shapes, taken, _output(node, kind, form, values, leading), form, values)


def _output(node: Node, kind: Kind, form: Form, values: Mapping[str, int], leading: Shape) -> Shape:
    """The output's shape; the name of the leading axes gives them all back."""
    rest = next((symbol.name for symbol in form.symbols if symbol.rest), "")
    output: list[int] = []
    for text in form.output:
        output += leading if rest and text == rest else [whole(kind.formula(text).at(values))]
    if any(length < 1 for length in output) or prod(output) > MAX_ELEMENTS:
        message = f"the output of {kind.name} would be {shape_text(output)}"
        raise NetworkError(message, _place(node), f"sizes from 1 to {MAX_ELEMENTS:,} elements")
    return tuple(output)


def _fit(node: Node, shapes: tuple[Shape, ...]) -> tuple[Kind, Form, tuple[Shape, ...]]:
    """The kind made to fit, how it meets these shapes, and the shapes as it takes them."""
    kind = node.kind
    if kind.specialise:
        try:
            kind = kind.specialise(shapes, node.hyperparameters, node.pattern)
        except WorksheetError as fault:
            raise fault.located(_place(node)) from None
    per_row = node.hyperparameters.get(PER_ROW.name, 0)
    taken = shapes
    if kind.flattens and len(shapes) == 1 and len(shapes[0]) >= kind.flattens and not per_row:
        taken = ((prod(shapes[0]),),)
    for form in (*kind.forms, *kind.repeated_forms):
        if _bind(form, taken) is not None:
            return kind, form, taken
    raise NetworkError(_refusal(kind, shapes), _place(node), _hint(kind, shapes))


def _bind(form: Form, shapes: tuple[Shape, ...]) -> tuple[dict[str, int], Shape] | None:
    """The value of every symbol of the inputs, and the leading axes that a symbol of rest takes; None where they do not fit."""
    if len(shapes) != len(form.inputs):
        return None
    values: dict[str, int] = {}
    leading: Shape | None = None
    for axes, shape in zip(form.inputs, shapes, strict=True):
        rest = bool(axes) and isinstance(axes[0], Symbol) and axes[0].rest
        fixed = axes[1:] if rest else axes
        many = len(shape) - len(fixed)
        if many < 0 or (many > 0) != rest:
            return None
        if rest:
            if leading not in (None, shape[:many]):
                return None
            leading = shape[:many]
            values[axes[0].name] = prod(leading)  # type: ignore[union-attr]
        for axis, length in zip(fixed, shape[many:], strict=True):
            if (values.setdefault(axis.name, length) if isinstance(axis, Symbol) else axis) != length:
                return None
    return {symbol.name: values[symbol.name] for symbol in form.symbols}, leading or ()


def _refusal(kind: Kind, shapes: tuple[Shape, ...]) -> str:
    takes = dict.fromkeys(" and ".join(" x ".join(_axis(axis) for axis in axes) for axes in form.inputs) for form in kind.forms)
    receives = " and ".join(map(shape_text, shapes)) or "nothing"
    return f"{kind.name} takes {' or '.join(takes) or 'no input'}, but receives {receives}"


def _hint(kind: Kind, shapes: tuple[Shape, ...]) -> str | None:
    wanted = {len(form.inputs) for form in kind.forms}
    if len(shapes) not in wanted:
        return f"it reads {' or '.join(map(str, sorted(wanted)))} inputs, not {len(shapes)}"
    return FLATTENED if len(shapes[0]) == 1 else None


def _axis(axis: Symbol | int) -> str:
    return axis.name if isinstance(axis, Symbol) else str(axis)


def _check(node: Node, kind: Kind, values: dict[str, int]) -> None:
    faults = Collector()
    for check in kind.checks:
        value = kind.formula(check.formula).at(values)
        fine = isinstance(value, int) if check.whole else value >= 0
        if not fine:
            faults.add(NetworkError(check.message.format_map(values), _place(node)))
    faults.raise_any()


def _place(node: Node) -> Where:
    """The layer's line in its file; its name where the network was built in Python."""
    return node.where or Where(node.name)


def _product(shape: Shape) -> str:
    return f"{shape_text(shape)} = {prod(shape)}" if len(shape) > 1 else shape_text(shape)
