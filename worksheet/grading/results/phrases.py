"""The words of marks: verdicts as students read them, sentences of mistakes, titles of conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from worksheet import conventions
from worksheet.errors import WorksheetError
from worksheet.grading.mark import DOES_NOT_FOLLOW, FLAGS, Verdict
from worksheet.grading.paper.cells import FORMULA
from worksheet.language import N_, _

VERDICTS = {
    Verdict.RIGHT: N_("right"),
    Verdict.CARRIED: N_("carried forward"),
    Verdict.CONVENTION: N_("another way of counting"),
    Verdict.MISTAKE: N_("a known mistake"),
    Verdict.WRONG: N_("wrong"),
    Verdict.UNREADABLE: N_("not readable"),
    Verdict.BLANK: N_("left blank"),
    Verdict.UNMARKED: N_("not marked"),
}
SHORT = VERDICTS | {  # in a table
    Verdict.CARRIED: N_("carried"),
    Verdict.CONVENTION: N_("counted otherwise"),
    Verdict.MISTAKE: N_("mistake"),
    Verdict.UNREADABLE: N_("unreadable"),
    Verdict.BLANK: N_("blank"),
}
TO_STUDENT = FLAGS | {DOES_NOT_FOLLOW: N_("does not follow from your own rows")}  # flags, as the student reads them


def heading(column: str, labels: Mapping[str, str]) -> str:
    """The heading of a column, from the labels of the columns that a convention counts."""
    plain = column.removesuffix(FORMULA)
    label = labels.get(plain, plain)
    return label if plain == column else _("{}, formula").format(label)


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
