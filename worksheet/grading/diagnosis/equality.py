"""Compares two formulas by exact evaluation at points of the legal domain, with a counter-example where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.grading.diagnosis.domain_points import LEADING, DomainGrid, Pairs, Point, Ties, derive_sizes, grid, symbols
from worksheet.grading.diagnosis.exact_divisions import unrounded
from worksheet.grading.notation.numbers import plain
from worksheet.grading.paper.cells import SIZES, Asked, value_at
from worksheet.language import N_, _

# Where an equality holds.
EVERYWHERE, SQUARE, ROW = "everywhere", "square", "row"
DIVISIBLE = "divisible"  # after one of the others
HOLDS = {
    EVERYWHERE: "",
    SQUARE: N_("right where width and height are equal, as they are in this row"),
    ROW: N_("right for the padding and the stride of this row, which the formula leaves out"),
    DIVISIBLE: N_("right where every division is exact, as in this row"),
    SQUARE + DIVISIBLE: N_("right where width and height are equal and every division is exact, as in this row"),
    ROW + DIVISIBLE: N_("right for the padding and the stride of this row, and where every division is exact"),
}


class CounterExample(NamedTuple):
    """Values at which two formulas differ, and the value of each; None where the answer has no value."""

    values: Mapping[str, Exact]
    right: Exact
    answer: Exact | None

    @property
    def says(self) -> str:
        """The same in a sentence to the student."""
        point = ", ".join(f"{name} = {plain(value)}" for name, value in self.values.items())
        answer = "" if self.answer is None else plain(self.answer)
        if not point:
            message = _("your formula gives {answer}") if answer else _("your formula has no value")
        elif answer:
            message = _("for {values} your formula gives {answer}, but {right} is right")
        else:
            message = _("for {values} your formula has no value, but {right} is right")
        return message.format(values=point, answer=answer, right=plain(self.right))


class Compared(NamedTuple):
    """``counter`` is None if the formulas are equal; ``holds`` is where: EVERYWHERE, only SQUARE, or only in this ROW; and only
    where the row's divisions are exact."""

    counter: CounterExample | None
    holds: str = EVERYWHERE

    @property
    def equal(self) -> bool:
        return self.counter is None


# What a student may write


def letters(asked: Asked) -> frozenset[str]:
    """Every name that an answer's formula may contain: the row's symbols, the sizes of the output, X and Y."""
    elements = {"X", "Y"} if asked.kind else set[str]()
    return frozenset({*symbols(asked), *asked.sizes, *elements})


def aliases(asked: Asked) -> dict[str, str]:
    """Short names for symbols with a subscript, the innermost axis first: p for p_w, s for s_w."""
    known = letters(asked)
    short: dict[str, str] = {}
    for name in symbols(asked):
        letter, line, _ = name.partition("_")
        if line and letter not in known:
            short.setdefault(letter, name)
    return short


# Comparison


def compare(asked: Asked, values: Mapping[str, Exact], answer: Formula) -> Compared:
    """Compares the answer's formula with what is asked.

    Facts that the row's formulas show as numbers (bias, one group) keep the row's value, all other symbols vary. For an output
    the formula of its width is expected, or that of its height. A formula that holds only for equal sides is accepted if they
    are equal in this row, and so is one that leaves out a padding of 0 or a stride of 1. Brackets that round down may be left
    out where the division is exact, as the key leaves them out.
    """
    compared = _compare(asked, values, answer)
    plain_asked, without = unrounded(asked, values)
    if compared.equal or plain_asked is asked:
        return compared
    divisible = _compare(plain_asked, values, without(answer))
    return Compared(None, divisible.holds.removeprefix(EVERYWHERE) + DIVISIBLE) if divisible.equal else compared


def _compare(asked: Asked, values: Mapping[str, Exact], answer: Formula) -> Compared:
    counter = None
    for holds, facts, ties in _tiers(asked, values, answer):
        found = grid(asked, facts, ties)
        counters = [_find_counter(asked, found, axis, answer) for axis in _axes(asked)]
        if found.points and None in counters:
            return Compared(None, holds)
        counter = counters[0] or counter
    return Compared(counter or _here(asked, values, answer), ROW)


def is_same(asked: Asked, values: Mapping[str, Exact], answer: Formula, formulas: tuple[Formula, ...]) -> bool:
    """Whether an answer's formula is one of ``formulas``, which replace those asked: a known mistake's, for example."""
    if _is_same(asked, values, answer, formulas):
        return True
    plain_asked, without = unrounded(asked, values)
    return plain_asked is not asked and _is_same(plain_asked, values, without(answer), tuple(map(without, formulas)))


def _is_same(asked: Asked, values: Mapping[str, Exact], answer: Formula, formulas: tuple[Formula, ...]) -> bool:
    for __, facts, ties in _tiers(asked, values, None):
        points = grid(asked, facts, ties).points
        if any(_agree(points, answer, formulas[axis]) for axis in _axes(asked) if axis < len(formulas)):
            return True
    return False


def value_for(asked: Asked, values: Mapping[str, Exact], answer: Formula) -> Exact | None:
    """The value of an answer's formula in a row with these values; None if it has none."""
    try:
        return answer.at({**derive_sizes(asked, values), **values})
    except (FormulaError, KeyError):
        return None


def _axes(asked: Asked) -> tuple[int, ...]:
    """The places of the formulas that an answer may match: of an output the innermost axis, and the next if it is alike."""
    last = len(asked.formulas) - 1
    if asked.role == SIZES and last > 0 and asked.formulas[last - 1].pattern == asked.formulas[last].pattern:
        return last, last - 1
    return (last,)


def _find_counter(asked: Asked, found: DomainGrid, axis: int, answer: Formula) -> CounterExample | None:
    for point, right in zip(found.points, found.right[axis], strict=True):
        value = value_at(answer, point)
        if value != right:
            return CounterExample(_relevant_values(asked, point, axis, answer), right, value)
    return None


def _here(asked: Asked, values: Mapping[str, Exact], answer: Formula) -> CounterExample | None:
    """The comparison at the row's own values only, for a domain in which no other point was found."""
    axis = _axes(asked)[0]
    right, value = value_at(asked.formulas[axis], values), value_for(asked, values, answer)
    if right is None or value == right:
        return None
    return CounterExample(_relevant_values(asked, values, axis, answer), right, value)


def _relevant_values(asked: Asked, point: Point, axis: int, answer: Formula) -> dict[str, Exact]:
    """What a reader needs to evaluate both formulas; without facts that change nothing, unless the answer names them."""
    wanted = dict.fromkeys((*asked.formulas[axis].symbols, *answer.symbols))
    inside = dict.fromkeys(name for size in wanted if size in asked.sizes for name in asked.sizes[size].symbols)
    known = {symbol.name: symbol for symbol in asked.kind.hyperparameters} if asked.kind else {}
    silent = {name for name, symbol in known.items() if point.get(name) == symbol.neutral} - set(answer.symbols)
    return {name: point[name] for name in {**wanted, **inside} if name in point and name not in silent}


def _agree(points: tuple[Point, ...], answer: Formula, other: Formula) -> bool:
    defined = 0
    for point in points:
        value = value_at(other, point)
        if value_at(answer, point) != value:
            return False
        defined += value is not None
    return 2 * defined > len(points)


# Where they are compared


def _tiers(asked: Asked, values: Mapping[str, Exact], answer: Formula | None) -> Iterator[tuple[str, Pairs, Ties]]:
    """From the whole domain to the part that resembles this row: which symbols are fixed and which are tied."""
    facts = _facts(asked, values)
    groups = _groups(asked, values)
    subscripted = tuple(group for group in groups if "_" in group[0])
    tiers = [(EVERYWHERE, facts, ()), (EVERYWHERE, facts, subscripted), (SQUARE, facts, groups)]
    if answer is not None:
        omitted = tuple(pair for pair in _neutral(asked, values) if pair[0] not in answer.symbols)
        tiers.append((ROW, tuple(sorted({**dict(facts), **dict(omitted)}.items())), groups))
    yield from dict.fromkeys(tiers)


def _facts(asked: Asked, values: Mapping[str, Exact]) -> Pairs:
    """What the row's formulas show as numbers, and what does not belong to the layer: the batch, the bytes of a number."""
    own = asked.kind.symbols if asked.kind else {}
    known = symbols(asked)
    folded = [name for name, symbol in own.items() if name in values and symbol.is_folded(int(values[name]))]
    foreign = [name for name in known if name not in own and asked.kind and not name.startswith(LEADING)]
    return tuple(sorted((name, values[name]) for name in {*folded, *foreign} if name in values and name in known))


def _groups(asked: Asked, values: Mapping[str, Exact]) -> Ties:
    """The symbols that the sheet writes together because they belong together and are equal in this row."""
    groups: dict[str, list[str]] = {}
    for name, symbol in symbols(asked).items():
        if symbol.group and name in values:
            groups.setdefault(symbol.group, []).append(name)
    return tuple(tuple(names) for names in groups.values() if len(names) > 1 and len({values[name] for name in names}) == 1)


def _neutral(asked: Asked, values: Mapping[str, Exact]) -> Iterator[tuple[str, Exact]]:
    """Hyperparameters that make no difference in this row: no padding, a stride of 1."""
    for symbol in asked.kind.hyperparameters if asked.kind else ():
        value = values.get(symbol.name)
        if "_" in symbol.name and (value == symbol.least == 0 or (value == symbol.least == 1 and symbol.group == "stride")):
            yield symbol.name, value
