"""Conditions solved step by step: what is left is what trying every value leaves, and every line says the same as the first."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from worksheet.derive.find.box_bounds import verdict
from worksheet.derive.find.chain import ChainLine, Domain, solve
from worksheet.derive.find.search import EVERY
from worksheet.formula import Formula

NUMBERS = st.integers(1, 12)
RELATIONS = st.sampled_from(sorted(EVERY))
TOP = 30


@st.composite
def formulas(draw: st.DrawFn) -> str:
    """A formula of sizes with the unknown once, as layers have them."""
    text = draw(st.sampled_from(["p", "2*p", "p*3", "40 - p", "p**2", "60/(p + 1)", "(100 + 2*p)/(2 + 1)"]))
    for _ in range(draw(st.integers(1, 4))):
        way = draw(
            st.sampled_from(
                ["({} + {n})", "({} - {n})", "({n} - {})", "{n}*{}", "({}/{n})", "floor({}/{n})", "ceil({}/{n})", "-{}"]
            )
        )
        text = way.format(f"({text})", n=draw(NUMBERS))
    return text


def holds(line: ChainLine, p: int) -> bool:
    value = Formula.of(line.term).at({"p": p})
    low = line.low is None or (value > line.low.value if line.low.strict else value >= line.low.value)
    return low and (line.high is None or (value < line.high.value if line.high.strict else value <= line.high.value))


@given(formulas(), RELATIONS, st.integers(-60, 200), st.integers(0, 6))
def test_every_line_says_the_same(text: str, relation: str, number: int, first: int) -> None:
    domain = Domain("p", 1, range(first, TOP + 1))
    found = solve(Formula(text).tree, relation, number, domain)
    values = {p: Formula(text).at({"p": p}) - number for p in domain.steps}
    wanted = [p for p, value in values.items() if verdict(EVERY[relation], (value, value))]
    if found:
        assert list(found.steps) == wanted
        for line in found.lines:
            assert [p for p in domain.steps if holds(line, p)] == wanted


def test_the_lines_of_a_padding() -> None:
    found = solve(Formula("floor((224 - 7 + 2*p)/2) + 1").tree, "=", 112, Domain("p", 1, range(17)))
    assert found
    ends = [(line.low and line.low.value, line.high and line.high.value) for line in found.lines]
    assert ends == [(112, 112), (111, 111), (111, 112), (222, 224), (5, 7), (Fraction(5, 2), Fraction(7, 2))]
    assert list(found.steps) == [3]


def test_an_unknown_that_stands_twice_is_left_to_bounds() -> None:
    assert solve(Formula("p*p + p").tree, "<=", 30, Domain("p", 1, range(10))) is None


def test_steps_that_are_no_whole_numbers() -> None:
    found = solve(Formula("100*alpha").tree, "<=", 60, Domain("alpha", Fraction(1, 8), range(1, 17)))
    assert found
    assert list(found.steps) == [step for step in range(1, 17) if Fraction(step, 8) * 100 <= 60]
