"""The words of marks: verdicts as students read them, sentences of mistakes, titles of conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from worksheet import conventions
from worksheet.errors import WorksheetError
from worksheet.grading.mark import Verdict
from worksheet.grading.paper.cells import FORMULA

VERDICTS = {
    Verdict.RIGHT: "right",
    Verdict.CARRIED: "carried forward",
    Verdict.CONVENTION: "another way of counting",
    Verdict.MISTAKE: "a known mistake",
    Verdict.WRONG: "wrong",
    Verdict.UNREADABLE: "not readable",
    Verdict.BLANK: "left blank",
    Verdict.UNMARKED: "not marked",
}
SHORT = VERDICTS | {  # in a table
    Verdict.CARRIED: "carried",
    Verdict.CONVENTION: "counted otherwise",
    Verdict.MISTAKE: "mistake",
    Verdict.UNREADABLE: "unreadable",
    Verdict.BLANK: "blank",
}

TONES = {  # how a student sees them
    Verdict.RIGHT: "right",
    Verdict.CARRIED: "partly",
    Verdict.CONVENTION: "partly",
    Verdict.MISTAKE: "wrong",
    Verdict.WRONG: "wrong",
    Verdict.UNREADABLE: "unclear",
    Verdict.BLANK: "blank",
    Verdict.UNMARKED: "unclear",
}


def heading(column: str, labels: Mapping[str, str]) -> str:
    """The heading of a column, from the labels of the columns that a convention counts."""
    plain = column.removesuffix(FORMULA)
    return labels.get(plain, plain) + (", formula" if plain != column else "")


@cache
def sentences() -> Mapping[str, str]:
    """The sentence to a student for each known mistake, by id."""
    from worksheet.grading.mistakes import known_mistakes

    return {label: mistake.says for label, mistake in known_mistakes().items()}


def convention_titles(names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """The titles of conventions; an unknown name is its own title."""
    return {name: known.get(name) or _title(name) for name in names}


@cache
def _title(name: str) -> str:
    try:
        return conventions.convention(name).title or name
    except WorksheetError:
        return name
