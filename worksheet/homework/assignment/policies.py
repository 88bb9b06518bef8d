"""Reads the keys about marks, tolerance, follow-through, other conventions, mistakes and variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol

from worksheet import conventions
from worksheet.errors import WorksheetError, shown
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper import find_question
from worksheet.grading.paper.cells import FIND, OUTPUT, Paper
from worksheet.grading.policy import EXACT, Policy, Tolerance
from worksheet.homework.assignment.assignment import VARIED, Variants
from worksheet.homework.assignment.keys import EVERY, NONE
from worksheet.homework.assignment.tolerance import hidden_mistakes
from worksheet.schema import Context, Located

Fields = Mapping[str, Located]
NOTHING = Fraction(0)
MAY_BE_ZERO = frozenset({"padding"})
MAX_SHOWN = 3  # hidden mistakes in one message


class Values(Protocol):
    """The value of a key, or a default."""

    def __call__(self, name: str, default: Any) -> Any: ...


def policy(value: Values, fields: Fields, context: Context, paper: Paper | None) -> Policy:
    """What answers are worth. Faults of the keys are added to those of the context."""
    marks = value("marks", {})
    follow = value("follow_through", default=True)
    details = follow if isinstance(follow, dict) else {}
    others = value("conventions", None)
    questions = {(FIND, find_question.column(no)): one.worth for no, one in enumerate(value("find", ()), 1)}
    return Policy(
        marks={name: worth for name, worth in marks.items() if isinstance(name, str)},
        cells=questions | {key: worth for key, worth in marks.items() if not isinstance(key, str)},
        tolerance=_tolerances(value("tolerance", {}), fields, context, paper),
        follow_through=bool(follow) or isinstance(follow, dict),
        penalty=details.get("penalty", NOTHING),
        never=frozenset(details.get("never", ())),
        trivial=details.get("trivial", False),
        convention=others.get("worth", NOTHING) if isinstance(others, dict) else NOTHING,
        mistake=value("mistakes", {}).get("worth", NOTHING),
    )


def other_conventions(entry: Any, own: str) -> tuple[str, ...]:
    """The other conventions that are distinguished from mistakes, by name or file."""
    names = entry.get("consider", EVERY) if isinstance(entry, dict) else entry or EVERY
    names = {NONE: (), EVERY: conventions.names()}[names] if isinstance(names, str) else names
    return tuple(name for name in names if name != own)


# Tolerance


def _tolerances(entries: Mapping[str, Any], fields: Fields, context: Context, paper: Paper | None) -> dict[str, Tolerance]:
    """The tolerance of each column; one that hides a known mistake is a fault."""
    tolerances = {}
    for column, entry in entries.items():
        within, hides = (entry.get("within"), entry.get("hides", ())) if isinstance(entry, dict) else (entry, ())
        tolerances[column] = tolerance = within if isinstance(within, Tolerance) else Tolerance(within or NOTHING)
        if tolerance == EXACT:
            continue
        if column == OUTPUT:
            place = fields["tolerance"].table()[column].where
            context.faults.add(WorksheetError("an output size is right or wrong; it has no tolerance", place, "output: exact"))
        elif paper is not None:
            _check_tolerance(paper, column, tolerance, frozenset(hides), fields["tolerance"].table()[column], context)
    return {column: tolerance for column, tolerance in tolerances.items() if tolerance != EXACT}


def _check_tolerance(
    paper: Paper, column: str, tolerance: Tolerance, hides: frozenset[str], entry: Located, context: Context
) -> None:
    mistakes = [
        each for each in hidden_mistakes(paper, column, tolerance, known_mistakes().values()) if each.mistake.id not in hides
    ]
    if not mistakes:
        return
    first = {each.mistake.id: each for each in reversed(mistakes)}  # where each mistake appears first
    listed = [str(each) for each in mistakes if first[each.mistake.id] is each][:MAX_SHOWN]
    more = f"; and {len(mistakes) - len(listed):,} more" if len(mistakes) > len(listed) else ""
    message = f"known mistakes would pass as right: {'; '.join(listed)}{more}"
    ids = [name for name in known_mistakes() if name in first]
    within = entry.table()["within"].text() if isinstance(entry.value, dict) else entry.text()
    hint = f"{column}: exact; or, to let them pass, {column}: {{within: {within}, hides: [{', '.join(ids)}]}}"
    context.faults.add(WorksheetError(message, entry.where, hint))


# Variants


def variants(value: Values, fields: Fields, context: Context, paper: Paper | None) -> Variants | None:
    """How the sheets differ; None if everyone has the same."""
    entry = value("variants", None)
    if entry is None:
        return None
    vary = entry.get("vary", ())
    for fault in (*_ranges(fields["variants"], vary or VARIED), *_impossible(fields["variants"], entry.get("reveal", ()), paper)):
        context.faults.add(fault)
    return Variants(entry.get("seed", 0), vary, entry.get("ranges", {}), entry.get("reveal", ()))


def _ranges(entry: Located, vary: tuple[str, ...]) -> Iterator[WorksheetError]:
    """Faults of the ranges: a range for what does not vary, and zeros."""
    ranges = entry.table().get("ranges")
    if ranges is None or not isinstance(ranges.value, dict):
        return
    for name, listed in ranges.value.items():
        if name in VARIED and name not in vary:
            yield WorksheetError(
                f"{name} has a range but is not varied", ranges.keys[name], f"vary: [{', '.join((*vary, name))}]"
            )
        for item in listed.value if isinstance(listed.value, list) else ():
            if item.value == "0" and name not in MAY_BE_ZERO:
                yield WorksheetError(f"the {name} cannot be 0", item.where, "a whole number from 1 on")


def _impossible(entry: Located, reveal: tuple[str, ...], paper: Paper | None) -> Iterator[WorksheetError]:
    """Faults of mistakes that cannot be made on this sheet."""
    if paper is None or not reveal:
        return
    asked = dict.fromkeys(cell.asked for cell in paper.shown if not cell.is_formula)
    places = {item.value: item.where for item in entry.table()["reveal"].items() if isinstance(item.value, str)}
    for name in reveal:
        if name in known_mistakes() and not any(known_mistakes()[name].applies(each) for each in asked):
            yield WorksheetError(f"nothing that is asked can show the mistake {shown(name)}", places.get(name), "leave it out")
