"""A paper: the cells that a student fills in for a network, each with formulas, a true value and the cells it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from worksheet.counting.counting import Counting
from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.frozen import short_repr
from worksheet.layers import Form, Kind
from worksheet.sizes import Sized

TOTAL = "total"  # the row below all others
FIND = "find"  # the row of questions asked backwards, whose columns are q1, q2 and so on
OUTPUT = "output"  # the column of output sizes
FORMULA = ".formula"  # after a column's name: the formula is asked for, not the figure

Row = int | str  # the number of a layer from 1 on, or TOTAL, or FIND
Key = tuple[Row, str]  # row and column: (4, "flops"), ("total", "params"), (2, "output"), (4, "flops.formula")
Value = tuple[Exact, ...]  # one number for a count, a number for each axis of an output, the numbers of a set in order

# What a column asks for. Mistakes and other conventions apply to one of these, whatever a convention calls its column.
SIZES, PARAMETERS, OPERATIONS = "output", "params", "ops"
SET = "set"  # a set of numbers: of a question asked backwards
PARAMETER_MEMORY, ACTIVATION_MEMORY = "param_mem", "act_mem"


def value_at(formula: Formula, values: Mapping[str, Exact]) -> Exact | None:
    """The value of a formula; None if it has none, or needs a symbol that is not there."""
    try:
        return formula.at(values)
    except (FormulaError, KeyError):
        return None


@short_repr
@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a layer in one column. The same object for all cells, networks and students that share its
    formulas, so that what is derived from it (a mistake's wrong formulas, say) is derived once.

    ``formulas`` has one formula for a count and one for each axis of an output; every symbol stays a letter: b for the bias,
    g for the groups. In the formulas of a count the sizes of the output are letters too, W and H; ``sizes`` has their
    formulas. A total has neither kind nor form, and adds x_1, x_2 and so on.
    """

    kind: Kind | None
    form: Form | None
    column: str
    role: str
    formulas: tuple[Formula, ...]
    sizes: Mapping[str, Formula] = field(default_factory=dict)

    @property
    def is_total(self) -> bool:
        return self.kind is None

    @cached_property
    def symbols(self) -> frozenset[str]:
        """Every letter of the formulas."""
        return frozenset(name for formula in self.formulas for name in formula.symbols)

    @cached_property
    def is_zero(self) -> bool:
        """Whether the answer is 0 whatever the sizes are, as the parameters of a ReLU."""
        return self.role != SIZES and not self.symbols and all(value_at(formula, {}) == 0 for formula in self.formulas)


class Read(NamedTuple):
    """Where a symbol's value comes from: the product of these axes of another cell's value."""

    cell: Key
    axes: tuple[int, ...]

    def of(self, value: Value) -> Exact | None:
        """The symbol's value; None if the other cell's value does not have these axes."""
        product: Exact = 1
        for axis in self.axes:
            if axis >= len(value):
                return None
            product *= value[axis]
        return product


@short_repr
@dataclass(frozen=True, eq=False)
class Cell:
    """One answer that is asked, or a size that is not asked but from which other answers follow (``hidden``). One that is
    ``given`` is printed on the sheet, and hidden too.

    ``values`` are the true values of the symbols; ``reads`` has those that come from other cells. ``beside`` has the same for
    letters that are not in the cell's formulas, but that a mistake or another convention may introduce. ``instead`` reads the
    sizes that a layer's output takes from its input from the row's own answer; what the sheet prints is not an answer.
    """

    key: Key
    layer: str
    asked: Asked
    values: Mapping[str, Exact]
    reads: Mapping[str, Read]
    truth: Value
    hidden: bool = False
    beside: Mapping[str, Read] = field(default_factory=dict)
    instead: Mapping[str, Read] = field(default_factory=dict)
    given: bool = False

    @property
    def row(self) -> Row:
        return self.key[0]

    @property
    def column(self) -> str:
        return self.key[1]

    @property
    def is_formula(self) -> bool:
        """Whether the formula is asked for, not the figure."""
        return self.column.endswith(FORMULA)

    def at(self, values: Mapping[str, Exact], formulas: tuple[Formula, ...] = ()) -> Value | None:
        """The value of the cell's own formulas, or of others over its symbols; None if there is none."""
        try:
            return tuple([formula.at(values) for formula in formulas or self.asked.formulas])
        except (FormulaError, KeyError):
            return None


@dataclass(frozen=True, eq=False)
class Paper:
    """All cells of one student's sheet, in the order of the sheet: row by row, then the totals."""

    cells: Mapping[Key, Cell]
    counting: Counting
    remembered: dict[object, Any] = field(default_factory=dict, repr=False)  # what markers have computed for it

    @property
    def layers(self) -> tuple[Sized, ...]:
        """Its rows."""
        return self.counting.layers

    @cached_property
    def shown(self) -> tuple[Cell, ...]:
        """The cells that are asked for."""
        return tuple(cell for cell in self.cells.values() if not cell.hidden)

    @cached_property
    def given(self) -> frozenset[Key]:
        """The cells whose answers the sheet prints."""
        return frozenset(cell.key for cell in self.cells.values() if cell.given)

    @cached_property
    def places(self) -> dict[Key, int]:
        """The place of each cell in the order of the sheet."""
        return {key: place for place, key in enumerate(self.cells)}

    @cached_property
    def depends(self) -> dict[Key, tuple[Key, ...]]:
        """The asked cells from which each cell follows; hidden ones are replaced by those from which they follow."""
        asked: dict[Key, tuple[Key, ...]] = {}
        for key, cell in self.cells.items():
            asked[key] = tuple(dict.fromkeys(self._asked((read.cell for read in cell.reads.values()), asked)))
        return asked

    @cached_property
    def touched(self) -> dict[Key, tuple[Key, ...]]:
        """The asked cells from which a mistake at each cell may follow: ``depends`` and what ``beside`` and ``instead`` read."""
        both = {key: (*c.reads.values(), *c.beside.values(), *c.instead.values()) for key, c in self.cells.items()}
        return {
            key: tuple(dict.fromkeys(self._asked((read.cell for read in reads), self.depends))) for key, reads in both.items()
        }

    def _asked(self, keys: Iterable[Key], asked: Mapping[Key, tuple[Key, ...]]) -> Iterator[Key]:
        for key in keys:
            if self.cells[key].hidden:
                yield from asked[key]
            else:
                yield key

    def values(self, cell: Cell, others: Mapping[Key, Value]) -> Mapping[str, Exact] | None:
        """The values of a cell's symbols if other cells have these values; None if they cannot be read from them."""
        changed: dict[str, Exact] = {}
        for name, read in cell.reads.items():
            value = self.value_read(read.cell, others)
            if value is None:
                continue
            number = read.of(value)
            if number is None:
                return None
            changed[name] = number
        return {**cell.values, **changed} if changed else cell.values

    def values_beside(self, cell: Cell, others: Mapping[Key, Value]) -> Mapping[str, Exact] | None:
        """The same with the letters that only a mistake introduces; one that cannot be read keeps its true value."""
        values = self.values(cell, others)
        read_there = {name: self.value_read(read.cell, others) for name, read in cell.beside.items()}
        numbers = {name: cell.beside[name].of(value) for name, value in read_there.items() if value is not None}
        changed = {name: number for name, number in numbers.items() if number is not None}
        return values if values is None or not changed else {**values, **changed}

    def values_instead(self, cell: Cell, others: Mapping[Key, Value]) -> Mapping[str, Exact] | None:
        """The same, reading the sizes that the row's output shares with its input from that output."""
        values = self.values(cell, others)
        numbers = {name: read.of(others[read.cell]) for name, read in cell.instead.items() if read.cell in others}
        if values is None or None in numbers.values():
            return None
        return {**values, **{name: number for name, number in numbers.items() if number is not None}}

    def value_read(self, key: Key, others: Mapping[Key, Value]) -> Value | None:
        """The value that others read from a cell; None if it is the true one."""
        if key in others:
            return others[key]
        cell = self.cells[key]
        if not cell.hidden or others.keys().isdisjoint(self.depends[key]):
            return None
        return self.follows(cell, others)

    def follows(self, cell: Cell, others: Mapping[Key, Value], formulas: tuple[Formula, ...] = ()) -> Value | None:
        """The value of a cell's formulas, or of others over its symbols, if other cells have these values."""
        values = self.values(cell, others)
        return None if values is None else cell.at(values, formulas)
