"""What a formula may hold, and how everything else is refused: at once, with position and reason."""

import pytest

from tests.limits import within
from worksheet import Formula, WorksheetError

READS = [
    "1",
    "k",
    "p_w",
    "alpha*b_1",
    "k*(c*w*h + 1)",
    "floor((M - w + 2*p)/s) + 1",
    "max(a, b, 3) - min(a, b)",
    "2**n",
    "-x",
    "a/b/c",
]


@pytest.mark.parametrize("text", READS)
def test_reads(text: str) -> None:
    assert Formula(text).source.replace(" ", "") == text.replace(" ", "")


REFUSED = [  # text, column of the fault, part of the reason
    ("", 1, "found the end"),
    ("k +", 4, "found the end"),
    ("k(c + 1)", 1, "not a function"),
    ("2 c", 3, "expected an operation"),
    ("2cMN", 2, "expected an operation"),
    ("(a", 3, "close the parenthesis"),
    ("a)", 2, "expected an operation"),
    ("a.b", 2, "no place"),
    ("a.__class__", 2, "no place"),
    ("__import__", 1, "cannot name"),
    ("__import__('os')", 12, "no place"),
    ("(lambda: 0)()", 8, "no place"),
    ("a[0]", 2, "no place"),
    ("{a}", 1, "no place"),
    ("a = b", 3, "no place"),
    ("1.5", 2, "no place"),
    ("1e5", 2, "expected an operation"),
    ("0x10", 2, "expected an operation"),
    ("1_000", 2, "expected an operation"),
    ("a ^ b", 3, "no place"),
    ("a × b", 3, "no place"),
    ("a ≤ b", 3, "no place"),
    ("a // b", 4, "expected a number"),
    ("a_", 1, "cannot name"),
    ("a__b", 1, "cannot name"),
    ("_a", 1, "cannot name"),
    ("ａ", 1, "no place"),
    ("٣", 1, "no place"),
    ("floor", 1, "parentheses"),
    ("floor()", 7, "expected a number"),
    ("floor(a, b)", 1, "one argument"),
    ("gcd(a)", 1, "2 arguments"),
    ("gcd", 1, "parentheses"),
    ("eval(a)", 1, "not a function"),
    ("sqrt(a)", 1, "not a function"),
    ("9**9**9", 2, "exponent"),
    ("2**9999999", 2, "exponent"),
    ("2**(n + 1)", 2, "exponent"),
    ("2**-1", 2, "exponent"),
    ("1" * 31, 1, "31 digits"),
    ("(" * 60 + "a" + ")" * 60, 51, "50 deep"),
    ("-" * 60 + "a", 51, "50 deep"),
    ("a" + "+a" * 200, 401, "more than 400"),
    ("a\x00b", 2, "no place"),
    ("a # b", 3, "no place"),
]


@pytest.mark.parametrize(("text", "column", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_refuses(text: str, column: int, reason: str) -> None:
    with pytest.raises(WorksheetError, match=reason) as caught:
        Formula(text)
    assert caught.value.where.column == column


HOSTILE = [
    "x" * 10_000_000,
    "(" * 10_000_000,
    "9**" * 3_000_000,
    "a+" * 900,
    "((((9**64)**64)**64)**64)**64",
    "-" * 1999,
    "((" * 999,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_end_fast(text: str) -> None:
    with within(1), pytest.raises(WorksheetError):
        Formula(text).evaluate()


@pytest.mark.parametrize("thing", [None, 3, b"k", ["k"], object()])
def test_only_texts_are_formulas(thing: object) -> None:
    with pytest.raises(WorksheetError, match="a formula is a text"):
        Formula(thing)  # type: ignore[arg-type]


def test_a_fault_in_a_later_line_is_shown_there() -> None:
    with pytest.raises(WorksheetError) as caught:
        Formula("a +\nb $ c")
    assert (caught.value.where.line, caught.value.where.column) == (2, 3)
    assert str(caught.value).splitlines()[1:] == ["  2 | b $ c", "    |   ^"]


@pytest.mark.parametrize(
    "text",
    ["a/(" * 40 + "a" + ")" * 40, "2*(1 + " * 40 + "a" + ")" * 40, "(1 + 2*a)*" * 40 + "a", "floor(" * 45 + "a" + ")" * 45],
)
@pytest.mark.parametrize("dialect", ["latex", "text", "mathml"])
def test_nested_formulas_print_fast(text: str, dialect: str) -> None:
    with within(1):
        Formula(text).show(dialect, {"a": 3})
        Formula(text).given(a=1)


def test_the_longest_chain_prints_and_evaluates() -> None:
    f = Formula("+".join("a" * 200))
    assert f.evaluate(a=3) == 600
    assert f.show("text", {"a": 3}).count("3") == 200
    assert str(f.expr) == "200*a"
