"""The words of marks: verdicts as students read them, sentences of mistakes, titles of conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from worksheet import conventions
from worksheet.errors import WorksheetError
from worksheet.grading.mark import Verdict
from worksheet.grading.paper.cells import FORMULA
from worksheet.language import N_, _

VERDICTS = {
    Verdict.RIGHT: N_("right"),
    Verdict.CARRIED: N_("carried forward"),
    Verdict.CONVENTION: N_("right under another convention"),
    Verdict.MISTAKE: N_("a known mistake"),
    Verdict.WRONG: N_("wrong"),
    Verdict.UNREADABLE: N_("not readable"),
    Verdict.BLANK: N_("left blank"),
    Verdict.UNMARKED: N_("not marked"),
}
SHORT = VERDICTS | {  # in a table
    Verdict.CARRIED: N_("carried"),
    Verdict.CONVENTION: N_("another convention"),
    Verdict.MISTAKE: N_("mistake"),
    Verdict.UNREADABLE: N_("unreadable"),
    Verdict.BLANK: N_("blank"),
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
    label = labels.get(plain, plain)
    return _("{column}, formula").format(column=label) if plain != column else label


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
