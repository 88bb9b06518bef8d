"""Students' ids: what is one, and which student of a roster it calls."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

from worksheet.errors import nearest, shown
from worksheet.grading.answers.bounds import MAX_ID
from worksheet.grading.answers.text import one_line
from worksheet.grading.results.tables import unguarded

STUDENT_WORDS = (
    "id", "student", "student id", "student no", "student number", "roll", "roll no", "roll number", "matriculation number",
    "matrikelnummer", "reg no", "registration number",
)  # fmt: skip
AS_TEXT = re.compile(r'="([^"]*)"')  # how a number is kept from losing its zeros: ="007"
ANY_WORD = "|".join(STUDENT_WORDS).replace(" ", r"[\s_]*")
LINE = re.compile(rf"[\W_]*(?:{ANY_WORD})[*_`\s]*[:=][*_`\s]*(.*)", re.IGNORECASE)
PARTS = re.compile(r"[\s_]+")
MAX_HINTS = 50  # unknown students that are compared with the roster


def student_id(text: str) -> tuple[str, str]:
    """A student's id as it is compared, and why it is none or an empty text."""
    word = one_line(text[: 4 * MAX_ID])
    as_text = AS_TEXT.fullmatch(word)
    id = unguarded(as_text[1].strip() if as_text else word)
    if not id:
        return "", "no student is named"
    if len(id) > MAX_ID or len(text) > 4 * MAX_ID:
        return "", f"an id of more than {MAX_ID} characters"
    if not id.isprintable():
        return "", f"the id {shown(id)} holds signs that do not print"
    return id, ""


def named_student(line: str) -> str | None:
    """The id in a line such as ``Student: 20CS30001``; None for any other line."""
    found = LINE.fullmatch(line.strip()[: 4 * MAX_ID])
    return found[1].strip().rstrip("*_`").strip() if found else None


class Students:
    """Who may answer: everybody, or the ids of a roster."""

    def __init__(self, ids: Collection[str] | None) -> None:
        self.ids = None if ids is None else dict.fromkeys(ids)
        self._hinted = 0

    @cached_property
    def _folded(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for id in self.ids or ():
            found.setdefault(one_line(id).casefold(), []).append(id)
        return {word: same[0] for word, same in found.items() if len(same) == 1}

    def known(self, text: str) -> tuple[str, str]:
        """The student whom a text calls, in the roster's spelling, and why there is none or an empty text."""
        id, why = student_id(text)
        if why or self.ids is None or id in self.ids:
            return id, why
        known = self._folded.get(id.casefold())
        if known is not None:
            return known, ""
        self._hinted += 1
        hint = nearest(id, self.ids) if self._hinted <= MAX_HINTS else None
        close = f" ({hint})" if hint and hint.startswith("did") else ""
        return id, f"unknown student{close}"

    def of_file(self, stem: str) -> str:
        """The student whom a file's name calls: the whole name, or the one part of it that is in the roster."""
        if self.ids is not None and self.known_quietly(stem) is None:
            parts = {found for part in PARTS.split(stem) if (found := self.known_quietly(part)) is not None}
            if len(parts) == 1:
                return parts.pop()
        return stem

    def known_quietly(self, text: str) -> str | None:
        id = one_line(text)
        return id if self.ids is not None and id in self.ids else self._folded.get(id.casefold())
