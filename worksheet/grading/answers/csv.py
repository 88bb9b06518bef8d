"""Answers as CSV, in the encodings and with the separators that spreadsheets write."""

from __future__ import annotations

from itertools import chain

from worksheet.grading.answers.bounds import CSV_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import headings, unheaded
from worksheet.grading.answers.layout import Layout
from worksheet.grading.answers.records import SEPARATORS, Separated, plain, start
from worksheet.grading.answers.table import read_table
from worksheet.grading.answers.text import AnswerSource, encoding, opened

TABLE = "\t"  # what separates the cells of a .tsv


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    found = encoding(source, CSV_BYTES)
    gatherer.note(found.note)
    with opened(source, found) as file:
        lines, named = start(file)
        separator = named or _separator(lines, gatherer.layout)

        def fault(line: int, text: str, why: str) -> None:
            gatherer.leave(f"unreadable line: {why}", line, answer=text.rstrip("\r\n"))

        text = chain(lines, file)
        records = Separated(text, separator, fault, name=source.name) if found.quoted else plain(text, separator)
        read_table(records, gatherer, gatherer.of_file(source.name, source.stem))


def _separator(lines: list[str], layout: Layout) -> str:
    """The separator with which the first lines hold headings; else the most frequent one."""
    for line in lines:
        for sign in SEPARATORS:
            cells = next(iter(Separated([line], sign, _ignore)), [])
            if len(cells) > 1 and (headings(cells, layout) or unheaded(cells, layout)):
                return sign
    return max(SEPARATORS, key=lambda sign: sum(line.count(sign) for line in lines))


def _ignore(line: int, text: str, why: str) -> None:
    """A line that is only tried."""


ANSWERS = Format("a CSV file", (".csv", ".tsv", ".txt"), read)
