"""The keys of a question asked backwards in an assignment, and the bounds of marks."""

from __future__ import annotations

from fractions import Fraction

from worksheet.grading.paper.find_question import CHOSEN, FindQuestion
from worksheet.schema import Choice, Field, ListOf, Phrase, Rational, Record

MAX_MARKS = 1000  # of one cell
MAX_QUESTIONS, MAX_CONDITIONS = 20, 12
MARKS = Rational(Fraction(0), Fraction(MAX_MARKS))


QUESTIONS = (
    Field(
        "unknown",
        Phrase(200),
        "What is unknown, as `worksheet find` names it.",
        "none: it must be given",
        "{unknown: conv1.p, ...}",
        required=True,
    ),
    Field(
        "so-that",
        ListOf(Phrase(300), least=1, most=MAX_CONDITIONS, what="condition"),
        "The conditions, as `worksheet find` reads them.",
        "none: it must be given",
        '{so-that: ["conv1.output = 56"], ...}',
        required=True,
    ),
    Field("range", Phrase(80), "From where to where.", "the usual range of such an unknown", "{range: 0..10, ...}"),
    Field(
        "which",
        Choice({name: name for name in CHOSEN}),
        "Which solutions are wanted: all, the smallest or the largest.",
        "all",
        "{which: largest, ...}",
    ),
    Field("worth", MARKS, "What the right answer is worth.", "1", "{worth: 2, ...}"),
)


BACKWARDS = ListOf(Record(QUESTIONS, FindQuestion), most=MAX_QUESTIONS, what="question")
