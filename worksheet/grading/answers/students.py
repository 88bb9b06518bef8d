"""Students' ids: which texts are ids, and which student of a roster they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise

from worksheet.errors import nearest, shown
from worksheet.grading.answers.bounds import MAX_ID
from worksheet.grading.answers.identity import ID_WORDS
from worksheet.grading.answers.text import one_line
from worksheet.language import Language, current, everywhere
from worksheet.spreadsheet import unguarded

AS_TEXT = re.compile(r'="([^"]*)"')  # how a number is kept from losing its zeros: ="007"
EMPHASIS = re.compile(r"(?<!\\)[*_`]+$")  # that is not escaped
PARTS = re.compile(r"[\s_]+")
SIGNS = re.compile(r"[\W_]+")
MOODLE = re.compile(r"(.{1,200}?)_\d+_assignsubmission_\w{1,40}_.*")  # a folder of "Download all submissions"
SUBMITTED = "submitted"  # nbgrader: submitted/STUDENT/ASSIGNMENT/
MAX_NAME_WORDS = 12
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
    words = "|".join(map(re.escape, (*ID_WORDS, *printed))).replace(r"\ ", r"[\s_]*")
    return re.compile(rf"[\W_]*(?:{words})[*_`\s]*[:=][*_`\s]*(.*)", re.IGNORECASE)


def student_in_line(line: str) -> str | None:
    """The id in a line such as ``Student: 20CS30001``; None for any other line."""
    words = _line(current()).fullmatch(line.strip()[: 4 * MAX_ID])
    return EMPHASIS.sub("", words[1].strip()).strip() if words else None


class Students:
    """Who may answer: everyone, or the ids of a roster, each perhaps with a full name and an e-mail address."""

    def __init__(
        self, ids: Collection[str] | None, names: Mapping[str, str] | None = None, emails: Mapping[str, str] | None = None
    ) -> None:
        self.ids = None if ids is None else dict.fromkeys(ids)
        self._names = names or {}
        self._emails = emails or {}
        self._hinted = 0

    @cached_property
    def _folded(self) -> dict[str, str]:
        return _unambiguous((one_line(id).casefold(), id) for id in self.ids or ())

    @cached_property
    def _by_email(self) -> dict[str, str]:
        return _unambiguous((one_line(email).casefold(), id) for id, email in self._emails.items())

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """The ids by the words of a full name, in any order."""
        return _unambiguous((_words_of(name), id) for id, name in self._names.items())

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """The ids by the letters of a full name without spaces, from any of its words on: Canvas names files so."""
        return _unambiguous((letters, id) for id, name in self._names.items() for letters in _rotations(name))

    def find(self, text: str) -> str | None:
        """The student of the roster whom a text names: by id, else by e-mail address, else by full name."""
        id = student_id(text)[0]
        if self.ids is None or not id:
            return None
        if id in self.ids:
            return id
        word = id.casefold()
        return self._folded.get(word) or self._by_email.get(word) or self._by_name.get(_words_of(word))

    def identify(self, text: str) -> tuple[str, str]:
        """The student named by a text, in the roster's spelling, and why there is none, or an empty text."""
        id, why = student_id(text)
        if why or self.ids is None or id in self.ids:
            return id, why
        found = self.find(id)
        if found is not None:
            return found, ""
        self._hinted += 1
        hint = nearest(id, self.ids) if self._hinted <= MAX_HINTS else None
        close = f" ({hint})" if hint and hint.startswith("did") else ""
        return id, f"unknown student{close}"

    def of_file(self, stem: str, folders: Iterable[str] = ()) -> str:
        """The student named by a file's name or by one of its folders, the nearest first; else the file's name itself."""
        names = [stem, *folders]
        if self.ids is None:
            moodle = (MOODLE.fullmatch(name) for name in names)
            nbgrader = (name for name, above in pairwise(names[1:]) if above == SUBMITTED)
            return next((match[1] for match in moodle if match), None) or next(nbgrader, stem)
        return next((id for name in names if (id := self._in_name(name)) is not None), stem)

    def _in_name(self, name: str) -> str | None:
        """The student named by a whole name, by the only part of it that is an id or an e-mail address, or by its beginning."""
        id = self.find(name)
        if id is not None:
            return id
        parts = {id for part in PARTS.split(name) if (id := self._by_word(part)) is not None}
        if len(parts) == 1:
            return parts.pop()
        beginning = name.partition("_")[0]
        return self._by_name.get(_words_of(beginning)) or self._by_letters.get(beginning.casefold())

    def _by_word(self, word: str) -> str | None:
        id = one_line(word)
        if self.ids is not None and id in self.ids:
            return id
        return self._folded.get(id.casefold()) or self._by_email.get(id.casefold())


def _words_of(name: str) -> str:
    return " ".join(sorted(SIGNS.sub(" ", one_line(name).casefold()).split()))


def _rotations(name: str) -> set[str]:
    words = SIGNS.sub(" ", one_line(name).casefold()).split()[:MAX_NAME_WORDS]
    return {"".join(words[i:] + words[:i]) for i in range(len(words))}


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The ids by the words that name one student only."""
    alike: dict[str, set[str]] = {}
    for word, id in pairs:
        if word:
            alike.setdefault(word, set()).add(id)
    return {word: next(iter(ids)) for word, ids in alike.items() if len(ids) == 1}
