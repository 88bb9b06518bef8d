"""Makes a paper from a network: which cells are asked, what they follow from, and their true values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from worksheet.conventions import Column, Convention
from worksheet.conventions.facts import BYTES
from worksheet.counting.counting import Counting, FoldedForms, is_shared
from worksheet.counting.folding import Folded
from worksheet.counting.run import Run
from worksheet.errors import ConventionError, FormulaError
from worksheet.formula import Exact, Formula
from worksheet.formula.tree import ZERO, Name, Operation
from worksheet.formula.tree import Node as TreeNode
from worksheet.frozen import frozen
from worksheet.grading.paper.cells import (
    ACTIVATION_MEMORY,
    FORMULA,
    OPERATIONS,
    OUTPUT,
    PARAMETER_MEMORY,
    PARAMETERS,
    SIZES,
    TOTAL,
    Asked,
    Cell,
    Key,
    Paper,
    Read,
    Value,
)
from worksheet.grading.paper.find_question import FindQuestion
from worksheet.grading.paper.flattened import NONE, Further, further_values
from worksheet.layers import Form, Shape, Symbol
from worksheet.layers.kind import Axes
from worksheet.network import Network
from worksheet.sizes import Sized

ANY = "*"
ROLES = {  # by whether a column counts what is stored, and whether it counts bytes
    (True, False): PARAMETERS,
    (True, True): PARAMETER_MEMORY,
    (False, False): OPERATIONS,
    (False, True): ACTIVATION_MEMORY,
}
BYTE = "B"
NOTHING = Formula("0")


@frozen
class Ask:
    """What is asked: the columns (OUTPUT among them) by the name of a kind, those under ANY for all other kinds; the columns
    of the row of totals; the columns of which the formula is asked too, wherever the column is; questions asked backwards.

    With ``zeros`` answers that are 0 by nature are asked too; without, the sheet gives them.
    """

    columns: Mapping[str, tuple[str, ...]]
    totals: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    find: tuple[FindQuestion, ...] = ()
    zeros: bool = True

    def of(self, kind: str) -> tuple[str, ...]:
        """The columns asked of a kind of layer."""
        return self.columns.get(kind, self.columns.get(ANY, ()))


@dataclass
class PaperMaker:
    """Makes papers for networks under one convention; what they have in common is made once."""

    convention: Convention
    ask: Ask
    run: Run = field(default_factory=Run)
    _asked: dict[Folded, dict[str, Asked | None]] = field(default_factory=dict)  # by column
    _sums: dict[object, Asked] = field(default_factory=dict)

    @cached_property
    def forms(self) -> FoldedForms:
        """The formulas of all layers, with every letter kept."""
        return FoldedForms(self.convention, self.run, folds_layers=False, inline_sizes=False)

    def paper(self, network: Network) -> Paper:
        """The cells of a network's sheet. Raises WorksheetError if its layers do not fit together."""
        counting = Counting(network, self.convention, self.run, self.forms)
        numbers = {node.name: no for no, node in enumerate(network.nodes, 1)}
        layers = {layer.node.name: layer for layer in counting.layers}
        cells = {cell.key: cell for cell in self.inputs(counting)}
        for no, layer in enumerate(counting.layers, 1):
            reads, further = _reads(layer, numbers), further_values(layer, layers, numbers)
            row = self.row(no, layer, self.ask.of(layer.kind.name), counting.fold(layer), reads, further)
            cells |= {cell.key: cell for cell in row}
        totals = [self.total(column, cells) for column in self.ask.totals]
        asked = [question.cell(no, network, self.convention, self.run.batch) for no, question in enumerate(self.ask.find, 1)]
        return Paper(cells | {cell.key: cell for cell in (*totals, *asked)}, counting)

    def inputs(self, counting: Counting) -> Iterator[Cell]:
        """What the network's inputs add to the totals, if they are counted; this is never asked."""
        for no, layer in enumerate(counting.inputs):
            yield from self.row(-no, layer, (), counting.fold(layer), {}, NONE)

    def row(
        self, no: int, layer: Sized, wanted: Collection[str], folded: Folded, reads: Mapping[str, Read], further: Further
    ) -> Iterator[Cell]:
        """The cells of a layer."""
        known = self._asked.setdefault(folded, {})
        name = layer.node.name
        leading = {f"x_{i}": length for i, length in enumerate(_leading(layer), 1)}
        values = {**layer.values, **folded.run.values, **leading, **further.values}
        output = _once(known, f"{OUTPUT}{len(leading)}", lambda: _ask_output(layer, folded))
        assert output is not None  # every layer has one
        hidden = OUTPUT not in wanted
        read, beside = _split_reads(output, {**reads, **further.reads})
        yield Cell((no, OUTPUT), name, output, values, read, layer.output, hidden, beside)
        asked_in, given = {OUTPUT: output}, set()
        own, sizes = _own_reads(layer, no), {size.name for size in layer.kind.sizes}
        shared = {
            symbol: read for symbol, read in own.items() if symbol not in sizes and symbol not in layer.node.hyperparameters
        }
        sources = {**reads, **{symbol: read for symbol, read in own.items() if symbol in sizes}, **further.reads}
        for index, column in enumerate(self.convention.columns):
            asked = self.asked_of(column, index, layer, folded, known)
            if asked is None or column.name not in {*wanted, *self.ask.totals}:
                continue
            asked_in[column.name] = asked
            truth = _truth(column, layer, asked, values)
            read, beside = _split_reads(asked, sources)
            instead, _ = _split_reads(asked, shared)
            given |= {column.name} if column.name in wanted and self.is_given(asked, column, layer) else set()
            hidden = column.name not in wanted or column.name in given
            yield Cell((no, column.name), name, asked, values, read, truth, hidden, beside, instead, column.name in given)
        for column_name in self.ask.formulas:
            if column_name in asked_in and column_name in wanted:
                is_given = column_name in given
                key = (no, column_name + FORMULA)
                yield Cell(key, name, asked_in[column_name], values, {}, (), hidden=is_given, given=is_given)

    def is_given(self, asked: Asked, column: Column, layer: Sized) -> bool:
        """Whether the sheet prints an answer: 0 by nature, and not because another layer holds the parameters."""
        return not self.ask.zeros and asked.is_zero and not is_shared(column, layer)

    def asked_of(self, column: Column, index: int, layer: Sized, folded: Folded, known: dict[str, Asked | None]) -> Asked | None:
        """What a column asks of a layer; None if it does not count that layer."""
        if is_shared(column, layer):  # another layer holds and counts these parameters
            return _once(known, f"{column.name}@", lambda: _ask_count(folded, column, NOTHING))
        return _once(known, column.name, lambda: _ask_count(folded, column, folded.rules[index]))

    def total(self, column: str, cells: Mapping[Key, Cell]) -> Cell:
        """The sum of a column's cells."""
        terms = [cell for key, cell in cells.items() if key[1] == column]
        names = [f"x_{i}" for i in range(1, len(terms) + 1)]
        key = (column, len(terms))
        if key not in self._sums:
            role = terms[0].asked.role if terms else OPERATIONS
            self._sums[key] = Asked(None, None, column, role, (_sum(names),))
        values = {name: cell.truth[0] for name, cell in zip(names, terms, strict=True)}
        reads = {name: Read(cell.key, (0,)) for name, cell in zip(names, terms, strict=True)}
        given = bool(terms) and all(cell.given for cell in terms)
        return Cell((TOTAL, column), "", self._sums[key], values, reads, (sum(values.values()),), hidden=given, given=given)


def _once(known: dict[str, Asked | None], name: str, make: Callable[[], Asked | None]) -> Asked | None:
    if name not in known:
        known[name] = make()
    return known[name]


def _split_reads(asked: Asked, reads: Mapping[str, Read]) -> tuple[dict[str, Read], dict[str, Read]]:
    """What the formulas read, and what only other formulas would read."""
    used = {name: read for name, read in reads.items() if name in asked.symbols}
    return used, {name: read for name, read in reads.items() if name not in used}


def _truth(column: Column, layer: Sized, asked: Asked, values: Mapping[str, Exact]) -> Value:
    try:
        return (asked.formulas[0].at(values),)
    except FormulaError as fault:
        raise ConventionError(f"{column.heading} of {layer.kind.name}: {fault.message} ({asked.formulas[0]})") from None
    except KeyError as lacking:
        raise ConventionError(f"{column.heading} of {layer.kind.name}: no {lacking.args[0]} ({asked.formulas[0]})") from None


# What is asked


def _ask_output(layer: Sized, folded: Folded) -> Asked:
    """A formula for each axis of the output; leading axes that are passed through are x_1, x_2 and so on."""
    kind, form = folded.kind, folded.form
    formulas = [Formula(f"x_{i}") for i, _ in enumerate(_leading(layer), 1)]
    own = form.output[1:] if form.output and form.output[0] == _rest(form) else form.output
    formulas += [kind.resolved(kind.formula(text), form, once=True).given(**folded.facts) for text in own]
    return Asked(kind, form, OUTPUT, SIZES, tuple(formulas), dict(folded.sizes))


def _ask_count(folded: Folded, column: Column, rule: Formula | None) -> Asked | None:
    return Asked(folded.kind, folded.form, column.name, role(column), (rule,), dict(folded.sizes)) if rule else None


def role(column: Column) -> str:
    """What a column asks for: one of ROLES."""
    scaled = column.scale is not None and column.scale.unit == BYTE
    sizes = {symbol.name for symbol in BYTES.values()}  # a rule that uses the bytes of a number counts bytes
    in_bytes = scaled or any(not sizes.isdisjoint(rule.symbols) for rule in column.formulas())
    return ROLES[column.once, in_bytes]


def _sum(names: list[str]) -> Formula:
    """x_1 + x_2 + ..., built by hand: the parser bounds a formula's length."""
    tree: TreeNode = Name(names[0]) if names else ZERO
    for name in names[1:]:
        tree = Operation("+", tree, Name(name))
    return Formula.of(tree)


# What it follows from


def _rest(form: Form) -> str:
    """The symbol of leading axes that are passed through to the output; empty if there is none."""
    return next((symbol.name for symbol in form.symbols if symbol.rest), "")


def _leading(layer: Sized) -> tuple[int, ...]:
    """The leading axes of the output that are passed through the layer."""
    own = len(layer.form.output)
    return layer.output[: len(layer.output) - own + 1] if layer.form.output[:1] == (_rest(layer.form),) else ()


def _reads(layer: Sized, numbers: Mapping[str, int]) -> dict[str, Read]:
    """For each symbol of the inputs, the cell and axes from which it is read; the network's own inputs are given."""
    reads: dict[str, Read] = {}
    for axes, name, received, taken in zip(layer.form.inputs, layer.node.inputs, layer.received, layer.inputs, strict=True):
        if name not in numbers:
            continue
        source = (numbers[name], OUTPUT)
        for symbol, places in _places(axes, received, taken):
            reads.setdefault(symbol.name, Read(source, places))
            if symbol.rest:
                reads |= {f"x_{i}": Read(source, (place,)) for i, place in enumerate(places, 1)}
    return reads


def _places(axes: Axes, received: Shape, taken: Shape) -> list[tuple[Symbol, tuple[int, ...]]]:
    """Which axes of the received tensor make up each symbol of the form; a flattened tensor is the product of all."""
    has_rest = bool(axes) and isinstance(axes[0], Symbol) and axes[0].rest
    own = len(axes) - 1 if has_rest else len(axes)
    leading = len(taken) - own
    places: list[tuple[int, ...]] = [(place,) for place in range(leading, len(taken))]
    if received != taken:
        places = [tuple(range(len(received)))]
    elif has_rest:
        places = [tuple(range(leading)), *places]
    return [(axis, place) for axis, place in zip(axes, places, strict=False) if isinstance(axis, Symbol)]


def _own_reads(layer: Sized, no: int) -> dict[str, Read]:
    """The letters of the axes of the layer's own output: its sizes, and what it shares with the input."""
    first = len(layer.output) - len(layer.form.output)
    return {
        text: Read((no, OUTPUT), (first + i,))
        for i, text in enumerate(layer.form.output)
        if text in layer.values and text != _rest(layer.form)
    }
