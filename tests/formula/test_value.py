"""The value is exact, and the sympy expression is the same formula."""

from fractions import Fraction

import pytest
import sympy

from worksheet import Formula, WorksheetError

CONV = "k*(c*w*h + 1)*(floor((M - w + 2*p_w)/s_w) + 1)*(floor((N - h + 2*p_h)/s_h) + 1)"
FIRST = {"M": 227, "N": 227, "c": 3, "w": 11, "h": 11, "k": 64, "p_w": 2, "p_h": 2, "s_w": 4, "s_h": 4}


def test_first_layer_of_the_sheet() -> None:
    assert Formula(CONV).evaluate(**FIRST) == 73_056_256


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        ("a/b", {"a": 1, "b": 3}, Fraction(1, 3)),
        ("a/b", {"a": 6, "b": 3}, 2),
        ("a/b*b", {"a": 1, "b": 3}, 1),
        ("a/(b/c)", {"a": 3, "b": 3, "c": 4}, 4),
        ("floor(a/b)", {"a": -7, "b": 2}, -4),
        ("ceil(a/b)", {"a": -7, "b": 2}, -3),
        ("ceil(a/b) - floor(a/b)", {"a": 7, "b": 2}, 1),
        ("max(a, b) + min(a, b) + max(a)", {"a": 2, "b": 9}, 13),
        ("a + b - gcd(a, b)", {"a": 12, "b": 8}, 16),
        ("gcd(a/2, b)", {"a": 12, "b": 4}, 2),
        ("-a**2", {"a": 3}, -9),
        ("(-a)**2", {"a": 3}, 9),
        ("2**n", {"n": 40}, 2**40),
        ("a - b - c", {"a": 1, "b": 2, "c": 3}, -4),
        ("10**30 + a", {"a": 1}, 10**30 + 1),
    ],
)
def test_exact(text: str, values: dict[str, int], value: object) -> None:
    got = Formula(text).evaluate(**values)
    assert got == value
    assert type(got) is type(value)


def test_a_common_divisor_stays_in_sympy_until_its_numbers_are_known() -> None:
    formula = Formula("M + W - gcd(M, W)", {"M": 1, "W": 1})
    m, w = sympy.symbols("M W", integer=True, positive=True)
    assert formula.expr.has(sympy.Function)
    assert formula.expr.subs({m: 12, w: 8}) == 16
    with pytest.raises(WorksheetError, match="gcd takes whole numbers, not 3/2 and 4"):
        Formula("gcd(a/2, b)").evaluate(a=3, b=4)


def test_further_names_may_be_given() -> None:
    assert Formula("n + 1").evaluate(n=1, k=7) == 2


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("a + b", {"a": 1}, "no value for b"),
        ("a", {"a": 1.0}, "not a whole number"),
        ("a", {"a": True}, "not a whole number"),
        ("a", {"a": "1"}, "not a whole number"),
        ("1/a", {"a": 0}, "division by zero"),
        ("2**n", {"n": -1}, "exponent"),
        ("2**n", {"n": 10**9}, "exponent"),
        ("a**n", {"a": 10**300, "n": 4000}, "too large"),
        ("*".join(["a"] * 100), {"a": 10**300}, "too large"),
        ("a", {"a": 10**5000}, "too large"),
    ],
)
def test_no_value(text: str, values: dict[str, object], reason: str) -> None:
    with pytest.raises(WorksheetError, match=reason):
        Formula(text).evaluate(**values)  # type: ignore[arg-type]


def test_sympy_takes_a_formula_as_it_is() -> None:
    f = Formula("(n + 1)*k", {"n": 1, "k": 1})
    n, k = sorted(f.expr.free_symbols, key=str, reverse=True)
    assert sympy.sympify(f) == f.expr == (n + 1) * k
    assert sympy.expand(f.expr) == k * n + k
    assert sympy.latex(f) == "(n + 1) k"
    assert sympy.solve(sympy.Eq(f, 20 * k), n) == [19]


def test_domains_reach_sympy() -> None:
    f = Formula("w + p + x", {"w": 1, "p": 0})
    facts = {s.name: (s.is_integer, s.is_positive, s.is_nonnegative) for s in f.expr.free_symbols}
    assert facts == {"w": (True, True, True), "p": (True, None, True), "x": (True, None, None)}


def test_sympy_knows_that_the_floor_of_a_whole_number_is_idle() -> None:
    assert Formula("floor(M - w)").expr == Formula("M - w").expr


def test_any_symbol_may_be_called_what_it_likes() -> None:
    f = Formula("self*dialect + values")
    assert f.evaluate(self=2, dialect=3, values=4) == 10
    assert f.given(self=1).renamed(values="facts").inlined(dialect="a").source == "a + facts"


def test_only_numbers_are_put_in() -> None:
    for wrong in (1.5, "1", None, True):
        with pytest.raises(WorksheetError, match="not a whole number"):
            Formula("k").show("text", {"k": wrong})  # type: ignore[dict-item]


def test_formulas_travel_between_processes() -> None:
    import pickle

    f = Formula("floor((M - w)/s) + 1", {"M": 1})
    f.evaluate(M=5, w=1, s=3)
    again = pickle.loads(pickle.dumps(f))
    assert again == f
    assert again.least == {"M": 1}
    assert hash(again) == hash(f)
    assert len({f, again}) == 1
