"""Works a question with one unknown: conditions solved step by step, the whole range decided, solutions substituted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from worksheet.derivation import Step
from worksheet.derive.find.answer import FindAnswer, SoughtNumbers
from worksheet.derive.find.box_bounds import atoms, never_falls
from worksheet.derive.find.chain import Domain, SolvingChain, solve
from worksheet.derive.find.quantity import Condition, Count
from worksheet.derive.find.search import Decided, SearchCase, SearchLine, bounds
from worksheet.formula import Exact, Formula
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.traced_numbers import Ratio, Traced, polynomial_of
from worksheet.formula.tree import Call, Name, Node, Number, Operation, rebuild, walk
from worksheet.frozen import frozen

MAX_CHAINS = 4  # of one condition: formulas that hold in different parts of the range
UNKNOWN = Polynomial.atom(0)


class Stretch(NamedTuple):
    """Neighbouring values of the unknown, in steps, with the same verdict."""

    low: int
    high: int
    solves: bool
    by: int  # the condition that fails; -1 for none, or no network
    refusal: str
    bounds: tuple[tuple[SearchLine, ...], ...]  # by condition, if there is a network


@frozen
class Solved:
    """A condition solved by one formula, which holds for some of the values."""

    condition: Condition
    chain: SolvingChain
    places: frozenset[int]


class OneUnknown:
    """The working of an answer with one unknown that is not a depth."""

    def __init__(self, found: FindAnswer) -> None:
        self.question: SoughtNumbers = found.question
        self.unknown = found.question.unknowns[0]
        self.decided = sorted(found.parts[0].decided, key=lambda known: known.box) if not self.unknown.block else []
        low, high = self.unknown.steps
        self.domain = Domain(self.unknown.symbol, self.unknown.step, range(low, high + 1))

    # The whole range

    def stretches(self) -> list[Stretch]:
        """The range in order, neighbours of the same verdict together."""
        found: list[Stretch] = []
        for _, group in groupby(self.decided, key=lambda each: (each.solves, each.by, bool(each.case.refusal))):
            several = list(group)
            found.append(self._stretch(several))
        return found

    def _stretch(self, several: Sequence[Decided]) -> Stretch:
        first, last = several[0], several[-1]
        lines: tuple[tuple[SearchLine, ...], ...] = ()
        if not first.case.refusal:
            every = [[bounds(each, i) for i in range(len(self.question.conditions))] for each in several]
            lines = tuple(tuple(_union(same)) for same in zip(*every, strict=True))
        return Stretch(first.box[0][0], last.box[0][1], first.solves, first.by, first.case.refusal, lines)

    # Conditions solved

    def solved(self) -> list[Solved]:
        """Every condition solved for the unknown, where its formula allows that."""
        return [one for condition in range(len(self.question.conditions)) for one in self._of(condition)]

    def _of(self, index: int) -> Iterator[Solved]:
        condition = self.question.conditions[index]
        groups: dict[tuple[Node, Exact], set[int]] = {}
        for decided in self.decided:
            if decided.case.refusal:
                continue
            for pair in self.pairs(decided.case, index):
                if pair:
                    groups.setdefault(pair, set()).update(range(decided.box[0][0], decided.box[0][1] + 1))
        largest = sorted(groups.items(), key=lambda item: -len(item[1]))
        for (term, number), places in largest[:MAX_CHAINS]:
            chain = solve(term, condition.asked.relation, number, self.domain)
            if chain and len(places) > 1:
                yield Solved(condition, chain, frozenset(places))

    def pairs(self, case: SearchCase, index: int) -> Iterator[tuple[Node, Exact] | None]:
        """The left sides of a condition as formulas of the unknown alone, each with its right side if that is a number."""
        condition = self.question.conditions[index]
        own = dict(self._own(case.count, condition)) if case.count else {}
        for left, right in case.sides[index]:
            number = right.constant
            yield None if number is None else (own.get(left) or case.trace.node(left), number)

    def _own(self, count: Count, condition: Condition) -> Iterator[tuple[Polynomial, Node | None]]:
        """The sizes of a layer by its own formulas, in which the unknown is one of its numbers."""
        left = condition.left
        if not left.sizes or not self.unknown.variable or self.unknown.variable.effect.node != left.owner:
            return
        layer = count.layer(left.owner)
        known = dict(count.counting.fold(layer).sizes)
        for size in reversed(left.sizes):  # of equal ones the first, W, is the one that is kept
            if size in known:
                yield polynomial_of(layer.values[size]), self.substitute(known[size], layer.values)

    def substitute(self, formula: Formula, values: dict[str, int]) -> Node | None:
        """A layer's formula with numbers substituted for all symbols except the unknown; None if another symbol remains."""
        nodes: dict[str, Node] = {}
        for name in formula.symbols:
            value = values[name]
            if not isinstance(value, (Traced, Ratio)):
                nodes[name] = Number(value)
            elif value.polynomial == UNKNOWN:
                nodes[name] = Name(self.unknown.symbol)
            else:
                return None

        def visit(part: Node) -> Node:
            return nodes[part.id] if isinstance(part, Name) else _bare(rebuild(part, visit))

        return visit(formula.tree)

    def rising(self, index: int) -> Formula | None:
        """The left side of a condition as one formula that holds in the whole range and grows or stays with the unknown."""
        cases = {each.case for each in self.decided if not each.case.refusal}
        case = next(iter(cases), None)
        if case is None or len(cases) > 1 or len(case.sides[index]) > 1:
            return None
        left, right = case.sides[index][0]
        places = [each.box[0] for each in self.decided if each.case is case]
        spread = atoms(case.trace, ((min(low for low, _ in places), max(high for _, high in places)),))
        holds = right.constant is not None and left.constant is None and never_falls(left, case.trace, spread)
        return case.trace.formula(left) if holds else None

    # Solutions substituted

    def steps(self, place: int) -> list[Step]:
        """Every condition's left side worked at one value of the unknown; empty if there is no network."""
        value = self.unknown.value(place)
        decided = next(decided for decided in self.decided if decided.box[0][0] <= place <= decided.box[0][1])
        steps = []
        for i, condition in enumerate(self.question.conditions if decided.case.sides else ()):
            for pair, (left, _) in zip(self.pairs(decided.case, i), decided.case.sides[i], strict=True):
                formula = Formula.of(pair[0] if pair else decided.case.trace.node(left))
                at = formula.at({self.unknown.symbol: value})
                stages = (formula.quotients({self.unknown.symbol: value}),) if formula.rounds() else ()
                short = tuple(stage for stage in stages if not stage.symbols and len(stage.source) < 24)
                steps.append(Step(condition.left.name, condition.left.name, (), formula, {self.unknown.symbol: value}, at, short))
        return steps


def _bare(node: Node) -> Node:
    """Without a division by one, and without the bracket that this leaves."""
    match node:
        case Operation("/", left, Number(1)):
            return left
        case Call("floor" | "ceil", (inner,)) if not any(isinstance(n, Operation) and n.sign == "/" for n in walk(inner)):
            return inner
    return node


def _union(several: Sequence[Sequence[SearchLine]]) -> Iterator[SearchLine]:
    """The bounds that hold in all of several boxes."""
    for same in zip(*several, strict=False):
        left = (min(line.left[0] for line in same), max(line.left[1] for line in same))
        right = (min(line.right[0] for line in same), max(line.right[1] for line in same))
        yield SearchLine(left, right)
