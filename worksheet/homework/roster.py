"""Reads a roster, the CSV of a class, and finds a safe file name for whatever an id contains."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from itertools import chain
from pathlib import Path

from worksheet.errors import Collector, Where, WorksheetError, shown
from worksheet.frozen import frozen
from worksheet.grading.answers import ods
from worksheet.grading.answers.bounds import MAX_CELL, MAX_STUDENTS, TEXT_BYTES
from worksheet.grading.answers.identity import EMAIL_WORDS, ID_WORDS, NAME_WORDS
from worksheet.grading.answers.records import SEPARATORS, CsvRecords, NumberedRows, Records, read_head
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.answers.students import Students, student_id
from worksheet.grading.answers.text import AnswerSource, detect_encoding, open_text, read_whole
from worksheet.grading.answers.xlsx import first_sheet

PREFERRED = ("id", *ID_WORDS)  # a class list's own id is its id
MAX_OTHERS = 200  # columns of a roster
HINT = "a roster is a CSV file or a workbook (.xlsx, .ods) whose first line names its columns, id among them: id,name"
LONGEST_NAME = 64  # characters of a file name, without its suffix
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?<!\.)")
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$|clock\$)(?:\..*)?", re.IGNORECASE)
OTHER = re.compile(r"[^A-Za-z0-9]+")
HASH = 10  # hexadecimal digits after a name that is not the id itself


@frozen
class Student:
    """One line of a roster; id and name are empty for a sheet that is for all."""

    id: str = ""
    name: str = ""
    others: Mapping[str, str] = field(default_factory=dict, hash=False)
    email: str = ""


def students_of(roster: Iterable[Student]) -> Students:
    """The students of a roster, as answers name them: by id, e-mail address or full name; everyone, if there are none."""
    people = list(roster)
    names = {each.id: each.name for each in people if each.name}
    return Students([each.id for each in people] or None, names, {each.id: each.email for each in people if each.email})


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students of a roster, in its order: a CSV with ``id``, optionally ``name`` and ``email``, and any other columns, in
    any encoding and with any separator that spreadsheets write; the same as a workbook; or the manifest of homework that was
    generated.

    Raises WorksheetError with every fault at its line: no id, the same id twice, an id of more than 200 characters or with
    non-printing characters, more than 100,000 students.
    """
    source = AnswerSource(str(path), Path(path))
    faults = Collector()
    with SOURCES.get(Path(path).suffix.lower(), _of_csv)(source, faults) as records:
        students = tuple(_Reading(source.name, records, faults).students())
    faults.raise_any()
    if not students:
        raise WorksheetError("the roster names no students", Where(source.name), HINT)
    return students


@contextmanager
def _of_csv(source: AnswerSource, faults: Collector) -> Iterator[Records]:
    encoding = detect_encoding(source, TEXT_BYTES)
    with open_text(source, encoding) as file:
        lines, declared = read_head(file)
        first = next((number for number, line in enumerate(lines) if line.strip(' \t\r\n,;"|')), None)
        if first is None:
            raise WorksheetError("the roster is empty", Where(source.name), HINT)
        separator = declared or max(SEPARATORS, key=lambda sign: (_is_heading(lines[first], sign), lines[first].count(sign)))

        def fault(line: int, text: str, why: str) -> None:
            faults.add(WorksheetError(why, Where(source.name, line, 1, text.rstrip("\r\n")), "write a quote inside a cell twice"))

        yield CsvRecords(chain(lines[first:], file), separator, fault, first, name=source.name)


@contextmanager
def _of_workbook(source: AnswerSource, _: Collector) -> Iterator[Records]:
    yield NumberedRows(first_sheet(source))


@contextmanager
def _of_ods(source: AnswerSource, _: Collector) -> Iterator[Records]:
    yield NumberedRows(iter(ods.first_sheet(source)))


@contextmanager
def _of_manifest(source: AnswerSource, _: Collector) -> Iterator[Records]:
    try:
        data = json.loads(read_whole(source, TEXT_BYTES, lines=False)[0])
    except (ValueError, RecursionError):
        data = None
    students = data.get("students") if isinstance(data, dict) else None
    if not isinstance(students, dict):
        raise WorksheetError("is not a manifest of homework", Where(source.name), HINT)
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in students.values()]
    lines = [[id, name if isinstance(name, str) else ""] for id, name in zip(students, names, strict=True)]
    yield NumberedRows(enumerate([["id", "name"], *lines], 1))


SOURCES = {".xlsx": _of_workbook, ".ods": _of_ods, ".json": _of_manifest}  # of any other suffix: a CSV


def _is_heading(line: str, separator: str) -> bool:
    return any(fold(cell.strip('" ')) in ID_WORDS for cell in line.split(separator))


class _Reading:
    """Reads the lines of a roster and collects their faults."""

    def __init__(self, name: str, records: Records, faults: Collector) -> None:
        self.name = name
        self.records = records
        self.faults = faults
        self.lines: dict[str, int] = {}  # by id

    def students(self) -> Iterable[Student]:
        lines = iter(self.records)
        headings = [cell.strip() for cell in next(lines, [])]
        places = self._places([fold(heading) for heading in headings])
        if places is None or len(headings) > MAX_OTHERS:
            why = "no column is called id" if places is None else f"more than {MAX_OTHERS} columns"
            self.faults.add(WorksheetError(why, self._where(",".join(headings)), HINT))
            return
        for heading in {headings[at] for at in places if at is not None}:
            if headings.count(heading) > 1:
                why = f"two columns are called {shown(heading)}"
                self.faults.add(WorksheetError(why, self._where(",".join(headings)), "each heading names one column"))
        for cells in lines:
            if any(cell.strip() for cell in cells):
                if len(self.lines) >= MAX_STUDENTS:
                    self.faults.add(WorksheetError(f"more than {MAX_STUDENTS:,} students", self._where()))
                    return
                with self.faults.catching():
                    yield self._student(cells, headings, *places)

    @staticmethod
    def _places(folded: list[str]) -> tuple[int, int | None, int | None] | None:
        """The columns of id, name and e-mail: the first one with such a heading; "id" is preferred to other words for it."""
        id, name, email = (
            next((folded.index(word) for word in words if word in folded), None) for words in (PREFERRED, NAME_WORDS, EMAIL_WORDS)
        )
        return None if id is None else (id, name, email)

    def _where(self, text: str = "") -> Where:
        return Where(self.name, self.records.line_num, 1 if text else None, text, len(text) or 1)

    def _student(self, cells: list[str], headings: list[str], id_at: int, name_at: int | None, email_at: int | None) -> Student:
        if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
            hint = "put a cell that contains a separator in quotes"
            raise WorksheetError(f"{len(cells)} cells below {len(headings)} headings", self._where(",".join(cells)), hint)
        long = next((cell for cell in cells if len(cell) > MAX_CELL), None)
        if long is not None:
            raise WorksheetError(f"a cell of more than {MAX_CELL} characters: {shown(long)}", self._where())
        texts = [*(cell.strip() for cell in cells), *[""] * (len(headings) - len(cells))]
        student, why = student_id(texts[id_at])
        if why:
            raise WorksheetError(why, self._where(",".join(cells)), "every line of a roster has a different id")
        if student in self.lines:
            before = self.lines[student]
            raise WorksheetError(f"the id {shown(student)} is already in line {before}", self._where(student))
        self.lines[student] = self.records.line_num
        others = {head: texts[i] for i, head in enumerate(headings) if i not in {id_at, name_at, email_at} and head}
        name, email = (texts[at] if at is not None else "" for at in (name_at, email_at))
        return Student(student, name, others, email)


def safe_name(id: str) -> str:
    """A file name, without suffix, that is safe on every system whatever the id contains. A plain id is its own name; any
    other becomes its readable characters and a short hash, so that different ids have different names. The names of two plain
    ids may differ only in case; the manifest numbers them.

    >>> safe_name("20CS30001"), safe_name("../../x"), safe_name("CON")
    ('20CS30001', 'x~9cdf6a5010', 'CON~a3dbc4b644')
    """
    plain = PLAIN.fullmatch(id) and len(id) <= LONGEST_NAME and not DEVICES.fullmatch(id)
    return id if plain else _slug_and_hash(id)


def _slug_and_hash(id: str) -> str:
    letters = unicodedata.normalize("NFKD", id[: 4 * LONGEST_NAME]).encode("ascii", "ignore").decode()
    slug = OTHER.sub("-", letters).strip("-")[: LONGEST_NAME - HASH - 1].rstrip("-")
    digits = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:HASH]
    return f"{slug or 'student'}~{digits}"
