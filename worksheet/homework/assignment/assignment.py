"""An assignment: the content of a teacher's file, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from worksheet.conventions import Convention
from worksheet.errors import shown
from worksheet.frozen import frozen
from worksheet.grading.answers import LAST
from worksheet.grading.paper.paper_maker import Ask
from worksheet.grading.policy import Policy
from worksheet.language import Language, language_named
from worksheet.network import Network

VARIED = ("input", "channels", "kernel", "stride", "padding", "groups", "rectangles")  # what a variant may change


@frozen
class Variants:
    """How each student's network differs.

    ``vary`` are words of VARIED (empty: all, except groups and rectangular kernels in a network that has none itself).
    ``ranges`` are the values that the teacher allows, such as ``{"kernel": (3, 5, 7)}``; all others are derived from the network.
    ``reveal`` are the ids of the mistakes that the variants must show (empty: all that apply).
    """

    seed: int
    vary: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reveal: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Assignment:
    """One homework. ``source`` is the network as the file names it; ``network`` the teacher's, before any variation.

    ``conventions`` are the other conventions under which an answer may be right, by name or file; ``rules`` the sentences
    printed above the questions; ``digits`` the locale whose digit grouping is printed.
    """

    title: str
    network: Network = field(repr=False)
    source: str
    convention: Convention
    ask: Ask
    policy: Policy
    course: str = ""
    question: str = ""
    rules: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    variants: Variants | None = None
    digits: str = ""
    language: Language = field(default_factory=Language)  # of all that students read
    batch: int = 1
    attempts: str = LAST  # which of a student's attempts counts
    file: Path | None = None
    decisions: Path | None = None
    text: str = field(default="", repr=False)  # the file's own text

    def in_language(self, language: str) -> Assignment:
        """The same in another language, with the teacher's own words; as it is for an empty code. Raises WorksheetError."""
        if not language:
            return self
        spoken = language_named(language, dict(self.language.labels))
        digits = spoken.digits if self.digits == self.language.digits else self.digits
        return replace(self, language=spoken, digits=digits or self.digits)

    def __repr__(self) -> str:
        return f"<Assignment {shown(self.title)}: {shown(self.source)}, {shown(self.convention.name)}>"
