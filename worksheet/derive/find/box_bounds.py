"""Bounds of traced polynomials where every variable lies between two numbers: what holds in a whole box of sizes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd

from worksheet.formula import Exact
from worksheet.formula.polynomial import Monomial, Polynomial
from worksheet.formula.traced import Floor, Guard, Trace, Variable

Span = tuple[Exact, Exact]  # the least and the greatest
Box = tuple[tuple[int, int], ...]  # by variable, in steps: both ends belong to it

# By relation to 0: whether it holds everywhere in a span.
ALWAYS: dict[str, Callable[[Span], bool]] = {
    "= 0": lambda span: span == (0, 0),
    "!= 0": lambda span: span[0] > 0 or span[1] < 0,
    "> 0": lambda span: span[0] > 0,
    ">= 0": lambda span: span[0] >= 0,
    "< 0": lambda span: span[1] < 0,
    "<= 0": lambda span: span[1] <= 0,
}
NEGATED = {"= 0": "!= 0", "!= 0": "= 0", "> 0": "<= 0", "<= 0": "> 0", ">= 0": "< 0", "< 0": ">= 0"}


def verdict(relation: str, span: Span) -> bool | None:
    """Whether a relation to 0 holds everywhere in a span, nowhere in it (False), or neither (None)."""
    if ALWAYS[relation](span):
        return True
    return False if ALWAYS[NEGATED[relation]](span) else None


def atoms(trace: Trace, box: Box) -> list[Span]:
    """The bounds of every atom of a run; exact where the box is a single place."""
    spans: list[Span] = list(box)
    for atom in trace.atoms[trace.variables :]:
        assert not isinstance(atom, Variable)
        low, high = span(atom.of, spans)
        if isinstance(atom, Floor):
            spans.append((low // atom.divisor, high // atom.divisor))
        elif low == high:
            spans.append((gcd(int(low), atom.number),) * 2)
        else:
            spans.append((1, abs(atom.number)))
    return spans


def span(form: Polynomial, spans: Sequence[Span]) -> Span:
    """The bounds of a polynomial: those of its terms, added up once what is certain has been put in."""
    merged: dict[Monomial, Exact] = {}
    for monomial, number in form.terms.items():
        for atom, power in monomial:
            low, high = spans[atom]
            if low == high:
                number *= low**power  # noqa: PLW2901
        rest = tuple([part for part in monomial if spans[part[0]][0] != spans[part[0]][1]])
        merged[rest] = merged.get(rest, 0) + number
    least: Exact = 0
    most: Exact = 0
    for monomial, number in merged.items():
        low, high = (number, number)
        for atom, power in monomial:
            low, high = _product(low, high, *_power(spans[atom], power))
        least += low
        most += high
    return least, most


def _power(base: Span, exponent: int) -> Span:
    low, high = base
    if exponent == 1 or low >= 0:
        return low**exponent, high**exponent
    ends = sorted((low**exponent, high**exponent))
    return (0 if exponent % 2 == 0 and high >= 0 else ends[0]), ends[1]


def _product(a: Exact, b: Exact, c: Exact, d: Exact) -> Span:
    if a >= 0 and c >= 0:
        return a * c, b * d
    ends = (a * c, a * d, b * c, b * d)
    return min(ends), max(ends)


def covers(trace: Trace, box: Box, guards: Iterable[Guard] | None = None) -> tuple[tuple[Guard, ...] | None, list[Span]]:
    """The guards of a run that hold in parts of a box only (none: the run holds in all of it), and its atoms' bounds.

    None where some guard holds nowhere in the box. ``guards`` are those still to be looked at; all where left out.
    """
    spans = atoms(trace, box)
    undecided: list[Guard] = []
    for guard in trace.guards if guards is None else guards:
        held = verdict(guard.relation, span(guard.of, spans))
        if held is False:
            return None, spans
        if held is None:
            undecided.append(guard)
    return tuple(undecided), spans


def never_falls(form: Polynomial, trace: Trace, spans: Sequence[Span]) -> bool:
    """Whether a polynomial certainly grows or stays with each variable, seen by the signs of its terms alone."""
    rising = all(number > 0 and all(spans[atom][0] >= 0 for atom, _ in m) for m, number in form.terms.items() if m)
    inside = [atom for atom in map(trace.atoms.__getitem__, form.atoms) if not isinstance(atom, Variable)]
    return rising and all(isinstance(atom, Floor) and never_falls(atom.of, trace, spans) for atom in inside)
