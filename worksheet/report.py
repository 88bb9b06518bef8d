"""The document model of whatever is no worked solution: text, tables, formulas, steps and pictures, one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from worksheet.derivation import Section, Step
from worksheet.formula import Formula
from worksheet.formula.tree import Operation

# Words, a number that is grouped, a formula, a shape of formulas, nothing.
Cell = str | int | Formula | tuple[Formula, ...] | None


@dataclass(frozen=True)
class Title:
    """The heading of what follows."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; a ``note`` stands apart from the others."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table. The first ``words`` columns are set as text, the others as figures; ``total`` stands below a rule.

    ``flat`` writes quotients on one line, M/2, so that formulas need no more height than words, and turns the page where
    they are wide. ``title`` is a heading that stays with the table.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    words: int = 1
    flat: bool = False
    title: str = ""


@dataclass(frozen=True)
class Working:
    """Worked steps below a heading of their own."""

    title: str
    steps: tuple[Step, ...]
    intro: str = ""


@dataclass(frozen=True)
class Relation:
    """A term between its bounds, and why this says the same as the relation above. A sign is one of ``= < <= > >=``."""

    why: str
    term: Formula
    sign: str
    bound: Formula
    low: Formula | None = None  # before the term, where it has two bounds
    low_sign: str = ""


@dataclass(frozen=True)
class Relations:
    """An equation or inequality solved, a line a step."""

    rows: tuple[Relation, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing, with its meaning in words and its width in points; ``name`` is that of a file of its own."""

    svg: str
    words: str
    width: float
    name: str = ""


Block = Title | Text | Bullets | Table | Section | Working | Relations | Picture


@dataclass(frozen=True)
class Report:
    """A document of blocks. ``data`` is what JSON says of it: stable keys, whole numbers."""

    title: str
    blocks: tuple[Block, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    course: str = ""
    digits: str = "en_US"
    language: str = "en"

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every worked step."""
        return tuple(step for block in self.blocks if isinstance(block, Working) for step in block.steps)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every drawing."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))


def shape_in_words(sizes: Sequence[Formula]) -> str:
    """A shape whose sizes are formulas, in plain words; a sum stands in brackets.

    >>> shape_in_words((Formula("3"), Formula("M - 2"), Formula("ceil(M/2)")))
    '3 × (M − 2) × ⌈M/2⌉'
    """
    return " × ".join(f"({text})" if is_sum(size) else text for size in sizes for text in [size.show("text")])


def is_sum(formula: Formula) -> bool:
    """Whether a formula needs brackets inside a product."""
    return isinstance(formula.tree, Operation) and formula.tree.sign in "+-"
