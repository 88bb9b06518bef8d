"""Follows the shapes through a network: what every layer receives and gives, and where two layers do not fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod

from worksheet.errors import Collector, NetworkError, Where, WorksheetError
from worksheet.layers import Form
from worksheet.network import INPUT, Node, Shape


@dataclass(frozen=True)
class Sized:
    """A layer with its shapes and the value of every one of its symbols."""

    node: Node
    received: Shape  # as it arrives
    input: Shape  # as the layer takes it: flattened where it must be
    output: Shape
    form: Form
    values: dict[str, int]  # shared by equal layers


def sized(input: Shape, nodes: Iterable[Node]) -> list[Sized]:
    """Every layer with its shapes. Raises all faults at once, each at its layer's place."""
    faults = Collector()
    rows = follow(input, nodes, faults)
    faults.raise_any()
    return rows


def follow(input: Shape | None, nodes: Iterable[Node], faults: Collector) -> list[Sized]:
    """The same for a network that has faults already: behind a faulty layer, the sizes are unknown and pass unchecked."""
    shapes: dict[str, Shape | None] = {INPUT: input}
    rows: list[Sized] = []
    known: dict[object, Sized] = {}  # equal layers are worked out once, and share their values
    for node in nodes:
        received = shapes.get(node.inputs[0])
        key = (node.kind.name, received, *node.hyperparameters.items())
        try:
            row = replace(known[key], node=node) if key in known else _sized(node, received)
        except WorksheetError as fault:
            faults.add(fault)
            row = None
        shapes[node.name] = row.output if row else _certain_output(node)
        if row:
            known[key] = row
            rows.append(row)
    return rows


def _certain_output(node: Node) -> Shape | None:
    """The output of a layer whose input is unknown, where the hyperparameters alone decide it (Linear)."""
    forms = list(node.kind.forms.values())
    outputs = [node.kind.formula(text) for text in forms[0].output]
    if len(forms) > 1 or any(name not in node.hyperparameters for f in outputs for name in f.symbols):
        return None
    return tuple(int(formula.at(node.hyperparameters)) for formula in outputs)


def _sized(node: Node, received: Shape | None) -> Sized | None:
    if received is None:
        return None
    form, taken = _form(node, received)
    values = {symbol.name: size for symbol, size in zip(reversed(form.input), reversed(taken), strict=True)}
    for name, size in values.items():
        stated = node.hyperparameters.get(name, size)
        if stated != size:
            raise NetworkError(
                f"{node.kind.name} states {stated} inputs, but receives {_product(received)}",
                _place(node),
                f"write {size}, or leave the number out",
            )
    values |= node.hyperparameters
    _check(node, values)
    values |= {out.name: int(node.kind.formula(out.formula).at(values)) for out in node.kind.sizes}
    output = tuple(int(node.kind.formula(text).at(values)) for text in form.output)
    return Sized(node, received, taken, output, form, values)


def _form(node: Node, received: Shape) -> tuple[Form, Shape]:
    """How the layer meets this shape, and the shape as it takes it."""
    forms = node.kind.forms
    if len(received) in forms:
        return forms[len(received)], received
    if node.kind.flattens:
        return forms[1], (prod(received),)
    wanted = " or ".join(" x ".join(symbol.name for symbol in form.input) for form in forms.values())
    raise NetworkError(
        f"{node.kind.name} takes {wanted}, but receives {' x '.join(map(str, received))}",
        _place(node),
        "it stands behind a layer that flattens" if len(received) == 1 else None,
    )


def _check(node: Node, values: dict[str, int]) -> None:
    faults = Collector()
    for check in node.kind.checks:
        value = node.kind.formula(check.formula).at(values)
        fine = isinstance(value, int) if check.whole else value >= 0
        if not fine:
            faults.add(NetworkError(check.message.format_map(values), _place(node)))
    faults.raise_any()


def _place(node: Node) -> Where:
    """The layer's line in its file; its name where the network was built in Python."""
    return node.where or Where(node.name)


def _product(shape: Shape) -> str:
    text = " x ".join(map(str, shape))
    return f"{text} = {prod(shape)}" if len(shape) > 1 else text
