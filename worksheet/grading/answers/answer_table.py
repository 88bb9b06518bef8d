"""Reads a table of answers from any file: long, wide, or the form of one student."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from operator import itemgetter

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.bounds import HEAD, MAX_CELL
from worksheet.grading.answers.column_map import IGNORED, proposal, written
from worksheet.grading.answers.columns_taken import columns_of
from worksheet.grading.answers.gathering import Gatherer, OpenAnswers
from worksheet.grading.answers.headings import HeadingForm, Headings, Long, Wide, headings, known_words, missing_headings
from worksheet.grading.answers.records import Records, check_line, padded
from worksheet.grading.answers.sheet_layout import NOT_ASKED, Layout, fold
from worksheet.grading.answers.students import student_in_line
from worksheet.grading.answers.submissions import TableColumns
from worksheet.grading.answers.whose import Ahead, Whose, whose
from worksheet.grading.answers.wide_table import read_wide
from worksheet.grading.paper.cells import Key, Row

NOTHING = frozenset({"", "-", "–", "—", "/", "x", "n/a", "."})  # entries of cells that are not asked
HINT = "its headings are student,row,column,answer, or student and cells such as 4 flops, or row and the columns that are asked"
UNKNOWN = "not understood"
MAX_SHOWN = 8  # columns of a map in a message
SPLIT = "{} cells where {} are expected: put an answer that contains the separator in quotes"


class NoTable(WorksheetError):
    """A file, or a part of it, without a table of answers."""


def read_table(records: Records, gatherer: Gatherer, student: str) -> None:
    """Read the answers of a table; they are those of ``student`` unless the table says whose. Raises WorksheetError."""
    lines = iter(records)
    head, above, first = _head(lines, records, gatherer)
    student = above or student
    ahead = Ahead(records, chain(first, lines))
    named = head.named if isinstance(head, Wide) else ()
    sample = [cells for _line, cells in ahead.first]
    named_by = whose(head.words, sample, head.student, _taken(head), gatherer.students, named)
    gatherer.answers.columns.append(columns_of(head, named_by, gatherer.file, ahead.above))
    if isinstance(head, Long):
        head = replace(head, student=named_by.column)
        (_long if head.student >= 0 else _long_alone)(head, iter(ahead), ahead, gatherer, student)
    elif isinstance(head, HeadingForm):
        _form(head, named_by, ahead, gatherer, student)
    else:
        _list_strange(head, named_by, ahead, gatherer)
        read_wide(head, named_by, ahead, gatherer, student)


def _taken(head: Headings) -> set[int]:
    """The columns that say what was answered."""
    if isinstance(head, Long):
        return {head.row, head.column, head.answer}
    if isinstance(head, HeadingForm):
        return {head.row, head.name, *(place for place, _ in head.columns)}
    return {*(place for place, _ in head.cells), *(i for each in head.responses for i in (each.place, each.question))}


def _head(lines: Iterator[list[str]], records: Records, gatherer: Gatherer) -> tuple[Headings, str, list[list[str]]]:
    """The layout of a table, the student named above it, and the first line if that is already an answer."""
    student = ""
    likely: TableColumns | None = None
    for cells in lines:
        check_line(len(cells), records.line_num, gatherer.file)
        head = headings(cells, gatherer.layout)
        if head is not None:
            return head, student, []
        bare = missing_headings(cells, gatherer.layout)
        if bare is not None:
            return bare, student, [cells]
        student = _student_above(cells) or student
        if likely is None and sum(bool(cell.strip()) for cell in cells) > 1:
            roles = proposal(cells, gatherer.layout)
            likely = TableColumns(gatherer.file, records.line_num, UNKNOWN, roles, is_understood=False)
        if records.line_num >= HEAD:
            break
    if likely is not None:
        gatherer.answers.columns.append(likely)
    raise NoTable("no table of answers is found", Where(gatherer.file), _hint(likely))


def _hint(likely: TableColumns | None) -> str:
    """How tables are headed; and how a column map may begin, if a line may be headings."""
    roles = [role for role in likely.roles if role[1] != IGNORED][:MAX_SHOWN] if likely else []
    if not roles:
        return HINT
    lines = written(roles).replace("\n", "\n        ")
    return f"{HINT};\n        or a column map, --map map.yaml; --columns prints this one to correct:\n        {lines}"


def _student_above(cells: list[str]) -> str:
    """The student named by a line above a table: in one cell, or in the cell after the word."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) == 2 and fold(filled[0]) in known_words()[0]:
        return filled[1]
    return (student_in_line(filled[0]) or "") if len(filled) == 1 else ""


# A line for each answer


def _long(head: Long, lines: Iterator[list[str]], records: Records, gatherer: Gatherer, _: str) -> None:
    """The layout of large files: only the usual case is handled here, for speed."""
    pick: Callable[[list[str]], tuple[str, str, str, str]] = itemgetter(head.student, head.row, head.column, head.answer)
    width, cell = head.width, head.answer + 1
    known: dict[str, dict[str, Key]] = {}
    block = OpenAnswers("")
    current: str | None = None
    texts, places = block.texts, block.places
    most = MAX_CELL
    for cells in lines:
        if len(cells) != width:
            whole = _fit(cells, width, records, gatherer)
            if whole is None:
                continue
            cells = whole  # noqa: PLW2901
        student, row, column, answer = pick(cells)
        if student != current:
            check_line(0, records.line_num, gatherer.file)
            if tuple(cells) == head.words:
                continue
            block = gatherer.enter(student, cell)
            current, texts, places = student, block.texts, block.places
            known = {} if block.why else gatherer.known[head.by_name]
        answer = answer.strip()
        try:
            key = known[row][column]
        except KeyError:
            key = None
        if key is None or key in texts or len(answer) > most:
            gatherer.put_words(block, row, column, answer, records.line_num, cell, by_name=head.by_name)
        elif answer:
            texts[key] = answer
            places.append(records.line_num)


def _long_alone(head: Long, lines: Iterator[list[str]], records: Records, gatherer: Gatherer, student: str) -> None:
    """The same if all answers are one student's."""
    block = gatherer.enter(student)
    for cells in lines:
        whole = _fit(cells, head.width, records, gatherer)
        if whole is not None:
            words = whole[head.row], whole[head.column], whole[head.answer]
            gatherer.put_words(block, *words, records.line_num, head.answer + 1, by_name=head.by_name)


def _fit(cells: list[str], width: int, records: Records, gatherer: Gatherer) -> list[str] | None:
    """The line with as many cells as headings, if only blank ones are missing or too many; None if it has no answer."""
    check_line(len(cells), records.line_num, gatherer.file)
    if not any(cell.strip() for cell in cells):
        return None
    if any(cell.strip() for cell in cells[width:]):
        gatherer.leave(SPLIT.format(len(cells), width), records.line_num, 0, answer=",".join(cells[:20]))
        return None
    return [*cells, *[""] * (width - len(cells))][:width]


# A line for each layer


def _form(head: HeadingForm, named_by: Whose, records: Ahead, gatherer: Gatherer, student: str) -> None:
    _list_strange(head, named_by, records, gatherer)
    width = 1 + max(head.row, head.name, *(place for place, _ in head.columns))
    names = {word: gatherer.layout.column(word) or word for _, word in head.columns}
    current = student
    for whole in padded(records, width, gatherer.file):
        current = named_by.text(whole) or current  # a merged cell is valid for the lines below as well
        block = gatherer.enter(current)
        label = whole[head.row] if head.row >= 0 else whole[head.name]
        question = gatherer.layout.question(label)
        if question is not None:
            _put_question(gatherer, block, question, head, whole, records.line_num)
            continue
        row, why = _row(head, whole, gatherer.layout)
        for place, word in head.columns:
            answer = whole[place]
            if row is None or block.why:
                if answer.strip() not in NOTHING:
                    gatherer.leave(block.why or why, records.line_num, place + 1, block.student, label, word, answer)
            else:
                _put(gatherer, block, (row, names[word]), answer, records.line_num, place + 1)


def _row(head: HeadingForm, cells: list[str], layout: Layout) -> tuple[Row | None, str]:
    """The row of a line, or why there is none: its number and its name must not be those of different rows."""
    number, name = (cells[place].strip() if place >= 0 else "" for place in (head.row, head.name))
    row = layout.row(number) if number else None
    named = layout.layer(name) if name else None
    if number and row is None:
        return None, "unknown row"
    if row is not None and name in layout.names and named != row and not layout.is_kind(name, row):
        return None, f"row {row} is not called so"
    row = named if row is None else row
    return row, "" if row is not None else "unknown row"


def _put_question(
    gatherer: Gatherer, block: OpenAnswers, key: Key, head: HeadingForm, cells: list[str], line: int
) -> None:  # fmt: skip
    """The answer to a question asked backwards: the first cell that is filled in."""
    (first, _word), *others = head.columns
    filled = [place for place, _heading in others if cells[place].strip() not in NOTHING]
    for place in ([first] if cells[first].strip() or not filled else []) + filled:
        gatherer.put(block, key, cells[place], line, place + 1)


def _put(gatherer: Gatherer, block: OpenAnswers, key: Key, answer: str, line: int, cell: int) -> None:
    if key in gatherer.layout.cells:
        gatherer.put(block, key, answer, line, cell)
    elif answer.strip() not in NOTHING:
        gatherer.leave(NOT_ASKED, line, cell, block.student, str(key[0]), key[1], answer)


def _list_strange(head: HeadingForm | Wide, named_by: Whose, records: Ahead, gatherer: Gatherer) -> None:
    naming = {place for columns in named_by.columns for place in columns}
    for place, word in head.strange:
        if place not in naming:
            gatherer.leave("unknown column: nothing below it is read", records.above, place + 1, column=word)
