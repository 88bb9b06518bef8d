"""Prints the working of an answer with one unknown: conditions solved, solutions substituted, the whole range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from worksheet.derive.find.answer import FindAnswer
from worksheet.derive.find.answer_words import FAILS, NONE, SOLVES, condition_in_words, ends, neighbours
from worksheet.derive.find.chain import Domain, number, solve, straight
from worksheet.derive.find.quantity import Condition
from worksheet.derive.find.search import Decided, bounds
from worksheet.derive.find.working import OneUnknown, Solved, Stretch
from worksheet.document import Block, Cell, Relations, Table, Text, Title, Working
from worksheet.formula import Digits
from worksheet.language import N_, _, capital, span_in_words

RISING = N_(
    "No term of the formula of {name} falls as {unknown} grows, so {name} never falls: once it has passed a number, it stays "
    "above it. The values at two neighbours decide."
)
SOLVING = N_("Solving {condition}")
MAX_WORKED = 12  # solutions that are substituted
HEADINGS = (N_("Verdict"), N_("Figure"), N_("Least"), N_("Most"), N_("Wanted"))
MAX_STRETCHES = 40  # rows of the table of the whole range


class OnePage:
    """Prints the working of an answer with one unknown."""

    def __init__(self, answer: FindAnswer, digits: Digits) -> None:
        self.answer = answer
        self.digits = digits
        self.unknown = answer.question.unknowns[0]
        self.working = None if self.unknown.block else OneUnknown(answer)

    def blocks(self, *, brief: bool = False) -> Iterator[Block]:
        if self.working is None:
            yield from _Depths(self.answer, self.digits).blocks()
            return
        solved = self.working.solved()
        for one in solved:
            yield from self.chain(one)
        yield from self.rising(solved)
        if not brief:
            done = {one.condition for one in solved}
            yield from self.substitutions(beside=len(done) < len(self.answer.question.conditions))
            yield from self.range(self.working.stretches())

    def chain(self, one: Solved) -> Iterator[Block]:
        yield Title(_(SOLVING).format(condition=condition_in_words(one.condition, self.digits)))
        yield Relations(one.chain.rows(self.digits))
        yield Text(self.left(one))

    def left(self, one: Solved) -> str:
        """What the last line leaves of the range, where this formula holds."""
        places = sorted(one.places & set(one.chain.steps))
        low, high = self.unknown.steps
        within = span_in_words(self.unknown.in_words(low), self.unknown.in_words(high))
        kept = ", ".join(span_in_words(self.unknown.in_words(a), self.unknown.in_words(b)) for a, b in neighbours(places))
        each = _("a whole number") if self.unknown.step == 1 else _("a multiple of {step}").format(step=self.unknown.step)
        message = _("{unknown} is {each}: of {range}, this leaves {values}.")
        if not places:
            message = _("{unknown} is {each}, and none of {range} lies there.")
        return message.format(unknown=self.unknown.name, each=each, range=within, values=kept)

    def rising(self, solved: Sequence[Solved]) -> Iterator[Block]:
        """A condition that is not solved step by step, but whose figure grows with the unknown."""
        assert self.working
        done = {one.condition for one in solved}
        for i, condition in enumerate(self.answer.question.conditions):
            formula = self.working.rising(i) if condition not in done else None
            if formula:
                yield Title(_("Deciding {condition}").format(condition=condition_in_words(condition, self.digits)))
                name = condition.left.name
                yield Text(_(RISING).format(name=name, unknown=self.unknown.name))

    def substitutions(self, *, beside: bool) -> Iterator[Block]:
        """The ends of each run of solutions and their neighbours, substituted into the formulas."""
        assert self.working
        low, high = self.unknown.steps
        runs = list(neighbours([place for (place,) in self.answer.places]))
        ends = [end for run in runs for end in ((run[0] - 1, *run, run[1] + 1) if beside else run)]
        solutions = {place for (place,) in self.answer.places}
        for place in [place for place in dict.fromkeys(ends) if low <= place <= high][:MAX_WORKED]:
            steps = self.working.steps(place)
            verdict = "" if place in solutions else f": {_(FAILS)}"
            if steps:
                yield Working(f"{self.unknown.name} = {self.unknown.in_words(place)}{verdict}", tuple(steps))

    def range(self, stretches: Sequence[Stretch]) -> Iterator[Block]:
        yield Title(_("The whole range"))
        rows = [row for stretch in stretches[:MAX_STRETCHES] for row in self.rows(stretch)]
        yield Table((self.unknown.name, *map(_, HEADINGS)), tuple(rows), words=3)
        if len(stretches) > MAX_STRETCHES:
            yield Text(_("And {count} more ranges; the JSON names every solution.").format(count=len(stretches) - MAX_STRETCHES))
        refusals = dict.fromkeys(stretch.refusal for stretch in stretches if stretch.refusal)
        for refusal in list(refusals)[:3]:
            yield Text(_("{verdict}, for example: {reason}.").format(verdict=capital(_(NONE)), reason=refusal), note=True)

    def rows(self, stretch: Stretch) -> Iterator[tuple[Cell, ...]]:
        low, high = self.unknown.in_words(stretch.low), self.unknown.in_words(stretch.high)
        where = span_in_words(low, high)
        if stretch.refusal:
            yield (where, _(NONE), None, None, None, None)
            return
        chosen = range(len(self.answer.question.conditions)) if stretch.solves else [stretch.by]
        for i in chosen:
            condition = self.answer.question.conditions[i]
            for line in stretch.bounds[i]:
                wanted = f"{condition.asked.sign} {ends(line.right, self.digits)}"
                verdict = _(SOLVES if stretch.solves else FAILS)
                yield (where, verdict, condition.left.name, number(line.left[0]), number(line.left[1]), wanted)
                where = ""


class _Depths:
    """Prints the working of an answer whose only unknown is a depth: one network each, counted whole."""

    def __init__(self, answer: FindAnswer, digits: Digits) -> None:
        self.answer = answer
        self.digits = digits
        self.unknown = answer.question.unknowns[0]
        self.known = [(part.depths[0], part.decided[0]) for part in answer.parts]

    def blocks(self) -> Iterator[Block]:
        for i, condition in enumerate(self.answer.question.conditions):
            yield from self.solved(i, condition)
        yield Title(_("Every depth"))
        conditions = range(len(self.answer.question.conditions))
        rows: list[tuple[Cell, ...]] = []
        for verdict, group in groupby(self.known, key=lambda each: _verdict(each[1])):
            depths, decided = zip(*group, strict=True)
            where = span_in_words(str(depths[0]), str(depths[-1]))
            for i in conditions if verdict != NONE else ():
                figures = [line.left[0] for single in decided for line in bounds(single, i)]
                name = self.answer.question.conditions[i].left.name
                rows.append((where, _(verdict), name, number(min(figures)), number(max(figures))))
                where = ""
            if verdict == NONE:
                rows.append((where, _(NONE), None, None, None))
        yield Table((self.unknown.name, *map(_, HEADINGS[:-1])), tuple(rows), words=3)

    def solved(self, i: int, condition: Condition) -> Iterator[Block]:
        """A condition whose figure grows by the same with each block, solved for the depth."""
        depths = [depth for depth, _ in self.known]
        lines = [bounds(decided, i) for _, decided in self.known]
        if len(depths) < 3 or any(len(pairs) != 1 or pairs[0].right != lines[0][0].right for pairs in lines):
            return
        figures = [pairs[0].left[0] for pairs in lines]
        steps = {after - before for before, after in pairwise(figures)}
        if len(steps) > 1 or not steps - {0}:
            return
        each, name = steps.pop(), condition.left.name
        start = figures[0] - each * depths[0]
        domain = Domain(self.unknown.symbol, 1, range(depths[0], depths[-1] + 1))
        chain = solve(straight(each, start, self.unknown.symbol), condition.asked.relation, lines[0][0].right[0], domain)
        if chain:
            yield Title(_(SOLVING).format(condition=condition_in_words(condition, self.digits)))
            yield Text(
                _("Counted at each depth of the range, {name} grows by {number} with each block.").format(
                    name=name, number=self.digits.result(each)
                )
            )
            yield Relations(chain.rows(self.digits))


def _verdict(decided: Decided) -> str:
    return NONE if decided.case.refusal else SOLVES if decided.solves else FAILS
