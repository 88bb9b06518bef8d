"""Points of a layer's legal domain at which formulas are compared, with every remainder of a rounded division."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from math import prod
from random import Random
from typing import NamedTuple

from worksheet.errors import FormulaError, WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.formula.exact import evaluator, simplest
from worksheet.formula.tree import Call, Name, Operation, walk
from worksheet.grading.paper.cells import Asked
from worksheet.layers import Kind, Symbol

POINTS = 40
CANDIDATES, TRIES = 160, 4_000  # legal points from which the 40 are chosen, and attempts to find them
WIDEST, DEEPEST = 40, 7  # of the sizes of an input, and of hyperparameters above their least value
LESS_DEEP = {"stride": 4, "padding": 3, "dilation": 2}  # by the group of a symbol
SMALL_DIVISOR = 5  # every remainder of divisors up to this one is wanted
ROUNDED = frozenset({"floor", "ceil"})
LEADING = "x_"  # leading axes that pass through

Point = Mapping[str, Exact]
Pairs = tuple[tuple[str, Exact], ...]
Ties = tuple[tuple[str, ...], ...]


class DomainGrid(NamedTuple):
    """Points, small ones first, and for each formula asked its right value at every point."""

    points: tuple[Point, ...]
    right: tuple[tuple[Exact, ...], ...]


@lru_cache(maxsize=512)
def grid(asked: Asked, facts: Pairs, ties: Ties) -> DomainGrid:
    """The points for what is asked. ``facts`` keep their value at every point; tied symbols all have the value of the first.

    A pure function: the points are drawn by a generator with a fixed seed.
    """
    domain = _Domain(asked, dict(facts), ties)
    random = Random(POINTS)  # noqa: S311 (not a secret: the same points every time)
    drawn = list(islice(domain.legal_points(random, TRIES), CANDIDATES))
    points = sorted(_choose(asked, drawn), key=lambda point: sum(map(int, point.values())))
    return DomainGrid(tuple(points), tuple(tuple(formula.at(point) for point in points) for formula in asked.formulas))


class _Domain:
    """What a layer's symbols may be."""

    def __init__(self, asked: Asked, facts: Mapping[str, Exact], ties: Ties) -> None:
        self.asked = asked
        self.facts = facts
        self.ties = ties
        self.symbols = symbols(asked)
        inputs = asked.form.symbols if asked.form else ()
        self.wide = {symbol.name for symbol in inputs}
        self.rest = [symbol.name for symbol in inputs if symbol.rest]
        self.whole = list(_quotients(asked.kind)) if asked.kind else []

    def legal_points(self, random: Random, tries: int) -> Iterator[Point]:
        """Distinct points at which the layer exists and every formula has a value."""
        seen = set()
        for _ in range(tries):
            point = self.complete(self.draw(random))
            key = tuple(point.values()) if point else None
            if point and key not in seen:
                seen.add(key)
                yield point

    def draw(self, random: Random) -> dict[str, Exact]:
        values: dict[str, Exact] = {}
        for name, symbol in self.symbols.items():
            most = WIDEST if name in self.wide else symbol.least + LESS_DEEP.get(symbol.group, DEEPEST)
            values[name] = random.randint(symbol.least, most)
        values |= self.facts
        for over, under in self.whole:
            if over not in self.facts:
                values[over] = values[under] * random.randint(1, DEEPEST)
        for first, *others in self.ties:
            values |= dict.fromkeys(others, values[first])
        leading = [value for name, value in values.items() if name.startswith(LEADING) and name in self.asked.symbols]
        if leading:
            values |= dict.fromkeys(self.rest, prod(leading))
        return values

    def complete(self, values: dict[str, Exact]) -> Point | None:
        """The point with the sizes that follow from it; None if there is no such layer."""
        kind = self.asked.kind
        try:
            if kind and not _is_legal(kind, values):
                return None
            values |= derive_sizes(self.asked, values)
            fine = all(values[name] >= 1 for name in self.asked.sizes)
            for formula in self.asked.formulas:
                formula.at(values)
            return values if fine else None
        except (WorksheetError, KeyError):
            return None


def symbols(asked: Asked) -> dict[str, Symbol]:
    """The symbols that a formula for this may contain, except the sizes of the output."""
    kind, form = asked.kind, asked.form
    own = (*form.symbols, *kind.hyperparameters) if kind and form else ()
    known = {symbol.name: symbol for symbol in own}
    return known | {name: Symbol(name, "") for name in sorted(asked.symbols - known.keys() - asked.sizes.keys())}


def derive_sizes(asked: Asked, values: Mapping[str, Exact]) -> dict[str, Exact]:
    """The sizes of the output, and the numbers of elements X and Y unless a symbol has that name."""
    found = {name: formula.at(values) for name, formula in asked.sizes.items()}
    return found | {name: formula.at({**values, **found}) for name, formula in _elements(asked) if name not in values}


@lru_cache(maxsize=512)
def _elements(asked: Asked) -> tuple[tuple[str, Formula], ...]:
    """The formulas of X and Y."""
    kind, form = asked.kind, asked.form
    texts = (("X", form.X), ("Y", form.Y)) if form else ()
    return tuple((name, kind.resolved(kind.formula(text), form)) for name, text in texts) if kind and form else ()


def _is_legal(kind: Kind, values: Mapping[str, Exact]) -> bool:
    for check in kind.checks:
        value = kind.formula(check.formula).at(values)
        if not (isinstance(value, int) if check.whole else value >= 0):
            return False
    return True


def _quotients(kind: Kind) -> Iterator[tuple[str, str]]:
    """Pairs of symbols of which the first must be a multiple of the second; drawing them that way wastes no attempts."""
    for check in kind.checks:
        tree = kind.formula(check.formula).tree
        if check.whole and isinstance(tree, Operation) and isinstance(tree.left, Name) and isinstance(tree.right, Name):
            yield tree.left.id, tree.right.id


# The choice


def _choose(asked: Asked, drawn: list[Point]) -> list[Point]:
    """First points that together show every remainder, then others."""
    divisions = list(_divisions((*asked.formulas, *asked.sizes.values())))
    seen: set[object] = set()
    chosen: list[Point] = []
    others: list[Point] = []
    for point in drawn:
        new = set(_remainders(divisions, point)) - seen
        seen |= new
        (chosen if new else others).append(point)
    return (chosen + others)[: max(POINTS, len(chosen))]


Side = Callable[[Mapping[str, Exact]], Exact]


def _divisions(formulas: Iterable[Formula]) -> Iterator[tuple[Side, Side]]:
    """Dividend and divisor of each division inside a rounding bracket."""
    for formula in formulas:
        calls = [node for node in walk(formula.tree) if isinstance(node, Call) and node.function in ROUNDED]
        for node in dict.fromkeys(inner for call in calls for inner in walk(call)):
            if isinstance(node, Operation) and node.sign == "/":
                yield evaluator(node.left), evaluator(node.right)


def _remainders(divisions: list[tuple[Side, Side]], point: Point) -> Iterator[object]:
    for place, (over, under) in enumerate(divisions):
        try:
            divisor = simplest(under(point))
            if isinstance(divisor, int) and 1 <= divisor <= SMALL_DIVISOR:
                yield place, divisor, over(point) % divisor
        except (FormulaError, KeyError):
            continue
