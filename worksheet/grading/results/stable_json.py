"""Writes all marks as JSON, a line for each student; docs/marks.md describes every key, and none changes its meaning."""

from __future__ import annotations

import json
from fractions import Fraction
from io import StringIO
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any, TextIO

from worksheet.grading.diagnosis.diagnose import AND
from worksheet.grading.mark import Mark, MarkedPaper, PaperDecision, Remark, Verdict
from worksheet.grading.results.amounts import Sums, number, sums
from worksheet.grading.results.streams import Beside, FileStream, MarkStream, Unplaced
from worksheet.memo import Bounded

MAX_KEPT = 20_000  # pieces of text that are remembered


class JsonStream(MarkStream):
    """All marks as JSON to an open file, such as standard output."""

    def __init__(self, file: TextIO | Beside | None = None) -> None:
        self.file = file or StringIO()
        self.students = 0
        self.heads: Bounded[object, str] = Bounded(MAX_KEPT)
        self.tails: Bounded[object, str] = Bounded(MAX_KEPT)
        self.file.write('{"students": [')

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        self.file.write((",\n" if self.students else "\n") + self.student(marked, sums))
        self.students += 1

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        lines = ",\n".join(_json(dict(line)) for line in unplaced)
        self.file.write(f'\n],\n"unplaced": [{lines}]}}\n')

    def student(self, marked: MarkedPaper, added: Sums) -> str:
        """A student as one line; one who was not marked, or handed in nothing, has no points."""
        points = "null" if marked.failed or marked.absent else _figure(added.points)
        most = "null" if marked.absent or (marked.failed and not marked.marks) else _figure(added.max)
        failed = f', "failed": {quoted(marked.failed)}' if marked.failed else ""
        failed += ', "absent": true' if marked.absent else ""
        failed += f', "decisions": {_json([_decision(each) for each in marked.decisions])}' if marked.decisions else ""
        failed += f', "remarks": {_json([_remark(each) for each in marked.remarks])}' if marked.remarks else ""
        cells = ", ".join(map(self.cell, marked.marks))
        who = f'"id": {quoted(marked.id)}, "name": {quoted(marked.name)}'
        return f'{{{who}, "points": {points}, "max": {most}{failed}, "cells": [{cells}]}}'

    def data(self, marked: MarkedPaper) -> dict[str, Any]:
        """A student as plain data, for the feedback sheet."""
        data: dict[str, Any] = json.loads(self.student(marked, sums(marked)))
        return data

    def cell(self, mark: Mark) -> str:
        """A cell; its beginning and end are the same for many students and are made once."""
        place = mark.key, mark.layer
        head = self.heads.get(place)
        if head is None:
            head = self.heads[place] = _head(mark)
        points, most = mark.points, mark.max
        reasons = mark.labels, mark.carried_from, mark.conventions, mark.flags, mark.own
        result = mark.verdict, reasons, points.numerator, points.denominator, most.numerator, most.denominator
        tail = self.tails.get(result)
        if tail is None:
            tail = self.tails[result] = _tail(mark)
        says = f', "decided": {quoted(mark.decided)}' if mark.decided else ""
        says += f', "says": {quoted(mark.says)}' if mark.says else ""
        return f"{head}{quoted(mark.answer)}{tail}{says}}}"


class JsonMarks(JsonStream, FileStream):
    """The file of all marks."""

    def __init__(self, path: Path) -> None:
        FileStream.__init__(self, path)
        JsonStream.__init__(self, self.beside)

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        super().close(unplaced)
        self.beside.close()


def _remark(found: Remark) -> dict[str, Any]:
    return {"kind": found.kind, "column": found.column, "cells": [list(key) for key in found.keys], "says": found.says}


def _decision(made: PaperDecision) -> dict[str, Any]:
    return {"points": number(made.change), "reason": made.reason} | ({"days": made.days} if made.days else {})


def _head(mark: Mark) -> str:
    row, column = mark.key
    return f'{{"row": {_json(row)}, "layer": {quoted(mark.layer)}, "column": {quoted(column)}, "answer": '


def _tail(mark: Mark) -> str:
    """Everything after the answer except the sentence. Mistakes made together are separate labels; ``pairs`` joins them."""
    entries: dict[str, Any] = {
        "verdict": mark.verdict.value,
        "labels": list(labels(mark)),
        "carried_from": [list(key) for key in mark.carried_from],
        "points": None if mark.verdict is Verdict.UNMARKED else number(mark.points),
        "max": number(mark.max),
        "flags": list(mark.flags),
    }
    pairs = [label.split(AND) for label in mark.labels if AND in label]
    more = {"pairs": pairs, "conventions": list(mark.conventions), "own": mark.own}
    return f", {_json(entries | {name: value for name, value in more.items() if value})[1:-1]}"


def labels(mark: Mark) -> tuple[str, ...]:
    """The mistakes that a mark names, each once, most likely first."""
    return tuple(dict.fromkeys(part for label in mark.labels for part in label.split(AND)))


def _figure(value: Fraction) -> str:
    return _json(number(value))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
