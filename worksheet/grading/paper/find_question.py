"""Questions asked backwards on a sheet: a number of the network is unknown, the answer is the set of all that meet conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from worksheet.conventions import Convention
from worksheet.derivation import Derivation, Figure, Step
from worksheet.derive.find import FindAnswer, find_values
from worksheet.derive.find.working import OneUnknown
from worksheet.errors import WorksheetError, shown
from worksheet.formula import Digits, Exact, Formula
from worksheet.formula.exact import simplest
from worksheet.grading.paper.cells import FIND, SET, Asked, Cell, Value
from worksheet.network import Network

MAX_ANSWERS = 24  # numbers of one answer
MAX_READ, MAX_TEXT = 100, 400  # numbers and letters of a student's answer
ALL, SMALLEST, LARGEST = "all", "smallest", "largest"
CHOSEN: Mapping[str, Callable[[Sequence[Exact]], Sequence[Exact]]] = {
    ALL: lambda values: values,
    SMALLEST: lambda values: values[:1],
    LARGEST: lambda values: values[-1:],
}
BESIDE = {SMALLEST: -1, LARGEST: 1}  # where the next value stands that is no solution
NOTHING = frozenset({"none", "no", "nothing", "no solution", "no number", "{}", "∅", "there is none", "-", "–"})
NUMBER = re.compile(r"[0-9]{1,18}(?:/[0-9]{1,6}|\.[0-9]{1,9})?", re.ASCII)
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)
SPAN = re.compile(r"([0-9]{1,9}) ?(?:\.\.|to|-|–) ?([0-9]{1,9})", re.ASCII)
BEFORE = re.compile(r"[^=]{0,80}=(?![=<>])")  # conv1.p =
HINT = "such as 3, or 2, 3, 4, or none"


@dataclass(frozen=True)
class FindQuestion:
    """A question: what is unknown, the conditions, the range as text (``0..10``; empty for the usual one), which solutions are
    wanted (one of CHOSEN), and the marks of the right answer."""

    unknown: str
    so_that: tuple[str, ...]
    range: str = ""
    which: str = ALL
    worth: Fraction = Fraction(1)

    def found(self, network: Network, convention: Convention, batch: int = 1) -> FindAnswer:
        """The answer, with all that leads to it. Raises WorksheetError, also where nobody would write so many numbers."""
        ranges = (f"{self.unknown}={self.range}",) if self.range else ()
        found = find_values(network, (self.unknown,), self.so_that, convention, ranges=ranges, batch=batch)
        if self.which == ALL and len(found.places) > MAX_ANSWERS:
            said = f"{len(found.places):,} values of {self.unknown} solve it; at most {MAX_ANSWERS} may be asked for"
            raise WorksheetError(said, hint=f"a narrower range, or which: {LARGEST}")
        return found

    def answer(self, found: FindAnswer) -> Value:
        """The numbers that are right, in order; none where there is no solution."""
        return tuple(CHOSEN[self.which]([value for solution in found.solutions for value in solution.values()]))

    def cell(self, no: int, network: Network, convention: Convention, batch: int = 1) -> Cell:
        """The cell of the question with this number."""
        truth = self.answer(self.found(network, convention, batch))
        return Cell((FIND, column(no)), "", Asked(None, None, column(no), SET, (Formula("0"),)), {}, {}, truth)

    def asks(self, found: FindAnswer) -> str:
        """The question in words."""
        unknown = found.question.unknowns[0]
        first, last = (unknown.in_words(steps) for steps in unknown.steps)
        step = "" if unknown.step == 1 else f", in steps of {unknown.step}"
        which = {ALL: "every value"}.get(self.which, f"the {self.which} value")
        conditions = " and ".join(self.so_that)
        return f"Find {which} of {unknown.name}, the {unknown.meaning}, from {first} to {last}{step}, so that {conditions}."


def column(no: int) -> str:
    """The column of a question: q1, q2 and so on."""
    return f"q{no}"


def said(value: Value) -> str:
    """An answer in print."""
    return ", ".join(map(str, value)) or "none"


# On paper


def with_questions(
    worked: Derivation, asked: Sequence[FindQuestion], network: Network, convention: Convention, batch: int
) -> Derivation:
    """A worked solution with the answers to the questions."""
    figures = tuple(_figure(no, one, one.found(network, convention, batch), worked.digits) for no, one in enumerate(asked, 1))
    return replace(worked, figures=(*worked.figures, *figures)) if figures else worked


def holes(worked: Derivation, worths: Mapping[str, str]) -> tuple[Figure, ...]:
    """The questions alone, each with the marks that it is worth."""
    found = [figure for figure in worked.figures if figure.title in worths]
    return tuple(
        replace(
            figure, intro=figure.intro.partition("\n")[0], steps=(Step(figure.title, figure.title, worth=worths[figure.title]),)
        )
        for figure in found
    )


def _figure(no: int, question: FindQuestion, found: FindAnswer, digits: str) -> Figure:
    """A question and its answer: the conditions solved in words, then the answer put in."""
    working = [] if found.question.unknowns[0].block else list(_solved(OneUnknown(found), Digits(digits)))
    answer = question.answer(found)
    intro = "\n".join([question.asks(found), *working, f"Answer: {said(answer)}."])
    return Figure(column(no), intro, tuple(_put_in(question, found, answer)), bytes=False)


def _solved(one: OneUnknown, digits: Digits) -> Iterator[str]:
    """Each condition that can be solved step by step, as one sentence."""
    signs = {"<=": "≤", ">=": "≥"}
    for solved in one.solved():
        texts = []
        for relation in solved.chain.rows(digits):
            low = (
                f"{relation.low.show('text', None, digits)} {signs.get(relation.low_sign, relation.low_sign)} "
                if relation.low
                else ""
            )
            sign = signs.get(relation.sign, relation.sign)
            texts.append(f"{low}{relation.term.show('text', None, digits)} {sign} {relation.bound.show('text', None, digits)}")
        yield "; so ".join(texts) + "."


def _put_in(question: FindQuestion, found: FindAnswer, answer: Value) -> Iterator[Step]:
    """The first and the last right value, put into the formulas; beside the smallest or largest, the value that is none."""
    unknown = found.question.unknowns[0]
    if unknown.block:
        return
    one = OneUnknown(found)
    beside = BESIDE.get(question.which, 0)
    for value in dict.fromkeys((*answer[:1], *answer[-1:])):
        place = int(value / unknown.step)
        for step in one.steps(place):
            yield replace(step, note=f"with {unknown.name} = {value}")
        if beside and unknown.steps[0] <= place + beside <= unknown.steps[1]:
            for step in one.steps(place + beside):
                yield replace(step, note=f"with {unknown.name} = {unknown.in_words(place + beside)}, which does not meet it")


# A student's answer


def read_set(text: str, truth: Value) -> Value:
    """The numbers that a text gives, in order, each once. Raises WorksheetError.

    >>> read_set("{2, 3}", ()), read_set("none", ()), read_set("p = 2..4", ())
    ((2, 3), (), (2, 3, 4))
    """
    if len(text) > MAX_TEXT:
        raise WorksheetError(f"an answer of {len(text):,} letters; at most {MAX_TEXT}", hint=HINT)
    plain = " ".join(text.split())
    if plain.casefold().rstrip(".") in NOTHING:
        return ()
    plain = BEFORE.sub("", plain, count=1).strip(" {}[]().")
    if GROUPED.fullmatch(plain):  # 1,024 is one number or two: nobody loses marks by it
        parts = tuple(sorted({simplest(Fraction(part)) for part in plain.split(",")}))
        return parts if parts == truth else (int(plain.replace(",", "")),)
    found: set[Exact] = set()
    for part in re.split(r" ?[,;] ?| and | or ", plain):
        found.update(_numbers(part.strip()))
        if len(found) > MAX_READ:
            raise WorksheetError(f"more than {MAX_READ} numbers", hint=HINT)
    return tuple(sorted(found))


def _numbers(part: str) -> Sequence[Exact]:
    span = SPAN.fullmatch(part)
    if span:
        first, last = int(span[1]), int(span[2])
        return range(first, min(last, first + MAX_READ + 1) + 1)
    if not NUMBER.fullmatch(part) or part.endswith("/0"):
        raise WorksheetError(f"{shown(part)} is no number", hint=HINT)
    return (simplest(Fraction(part)),)


def remark(value: Value, truth: Value) -> str:
    """What is wrong with a set, without giving the right one away."""
    more = [number for number in value if number not in truth]
    less = any(number not in value for number in truth)
    if more:
        listed = ", ".join(map(str, more[:3]))
        return f"{listed} {'does' if len(more) == 1 else 'do'} not belong to the answer" + (
            "; others are lacking" if less else ""
        )
    return "there are others" if value else "there is an answer"
