"""Hostile texts: whatever is typed, the readers of numbers, sizes and formulas answer or refuse, and never fail otherwise."""

import subprocess
import sys
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from worksheet.errors import WorksheetError, printable
from worksheet.formula import Formula
from worksheet.grading.notation.formulas import formula, read_formula
from worksheet.grading.notation.numbers import read_number
from worksheet.grading.notation.sizes import read_size

SYMBOLS = {"c", "k", "w", "h", "M", "N", "W", "H", "g", "b", "p_w", "s_w", "x_1", "beta_w", "X"}
VALUES = dict.fromkeys(SYMBOLS, 3)
SIGNS = "0123456789+-*/^(){}[],.'=_ x×·−²⌊⌋⌈⌉$#\\ckwhMNWHgbXeEKMGB\n\x00\u2009\u202e\ud800٣७ßſK₁½β"
WORDS = r"000 {,} ** // floor( max( \frac{ }{ \left \lfloor \rfloor \cdot p_w s_{w} x_1 \beta_{w} \text{k} MiB e+07 ^6 (((( ))))"
PIECES = [*SIGNS, *WORDS.split()]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
BOUND = 10_000  # bits


def said(fault: WorksheetError, text: str) -> None:
    """A refusal can be printed, and its column lies in the text."""
    assert printable(str(fault)) == str(fault)
    assert fault.where.column is None or 1 <= fault.where.column <= len(text) + 1


@given(TEXTS, st.booleans())
@example("9" * 400, True)
@example("\ud800", False)
@settings(max_examples=400)
def test_numbers(text: str, suffixes: bool) -> None:
    try:
        number = read_number(text, suffixes=suffixes)
    except WorksheetError as fault:
        said(fault, text)
        return
    assert number.value.numerator.bit_length() <= BOUND
    assert number.is_rounded(number.value)
    assert number.digits


@given(TEXTS)
@settings(max_examples=300)
def test_sizes(text: str) -> None:
    try:
        size = read_size(text)
    except WorksheetError as fault:
        said(fault, text)
        return
    assert 1 <= len(size) <= 8


@given(TEXTS)
@example("\\" * 400)
@example("_" * 400)
@settings(max_examples=400)
def test_formulas(text: str) -> None:
    try:
        read = read_formula(text, SYMBOLS, {"p": "p_w"})
    except WorksheetError as fault:
        said(fault, text)
        return
    for each in read.readings:
        assert set(each.symbols) <= SYMBOLS
        each.show("latex")
        try:
            assert each.at(VALUES).numerator.bit_length() <= BOUND
        except WorksheetError:
            continue


def groupings(value: int) -> list[str]:
    """One number in every style, made here without the reader's tables."""
    threes = f"{value:,}"
    digits = str(value)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    indian = ",".join([*pairs, tail])
    return [
        digits,
        threes,
        indian,
        *(threes.replace(",", sign) for sign in (" ", "'", "_", "\u2009", "{,}")),
        indian.replace(",", "_"),
    ]


@given(st.integers(min_value=0, max_value=10**18))
@settings(max_examples=200)
def test_every_style_of_a_number_is_that_number(value: int) -> None:
    assert {read_number(text).value for text in groupings(value)} == {value}


OPERANDS = st.one_of(st.integers(min_value=0, max_value=99).map(str), st.sampled_from(sorted(SYMBOLS)))
SOURCES = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda part: f"floor({part})"),
        inner.map(lambda part: f"({part})**2"),
    ),
    max_leaves=8,
)


@given(SOURCES)
@settings(max_examples=200)
def test_what_the_house_prints_has_the_same_value_when_read_back(source: str) -> None:
    printed = Formula(source)
    values = {name: 5 + 3 * place for place, name in enumerate(sorted(SYMBOLS))}
    for dialect in ("source", "text", "latex"):
        try:
            wanted = printed.at(values)
        except WorksheetError:
            return
        assert formula(printed.show(dialect), SYMBOLS).at(values) == wanted


def test_the_long_run_starts() -> None:
    """A short run of the program that feeds millions of inputs by hand."""
    program = Path(__file__).resolve().parents[2] / "benchmarks" / "fuzz.py"
    for parser in ("number", "formula"):
        command = [sys.executable, str(program), parser, "--runs", "300", "--plain"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        assert '"inputs": 300' in done.stdout
