"""Questions asked backwards on a sheet: a number of the network is unknown, the answer is every value that meets conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from worksheet.conventions import Convention
from worksheet.derivation import Derivation, Figure, Step
from worksheet.derive.find import FindAnswer, find_values
from worksheet.derive.find.working import OneUnknown
from worksheet.errors import WorksheetError, shown
from worksheet.formula import Digits, Exact, Formula
from worksheet.formula.exact import simplest
from worksheet.frozen import frozen
from worksheet.grading.paper.cells import FIND, SET, Asked, Cell, Value
from worksheet.language import N_, _, everywhere, listed, ngettext, sentence
from worksheet.network import Network

MAX_ANSWERS = 24  # numbers of one answer
MAX_READ, MAX_TEXT = 100, 400  # numbers and letters of a student's answer
ALL, SMALLEST, LARGEST = "all", "smallest", "largest"
CHOSEN: Mapping[str, Callable[[Sequence[Exact]], Sequence[Exact]]] = {
    ALL: lambda values: values,
    SMALLEST: lambda values: values[:1],
    LARGEST: lambda values: values[-1:],
}
ASKS = {
    ALL: N_("Find every value of {unknown}, the {meaning}, from {range}, so that {conditions}."),
    SMALLEST: N_("Find the smallest value of {unknown}, the {meaning}, from {range}, so that {conditions}."),
    LARGEST: N_("Find the largest value of {unknown}, the {meaning}, from {range}, so that {conditions}."),
}
BESIDE = {SMALLEST: -1, LARGEST: 1}  # the direction of the nearest value that is not a solution
NOTHING = frozenset({"none", "no", "nothing", "no solution", "no number", "{}", "∅", "there is none", "-", "–"})
NUMBER = re.compile(r"[0-9]{1,18}(?:/[0-9]{1,6}|\.[0-9]{1,9})?", re.ASCII)
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)
SPAN = re.compile(r"([0-9]{1,9}) ?(?:\.\.|-|–|~) ?([0-9]{1,9})", re.ASCII)
BEFORE = re.compile(r"[^=]{0,80}=(?![=<>])")  # conv1.p =
SIGNS = {"<=": "≤", ">=": "≥"}
HINT = N_("such as 3, or 2, 3, 4, or none")


@frozen
class FindQuestion:
    """A question: the unknown, the conditions, the range as text (``0..10``; empty for the default), which solutions are
    asked for (one of CHOSEN), and the marks of the right answer."""

    unknown: str
    so_that: tuple[str, ...]
    range: str = ""
    which: str = ALL
    worth: Fraction = Fraction(1)

    def solve(self, network: Network, convention: Convention, batch: int = 1) -> FindAnswer:
        """The answer, with everything that leads to it. Raises WorksheetError, also if it has too many numbers to write down."""
        ranges = (f"{self.unknown}={self.range}",) if self.range else ()
        solution = find_values(network, (self.unknown,), self.so_that, convention, ranges=ranges, batch=batch)
        if self.which == ALL and len(solution.places) > MAX_ANSWERS:
            message = f"{len(solution.places):,} values of {self.unknown} solve it; at most {MAX_ANSWERS} may be asked for"
            raise WorksheetError(message, hint=f"a narrower range, or which: {LARGEST}")
        return solution

    def answer(self, solution: FindAnswer) -> Value:
        """The right numbers in order; empty if there is no solution."""
        return tuple(CHOSEN[self.which]([value for values in solution.solutions for value in values.values()]))

    def cell(self, no: int, network: Network, convention: Convention, batch: int = 1) -> Cell:
        """The cell of the question with this number."""
        truth = self.answer(self.solve(network, convention, batch))
        return Cell((FIND, column(no)), "", Asked(None, None, column(no), SET, (Formula("0"),)), {}, {}, truth)

    def asks(self, solution: FindAnswer) -> str:
        """The question in words."""
        unknown = solution.question.unknowns[0]
        first, last = (unknown.in_words(steps) for steps in unknown.steps)
        span = _("{first} to {last}") if unknown.step == 1 else _("{first} to {last} in steps of {step}")
        return _(ASKS[self.which]).format(
            unknown=unknown.name, meaning=unknown.meaning, conditions=listed(self.so_that),
            range=span.format(first=first, last=last, step=unknown.step),
        )  # fmt: skip


def column(no: int) -> str:
    """The column of a question: q1, q2 and so on."""
    return f"q{no}"


def answer_text(value: Value) -> str:
    """An answer as text."""
    return ", ".join(map(str, value)) or _("none")


# On paper


def with_questions(
    worked: Derivation, asked: Sequence[FindQuestion], network: Network, convention: Convention, batch: int
) -> Derivation:
    """A worked solution with the answers to the questions."""
    figures = tuple(_figure(no, one, one.solve(network, convention, batch), worked.digits) for no, one in enumerate(asked, 1))
    return replace(worked, figures=(*worked.figures, *figures)) if figures else worked


def blank_questions(worked: Derivation, worths: Mapping[str, str]) -> tuple[Figure, ...]:
    """The questions without answers, each with its marks."""
    titled = [(figure, figure.title) for figure in worked.figures if figure.title in worths]
    return tuple(
        replace(figure, intro=figure.intro.partition("\n")[0], steps=(Step(title, title, worth=worths[title]),))
        for figure, title in titled
    )


def _figure(no: int, question: FindQuestion, solution: FindAnswer, digits: str) -> Figure:
    """A question and its answer: the conditions solved in words, then the answer substituted."""
    working = [] if solution.question.unknowns[0].block else list(_solve_in_words(OneUnknown(solution), Digits(digits)))
    answer = question.answer(solution)
    intro = "\n".join([question.asks(solution), *working, _("Answer: {answer}.").format(answer=answer_text(answer))])
    return Figure(column(no), intro, tuple(_substitute(question, solution, answer)), bytes=False)


def _solve_in_words(one: OneUnknown, digits: Digits) -> Iterator[str]:
    """Each condition that can be solved step by step, as one sentence."""
    for solved in one.solved():
        texts = []
        for relation in solved.chain.rows(digits):
            term, bound = (side.show("text", None, digits) for side in (relation.term, relation.bound))
            sign, low_sign = (SIGNS.get(sign, sign) for sign in (relation.sign, relation.low_sign))
            low = f"{relation.low.show('text', None, digits)} {low_sign} " if relation.low else ""
            texts.append(f"{low}{term} {sign} {bound}")
        yield sentence(_("; so ").join(texts))


def _substitute(question: FindQuestion, solution: FindAnswer, answer: Value) -> Iterator[Step]:
    """The first and last right value substituted into the formulas; next to the smallest or largest, the first wrong value."""
    unknown = solution.question.unknowns[0]
    if unknown.block:
        return
    one = OneUnknown(solution)
    beside = BESIDE.get(question.which, 0)
    for value in dict.fromkeys((*answer[:1], *answer[-1:])):
        place = int(value / unknown.step)
        for step in one.steps(place):
            yield replace(step, note=_("with {unknown} = {value}").format(unknown=unknown.name, value=value))
        if beside and unknown.steps[0] <= place + beside <= unknown.steps[1]:
            for step in one.steps(place + beside):
                message = _("with {unknown} = {value}, which does not satisfy it")
                yield replace(step, note=message.format(unknown=unknown.name, value=unknown.in_words(place + beside)))


# A student's answer


# What a student may write in the words of any language


def _nothing() -> frozenset[str]:
    return NOTHING | {word.casefold() for word in everywhere("none")}


def _between() -> re.Pattern[str]:
    """The words and signs between two numbers of a list."""
    messages = (*everywhere("{words} and {word}"), *everywhere("{words} or {word}"))
    words = {re.escape(message.format(words="", word="").strip()) for message in messages}
    return re.compile(rf" ?[,;、，；] ?| ?(?<=[\s0-9])(?:{'|'.join(sorted(words))})(?=[\s0-9]) ?")


def _dotted(text: str) -> str:
    """A text with every span written as 2..4, from "2 to 4" in the words of any language."""
    for message in everywhere("{first} to {last}"):
        text = re.sub(message.format(first="([0-9]{1,9})", last="([0-9]{1,9})"), r"\1..\2", text)
    return text


def read_set(text: str, truth: Value) -> Value:
    """The numbers in a text, in order, each once. Raises WorksheetError.

    >>> read_set("{2, 3}", ()), read_set("none", ()), read_set("p = 2..4", ())
    ((2, 3), (), (2, 3, 4))
    """
    if len(text) > MAX_TEXT:
        raise WorksheetError(
            _("an answer of {count} letters; at most {most}").format(count=len(text), most=MAX_TEXT), hint=_(HINT)
        )
    plain = " ".join(text.split())
    if plain.casefold().rstrip(".。।") in _nothing():
        return ()
    plain = BEFORE.sub("", _dotted(plain), count=1).strip(" {}[]().")
    if GROUPED.fullmatch(plain):  # 1,024 is one number or two: the reading that is right counts
        parts = tuple(sorted({simplest(Fraction(part)) for part in plain.split(",")}))
        return parts if parts == truth else (int(plain.replace(",", "")),)
    numbers: set[Exact] = set()
    for part in _between().split(plain):
        numbers.update(_numbers(part.strip()))
        if len(numbers) > MAX_READ:
            raise WorksheetError(_("more than {most} numbers").format(most=MAX_READ), hint=_(HINT))
    return tuple(sorted(numbers))


def _numbers(part: str) -> Sequence[Exact]:
    span = SPAN.fullmatch(part)
    if span:
        first, last = int(span[1]), int(span[2])
        return range(first, min(last, first + MAX_READ + 1) + 1)
    if not NUMBER.fullmatch(part) or part.endswith("/0"):
        raise WorksheetError(_("{text} is not a number").format(text=shown(part)), hint=_(HINT))
    return (simplest(Fraction(part)),)


def remark(value: Value, truth: Value) -> str:
    """What is wrong with a set, without revealing the right one."""
    more = [number for number in value if number not in truth]
    if not more:
        return _("there are others") if value else _("there is an answer")
    remark = ngettext("{numbers} does not belong to the answer", "{numbers} do not belong to the answer", len(more))
    if any(number not in value for number in truth):
        remark = _("{remark}; others are missing").format(remark=remark)
    return remark.format(numbers=", ".join(map(str, more[:3])))
