"""A convention as a page: its rules in words, its formulas kind by kind, what it leaves out, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from worksheet import conventions
from worksheet.conventions import Column, Convention, convention
from worksheet.conventions.convention import ANY, MODULE, PLAIN
from worksheet.conventions.facts import FACTS
from worksheet.counting.folding import Folded
from worksheet.formula import Formula
from worksheet.layers import Kind, kinds
from worksheet.report import Block, Bullets, Cell, Report, Table, Text, Title

CALLS = {PLAIN: "", "module": "module of torch.nn", "leaf": "another module without parts", ANY: "otherwise"}
ONCE = "Stored numbers: what a layer that runs several times has once, and what does not grow with the batch."
BATCHED = "The rules say themselves what a batch of B samples costs; those of the other columns are for one sample."
WHOLE = "The figure of all runs and samples is rounded up to a whole number."


def convention_list() -> Report:
    """The conventions that come with the package."""
    found = [convention(name) for name in conventions.names()]
    rows = tuple((c.name, c.title, ", ".join(column.name for column in c.columns), c.unit, c.cite) for c in found)
    data = {
        "conventions": [
            {"name": c.name, "title": c.title, "columns": [column.name for column in c.columns], "main": c.main, "unit": c.unit,
             "source": c.cite}
            for c in found
        ]
    }  # fmt: skip
    return Report("Ways of counting", (Table(("Name", "Title", "Columns", "Unit", "Source"), rows, words=5),), data)


def convention_page(counting: Convention | str) -> Report:
    """One convention, with a formula for every kind of layer. Raises WorksheetError for an unknown one."""
    found = convention(counting) if isinstance(counting, str) else counting
    blocks: list[Block] = [Text(introduced(found.title, found.unit, found.cite))]
    blocks += [Bullets(found.rules)] if found.rules else []
    for column in found.columns:
        blocks += _column(column)
    if used := found.facts | found.run:
        facts = [f"{name}: {FACTS[name].inline_meaning}" for name in FACTS if name in used]
        blocks += [Title("Facts that the rules use"), Bullets(tuple(facts))]
    if found.faults:
        faults = [text if kind == ANY else f"{kind}: {text}" for kind, text in found.faults.items()]
        blocks += [Title("What is wrong with it"), Bullets(tuple(faults))]
    return Report(found.name, tuple(blocks), _data(found), digits="none")


def introduced(title: str, unit: str, cite: str) -> str:
    """A convention in words: its title, its unit, where it comes from."""
    said = {"Unit": unit, "Source": cite}
    return " ".join([f"{title}.", *(f"{what}: {text}." for what, text in said.items() if text)])


def _column(column: Column) -> list[Block]:
    rules = [(kind, call, rule) for kind in kinds().values() for call, rule in _rules(column, kind)]
    counted = [(kind, call, rule) for kind, call, rule in rules if rule.source != "0"]
    silent = [kind.name for kind in kinds().values() if not any(kind is other for other, _, _ in counted)]
    free = [name for name in silent if column.rule(kinds()[name]) is not None]
    without = [name for name in silent if column.rule(kinds()[name]) is None]
    with_calls = any(call for _, call, _ in counted)
    headings = ("Kind", *(["Called as"] if with_calls else []), "Formula")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (kind.name, *([CALLS.get(call, call)] if with_calls else []), rule) for kind, call, rule in counted
    )
    said = [ONCE if column.once else "", BATCHED if column.batched else "", WHOLE if column.whole else ""]
    blocks: list[Block] = [Title(f"{column.name}: {column.asks}"), *(Text(text) for text in said if text)]
    blocks.append(Table(headings, rows, words=len(headings)))
    blocks += [Text(f"Counted as 0: {', '.join(free)}.")] if free else []
    return [*blocks, Text(f"No rule, and listed where they occur: {', '.join(without)}.")] if without else blocks


def _rules(column: Column, kind: Kind) -> Iterable[tuple[str, Formula]]:
    """The formulas of a kind in its first form, by the call where that matters."""
    table = column.rules.get(kind.name)
    calls = list(table if table is not None else column.otherwise) or [PLAIN]
    for call in calls:
        called = MODULE if call in {PLAIN, "module"} else (call,)
        rule = Folded(kind, kind.forms[0], {}, [column], called=called, inline_sizes=False).rules[0]
        if rule is not None:
            yield call, rule


def _data(found: Convention) -> dict[str, Any]:
    return {
        "convention": found.name,
        "title": found.title,
        "unit": found.unit,
        "source": found.cite,
        "main": found.main,
        "columns": {
            column.name: [
                {"kind": kind.name, "called": call, "formula": rule.source}
                for kind in kinds().values()
                for call, rule in _rules(column, kind)
            ]
            for column in found.columns
        },
        "faults": dict(found.faults),
    }
