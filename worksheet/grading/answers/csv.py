"""Answers as CSV, in the encodings and with the separators that spreadsheets write."""

from __future__ import annotations

from itertools import chain

from worksheet.grading.answers.answer_table import read_table
from worksheet.grading.answers.bounds import CSV_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import headings, missing_headings
from worksheet.grading.answers.one_cell import NOTE, OneCellRecords, inner_separator, outer_separator, without_blanks
from worksheet.grading.answers.records import SEPARATORS, CsvRecords, plain_records, read_head
from worksheet.grading.answers.sheet_layout import Layout
from worksheet.grading.answers.text import AnswerSource, detect_encoding, open_text

BESIDE = ";"  # the list separator of spreadsheets where the comma is the decimal sign


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    encoding = detect_encoding(source, CSV_BYTES)
    gatherer.note(encoding.note)
    with open_text(source, encoding) as file:
        lines, declared = read_head(file)
        separator, inner = (declared, "") if declared else _separators(lines, gatherer.layout)

        def fault(line: int, text: str, why: str) -> None:
            gatherer.leave(f"unreadable line: {why}", line, answer=text.rstrip("\r\n"))

        text = chain(lines, file)
        quoted = encoding.quoted
        records = CsvRecords(text, separator, fault, name=source.name) if quoted else plain_records(text, separator)
        if inner:
            gatherer.note(NOTE)
            records = OneCellRecords(records, inner, fault)
        read_table(records, gatherer, gatherer.of_file(source))


def _separators(lines: list[str], layout: Layout) -> tuple[str, str]:
    """The separator with which one of the first lines is headings, and that inside its first cell, if the headings are there;
    else the most frequent one."""
    for line in lines:
        for sign in SEPARATORS:
            cells = _cells(line, sign)
            if len(cells) > 1 and (headings(cells, layout) or missing_headings(cells, layout)):
                beside = outer_separator(lines, sign)
                return (beside, sign) if beside else (sign, "")
    for line in (line for line in lines if line.lstrip().startswith('"')):
        cells = without_blanks(_cells(line, BESIDE))
        inner = inner_separator(cells, layout) if len(cells) == 1 else ""
        if inner:
            return max(SEPARATORS, key=lambda sign: sum(len(_cells(each, sign)) > 1 for each in lines)), inner
    return max(SEPARATORS, key=lambda sign: sum(line.count(sign) for line in lines)), ""


def _cells(line: str, separator: str) -> list[str]:
    return next(iter(CsvRecords([line], separator, _ignore)), [])


def _ignore(line: int, text: str, why: str) -> None:
    """Do not report a line that is only tried."""


ANSWERS = Format("a CSV file", (".csv", ".tsv", ".txt"), read)
