"""The types of single values: each reads a text, at its place, and describes itself as JSON schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from worksheet.errors import WorksheetError, nearest, shown
from worksheet.schema.context import Context, FieldType, Schema
from worksheet.schema.located import MAX_TEXT, Located

NUMBER = r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?|\.[0-9]{1,9}|[1-9][0-9]{0,3}/[1-9][0-9]{0,3}"
PERCENT = rf"(?:{NUMBER})(?:\s*%)?"


@dataclass(eq=False, repr=False)
class Phrase:
    """Words, runs of spaces as one; empty only where ``least`` is 0."""

    most: int = 2000
    least: int = 1

    def read(self, located: Located, _: Context) -> str:
        text = " ".join(located.text().split())
        if len(text) < self.least:
            raise WorksheetError("there is nothing here", located.where, "leave the key out, or give it a value")
        if len(text) > self.most:
            raise WorksheetError(f"a text of {len(text):,} characters; at most {self.most:,}", located.where)
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number"], "minLength": 1} if self.least else {"type": ["string", "number", "null"]}


PHRASE = Phrase()
WORDS = Phrase(MAX_TEXT, least=0)


@dataclass(eq=False, repr=False)
class Parsed:
    """A text that a function parses, or refuses with a WorksheetError."""

    parse: Callable[[str], Any]
    types: tuple[str, ...] = ("string",)
    text: Phrase = PHRASE

    def read(self, located: Located, context: Context) -> Any:
        text = self.text.read(located, context)
        try:
            return self.parse(text)
        except WorksheetError as fault:
            raise fault.located(located.where) from None

    def schema(self) -> Schema:
        return {"type": list(self.types), "minLength": self.text.least}


@dataclass(eq=False, repr=False)
class Rational:
    """A number, read exactly as a Fraction: 2, 0.25, 1/3; a share also as 25 %."""

    least: Fraction
    most: Fraction
    percent: bool = False

    def read(self, located: Located, _: Context) -> Fraction:
        text = located.text().strip()
        if not re.fullmatch(f"-?(?:{PERCENT if self.percent else NUMBER})", text, re.ASCII):
            forms = "0.25, 1/4 or 25 %" if self.percent else "2, 0.5 or 1/2"
            raise WorksheetError(f"{shown(text)} is not a valid number here", located.where, f"such as {forms}")
        number = Fraction(text.rstrip("% \t")) / (100 if text.endswith("%") else 1)
        if not self.least <= number <= self.most:
            raise WorksheetError(f"{shown(text)} is not between {self.least} and {self.most}", located.where, self._hint())
        return number

    def _hint(self) -> str | None:
        """A number that may have been meant as a percentage needs its sign."""
        return "a percentage has its sign: 1 %" if self.percent else None

    def schema(self) -> Schema:
        number = {"type": "number", "minimum": float(self.least), "maximum": float(self.most)}
        return {"anyOf": [number, {"type": "string", "pattern": f"^(?:{PERCENT if self.percent else NUMBER})$"}]}


@dataclass(eq=False, repr=False)
class Integer:
    """A whole number."""

    least: int
    most: int

    def read(self, located: Located, _: Context) -> int:
        text = located.text().strip()
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or not self.least <= int(text) <= self.most:
            raise WorksheetError(f"{shown(text)} is not a whole number from {self.least:,} to {self.most:,}", located.where)
        return int(text)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(eq=False, repr=False)
class Choice:
    """One of a few words."""

    words: Mapping[str, Any]

    def read(self, located: Located, _: Context) -> Any:
        text = located.text().strip().casefold()
        if text not in self.words:
            hint = nearest(text, self.words) if text.isalpha() else f"one of {', '.join(self.words)}"
            raise WorksheetError(f"cannot read {shown(located.text())}", located.where, hint)
        return self.words[text]

    def schema(self) -> Schema:
        values = {"true": True, "false": False}
        return {"enum": [int(word) if word.isdecimal() else values.get(word, word) for word in self.words]}


TRUTH = Choice({"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False})


@dataclass(eq=False, repr=False)
class Worded:
    """One of a few words, or else another type of value."""

    words: Choice
    other: FieldType

    def read(self, located: Located, context: Context) -> Any:
        text = located.text().strip()
        return (self.words if text.isalpha() else self.other).read(located, context)

    def schema(self) -> Schema:
        return {"anyOf": [self.words.schema(), self.other.schema()]}


@dataclass(eq=False, repr=False)
class KnownName:
    """One of the context's names, read as what it refers to; or, with ``known``, one of names that are always the same."""

    group: str
    message: str  # with {} for what was typed
    hint: str = ""  # instead of a list of all names, where none is close
    known: Callable[[], Collection[str]] | None = None

    def read(self, located: Located, context: Context) -> Any:
        text = PHRASE.read(located, context)
        meanings = context.names.get(self.group)
        known = self.known() if self.known else meanings
        if known is not None and text not in known:
            raise WorksheetError(self.message.format(shown(text)), located.where, self._hint(text, known))
        return text if self.known or meanings is None else meanings[text]

    def _hint(self, text: str, known: Collection[str]) -> str | None:
        close = nearest(text, [name for name in known if (" " in name) == (" " in text)])
        return close if close is None or close.startswith("did") or not self.hint else self.hint

    def schema(self) -> Schema:
        return {"enum": list(self.known())} if self.known else {"type": "string", "minLength": 1}
