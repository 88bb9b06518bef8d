"""The blocks that every document is made of, one below the other: text, tables, formulas, worked steps, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from worksheet.derivation import Citation, ColumnHeading, Handout, Part, Row, Section, Shape, Step
from worksheet.errors import shown
from worksheet.formula import Formula
from worksheet.formula.tree import Operation
from worksheet.frozen import frozen
from worksheet.language import Language, current

if TYPE_CHECKING:
    from pandas import DataFrame

# How an answer was judged, and its sign: colour alone would say nothing on paper.
TONES = {"right": "✓", "partly": "(✓)", "wrong": "✗", "unclear": "?", "blank": "–"}


@frozen
class Judged:
    """Words with a judgement: a sign, and a colour where a format has any; ``tone`` is one of TONES."""

    text: str
    tone: str

    @property
    def signed(self) -> str:
        """The words after their sign."""
        return f"{TONES[self.tone]}\u00a0{self.text}" if self.text else TONES[self.tone]


# Words, a number that is grouped, a rounded number, a formula, a shape of formulas, a judged answer, nothing.
Cell = str | int | Decimal | Formula | tuple[Formula, ...] | Judged | None


@frozen
class Title:
    """The heading of what follows."""

    text: str


@frozen
class Text:
    """A paragraph; a ``note`` is set apart from the others."""

    template: ClassVar[str] = "text"
    text: str
    note: bool = False


@frozen
class Bullets:
    """A list of sentences."""

    template: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@frozen
class Table:
    """A table. The first ``words`` columns are text, the others figures; the first ``labels`` say what a row is about.

    ``total`` is below a rule. ``flat`` writes quotients on one line, M/2, and turns the page where they are wide. ``title`` is
    a heading that stays with the table. ``keys`` are the columns' names in data.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    words: int = 1
    labels: int = 1
    flat: bool = False
    title: str = ""
    keys: tuple[str, ...] = ()


@frozen
class Working:
    """Worked steps below a heading of their own; ``room`` is the number of lines that are left for a student's working."""

    title: str
    steps: tuple[Step, ...]
    intro: str = ""
    room: int = 0


@frozen
class Relation:
    """A term between its bounds, and why this says the same as the relation above. A sign is one of ``= < <= > >=``."""

    why: str
    term: Formula
    sign: str
    bound: Formula
    low: Formula | None = None  # before the term, where it has two bounds
    low_sign: str = ""


@frozen
class Relations:
    """An equation or inequality solved, a line a step."""

    rows: tuple[Relation, ...]


@frozen
class Picture:
    """A drawing, with its meaning in words and its width in points; ``name`` is that of a file of its own."""

    svg: str
    words: str
    width: float
    name: str = ""


@frozen
class Question:
    """What a sheet asks, how it counts, the rules and the notes above its table; without a question the counting alone."""

    template: ClassVar[str] = "question"
    text: str
    counting: str
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    network: str = ""
    convention: str = ""


@frozen
class Contents:
    """The table of contents: the answer table and every chapter that has an anchor."""


@frozen
class AnswerTable:
    """A line for each layer, by stage, with the totals below.

    ``totals`` are None where a student finds them. ``chosen`` are the sums of the rows shown where not all are. ``kinds``
    are the sums by kind of layer. ``named``: the layers have names that say something. ``worked``: their steps follow below.
    ``sized`` is the heading of a column of output sizes before the figures.
    ``outputs``: the sizes of their outputs are listed beside them, and not asked in a column of their own or not at all.
    """

    headings: tuple[ColumnHeading, ...]
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    totals: Mapping[str, int | None]
    chosen: Mapping[str, int | None] | None = None
    kinds: tuple[Part, ...] = ()
    named: bool = False
    worked: bool = True
    outputs: bool = True
    sized: ColumnHeading | None = None


@frozen
class WorkedRow:
    """The worked steps of one layer. ``name`` is empty where it only counts; ``reads`` names the rows that it reads, where
    it is not the one above; ``twins`` are the rows that repeat it; ``asks_output``: its output size is among the steps."""

    row: Row
    name: str = ""
    reads: str = ""
    twins: str = ""
    asks_output: bool = False


@frozen
class NetworkPicture:
    """The network as boxes and arrows, in as many drawings as fit on pages; only formats that draw have it."""

    rows: tuple[Row, ...]
    title: str


class StripLayer(NamedTuple):
    """A layer in the strip of a network; ``output`` is None where a student finds it."""

    no: int
    kind: str
    output: Shape | None
    stage: str
    sources: tuple[int, ...]  # the numbers of the layers that it reads; 0 is the network's input


@frozen
class NetworkStrip:
    """The network in one line, a box for each layer or stage, drawn to size where sizes are given; in words where none draws."""

    layers: tuple[StripLayer, ...]
    input: Shape
    title: str
    name: str  # of a file of its own


@frozen
class Chapter:
    """A heading with the blocks below it, left out where there are none. ``anchor`` is the name by which links find it."""

    title: str
    blocks: tuple[Block, ...]
    anchor: str
    level: int = 2  # 3 inside another chapter
    folded: bool = False  # a page shows what is below once the reader asks for it


Block = (
    Title | Text | Bullets | Table | Section | Working | Relations | Picture
    | Question | Contents | AnswerTable | WorkedRow | NetworkPicture | NetworkStrip | Chapter
)  # fmt: skip


@frozen
class Document:
    """A document of blocks.

    ``data`` is its JSON: stable keys, whole numbers. ``question`` is None where the title says it all. ``handout`` says whose
    paper it is, if it is one. ``blank``: the answers are left open. ``contents``: rows and chapters are linked. ``citations``
    are the sources of its figures. ``main`` is the table of data and fragments; without one, the longest of the blocks.
    """

    title: str
    blocks: tuple[Block, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    course: str = ""
    digits: str = "en_US"
    language: Language = field(default_factory=current)  # in which its words were made
    question: str | None = None
    handout: Handout | None = None
    blank: bool = False
    contents: bool = False
    citations: tuple[Citation, ...] = ()
    main: Table | None = None

    def __repr__(self) -> str:
        return f"<Document {shown(self.title)}: {len(self.blocks)} blocks>"

    def to_records(self) -> list[dict[str, Any]]:
        """The rows of its main table as dictionaries, without the total. Raises OutputError where it has no table."""
        from worksheet.writers.notebook import records

        return records(self)

    def to_dataframe(self) -> DataFrame:
        """The records as a DataFrame of pandas. Raises OutputError where there is no table, or no pandas."""
        from worksheet.writers.notebook import dataframe

        return dataframe(self)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every worked step."""
        return tuple(_steps(self.blocks))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every drawing that the document brings along."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))

    def _repr_html_(self) -> str:
        from worksheet.writers.notebook import notebook_html

        return notebook_html(self)

    def _repr_latex_(self) -> str:
        from worksheet.writers.notebook import notebook_latex

        return notebook_latex(self)


def _steps(blocks: Sequence[Block]) -> Iterator[Step]:
    for block in blocks:
        if isinstance(block, Working):
            yield from block.steps
        elif isinstance(block, AnswerTable):
            for row in block.rows:
                yield from row.sizes
                yield from row.columns
        elif isinstance(block, Chapter):
            yield from _steps(block.blocks)


def shape_in_words(sizes: Sequence[Formula]) -> str:
    """A shape whose sizes are formulas, in plain words; sums in brackets.

    >>> shape_in_words((Formula("3"), Formula("M - 2"), Formula("ceil(M/2)")))
    '3 × (M − 2) × ⌈M/2⌉'
    """
    return " × ".join(f"({text})" if is_sum(size) else text for size in sizes for text in [size.show("text")])


def is_sum(formula: Formula) -> bool:
    """Whether a formula needs brackets inside a product."""
    return isinstance(formula.tree, Operation) and formula.tree.sign in "+-"
