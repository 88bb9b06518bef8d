"""Traced numbers: what code computes with them holds for every other size at which the run's guards hold."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worksheet.formula import Formula
from worksheet.formula.exact import common_divisor, simplest
from worksheet.formula.polynomial import MAX_TERMS, Polynomial, TooLong
from worksheet.formula.simplify import atom_name, factor
from worksheet.formula.traced import NeedsFinerClasses, Trace, Variable
from worksheet.formula.traced_numbers import Ratio, Traced, polynomial_of
from worksheet.formula.tree import Name

VALUES = st.integers(1, 60)
FEW = settings(max_examples=150)
ROUNDED = Formula("floor(3/2*x - 5/7 - y/3 + 1/4 + (1/6 - x)/y)")
WHOLE = st.integers(-9, 9)
DIVISORS = st.integers(1, 7)

# Programs: a tree of tuples that is run once on traced numbers and as often as one likes on plain ones.
PROGRAMS = st.recursive(
    st.one_of(st.sampled_from([("M",), ("L",)]), WHOLE.map(lambda n: ("number", n))),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner),
        st.tuples(st.sampled_from(["//", "%", "floor", "ceil", "gcd", "formula"]), inner, DIVISORS),
        st.tuples(st.just("power"), inner, st.integers(0, 2)),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner),
        st.tuples(st.just("by"), inner, inner),
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "truth"]), inner, inner, inner, inner),
    ),
    max_leaves=12,
)
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "floor": lambda a, b: math.floor(a / Fraction(b)),
    "ceil": lambda a, b: math.ceil(a * Fraction(1, b)),
    "gcd": common_divisor,
    "max": max,
    "min": min,
    "power": lambda a, b: a**b,
    "formula": lambda a, b: ROUNDED.at({"x": a, "y": b}),
    "by": lambda a, b: (a * a + 1) // (b * b + 1),
}
CHOICES = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "truth": lambda a, b: bool(a - b),
}


def run(program: tuple[Any, ...], values: dict[str, int]) -> int:
    word, *parts = program
    if word in values:
        return values[word]
    if word == "number":
        return parts[0]
    first, second = (run(part, values) if isinstance(part, tuple) else part for part in parts[:2])
    if word in BINARY:
        return BINARY[word](first, second)
    return run(parts[2] if CHOICES[word](first, second) else parts[3], values)


def traced(program: tuple[Any, ...], **values: int) -> tuple[Trace, Polynomial]:
    trace = Trace({Variable(name): value for name, value in values.items()})
    result = run(program, {name: trace.variable(i) for i, name in enumerate(values)})
    return trace, polynomial_of(result)


@FEW
@given(PROGRAMS, VALUES, VALUES, st.lists(st.tuples(VALUES, VALUES), min_size=20, max_size=20))
def test_a_run_holds_wherever_its_guards_hold(
    program: tuple[Any, ...], m: int, length: int, others: list[tuple[int, int]]
) -> None:
    trace, form = traced(program, M=m, L=length)
    atoms = trace.at([m, length])
    assert atoms is not None, "a run's own guards hold at its own values"
    assert form.at(atoms) == run(program, {"M": m, "L": length})
    for other in [*others, (m + 1, length), (m, length + 60), (2 * m, 3 * length)]:
        atoms = trace.at(other)
        if atoms is not None:
            assert form.at(atoms) == run(program, dict(zip(("M", "L"), other, strict=True)))


@FEW
@given(PROGRAMS, VALUES, VALUES, st.lists(st.tuples(VALUES, VALUES), min_size=8, max_size=8))
def test_its_formula_says_the_same(program: tuple[Any, ...], m: int, length: int, others: list[tuple[int, int]]) -> None:
    trace, form = traced(program, M=m, L=length)
    formula = trace.formula(form)
    for other in [(m, length), *others]:
        if trace.at(other) is not None:
            values = dict(zip(("M", "L"), other, strict=True))
            assert formula.evaluate(**values) == run(program, values)


@FEW
@given(PROGRAMS, VALUES, VALUES, st.integers(0, 3), st.integers(0, 3))
def test_in_a_class_it_is_a_polynomial(program: tuple[Any, ...], m: int, length: int, more: int, longer: int) -> None:
    trace, form = traced(program, M=m, L=length)
    periods = [1, 1]
    while math.prod(periods) <= 5000:
        rests = [m % periods[0], length % periods[1]]
        bases = [Polynomial.atom(i).times(p) + Polynomial.of(r) for i, (p, r) in enumerate(zip(periods, rests, strict=True))]
        try:
            atoms = trace.atoms_in_class(bases)
        except NeedsFinerClasses as finer:
            assert finer.by > 1
            for atom in finer.atoms:
                periods[atom] *= finer.by
            continue
        sizes = [m + more * periods[0], length + longer * periods[1]]
        if trace.at(sizes) is not None:
            times = {i: size // period for i, (size, period) in enumerate(zip(sizes, periods, strict=True))}
            assert form.put(atoms).at(times) == run(program, dict(zip(("M", "L"), sizes, strict=True)))
        return


@FEW
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9), st.integers(1, 9), st.integers(-5, 5))
def test_a_window_that_moves(m: int, other: int, kernel: int, stride: int, pad: int) -> None:
    """floor((M - w + 2p)/s) + 1, applied twice: floors within floors become one."""

    def twice(size: Any) -> Any:
        for _ in range(2):
            size = (size - kernel + 2 * pad) // stride + 1
        return size

    trace = Trace({Variable("M"): m})
    result = twice(trace.variable(0))
    assert int(result) == twice(m)
    assert not trace.guards
    assert polynomial_of(result).at(trace.at([other])) == twice(other)
    assert sum("floor" in text or "ceil" in text for text in [trace.formula(polynomial_of(result)).source]) <= 1
    assert (
        trace.formula(polynomial_of(result)).source.count("floor") + trace.formula(polynomial_of(result)).source.count("ceil")
        <= 1
    )


def test_a_branch_is_a_guard() -> None:
    trace = Trace({Variable("M"): 10})
    size = trace.variable(0)
    assert int(size if size > 7 else 0) == 10
    assert trace.at([8]) is not None
    assert trace.at([7]) is None


def test_two_equal_comparisons_are_one_guard() -> None:
    trace = Trace({Variable("M"): 10})
    size = trace.variable(0)
    assert size > 7
    assert not size <= 7
    assert len(trace.guards) == 1


def test_steps_of_a_part() -> None:
    """A width multiplier is a multiple of 1/8: eight times itself is whole, itself is not."""
    trace = Trace({Variable("alpha", Fraction(1, 8)): Fraction(3, 8)})
    alpha = trace.variable(0)
    assert isinstance(alpha, Ratio)
    width = alpha * 32
    assert isinstance(width, Traced)
    assert int(width) == 12
    assert trace.formula(polynomial_of(width * width)).source == "1024*alpha**2"
    assert polynomial_of(width).at(trace.at([Fraction(5, 8)])) == 20


def test_a_part_that_is_whole_by_chance_is_a_guard() -> None:
    trace = Trace({Variable("M"): 10})
    half = simplest(trace.variable(0) / 2)
    assert isinstance(half, int)
    assert int(half) == 5
    assert trace.at([12]) is not None
    assert trace.at([13]) is None


@FEW
@given(VALUES, VALUES, st.integers(0, 5))
def test_operations_that_a_polynomial_cannot_follow_are_guards(m: int, other: int, base: int) -> None:
    """A power with a symbol above, a remainder by it, a size without its sign."""

    def all_of(size: Any) -> list[int]:
        return [base**size, *divmod(100, size), abs(size - 20), +size, math.gcd(4, 6) * size]

    trace = Trace({Variable("M"): m})
    forms = [polynomial_of(number) for number in all_of(trace.variable(0))]
    atoms = trace.at([other])
    assert (atoms is not None) == (m == other)
    if atoms is not None:
        assert [form.at(atoms) for form in forms] == all_of(other)


def test_numbers_of_two_runs_do_not_mix() -> None:
    a, b = (Trace({Variable("M"): 4}).variable(0) for _ in range(2))
    with pytest.raises(TypeError):
        a + b
    assert a != b


# Polynomials

FORMS = st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 3), st.integers(0, 2)), max_size=6).map(
    lambda terms: sum(
        ((Polynomial.atom(0) ** p * Polynomial.atom(1) ** q).times(n) for n, p, q in terms), Polynomial.of(0)
    )
)  # fmt: skip
PLACE = {0: 7, 1: -4}


@FEW
@given(FORMS, FORMS, FORMS)
def test_polynomials_are_a_ring(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    assert a + b == b + a
    assert a * (b + c) == a * b + a * c
    assert (a - a).constant == 0
    assert (a * b).at(PLACE) == a.at(PLACE) * b.at(PLACE)
    assert (a + b).at(PLACE) == a.at(PLACE) + b.at(PLACE)
    assert hash(a + b) == hash(b + a)


@FEW
@given(FORMS, FORMS)
def test_what_is_divided_by_its_factor_leaves_nothing(a: Polynomial, b: Polynomial) -> None:
    if b.terms:
        assert (a * b).over(b) == a
        quotient = a.over(b)
        assert quotient is None or quotient * b == a


@FEW
@given(FORMS, FORMS, FORMS)
def test_putting_polynomials_in_place(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    put = a.put({0: b, 1: c})
    assert put.at(PLACE) == a.at({0: b.at(PLACE), 1: c.at(PLACE)})


@FEW
@given(FORMS)
def test_a_polynomial_reads_back(a: Polynomial) -> None:
    formula = Formula(Formula.of(a.node(lambda atom: Name("ML"[atom]))).source)
    assert formula.evaluate(M=7, L=-4) == a.at(PLACE)


def test_a_polynomial_is_bounded() -> None:
    total = sum((Polynomial.atom(i) for i in range(60)), Polynomial.of(1))
    with pytest.raises(TooLong):
        total * total * total
    assert len(total.terms) < MAX_TERMS


@FEW
@given(FORMS)
def test_factored_forms_are_the_same(a: Polynomial) -> None:
    node = factor(a)
    if node is not None:
        formula = Formula.of(node)
        source = random.Random(1)
        for _ in range(5):
            values = {atom: source.randint(-50, 50) for atom in (0, 1)}
            assert formula.evaluate(**{atom_name(atom): value for atom, value in values.items()}) == a.at(values)
        assert len(formula.source) <= len(Formula.of(a.node(lambda atom: Name(f"x_{atom}"))).source) + 2
