"""The document model of a worked solution; a question sheet and a marked paper are the same document with holes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from worksheet.formula import Exact, Formula

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One figure: what is asked, its formula, the numbers in place of the symbols, the value.

    A step without a value is a hole that a student fills. A step without a formula is not counted.
    """

    name: str  # of the column, or of the symbols: "params", "W"
    label: str  # in words: "# Params"; empty where the symbols name the figure
    symbols: tuple[str, ...] = ()  # the symbols that the figure gives: W = H
    formula: Formula | None = None
    values: Mapping[str, int] = field(default_factory=dict)
    value: Exact | None = None
    stages: tuple[Formula, ...] = ()  # between substitution and value: floor(54.25) + 1
    remark: str = ""  # a word behind the value
    note: str = ""  # a sentence below

    @property
    def is_counted(self) -> bool:
        return self.formula is not None or self.value is None


@dataclass(frozen=True)
class Row:
    """One layer: its shapes, the numbers behind its symbols, the steps that lead to its figures."""

    no: int
    name: str
    kind: str
    spec: str
    stated: str  # the spec without what had to be worked out: ->4096
    input: Shape | None
    output: Shape | None
    values: tuple[tuple[tuple[str, ...], int], ...]  # symbols of one value written together: (("M", "N"), 227)
    sizes: tuple[Step, ...]
    columns: tuple[Step, ...]
    quantities: Mapping[str, Formula] = field(default_factory=dict)  # the textbook's
    numbers: Mapping[str, int] = field(default_factory=dict)  # the value of every symbol of the layer

    @cached_property
    def counts(self) -> dict[str, Exact]:
        """The value of each textbook quantity, worked out when it is asked for."""
        return {name: formula.at(self.numbers) for name, formula in self.quantities.items()}


@dataclass(frozen=True)
class Heading:
    """A column of the answer table."""

    name: str
    label: str


@dataclass(frozen=True)
class Statement:
    """A line of the formula reference: words, the symbols that the formula gives, the formula."""

    label: str
    formula: Formula
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """The formula reference of one kind of layer: the meaning of its symbols, then its formulas in small steps."""

    kind: str
    title: str
    legend: tuple[tuple[tuple[str, ...], str], ...]
    statements: tuple[Statement, ...]
    note: str = ""


@dataclass(frozen=True)
class Derivation:
    """A whole worked solution. ``totals`` are the sums of the columns, None where they are for the student to find."""

    network: str
    title: str
    course: str
    question: str
    rules: tuple[str, ...]
    convention: str
    convention_title: str
    cite: str
    unit: str
    input: Shape
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, int | None]
    reference: tuple[Section, ...]
    notes: tuple[str, ...]
    digits: str
    language: str = "en"
    blank: bool = False

    def _repr_html_(self) -> str:
        return NOTEBOOK["html"](self)

    def _repr_latex_(self) -> str:
        return NOTEBOOK["latex"](self)


# How a notebook shows a derivation. The writers stand above this file, so the package's front door fills this in.
NOTEBOOK: dict[str, Callable[[Derivation], str]] = {}
