"""Like terms are added up: the same value everywhere, no two like terms left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worksheet.formula import Formula
from worksheet.formula.collect import collected

FACTORS = st.sampled_from(["a", "b", "c", "2", "3", "a**2", "(a + b)", "floor(a/2)", "b**3"])
TERMS = st.lists(FACTORS, min_size=1, max_size=4).map("*".join)
SUMS = st.lists(st.tuples(st.sampled_from("+-"), TERMS), min_size=1, max_size=8)


@given(SUMS, st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_the_value_stays(parts: list[tuple[str, str]], a: int, b: int, c: int) -> None:
    text = "0" + "".join(f" {sign} {term}" for sign, term in parts)
    formula, values = Formula(text), {"a": a, "b": b, "c": c}
    assert collected(formula).at(values) == formula.at(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4*n**2 + 2*n**2 + 2*n**2 + n*f + f*n + 3*n", "8*n**2 + 2*n*f + 3*n"),
        ("n - n", "0"),
        ("n - 2*n", "-n"),
        ("b - a - 3*b + 4*a", "3*a - 2*b"),
        ("2*(n + b)*f + f*(n + b)", "3*(n + b)*f"),
        ("a + b", "a + b"),
        ("k*(c*w*h + 1)", "k*(c*w*h + 1)"),
        ("a + 2 + b + 3", "a + 5 + b"),
    ],
)
def test_by_hand(text: str, expected: str) -> None:
    assert collected(Formula(text)).source == expected


def test_once_is_enough() -> None:
    once = collected(Formula("a*b + b*a - c + 2*a*b + c*c + c**2"))
    assert once.source == collected(once).source == "4*a*b - c + 2*c*c"
