"""What a key of an assignment may hold: each sort of value reads itself, with its place, and says itself as JSON schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from worksheet.errors import Collector, WorksheetError, nearest, shown
from worksheet.marked import Marked

Schema = dict[str, Any]
NUMBER = r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?|\.[0-9]{1,9}|[1-9][0-9]{0,3}/[1-9][0-9]{0,3}"
PERCENT = rf"(?:{NUMBER})(?:\s*%)?"


@dataclass
class Context:
    """What has been read so far: faults, and by what they name (a column, say) the names that are known with what each stands
    for. What is not in ``names`` could not be read, and is not checked."""

    faults: Collector
    folder: Path  # that paths stand relative to
    names: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class Value(Protocol):
    """A sort of value. ``read`` raises WorksheetError, or adds faults to the context and gives what is left."""

    def read(self, marked: Marked, context: Context) -> Any: ...

    def schema(self) -> Schema: ...


@dataclass(frozen=True)
class Key:
    """A key: its name, what it may hold, its meaning and default in words, and an example."""

    name: str
    value: Value
    says: str
    default: str
    example: str
    required: bool = False


@dataclass(frozen=True)
class Text:
    """Words, runs of spaces as one."""

    most: int = 2000

    def read(self, marked: Marked, _: Context) -> str:
        text = " ".join(marked.text().split())
        if not text:
            raise WorksheetError("there is nothing here", marked.where, "leave the key out, or give it a value")
        if len(text) > self.most:
            raise WorksheetError(f"a text of {len(text):,} characters; at most {self.most:,}", marked.where)
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number"], "minLength": 1}


@dataclass(frozen=True)
class Parsed:
    """A text that a function understands, or refuses with a WorksheetError of its own."""

    parse: Callable[[str], Any]
    types: tuple[str, ...] = ("string",)

    def read(self, marked: Marked, context: Context) -> Any:
        text = Text().read(marked, context)
        try:
            return self.parse(text)
        except WorksheetError as fault:
            raise fault.located(marked.where) from None

    def schema(self) -> Schema:
        return {"type": list(self.types), "minLength": 1}


@dataclass(frozen=True)
class Number:
    """A number, read exactly as a Fraction: 2, 0.25, 1/3; a share also as 25 %."""

    least: Fraction
    most: Fraction
    percent: bool = False

    def read(self, marked: Marked, _: Context) -> Fraction:
        text = marked.text().strip()
        if not re.fullmatch(f"-?(?:{PERCENT if self.percent else NUMBER})", text, re.ASCII):
            forms = "0.25, 1/4 or 25 %" if self.percent else "2, 0.5 or 1/2"
            raise WorksheetError(f"{shown(text)} is not a number that is meant here", marked.where, f"such as {forms}")
        number = Fraction(text.rstrip("% \t")) / (100 if text.endswith("%") else 1)
        if not self.least <= number <= self.most:
            raise WorksheetError(f"{shown(text)} is not between {self.least} and {self.most}", marked.where)
        return number

    def schema(self) -> Schema:
        number = {"type": "number", "minimum": float(self.least), "maximum": float(self.most)}
        return {"anyOf": [number, {"type": "string", "pattern": f"^(?:{PERCENT if self.percent else NUMBER})$"}]}


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    least: int
    most: int

    def read(self, marked: Marked, _: Context) -> int:
        text = marked.text().strip()
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or not self.least <= int(text) <= self.most:
            raise WorksheetError(f"{shown(text)} is not a whole number from {self.least:,} to {self.most:,}", marked.where)
        return int(text)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: Mapping[str, Any]

    def read(self, marked: Marked, _: Context) -> Any:
        text = marked.text().strip().casefold()
        if text not in self.words:
            hint = nearest(text, self.words) if text.isalpha() else f"one of {', '.join(self.words)}"
            raise WorksheetError(f"cannot read {shown(marked.text())}", marked.where, hint)
        return self.words[text]

    def schema(self) -> Schema:
        return {"enum": [*({"true": True, "false": False}.get(word, word) for word in self.words)]}


@dataclass(frozen=True)
class Worded:
    """One of a few words, or else another sort of value."""

    words: Choice
    other: Value

    def read(self, marked: Marked, context: Context) -> Any:
        text = marked.text().strip()
        return (self.words if text.isalpha() else self.other).read(marked, context)

    def schema(self) -> Schema:
        return {"anyOf": [self.words.schema(), self.other.schema()]}


@dataclass(frozen=True)
class Name:
    """A name among those of the context, which gives what it stands for; ``known`` are names that are always the same."""

    of: str
    message: str  # with {} for what was typed
    hint: str = ""  # where nothing is close, in place of a list of all names
    known: Callable[[], Iterable[str]] | None = None

    def read(self, marked: Marked, context: Context) -> Any:
        text = Text().read(marked, context)
        known = {name: name for name in self.known()} if self.known else context.names.get(self.of)
        if known is None:
            return text
        if text not in known:
            raise WorksheetError(self.message.format(shown(text)), marked.where, self._hint(text, known))
        return known[text]

    def _hint(self, text: str, known: Mapping[str, Any]) -> str | None:
        close = nearest(text, [name for name in known if " " not in name])
        return close if close is None or close.startswith("did") or not self.hint else self.hint

    def schema(self) -> Schema:
        return {"enum": list(self.known())} if self.known else {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class ListOf:
    """A list of values, each once."""

    item: Value
    least: int = 0
    most: int = 1000
    what: str = "item"

    def read(self, marked: Marked, context: Context) -> tuple[Any, ...]:
        items = marked.items()
        if not self.least <= len(items) <= self.most:
            number = f"at least {self.least}" if len(items) < self.least else f"at most {self.most:,}"
            raise WorksheetError(f"{len(items):,} {self.what}s; {number}", marked.where)
        found: dict[Any, None] = {}
        for item in items:
            with context.faults.catching():
                value = self.item.read(item, context)
                if value in found:
                    raise WorksheetError(f"the {self.what} {shown(item.text())} is given twice", item.where)
                found[value] = None
        return tuple(found)

    def schema(self) -> Schema:
        bounds = {"minItems": self.least, "maxItems": self.most, "uniqueItems": True}
        return {"type": "array", "items": self.item.schema()} | bounds


@dataclass(frozen=True)
class Table:
    """A table from names to values. With ``split`` a key may be several names with commas between them."""

    key: Value
    value: Value
    most: int = 1000
    split: bool = False

    def read(self, marked: Marked, context: Context) -> dict[Any, Any]:
        table = marked.table()
        if len(table) > self.most:
            raise WorksheetError(f"{len(table):,} entries; at most {self.most:,}", marked.where)
        found: dict[Any, Any] = {}
        for typed, entry in table.items():
            value = None  # where the entry has a fault, which ends the reading in the end
            with context.faults.catching():
                value = self.value.read(entry, context)
            for name in typed.split(",") if self.split else [typed]:
                with context.faults.catching():
                    key = self.key.read(Marked(" ".join(name.split()), marked.keys[typed], {}), context)
                    if key in found:
                        raise WorksheetError(f"{shown(name.strip())} is given twice", marked.keys[typed])
                    found[key] = value
        return found

    def schema(self) -> Schema:
        names = {} if self.split else {"propertyNames": {"type": "string", "minLength": 1}}
        return {"type": "object", "additionalProperties": self.value.schema(), "maxProperties": self.most} | names


@dataclass(frozen=True)
class Record:
    """A table of known keys."""

    keys: tuple[Key, ...]

    @property
    def required(self) -> list[str]:
        return [key.name for key in self.keys if key.required]

    def read(self, marked: Marked, context: Context) -> dict[str, Any]:
        values = {key.name: key.value for key in self.keys}
        found = {}
        for name, entry in marked.fields(values, self.required, context.faults).items():
            with context.faults.catching():
                found[name] = values[name].read(entry, context)
        return found

    def schema(self) -> Schema:
        properties = {key.name: key.value.schema() | {"description": f"{key.says} Default: {key.default}"} for key in self.keys}
        required: Schema = {"required": self.required} if self.required else {}
        return {"type": "object", "properties": properties, "additionalProperties": False} | required


@dataclass(frozen=True)
class Forms:
    """A value of several forms: one value, a list, a table; what is not given is refused."""

    scalar: Value | None = None
    items: Value | None = None
    table: Value | None = None

    def read(self, marked: Marked, context: Context) -> Any:
        forms = {str: (self.scalar, "one value"), list: (self.items, "a list"), dict: (self.table, "a table")}
        form, _ = forms[type(marked.value)]
        if form is None:
            hoped = [words for given, words in forms.values() if given]
            raise WorksheetError(f"expected {' or '.join(hoped)} here, not {forms[type(marked.value)][1]}", marked.where)
        return form.read(marked, context)

    def schema(self) -> Schema:
        given: list[Value] = [form for form in (self.scalar, self.items, self.table) if form]
        return {"anyOf": [form.schema() for form in given]}
