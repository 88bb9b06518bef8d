"""The document model of whatever is no worked solution: text, tables, formulas, steps and pictures, one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from worksheet.derivation import Section, Step
from worksheet.formula import Formula

FONTS = "New Computer Modern, Latin Modern Roman, Libertinus Serif, serif"  # of drawings
Cell = str | int | Formula | None  # words, a number that is grouped, a formula, nothing


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
    """A table. The first ``words`` columns are set as text, the others as figures; ``total`` stands below a rule."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    words: int = 1


@dataclass(frozen=True)
class Working:
    """Worked steps below a heading of their own."""

    title: str
    steps: tuple[Step, ...]
    intro: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing, with its meaning in words and its width in points; ``name`` is that of a file of its own."""

    svg: str
    words: str
    width: float
    name: str = ""


Block = Title | Text | Bullets | Table | Section | Working | Picture


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
