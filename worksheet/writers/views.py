"""What templates see: texts in the writer's notation, or to be escaped; docs/templates.md explains each name.

Blocks that need no printing are their own views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from worksheet.document import Bullets, Question, Text
from worksheet.writers.small_print import Ready


class View:
    """Anything whose attributes a template may use. A block's ``template`` is the file that prints it."""

    __slots__ = ()
    template: ClassVar[str] = ""


Viewed = View | Text | Bullets | Question


# Steps


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LineView(View):
    """A line of a step."""

    text: Ready
    continues: bool  # the line above, without a sign of equality
    label: Ready  # on the first line
    remark: Ready  # on the last
    is_last: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepView(View):
    """A worked step, or a hole for its answer."""

    label: Ready
    plain_label: str
    lines: Sequence[LineView]
    parts: Sequence[Sequence[Ready]]  # in HTML: the chain between the signs, in pieces
    signs: Sequence[Ready]  # before each part: =, or ≈ before a rounded value
    words: str  # for those who hear it
    remark: str
    lead: str
    note: str
    hole: bool
    worth: str  # of a hole: its marks


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerView(View):
    """The heading of a worked layer."""

    no: int
    name: str
    reads: str  # the rows that it reads, where it is not the one above
    asks_output: bool  # the output size is among the steps
    kind: str
    spec: str
    label: str
    input: Ready | None
    output: Ready | None
    flow: str  # input, layer and output without mathematics
    values: Sequence[Ready]
    values_words: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkingView(View):
    """Worked steps below a title, or below the heading of a layer."""

    template: ClassVar[str] = "working"
    title: str
    intro: str
    steps: Sequence[StepView]
    layer: LayerView | None = None
    twins: str = ""  # the rows that repeat the layer
    room: int = 0  # the lines that are left for a student's working


# The formula reference


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SymbolView(View):
    """A line of a legend."""

    symbols: Ready
    meaning: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StatementView(View):
    """A formula of the reference."""

    label: str
    lines: Sequence[Ready]
    words: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SectionView(View):
    """The formula reference of one kind of layer."""

    template: ClassVar[str] = "section"
    title: str
    legend: Sequence[SymbolView]
    statements: Sequence[StatementView]
    note: str
    level: int  # of its heading


# Text, tables, pictures


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ColumnView(View):
    """A column of a table."""

    words: bool  # is set as text
    label: bool  # says what the row is about
    wide: bool  # may break its lines
    width: int  # in characters
    weight: int  # among the columns that break their lines
    share: float  # of the line, for such a column


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HeadingView(View):
    """The heading of a column."""

    text: str
    column: ColumnView


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CellView(View):
    """A cell of a table."""

    text: str
    plain: str
    words: str  # of a formula, for those who hear it
    math: bool
    tone: str  # of a judged answer: right, partly, wrong, unclear, blank; otherwise empty
    column: ColumnView


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TableView(View):
    """A table."""

    template: ClassVar[str] = "table"
    title: str
    headings: Sequence[HeadingView]
    columns: Sequence[ColumnView]
    rows: Sequence[Sequence[CellView]]
    total: Sequence[CellView]
    narrow: bool  # has so many columns that it is set in small type
    broad: bool  # does not fit on the screen of a phone
    formulas: bool  # has formulas, which cannot break their lines
    turned: bool  # is too wide for an upright page
    rule: str  # as many dashes as the table is wide


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RelationView(View):
    """A line of a solved equation or inequality: before the term, the term, after it."""

    parts: Sequence[Ready]
    words: Sequence[str]
    plain: Sequence[str]
    why: str
    math_why: Ready


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RelationsView(View):
    """An equation or inequality, solved."""

    template: ClassVar[str] = "relations"
    rows: Sequence[RelationView]
    widths: Sequence[int]  # of the three columns, in characters


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PictureView(View):
    """A drawing."""

    template: ClassVar[str] = "picture"
    svg: Ready
    words: str
    width: float  # in points


# What a worked solution has besides


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FieldView(View):
    """A field of a paper's heading; its text is empty where a student writes."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HandoutView(View):
    """The owner of a paper."""

    id: str
    name: str
    marks: str
    fields: Sequence[FieldView]  # none where the document is not a paper


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LinkView(View):
    """An entry of the contents."""

    title: str
    anchor: str
    slug: str  # the anchor that Markdown makes of the heading
    level: int  # 2, or 3 for a stage
    first: int  # the number of a stage's first worked row


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContentsView(View):
    """The table of contents."""

    template: ClassVar[str] = "contents"
    entries: Sequence[LinkView]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EntryView(View):
    """A layer's line of the answer table."""

    no: int
    name: str
    layer: str
    labels: Sequence[str]  # below the table's `labels`
    cells: Sequence[str]
    worked: int  # the number of the row that works it; 0 for none


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartView(View):
    """A stage of the answer table, or all of it without a title."""

    title: str
    entries: Sequence[EntryView]
    totals: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KindView(View):
    """A line of the table by kinds of layers."""

    kind: str
    layers: str
    totals: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnswersView(View):
    """The answer table."""

    template: ClassVar[str] = "answers"
    labels: Sequence[str]  # the headings of the columns that name a layer
    headings: Sequence[str]
    worths: Sequence[str]  # the marks of an answer in each column, in words
    parts: Sequence[PartView]
    totals: Sequence[str]
    chosen: Sequence[str]  # the sums of the rows shown, where not all are
    kinds: Sequence[KindView]
    named: bool  # the layers have names that mean something
    narrow: bool  # needs small type
    wide: bool  # has too many columns for an upright page


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChapterView(View):
    """A heading, with the blocks below it."""

    template: ClassVar[str] = "chapter"
    title: str
    anchor: str
    level: int
    blocks: Sequence[Viewed]
    folded: bool = False  # shown once the reader asks
