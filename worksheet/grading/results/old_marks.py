"""Reads earlier marks, marks.csv or the JSON of all marks, to compare new ones with them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from worksheet.errors import Collector, Where, WorksheetError, nearest, shown
from worksheet.frozen import frozen
from worksheet.grading.mark import Verdict
from worksheet.grading.paper.cells import FIND, TOTAL, Key
from worksheet.grading.results.amounts import decimal
from worksheet.grading.results.tables import STUDENT, VERDICT
from worksheet.nearby import meant
from worksheet.spreadsheet import unguarded

MAX_BYTES = 1 << 28
POINTS = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?", re.ASCII)
ROW = re.compile(r"[1-9]\d{0,8}", re.ASCII)
SEPARATORS = (",", ";", "\t")  # as spreadsheets write them
VERDICTS = {verdict.value: verdict for verdict in Verdict}
HINT = "marks.csv or marks.json as worksheet mark writes them"


@frozen
class OldMark:
    """A cell as it was marked: points as printed, empty if it was not marked. Only JSON has the answer."""

    points: str
    verdict: Verdict
    answer: str | None = None


@frozen
class OldStudent:
    """A student's old marks. ``points`` is empty if the paper was not marked."""

    name: str
    points: str
    cells: Mapping[Key, OldMark] = field(default_factory=dict)


Students = dict[str, OldStudent]


def read_old_marks(path: Path) -> Students:
    """The marks of each student by id. Raises WorksheetError with all faults of the file."""
    try:
        size, text = path.stat().st_size, ""
        if size <= MAX_BYTES:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                text = stream.read()
    except FileNotFoundError:
        raise WorksheetError("no such file", Where(str(path)), meant(path) or HINT) from None
    except OSError as fault:
        raise WorksheetError(f"cannot be read: {fault.strerror}", Where(str(path)), HINT) from None
    except UnicodeDecodeError:
        raise WorksheetError("is not text in UTF-8", Where(str(path)), HINT) from None
    if size > MAX_BYTES:
        raise WorksheetError(f"is larger than {MAX_BYTES:,} bytes", Where(str(path)), HINT)
    return (_from_json if text.lstrip()[:1] == "{" else _from_csv)(text, str(path))


@lru_cache(maxsize=4096)
def _points(text: str) -> str:
    """Points as they are printed. Raises WorksheetError."""
    plain = text.strip().replace(",", ".")
    if plain and not POINTS.fullmatch(plain):
        raise WorksheetError(f"expected points, read {shown(text)}", hint="a number such as 2 or 0.5")
    return decimal(Fraction(plain)) if plain else ""


def _verdict(text: str) -> Verdict:
    if text not in VERDICTS:
        raise WorksheetError(f"unknown verdict {shown(text)}", hint=nearest(text, VERDICTS))
    return VERDICTS[text]


# marks.csv


def _from_csv(text: str, file: str) -> Students:
    faults, class_ = Collector(), Students()
    lines = _lines(text, file)
    line, headings = next(lines, (1, []))
    places = {unguarded(heading): place for place, heading in enumerate(headings)}
    missing = [name for name in STUDENT[:3] if name not in places]
    if missing:
        raise WorksheetError(f"there is no column {' or '.join(missing)}", Where(file, line), HINT)
    cells = [(key, places[name], places[name + VERDICT]) for name in places if (key := _key(name)) and name + VERDICT in places]
    kept: dict[tuple[str, str], OldMark] = {}
    for line, fields in lines:
        where = Where(file, line)
        if len(fields) != len(headings):
            faults.add(WorksheetError(f"{len(fields)} fields, where the first line has {len(headings)}", where, HINT))
            continue
        student = unguarded(fields[places["id"]])
        if student in class_:
            faults.add(WorksheetError(f"student {shown(student)} appears a second time", where))
        marks: dict[Key, OldMark] = {}
        for key, points, verdict in cells:
            mark = fields[points], fields[verdict]
            try:
                if fields[verdict]:
                    marks[key] = kept.get(mark) or kept.setdefault(mark, OldMark(_points(mark[0]), _verdict(mark[1])))
            except WorksheetError as fault:
                faults.add(WorksheetError(f"{headings[points]}: {fault.message}", where, fault.hint))
        try:
            name = unguarded(fields[places["name"]])
            class_[student] = OldStudent(name, _points(fields[places["points"]]), marks)
        except WorksheetError as fault:
            faults.add(fault.located(where))
    faults.raise_any()
    return class_


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table with their numbers, without empty ones."""
    first = text[: text.find("\n")] if "\n" in text else text
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for fields in reader:
            if any(fields):
                yield reader.line_num, fields
    except csv.Error as fault:
        raise WorksheetError(f"is not a table: {fault}", Where(file, reader.line_num), HINT) from None


def _key(name: str) -> Key | None:
    """The cell that a heading names: ``4 flops``, ``total params``; None if it does not name one."""
    row, _, column = name.partition(" ")
    if not column or column.endswith(VERDICT):
        return None
    if ROW.fullmatch(row):
        return int(row), column
    return (row, column) if row in (TOTAL, FIND) else None


# marks.json


@frozen
class _Cell:
    """A cell of the file, made while it is read, so that a large file takes little memory."""

    key: Key
    mark: OldMark


def _from_json(text: str, file: str) -> Students:
    try:
        read = json.loads(text, object_hook=_compact, parse_float=_Decimal, parse_constant=_Decimal)
    except json.JSONDecodeError as fault:
        raise WorksheetError(f"is not JSON: {fault.msg}", Where(file, fault.lineno, fault.colno), HINT) from None
    except (RecursionError, ValueError):
        raise WorksheetError("does not hold marks", Where(file), HINT) from None
    except WorksheetError as fault:
        raise fault.located(Where(file)) from None
    students = read.get("students") if isinstance(read, dict) else None
    if not isinstance(students, list):
        raise WorksheetError("has no list of students", Where(file), HINT)
    faults, class_ = Collector(), Students()
    for number, student in enumerate(students, 1):
        try:
            who, old = _student(student, number)
        except WorksheetError as fault:
            faults.add(fault.located(Where(file)))
            continue
        if who in class_:
            faults.add(WorksheetError(f"student {shown(who)} appears a second time", Where(file)))
        class_[who] = old
    faults.raise_any()
    return class_


class _Decimal(str):
    """A number with a point, as written."""

    __slots__ = ()


def _compact(read: dict[str, Any]) -> Any:
    """A cell of marks; anything else unchanged."""
    if "verdict" not in read or "column" not in read:
        return read
    row: Any = read.get("row")
    column, answer = read["column"], read.get("answer")
    if (
        not ((isinstance(row, int) and row > 0) or row in (TOTAL, FIND))
        or not isinstance(column, str)
        or not isinstance(answer, str | None)
        or not isinstance(read["verdict"], str)
    ):
        raise WorksheetError(f"not a valid cell: row {shown(str(row))}, column {shown(str(column))}", hint=HINT)
    return _Cell((row, column), OldMark(_figure(read.get("points")), _verdict(read["verdict"]), answer))


def _figure(value: object) -> str:
    if value is not None and not isinstance(value, int | _Decimal):
        raise WorksheetError(f"expected points, read {shown(str(value))}", hint=HINT)
    return "" if value is None else _points(str(value))


def _student(student: object, number: int) -> tuple[str, OldStudent]:
    """A student of the file. Raises WorksheetError."""
    get: Callable[..., Any] = student.get if isinstance(student, dict) else lambda *_: None
    who, name, cells = get("id"), get("name", ""), get("cells", [])
    if not isinstance(who, str) or not isinstance(name, str) or not isinstance(cells, list):
        raise WorksheetError(f"student number {number} has no id, name and cells", hint=HINT)
    if not all(isinstance(cell, _Cell) for cell in cells):
        raise WorksheetError(f"student {shown(who)} has a cell without a column or a verdict", hint=HINT)
    return who, OldStudent(name, _figure(get("points")), {cell.key: cell.mark for cell in cells})
