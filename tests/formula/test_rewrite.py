"""Facts fold without residue; renaming and inlining keep the author's order; brackets go where they are idle."""

import pytest

from worksheet import Formula, WorksheetError

GIVEN = [
    ("k*(c*w*h + b)", {"b": 1}, "k*(c*w*h + 1)"),
    ("k*(c*w*h + b)", {"b": 0}, "k*c*w*h"),
    ("(c*w*h - 1 + b)*k", {"b": 1}, "c*w*h*k"),
    ("(c*w*h - 1 + b)*k", {"b": 0}, "(c*w*h - 1)*k"),
    ("M - d*(w - 1) - 1 + 2*p", {"d": 1}, "M - w + 2*p"),
    ("M - d*(w - 1) - 1 + 2*p", {"d": 2}, "M - 2*(w - 1) - 1 + 2*p"),
    ("M - d*(w - 1) - 1 + 2*p", {"p": 0}, "M - d*(w - 1) - 1"),
    ("c/g*w*h", {"g": 1}, "c*w*h"),
    ("c/g*w*h", {"c": 0}, "0"),
    ("floor((M - w)/s) + 1", {"s": 1}, "M - w + 1"),
    ("floor((M - w)/s) + 1", {"M": 7, "w": 2, "s": 2}, "3"),
    ("n**e", {"e": 1}, "n"),
    ("n**e", {"e": 0}, "1"),
    ("n**e*k", {"n": 3, "e": 4}, "81*k"),
    ("a - b", {"a": 0}, "-b"),
    ("a*b", {"a": -1}, "-b"),
    ("k + a", {"a": -2}, "k - 2"),
    ("k - a", {"a": -2}, "k + 2"),
    ("a - x + b", {"b": 3}, "a - x + 3"),
    ("x - x*a", {"a": 1}, "0"),
    ("k/a", {"a": 2}, "k/2"),
    ("max(a, b)", {"a": 1, "b": 4}, "4"),
    ("2*3*b", {"b": 1}, "6"),
    ("k*(c + 1)", {"z": 1}, "k*(c + 1)"),
]


@pytest.mark.parametrize(("source", "facts", "expected"), GIVEN)
def test_given(source: str, facts: dict[str, int], expected: str) -> None:
    folded = Formula(source).given(**facts)
    assert folded.source == expected
    values = dict.fromkeys(Formula(source).symbols, 3) | facts
    assert folded.evaluate(**values) == Formula(source).evaluate(**values)


def test_what_is_not_touched_stays_as_the_author_wrote_it() -> None:
    assert Formula("1*k*(c + 0) + b").given(b=2).source == "1*k*(c + 0) + 2"


def test_given_takes_whole_numbers_only() -> None:
    with pytest.raises(WorksheetError, match="whole number"):
        Formula("k").given(k=1.5)  # type: ignore[arg-type]
    with pytest.raises(WorksheetError, match="division by zero"):
        Formula("k/g").given(g=0)


def test_renamed() -> None:
    assert Formula("c*w*h/w").renamed(w="h", h="w").source == "c*h*w/h"
    assert Formula("1*c + 0").renamed(c="d").source == "1*d + 0"
    assert Formula("c", {"c": 1}).renamed(c="d").least == {"d": 1}
    with pytest.raises(WorksheetError, match="cannot name"):
        Formula("c").renamed(c="2c")


def test_inlined() -> None:
    f = Formula("k*(c + b)*W").inlined(W="floor((M - w)/s) + 1")
    assert f.source == "k*(c + b)*(floor((M - w)/s) + 1)"
    assert Formula("a + W").inlined(W="b - c").source == "a + b - c"
    assert Formula("a - W").inlined(W="b - c").source == "a - b + c"
    assert Formula("a*W").inlined(W="b*c").source == "a*b*c"
    assert Formula("a/W").inlined(W="b*c").source == "a/(b*c)"


def test_inlining_is_bounded() -> None:
    f = Formula("x" + "+x" * 99)
    with pytest.raises(WorksheetError, match="grows beyond"):
        f.inlined(x=f)


def test_brackets_go_where_the_division_is_exact() -> None:
    f = Formula("(floor((M - w)/s) + 1)*(floor((N - w)/s) + 1)")
    assert f.settled({"M": 5, "N": 6, "w": 1, "s": 2}).source == "((M - w)/s + 1)*(floor((N - w)/s) + 1)"
    assert f.settled({"M": 6, "N": 6, "w": 1, "s": 2}) is f
    assert f.unrounded().source == "((M - w)/s + 1)*((N - w)/s + 1)"
    assert f.rounds()
    assert not f.unrounded().rounds()


def test_the_stage_between_substitution_and_value() -> None:
    f = Formula("floor((M - w + 2*p)/s) + 1").quotients({"M": 224, "w": 11, "p": 2, "s": 4})
    assert f.show() == "⌊54.25⌋ + 1"
    assert Formula("ceil(a/b)").quotients({"a": 1, "b": 3}).show("latex") == r"\left\lceil \frac{1}{3} \right\rceil"


def test_a_fold_that_could_not_be_read_back_is_left_alone() -> None:
    """(2155^3)^3 has 31 digits, one more than the parser reads."""
    folded = Formula("((k + 2155)**3)**3").given(k=0)
    assert Formula(folded.source) == folded
    assert folded.evaluate() == 2155**9
