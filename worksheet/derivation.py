"""The document model of a worked solution; a question sheet and a marked paper are the same document with holes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from worksheet.errors import shown
from worksheet.formula import Digits, Exact, Formula, Scale
from worksheet.formula.rewrite import rename
from worksheet.formula.tree import Name, Node
from worksheet.frozen import frozen
from worksheet.language import Language, _, current

if TYPE_CHECKING:
    from pandas import DataFrame

Shape = tuple[int, ...]
MAX_TOTALS, MAX_LETTERS = 3, 60  # in a repr
OUTPUT = "output"  # the column of output sizes, where a question sheet has one


@frozen
class Step:
    """One figure: what is asked, its formula, the numbers substituted for the symbols, the value.

    A step without a value is a hole that a student fills. A step without a formula is not counted.
    """

    name: str  # of the column, or of the symbols: "params", "W"
    label: str  # in words: "# Params"; empty where the symbols name the figure
    symbols: tuple[str, ...] = ()  # the symbols that the figure gives: W = H
    formula: Formula | None = None
    values: Mapping[str, Exact] = field(default_factory=dict)
    value: Exact | None = None
    stages: tuple[Formula, ...] = ()  # between substitution and value: floor(54.25) + 1
    remark: str = ""  # a word after the value
    lead: str = ""  # what the symbol stands for, above, where there is no room for it beside the symbol
    note: str = ""  # a sentence below
    worth: str = ""  # the marks of its answer
    room: int = 0  # of a hole: the lines that its working takes
    rounded: bool = False  # the value is near that of the formula: the last sign is ≈
    forms: Mapping[str, Formula] = field(default_factory=dict)  # forms of the symbols that have no number
    closed: Formula | None = None  # instead of a value, where sizes stay symbols

    def __repr__(self) -> str:
        value = "" if self.value is None else f" = {self.value}"
        return f"<Step {shown(self.name)}{value[:MAX_LETTERS]}>"

    @property
    def is_hole(self) -> bool:
        return self.value is None and self.closed is None

    @property
    def is_counted(self) -> bool:
        return self.formula is not None or self.value is None

    @cached_property
    def substituted(self) -> tuple[Formula, Mapping[str, Exact]]:
        """The formula with its forms in place, and the numbers for what is left; a number's symbol may occur in a form too."""
        assert self.formula is not None
        if not self.forms:
            return self.formula, self.values
        apart = {name: f"known_{i}" for i, name in enumerate(self.formula.symbols) if name not in self.forms}
        new: dict[str, Node] = {name: form.tree for name, form in self.forms.items()}
        new |= {name: Name(other) for name, other in apart.items()}
        formula = Formula.of(rename(self.formula.tree, new))  # in its own grouping: nothing is evaluated
        return formula, {other: self.values[name] for name, other in apart.items()}


@frozen
class Row:
    """One layer: its shapes, the values of its symbols, the steps that lead to its figures."""

    no: int
    name: str
    kind: str
    spec: str
    stated: str  # the spec without what had to be inferred: ->4096
    inputs: tuple[Shape, ...] | None
    output: Shape | None
    values: tuple[tuple[tuple[str, ...], int], ...]  # symbols of one value written together: (("M", "N"), 227)
    sizes: tuple[Step, ...]
    columns: tuple[Step, ...]
    quantities: Mapping[str, Formula] = field(default_factory=dict)  # the textbook's
    numbers: Mapping[str, int] = field(default_factory=dict)  # the value of every symbol of the layer
    sources: tuple[int, ...] = ()  # the numbers of the rows that it reads; 0 is the network's input
    stage: str = ""  # the part of the network that it belongs to
    same_as: int = 0  # the number of an earlier row with the same steps; 0 if the steps are in this row

    @cached_property
    def counts(self) -> dict[str, Exact]:
        """The value of each textbook quantity, computed on first use."""
        return {name: formula.at(self.numbers) for name, formula in self.quantities.items()}

    def __repr__(self) -> str:
        return f"<Row {self.no} {shown(self.name)}: {self.kind} {shown(self.spec)}>"


@frozen
class Part:
    """Rows that belong together, by number, with the sums of their columns: a stage, or all rows of a kind."""

    title: str
    rows: tuple[int, ...]
    totals: Mapping[str, int | None]


@frozen
class Figure:
    """Figures of the whole network that no column adds up to. ``reached`` has, by a step's name, the row at which a greatest
    value is reached, and the rows whose outputs are in memory then."""

    title: str
    intro: str
    steps: tuple[Step, ...]
    reached: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    bytes: bool = True  # what the figures count


@frozen
class ColumnHeading:
    """A column of the answer table."""

    name: str
    label: str
    scale: Scale | None = None  # how its figures are written in larger units
    summed: bool = True  # whether it has a total: output sizes have none, and a question may omit one
    worth: str = ""  # the marks of each of its answers, where all are worth the same

    def said(self, value: int | None, digits: Digits) -> str:
        """A total in larger units, with the sign before it; empty where the column has none."""
        return f"{self.scale.relation} {self.scale.said(value, digits)}" if self.scale and value else ""


@frozen
class Statement:
    """A line of the formula reference: words, the symbols that the formula gives, the formula."""

    label: str
    formula: Formula
    symbols: tuple[str, ...] = ()


@frozen
class Section:
    """The formula reference of one kind of layer: the meaning of its symbols, then its formulas in small steps."""

    kind: str
    title: str
    legend: tuple[tuple[tuple[str, ...], str], ...]
    statements: tuple[Statement, ...]
    note: str = ""


@frozen
class Handout:
    """The owner of a paper, copied from the roster; empty if the paper is for everyone. ``marks`` is the total of its answers."""

    id: str = ""
    name: str = ""
    marks: str = ""


@frozen
class Citation:
    """A source of a document's figures: the definition of a network or of a convention. ``name`` is that of what it defines."""

    name: str
    title: str
    source: str


@frozen
class Derivation:
    """A whole worked solution. ``totals`` are the sums of the columns, None where the student must find them.

    ``introduction`` is what a document says of the network where nothing is asked. ``parts`` are the rows by stage,
    ``kinds`` by kind. ``chosen`` are the sums of the rows shown where not all are.
    """

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
    headings: tuple[ColumnHeading, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, int | None]
    reference: tuple[Section, ...]
    notes: tuple[str, ...]
    digits: str
    language: Language = field(default_factory=current)  # in which its words were made
    blank: bool = False
    parts: tuple[Part, ...] = ()
    kinds: tuple[Part, ...] = ()
    named: bool = False  # the layers have meaningful names
    worked: bool = True  # the rows' steps are printed
    pictured: bool = False  # a picture of the network is drawn
    chosen: Mapping[str, int | None] | None = None
    batch: int = 1  # samples that are counted together
    figures: tuple[Figure, ...] = ()  # of the whole network
    introduction: str = ""
    handout: Handout | None = None  # one student's paper
    sized: ColumnHeading | None = None  # the heading of a column of output sizes beside the figures, as a key has it
    compact: bool = False  # of a question sheet: room for working, instead of a line for each answer of the table
    citations: tuple[Citation, ...] = ()

    def __repr__(self) -> str:
        sums = [f"{name} {total:,}" for name, total in self.totals.items() if total is not None][:MAX_TOTALS]
        size = f"{len(self.rows):,} layers" if self.rows else f"{len(self.reference)} formulas"
        return f"<Derivation {shown(self.title)}: {', '.join([size, shown(self.convention), *sums])}>"

    def to_records(self) -> list[dict[str, Any]]:
        """The rows of its table as dictionaries: what names a layer, then its figures; ``None`` where one is not counted."""
        from worksheet.writers.notebook import records

        return records(self)

    def to_dataframe(self) -> DataFrame:
        """The records as a DataFrame of pandas. Raises OutputError where pandas is not installed."""
        from worksheet.writers.notebook import dataframe

        return dataframe(self)

    @property
    def is_handout(self) -> bool:
        """Whether it is a paper of a course: a question sheet, a student's paper, or a sheet that names its course."""
        return bool(self.rows) and (self.blank or bool(self.course) or self.handout is not None)

    def _repr_html_(self) -> str:
        from worksheet.writers.notebook import notebook_html

        return notebook_html(self)

    def _repr_latex_(self) -> str:
        from worksheet.writers.notebook import notebook_latex

        return notebook_latex(self)


def arrows(spec: str) -> str:
    """A layer's numbers as they are printed: ``9216->4096`` with an arrow."""
    return spec.replace("->", " → ").strip()


def layer_label(row: Row) -> str:
    """``Conv2d: 64c 11w 4s 2p``, or the kind alone."""
    return f"{row.kind}: {arrows(row.spec)}" if row.spec else row.kind


def asked_label(row: Row) -> str:
    """The same as a question sheet prints it, without the numbers that a student infers: ``Linear: → 4096``."""
    return layer_label(replace(row, spec=row.stated))


def spans(numbers: Sequence[int]) -> str:
    """Row numbers as print gives them: runs of three and more as a span.

    >>> spans([1, 2, 4, 5, 6, 9])
    '1, 2, 4 to 6, 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    ends = _("{first} to {last}")
    comma = _(", ")
    return comma.join(ends.format(first=run[0], last=run[-1]) if len(run) > 2 else comma.join(map(str, run)) for run in runs)
