"""Answers as CSV, in the encodings and with the separators that spreadsheets write."""

from __future__ import annotations

from itertools import chain

from worksheet.grading.answers.answer_table import read_table
from worksheet.grading.answers.bounds import CSV_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import headings, missing_headings
from worksheet.grading.answers.records import SEPARATORS, CsvRecords, plain_records, read_head
from worksheet.grading.answers.sheet_layout import Layout
from worksheet.grading.answers.text import AnswerSource, detect_encoding, open_text

TABLE = "\t"  # what separates the cells of a .tsv


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    encoding = detect_encoding(source, CSV_BYTES)
    gatherer.note(encoding.note)
    with open_text(source, encoding) as file:
        lines, declared = read_head(file)
        separator = declared or _separator(lines, gatherer.layout)

        def fault(line: int, text: str, why: str) -> None:
            gatherer.leave(f"unreadable line: {why}", line, answer=text.rstrip("\r\n"))

        text = chain(lines, file)
        quoted = encoding.quoted
        records = CsvRecords(text, separator, fault, name=source.name) if quoted else plain_records(text, separator)
        read_table(records, gatherer, gatherer.of_file(source))


def _separator(lines: list[str], layout: Layout) -> str:
    """The separator with which one of the first lines is headings; else the most frequent one."""
    for line in lines:
        for sign in SEPARATORS:
            cells = next(iter(CsvRecords([line], sign, _ignore)), [])
            if len(cells) > 1 and (headings(cells, layout) or missing_headings(cells, layout)):
                return sign
    return max(SEPARATORS, key=lambda sign: sum(line.count(sign) for line in lines))


def _ignore(line: int, text: str, why: str) -> None:
    """Do not report a line that is only tried."""


ANSWERS = Format("a CSV file", (".csv", ".tsv", ".txt"), read)
