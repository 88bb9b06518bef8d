"""Reads a convention from its YAML file: the table of its keys, and the types of their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from worksheet.conventions.convention import ANY, PLAIN, Column, Convention
from worksheet.conventions.facts import FACTS, LEAST
from worksheet.derivation import Statement
from worksheet.errors import WorksheetError, nearest
from worksheet.formula import Digits, Exact, Formula, Scale
from worksheet.formula.scales import BASES
from worksheet.layers import QUANTITIES, SAVED, TRAINED, kinds
from worksheet.schema import (
    TRUTH,
    WORDS,
    Choice,
    Context,
    Field,
    FieldType,
    Forms,
    KnownName,
    ListOf,
    Located,
    Parsed,
    Phrase,
    Record,
    Schema,
    TableOf,
    read_file,
)

BY_COLUMN = ("headings", "asks", "remarks", "scales", "unrepeated")  # tables by column
OF_COLUMNS = ("once", "again", "batched", "whole")  # lists of columns
STANDARD_DIGITS = "en_US"


def read_digits(text: str) -> str:
    """The locale of a digit grouping; that of no grouping for an empty text. Raises WorksheetError."""
    return Digits(text or "none").locale


DIGITS = Parsed(read_digits, text=WORDS)

# Rules


@dataclass(eq=False, repr=False)
class RuleText:
    """A formula over the symbols of a kind of layer; over what all kinds have, where ``kind`` is ANY."""

    kind: str = ANY

    def read(self, located: Located, context: Context) -> Formula | None:
        known, least = _vocabulary(self.kind)
        text = located.text()
        try:
            formula = Formula(text, least)
        except WorksheetError as fault:
            raise located.within(fault) from None
        unknown = [name for name in formula.symbols if name not in known]
        for name in unknown:
            lacks = f"not every kind has a symbol {name!r}" if self.kind == ANY else f"{self.kind} has no symbol {name!r}"
            context.faults.add(WorksheetError(lacks, located.where, nearest(name, known)))
        return None if unknown else formula

    def schema(self) -> Schema:
        return {"type": ["string", "integer"]}


@cache
def _vocabulary(kind: str) -> tuple[Collection[str], Mapping[str, Exact]]:
    """The names that a rule for a kind may use, and the least value of each."""
    if kind == ANY:  # the cost of training is omitted where it is not known
        return frozenset({*QUANTITIES, *TRAINED, SAVED, "X", "Y", *FACTS}), LEAST
    return kinds()[kind].vocabulary() | FACTS.keys(), LEAST | kinds()[kind].least


class _Rules(Forms):
    """The rule of a kind: a formula, or a table of formulas by the call."""

    def read(self, located: Located, context: Context) -> Any:
        rules = super().read(located, context)
        return rules if isinstance(located.value, dict) else {PLAIN: rules}


@cache
def _rules(kind: str = ANY) -> FieldType:
    return _Rules(RuleText(kind), None, TableOf(WORDS, RuleText(kind), split=True))


@cache
def _statements(kind: str = ANY) -> FieldType:
    return ListOf(TableOf(WORDS, RuleText(kind)), repeats=True)


# The keys of the file


def _kinds() -> Collection[str]:
    return kinds()


@cache
def _kinds_or_any() -> Collection[str]:
    return (*kinds(), ANY)


UNKNOWN = "unknown layer {}"
KIND, KIND_OR_ANY = KnownName("kind", UNKNOWN, known=_kinds), KnownName("kind", UNKNOWN, known=_kinds_or_any)
COLUMN = KnownName("column", "there is no column {}")
COLUMNS = ListOf(COLUMN, what="column", repeats=True)
PHRASES = ListOf(WORDS, what="sentence", repeats=True)
SCALE = (
    Field("base", Choice({str(base): base for base in BASES}), "What a larger unit is a multiple of.", required=True),
    Field("unit", WORDS, "The sign of the unit.", "none"),
    Field("exact", TRUTH, "Whether the figure is printed in full, in each larger unit.", "no: whole numbers of one unit"),
)

CONVENTION = Record((
    Field("title", WORDS, "The name in print.", required=True),
    Field(
        "columns",
        TableOf(Phrase(), TableOf(KIND_OR_ANY, _rules(), split=True, type_for=_rules), least=1, what="columns"),
        "For every column and kind of layer a [formula](formulas.md). Kinds with one rule may share a line: "
        "`Conv1d, Conv2d: macs`.",
        example="columns: {params: {Conv2d: weights + biases}}",
        required=True,
        defines="column",
    ),
    Field("main", COLUMN, "The column that this convention is asked for first.", "the last one that is not under `once`"),
    Field(
        "uncounted",
        Choice({"listed": False, "refused": True}),
        "What happens to a kind without a rule: `listed` (it is listed, and totals without it are printed as "
        '"at least" their sum) or `refused`. '
        'A third way is the rule `"*"` below: its textbook quantity.',
        "listed",
    ),
    Field(
        "once",
        COLUMNS,
        "Columns of parameters and buffers: a layer that runs several times, or uses another's weights, adds nothing to them, "
        "and they do not grow with the batch.",
        "none",
    ),
    Field("again", COLUMNS, "Columns of parameters and buffers that count shared weights at each layer that uses them.", "none"),
    Field(
        "batched",
        COLUMNS,
        "Columns whose rules include the batch themselves, by the symbol `B`; the rules of all others are for one sample.",
        "none",
    ),
    Field(
        "whole",
        COLUMNS,
        "Columns whose figure, for all runs and samples, is rounded up to a whole number: bytes, of numbers that take less "
        "than one.",
        "none",
    ),
    Field(
        "memory",
        COLUMN,
        "The column of parameter bytes: the memory of the whole network is derived below the table, as [below](#memory).",
        "none",
    ),
    Field(
        "unrepeated",
        TableOf(COLUMN, ListOf(KIND, what="layer", repeats=True)),
        "By column, the kinds that cost the same however many rows or regions their input has: `mult_adds: [Linear]`.",
        "none",
    ),
    Field(
        "scales",
        TableOf(COLUMN, Record(SCALE, Scale)),
        "By column, larger units: `{base: 1024, unit: B}` prints 98 MB, `{base: 1024, exact: yes}` 34.125K.",
        "none",
    ),
    Field(
        "sizes",
        Choice({"symbols": False, "formulas": True}),
        "How the output's width and height appear in the printed rules: `symbols` (W and H, worked out in an earlier step) or "
        "`formulas` (written out in every rule, as in the AI61002 sheet).",
        "symbols",
    ),
    Field("cite", WORDS, "The source of the convention."),
    Field("unit", WORDS, "What is counted."),
    Field("digits", DIGITS, "The digit grouping of everything that is printed.", STANDARD_DIGITS),
    Field("headings", TableOf(COLUMN, WORDS), "A column's heading in the answer table.", "its name"),
    Field("asks", TableOf(COLUMN, WORDS), "How the question asks for a column.", "its name"),
    Field("rules", PHRASES, "Sentences printed under the question.", "none"),
    Field(
        "remarks",
        TableOf(COLUMN, TableOf(KIND, WORDS, split=True)),
        "A remark after the value, by column and kind: `flops: {Dropout: model in evaluation mode}`.",
        "none",
    ),
    Field(
        "faults",
        TableOf(KIND_OR_ANY, WORDS, split=True),
        'What is wrong with this convention, by kind, `"*"` for always: a note below the table where such a layer occurs.',
        "none",
    ),
    Field(
        "reference",
        TableOf(KIND, _statements(), split=True, type_for=_statements),
        "The formula reference in small steps: for each kind a list of `words: formula`.",
        "none",
    ),
))  # fmt: skip


def read_convention(path: Path) -> Convention:
    """The convention in a YAML file. Raises WorksheetError with all faults of the file."""
    given = read_file(path, CONVENTION)
    columns = tuple(_column(name, dict(rules), given) for name, rules in given["columns"].items())
    names = [column.name for column in columns]
    counting = [column.name for column in columns if not column.once]
    reference = {kind: _flatten(tables) for kind, tables in given.get("reference", {}).items()}
    return Convention(
        name=path.stem,
        title=given["title"],
        cite=given.get("cite", ""),
        unit=given.get("unit", ""),
        digits=given.get("digits", STANDARD_DIGITS),
        rules=given.get("rules", ()),
        columns=columns,
        reference=reference,
        faults=given.get("faults", {}),
        refuses=given.get("uncounted", False),
        inlines=given.get("sizes", False),
        main=given.get("main") or (counting or names)[-1],
        memory=given.get("memory", ""),
    )


def _column(name: str, rules: dict[str, Mapping[str, Formula]], given: Mapping[str, Any]) -> Column:
    heading, ask, remarks, scale, unrepeated = (given.get(key, {}).get(name) for key in BY_COLUMN)
    otherwise = rules.pop(ANY, {})
    return Column(
        name,
        heading or name,
        ask or name,
        rules,
        remarks or {},
        {call: formula.source for call, formula in otherwise.items()},
        unrepeated=frozenset(unrepeated or ()),
        scale=scale,
        **{key: name in given.get(key, ()) for key in OF_COLUMNS},
    )


def _flatten(tables: tuple[Mapping[str, Formula], ...]) -> tuple[Statement, ...]:
    return tuple(Statement(label, formula) for table in tables for label, formula in table.items())
