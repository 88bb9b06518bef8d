"""Thousands of random formulas: print and parse are inverse; text, compiled value and sympy agree."""

import re
from fractions import Fraction
from math import ceil, floor

import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from worksheet import Formula, WorksheetError
from worksheet.formula.dialects import DIALECTS
from worksheet.formula.tree import Call, Name, Negative, Node, Number, Operation

NAMES = ["k", "c", "w", "h", "p_w", "s_h", "M", "alpha"]
# A slow machine is not a fault of the formulas.
CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
MANY = settings(max_examples=2000, suppress_health_check=CALM)


def larger(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), children, children),
        st.builds(Operation, st.just("**"), children, st.builds(Number, st.integers(0, 3))),
        st.builds(Negative, children),
        st.builds(Call, st.sampled_from(["floor", "ceil"]), st.tuples(children)),
        st.builds(Call, st.sampled_from(["max", "min"]), st.tuples(children, children)),
    )


LEAVES = st.one_of(st.builds(Name, st.sampled_from(NAMES)), st.builds(Number, st.integers(0, 20_000)))
TREES = st.recursive(LEAVES, larger, max_leaves=12)
VALUES = st.fixed_dictionaries({name: st.integers(-3, 300) for name in NAMES})


def value(formula: Formula, values: dict[str, int]) -> int | Fraction:
    try:
        return formula.evaluate(**values)
    except WorksheetError:
        assume(False)
        raise


@MANY
@given(TREES)
def test_print_then_parse_is_the_identity(tree: Node) -> None:
    formula = Formula.of(tree)
    assume(len(formula.source) < 1500)
    assert Formula(formula.source).tree == tree


@MANY
@given(TREES, VALUES)
def test_sympy_agrees_with_the_compiled_value(tree: Node, values: dict[str, int]) -> None:
    formula = Formula.of(tree)
    exact = value(formula, values)
    try:
        expr = formula.expr
    except WorksheetError:  # sympy works constants out first and meets a division by zero that the numbers may miss
        assume(False)
        raise
    substituted = expr.subs({symbol: values[symbol.name] for symbol in expr.free_symbols})
    assert substituted.doit() == sympy.Rational(exact.numerator, exact.denominator)


def python(text: str) -> str:
    """A substituted text as Python arithmetic, by rules that know nothing of the printer."""
    for shown, code in (("−", "-"), ("×", "*"), ("⌊", "floor("), ("⌋", ")"), ("⌈", "ceil("), ("⌉", ")"), ("^", "**")):
        text = text.replace(shown, code)
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")), text)
    text = re.sub(r"(?<=[\d)])(?=(?:\(|floor|ceil|max|min))", "*", text)
    text = re.sub(r"(?<=\))(?=\d)", "*", text)
    return re.sub(r"\d+", lambda m: f"F({m[0]})", text)


@MANY
@given(TREES, VALUES)
def test_substituted_text_agrees_with_the_compiled_value(tree: Node, values: dict[str, int]) -> None:
    formula = Formula.of(tree)
    exact = value(formula, values)
    text = python(formula.show("text", values))
    names = {"F": Fraction, "floor": lambda x: Fraction(floor(x)), "ceil": lambda x: Fraction(ceil(x)), "max": max, "min": min}
    assert eval(text, {"__builtins__": {}}, names) == exact  # the printer's own text, of numbers only


@MANY
@given(TREES, st.dictionaries(st.sampled_from(NAMES), st.integers(-2, 3)), VALUES)
def test_folding_facts_keeps_the_value(tree: Node, facts: dict[str, int], values: dict[str, int]) -> None:
    formula = Formula.of(tree)
    exact = value(formula, values | facts)
    folded = formula.given(**facts)
    assert folded.evaluate(**values) == exact
    assert not set(folded.symbols) & set(facts)
    assert Formula(folded.source) == folded


@MANY
@given(TREES, VALUES)
def test_settled_brackets_keep_the_value(tree: Node, values: dict[str, int]) -> None:
    formula = Formula.of(tree)
    exact = value(formula, values)
    assert formula.settled(values).evaluate(**values) == exact


@MANY
@given(TREES, VALUES)
def test_every_dialect_prints_balanced_brackets(tree: Node, values: dict[str, int]) -> None:
    formula = Formula.of(tree)
    for dialect in DIALECTS:
        for numbers in (None, values):
            text = formula.show(dialect, numbers, "en_IN")
            assert text.count("(") == text.count(")")
            assert text.count("{") == text.count("}")
            assert "\x00" not in text


@settings(max_examples=3000, suppress_health_check=CALM)
@given(st.text(alphabet="kcw_(),+-*/ 0123456789.^[]{}'\"=xfloremaxin\\\n\x00²", max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        formula = Formula(text)
    except WorksheetError as fault:
        assert fault.message
        assert fault.where.column is not None
    else:
        assert Formula(formula.source) == formula
