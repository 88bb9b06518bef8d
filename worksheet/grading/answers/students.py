"""Students' ids: which texts are ids, and which student of a roster they name."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property, lru_cache

from worksheet.errors import nearest, shown
from worksheet.grading.answers.bounds import MAX_ID
from worksheet.grading.answers.text import one_line
from worksheet.language import Language, current, everywhere
from worksheet.spreadsheet import unguarded

STUDENT_WORDS = (
    "id", "student", "student id", "student no", "student number", "roll", "roll no", "roll number", "matriculation number",
    "matrikelnummer", "reg no", "registration number",
)  # fmt: skip
AS_TEXT = re.compile(r'="([^"]*)"')  # how a number is kept from losing its zeros: ="007"
EMPHASIS = re.compile(r"(?<!\\)[*_`]+$")  # that is not escaped
PARTS = re.compile(r"[\s_]+")
MAX_HINTS = 50  # unknown students that are compared with the roster


def student_id(text: str) -> tuple[str, str]:
    """A student's id as it is compared, and why it is not valid, or an empty text."""
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


@lru_cache(maxsize=16)
def _line(_: Language) -> re.Pattern[str]:
    """A line that names a student, by the words in use and those that sheets print in any language."""
    printed = (word for message in ("student", "Student ID") for word in everywhere(message))
    words = "|".join(map(re.escape, (*STUDENT_WORDS, *printed))).replace(r"\ ", r"[\s_]*")
    return re.compile(rf"[\W_]*(?:{words})[*_`\s]*[:=][*_`\s]*(.*)", re.IGNORECASE)


def student_in_line(line: str) -> str | None:
    """The id in a line such as ``Student: 20CS30001``; None for any other line."""
    words = _line(current()).fullmatch(line.strip()[: 4 * MAX_ID])
    return EMPHASIS.sub("", words[1].strip()).strip() if words else None


class Students:
    """Who may answer: everyone, or the ids of a roster."""

    def __init__(self, ids: Collection[str] | None) -> None:
        self.ids = None if ids is None else dict.fromkeys(ids)
        self._hinted = 0

    @cached_property
    def _folded(self) -> dict[str, str]:
        alike: dict[str, list[str]] = {}
        for id in self.ids or ():
            alike.setdefault(one_line(id).casefold(), []).append(id)
        return {word: same[0] for word, same in alike.items() if len(same) == 1}

    def identify(self, text: str) -> tuple[str, str]:
        """The student named by a text, in the roster's spelling, and why there is none, or an empty text."""
        id, why = student_id(text)
        if why or self.ids is None or id in self.ids:
            return id, why
        spelling = self._folded.get(id.casefold())
        if spelling is not None:
            return spelling, ""
        self._hinted += 1
        hint = nearest(id, self.ids) if self._hinted <= MAX_HINTS else None
        close = f" ({hint})" if hint and hint.startswith("did") else ""
        return id, f"unknown student{close}"

    def of_file(self, stem: str) -> str:
        """The student named by a file's name: the whole name, or the only part of it that is in the roster."""
        if self.ids is not None and self._in_roster(stem) is None:
            parts = {id for part in PARTS.split(stem) if (id := self._in_roster(part)) is not None}
            if len(parts) == 1:
                return parts.pop()
        return stem

    def _in_roster(self, text: str) -> str | None:
        id = one_line(text)
        return id if self.ids is not None and id in self.ids else self._folded.get(id.casefold())
