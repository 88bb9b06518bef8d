"""The types of lists and tables, and the table of a file's keys, by which the file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worksheet.errors import Collector, WorksheetError, nearest, shown
from worksheet.schema.context import Context, FieldType, Schema
from worksheet.schema.located import Located, WrongForm, parse, read_text
from worksheet.schema.scalars import TRUTH, Choice


@dataclass(eq=False, repr=False)
class Field:
    """A key: its name, the type of its value, its meaning and default in words, and an example.

    ``defines`` is the group of names that the keys of its table become known as, to the fields after it.
    """

    name: str
    type: FieldType
    says: str
    default: str = ""
    example: str = ""
    required: bool = False
    defines: str = ""

    def read(self, located: Located, context: Context) -> Any:
        """The value, read as the type. Raises WorksheetError, with the example where nothing else helps."""
        try:
            return self.type.read(located, context)
        except WorksheetError as fault:
            is_helped = bool(fault.hint) and not isinstance(fault, WrongForm)
            if is_helped or len(fault.faults) > 1 or not self.example:
                raise
            raise WorksheetError(fault.message, fault.where, f"such as {self.example}") from None

    def schema(self) -> Schema:
        """The type's schema with the meaning, which editors show."""
        return self.type.schema() | {"description": f"{self.says} Default: {self.default}" if self.default else self.says}


@dataclass(eq=False, repr=False)
class Record:
    """A table of known keys; ``make`` makes something of the values, where none has a fault."""

    fields: tuple[Field, ...]
    make: Callable[..., Any] | None = None

    @property
    def required(self) -> list[str]:
        return [each.name for each in self.fields if each.required]

    def entries(self, located: Located, faults: Collector) -> dict[str, Located]:
        """The entries of known keys, as they are written; unknown and missing keys are added to the faults."""
        table = located.table()
        for fault in located.repeated:
            faults.add(fault)
        known = [each.name for each in self.fields]
        said: set[str | None] = set()  # the list of all keys helps once
        for key in table:
            if key not in known:
                hint = nearest(key, known)
                faults.add(WorksheetError(f"unknown key {shown(key)}", located.keys[key], None if hint in said else hint))
                said.add(hint)
        for key in self.required:
            if key not in table:
                faults.add(WorksheetError(f"the key {key!r} is missing", located.where))
        return {key: table[key] for key in known if key in table}

    def read(self, located: Located, context: Context) -> Any:
        before = len(context.faults.found)
        values = dict(self._values(self.entries(located, context.faults), context))
        if self.make is None:
            return values
        return self.make(**values) if len(context.faults.found) == before else None

    def _values(self, entries: Mapping[str, Located], context: Context) -> Iterator[tuple[str, Any]]:
        for each in self.fields:
            if each.name in entries:
                with context.faults.catching():
                    value = each.read(entries[each.name], context)
                    if each.defines:
                        context.names[each.defines] = {name: name for name in value}
                    yield each.name.replace("-", "_"), value

    def schema(self) -> Schema:
        required: Schema = {"required": self.required} if self.required else {}
        properties = {each.name: each.schema() for each in self.fields}
        return {"type": "object", "properties": properties, "additionalProperties": False} | required


@dataclass(eq=False, repr=False)
class ListOf:
    """A list of values, each once unless ``repeats``; with ``bare`` a single value is a list of one."""

    item: FieldType
    least: int = 0
    most: int = 1000
    what: str = "item"
    repeats: bool = False
    bare: bool = False

    def read(self, located: Located, context: Context) -> tuple[Any, ...]:
        items = located.one_or_more() if self.bare else located.items()
        if self.bare and isinstance(located.value, str) and located.value.casefold() in TRUTH.words:
            raise WrongForm(f"expected a list here, not {shown(located.value)}", located.where)
        _check_size(len(items), self.least, self.most, f"{self.what}s", located)
        values: list[Any] = []
        for item in items:
            with context.faults.catching():
                value = self.item.read(item, context)
                if value in values and not self.repeats:
                    raise WorksheetError(f"the {self.what} {shown(item.text())} is given twice", item.where)
                values += [] if value is None else [value]
        return tuple(values)

    def schema(self) -> Schema:
        unique = {} if self.repeats else {"uniqueItems": True}
        item = self.item.schema()
        whole = {"type": "array", "items": item, "minItems": self.least, "maxItems": self.most} | unique
        return {"anyOf": [item, whole]} if self.bare else whole


@dataclass(eq=False, repr=False)
class TableOf:
    """A table from names to values. With ``split`` a key may be several names, separated by commas.

    ``type_for`` gives the type of the value under a name, where it depends on the name.
    """

    key: FieldType
    value: FieldType
    most: int = 1000
    split: bool = False
    least: int = 0
    what: str = "entries"
    type_for: Callable[[str], FieldType] | None = None

    def read(self, located: Located, context: Context) -> dict[Any, Any]:
        entries = located.table()
        for fault in located.repeated:
            context.faults.add(fault)
        _check_size(len(entries), self.least, self.most, self.what, located)
        values: dict[Any, Any] = {}
        for typed, entry in entries.items():
            value = None  # where the entry has a fault, which ends the reading in the end
            if not self.type_for:
                with context.faults.catching():
                    value = self.value.read(entry, context)
            for name in typed.split(",") if self.split else [typed]:
                with context.faults.catching():
                    key = self.key.read(Located(name, located.keys[typed], {}), context)
                    if key in values:
                        raise WorksheetError(f"{shown(name.strip())} is given twice", located.keys[typed])
                    values[key] = value
                    if self.type_for:
                        values[key] = self.type_for(key).read(entry, context)
        return values

    def schema(self) -> Schema:
        key = self.key.schema()
        names = {"propertyNames": {"anyOf": [key, {"pattern": ","}]} if self.split else key | {"type": "string"}}
        bounds = {"maxProperties": self.most} | ({"minProperties": self.least} if self.least else {})
        return {"type": "object", "additionalProperties": self.value.schema()} | bounds | names


def _check_size(size: int, least: int, most: int, what: str, located: Located) -> None:
    if not least <= size <= most:
        bound = f"at least {least}" if size < least else f"at most {most:,}"
        raise WorksheetError(f"{size:,} {what}; {bound}", located.where)


@dataclass(eq=False, repr=False)
class Forms:
    """A value of several forms: one value, a list, a table; a form without a type is refused."""

    scalar: FieldType | None = None
    items: FieldType | None = None
    table: FieldType | None = None

    def read(self, located: Located, context: Context) -> Any:
        forms = {str: (self._single(located), "one value"), list: (self.items, "a list"), dict: (self.table, "a table")}
        form, name = forms[type(located.value)]
        if form is None:
            expected = [words for accepted, words in forms.values() if accepted]
            raise WorksheetError(f"expected {' or '.join(expected)} here, not {name}", located.where)
        if isinstance(self.scalar, Choice) and form is self.scalar:
            self._check_word(self.scalar, located)
        return form.read(located, context)

    def _check_word(self, choice: Choice, located: Located) -> None:
        """Refuse a single value that is none of the words and no misspelling of one, where a list or a table is taken too."""
        text = located.text()
        close = nearest(text, choice.words) if text.isalpha() else None
        if text.strip().casefold() not in choice.words and not (close or "").startswith("did"):
            others = [name for form, name in ((self.items, "a list"), (self.table, "a table")) if form]
            *words, last = [*choice.words, *others]
            raise WrongForm(f"expected {', '.join(words)} or {last} here, not {shown(text)}", located.where)

    def _single(self, located: Located) -> FieldType | None:
        """The type of a single value: that of one value, unless it is a word that only the list can know."""
        if not isinstance(self.items, ListOf) or not self.items.bare:
            return self.scalar
        is_word = isinstance(self.scalar, Choice) and str(located.value).strip().casefold() in self.scalar.words
        return self.scalar if is_word else self.items

    def schema(self) -> Schema:
        forms: Iterable[FieldType] = [form for form in (self.scalar, self.items, self.table) if form]
        return {"anyOf": [form.schema() for form in forms]}


def read_file(path: Path, type: FieldType) -> Any:
    """What a YAML file holds, read as a type. Raises WorksheetError with all faults of the file."""
    context = Context(Collector(), path.parent)
    value = None
    with context.faults.catching():
        value = type.read(parse(read_text(path), str(path)), context)
    context.faults.raise_any()
    return value
