"""MarkedPaper papers that nobody wrote: random but valid, for whatever prints marks."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import worksheet as ws
from tests.sheet_facts import SHEET
from worksheet.grading.mark import CORRECT_ONLY, DOES_NOT_FOLLOW, Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import Cell, Paper
from worksheet.grading.paper.paper_maker import Ask, PaperMaker

TWO = Fraction(2)
POINTS = {Verdict.RIGHT: TWO, Verdict.CARRIED: Fraction(3, 2), Verdict.MISTAKE: Fraction(1, 2)}
HOSTILE = (
    r"\input{/etc/passwd}",
    '#include "x"',
    "#read(\"/etc/passwd\")",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x";"y")',
    "$(rm -rf /)",
    "`id`",
    "a|b||c",
    "a\n# b\n===\n\n- c",
    "{{ 7*7 }} << 7 >> <% x %> {% x %}",
    "*bold* _it_ [x](javascript:alert(1)) &amp; & % ~ ^",
    "'; DROP TABLE",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\u202eabc\x00\x1b[31m",
)  # fmt: skip


@cache
def paper() -> Paper:
    columns = Ask({"*": ("output", "params", "flops")}, ("params", "flops"), ("flops",))
    return PaperMaker(ws.convention("ai61002"), columns).paper(ws.read(SHEET))


@cache
def solution() -> ws.Derivation:
    return ws.derive(ws.read(SHEET))


def mark(cell: Cell, verdict: Verdict, value: int = 7, text: str = "7", **more) -> Mark:
    """A mark as the grader gives one."""
    if verdict is Verdict.RIGHT:
        text = "x".join(map(str, cell.truth))
        return Mark(cell.key, cell.layer, text, cell.truth, verdict, TWO, TWO, **more)
    told = {
        Verdict.CARRIED: {"carried_from": ((1, "output"), (2, "output"))},
        Verdict.MISTAKE: {"labels": ("par-no-bias", "par-no-channels+slip-x10")},
        Verdict.CONVENTION: {"conventions": ("torchinfo",)},
        Verdict.UNREADABLE: {"says": "no grouping of digits fits"},
        Verdict.UNMARKED: {"says": "not marked: KeyError: 'x'"},
    }
    read = None if verdict in (Verdict.UNREADABLE, Verdict.BLANK) else (value,)
    text = "" if verdict is Verdict.BLANK else text
    fields = told.get(verdict, {}) | more
    return Mark(cell.key, cell.layer, text, read, verdict, POINTS.get(verdict, Fraction(0)), TWO, **fields)


def student(number: int, chance: random.Random, right: float = 0.7) -> MarkedPaper:
    """One paper with every verdict but the grader's own failure."""
    marks = []
    for cell in paper().shown:
        verdict = Verdict.RIGHT if chance.random() < right else chance.choice(list(Verdict)[1:-1])
        value = chance.randrange(10**6)
        made = mark(cell, verdict, value, str(value))
        if verdict is Verdict.CARRIED and chance.random() < 0.2:
            made = replace(made, flags=(CORRECT_ONLY,), points=Fraction(0))
        if verdict is Verdict.RIGHT and chance.random() < 0.05:
            made = replace(made, flags=(DOES_NOT_FOLLOW,))
        marks.append(made)
    return MarkedPaper(f"20CS{number:05}", f"Student {number}", tuple(marks))


def students(many: int, seed: int = 1, right: float = 0.7) -> list[MarkedPaper]:
    chance = random.Random(seed)
    return [student(number, chance, right) for number in range(many)]


def hostile(text: str) -> MarkedPaper:
    """A student whose id, name and answers are this text."""
    marks = []
    for i, cell in enumerate(paper().shown):
        made = mark(cell, list(Verdict)[i % len(Verdict)], 7, text)
        marks.append(replace(made, answer=text) if made.verdict is not Verdict.BLANK else made)
    return MarkedPaper(text, text, tuple(marks))
