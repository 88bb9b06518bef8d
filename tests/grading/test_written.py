"""Exact answers in every accepted notation are read back as that value, and hostile texts stay bounded.

The texts are made here, without the reader's tables.
"""

import time
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import worksheet as ws
from tests.grading.test_fuzz import TEXTS
from tests.grading.typing_styles import COUNTS
from tests.limits import slowness
from tests.sheet_facts import EXAMPLES
from worksheet.errors import printable
from worksheet.grading.notation.understanding import Understanding, Understood
from worksheet.grading.paper.cells import Cell, Key, Value
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy, Tolerance

NOUNS = {
    "params": [
        "params",
        "parameters",
        "Parameters",
        "trainable parameters",
        "weights",
        "Parameter",
        "paramètres",
        "parámetros",
        "个参数",
    ],
    "flops": ["FLOPs", "flops", "FLOP", "operations", "ops", "floating-point operations", "Operationen", "opérations", "次运算"],
}
TENS = {3: ["k", "K", " thousand"], 5: [" lakh"], 6: ["M", " M", " million", " Mio."], 7: [" crore"], 9: ["G", " billion"]}
POWERS = ["e{}", "E+{:02}", "E+{}", "×10^{}", " x 10^{}", "*10**{}", r"\times 10^{{{}}}", " · 10^{}"]
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MARKS = ["{}", " {} ", "**{}**", "`{}`", "<b>{}</b>", "'{}", '"{}"', "${}$", "__{}__", "<strong>{}</strong>"]
BEFORE = ["", "", "≈ ", "~", "= ", "+"]
CORRECTED = [
    "{old} -> {new}",
    "{old} → {new}",
    "~~{old}~~ {new}",
    "<del>{old}</del> {new}",
    "{old} ⇒ {new}",
    r"\sout{{{old}}} {new}",
]


@cache
def cell(row: int, column: str) -> Cell:
    maker = PaperMaker(ws.convention("ai61002"), Ask({"*": ("output", "params", "flops")}))
    return maker.paper(ws.read(EXAMPLES / "ai61002.sheet")).cells[row, column]


def understood(key: Key, truth: Value, text: str, *, rounded: bool = False) -> Understood:
    policy = Policy(tolerance={key[1]: Tolerance(rounded=True)} if rounded else {})
    asked = replace(cell(*key), truth=truth)  # type: ignore[arg-type]
    return Understanding(policy).of(asked, text)


def shifted(value: int, power: int, *, short: bool) -> str:
    """The value over a power of ten, exactly: all its decimals, or without the zeros at the end."""
    whole, decimals = divmod(value, 10**power)
    digits = f"{decimals:0{power}}"
    digits = digits.rstrip("0") if short else digits
    return f"{whole}.{digits}" if digits else str(whole)


@st.composite
def numerals(draw: st.DrawFn, value: int) -> str:
    """One way to write a number without words."""
    kind = draw(st.sampled_from(["grouped", "suffix", "power", "superscript"]))
    if kind == "grouped" or not value:
        return COUNTS[draw(st.sampled_from(sorted(COUNTS)))](str(value))
    if kind == "suffix":
        power = draw(st.sampled_from(sorted(TENS)))
        return shifted(value, power, short=draw(st.booleans())) + draw(st.sampled_from(TENS[power]))
    power = len(str(value)) - 1
    mantissa = shifted(value, power, short=draw(st.booleans())) if power else str(value)
    if kind == "superscript":
        return f"{mantissa}×10{str(power).translate(SUPERSCRIPTS)}"
    return mantissa + draw(st.sampled_from(POWERS)).format(power)


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, int, str, bool]:
    """A column, a value, a text that says it, and whether an earlier answer was taken back."""
    column = draw(st.sampled_from(sorted(NOUNS)))
    value = draw(st.one_of(st.integers(0, 3_000), st.integers(0, 10**11)))
    noun = draw(st.sampled_from(NOUNS[column]))
    numeral = draw(numerals(value))
    bare = draw(st.sampled_from(BEFORE)) + numeral
    text = draw(st.sampled_from([bare, f"{bare} {noun}", f"{bare} ({noun})", f"{noun}: {numeral}", f"{noun} = {numeral}"]))
    text = draw(st.sampled_from(MARKS)).format(text)
    corrected = draw(st.booleans())
    if corrected:
        text = draw(st.sampled_from(CORRECTED)).format(old=draw(st.integers(2, 10**6)), new=text)
    return column, value, text, corrected


@given(answers(), st.booleans())
@settings(max_examples=600, deadline=None)
def test_an_exact_number_in_every_notation_is_that_number(answer: tuple[str, int, str, bool], rounded: bool) -> None:
    column, value, text, corrected = answer
    found = understood((1, column), (value,), text, rounded=rounded)
    if rounded and found.value is None:
        assert "may mean" in found.says  # 1.234 may be a decimal number where figures are rounded
        return
    assert found.value == (value,), found.says
    assert found.flags == (("corrected",) if corrected else ())


CROSSES = ["x", " x ", "X", "×", " × ", "*", " * ", "·", "⋅", "•", "∗", "✕", "⨯", r"\times ", r" \cdot ", " by ", "@"]
LABELS = ["C={0}, H={1}, W={2}", "W={2}, H={1}, C={0}", "channels: {0}; height: {1}; width: {2}", "(C = {0}, H = {1}, W = {2})"]
LISTS = ["({0}, {1}, {2})", "[{0},{1},{2}]", "{0}, {1}, {2}", "[{0} {1} {2}]", "{0} {1} {2}", "({0},{1},{2},)", "{0};{1};{2}"]
BATCHED = [
    "[1, {0}, {1}, {2}]", "[-1, {0}, {1}, {2}]", "(None, {0}, {1}, {2})", "(N, {0}, {1}, {2})", "torch.Size([1, {0}, {1}, {2}])",
    "(?, {0}, {1}, {2})", "N x {0} x {1} x {2}", "(batch, {0}, {1}, {2})",
]  # fmt: skip
SQUARED = ["({0}){3}({1}){3}({2})", "{0}{3}({1}{3}{2})", "({0}{3}{1}{3}{2})", "{0}{3}{1}{3}{2} = {4}", "CxHxW = {0}{3}{1}{3}{2}"]


@given(
    st.tuples(st.integers(1, 4096), st.integers(1, 300), st.integers(1, 300)),
    st.sampled_from([*LABELS, *LISTS, *BATCHED, *SQUARED]),
    st.sampled_from(CROSSES),
    st.sampled_from(MARKS),
)
@settings(max_examples=400, deadline=None)
def test_a_size_in_every_notation_is_that_size(size: tuple[int, int, int], form: str, cross: str, mark: str) -> None:
    channels, height, width = size
    text = mark.format(form.format(channels, height, width, cross, channels * height * width))
    assert understood((1, "output"), size, text).value == size


@given(st.integers(2, 4096), st.integers(1, 300), st.sampled_from(BATCHED + LISTS + ["{0}x{1}x{2}"]))
@settings(max_examples=200, deadline=None)
def test_channels_may_come_last(channels: int, side: int, form: str) -> None:
    found = understood((1, "output"), (channels, side, side), form.format(side, side, channels))
    assert found.value == (channels, side, side)
    assert found.flags == (("order-of-axes",) if channels != side else ())


@given(TEXTS, st.sampled_from([(1, "params"), (1, "flops"), (1, "output"), (15, "output")]), st.booleans())
@example("~~" * 200, (1, "params"), False)
@example("<s>" * 130, (1, "params"), False)
@example("(" * 200 + "1" + ")" * 199, (1, "output"), False)
@example("->" * 200, (1, "output"), False)
@example("no " * 130, (1, "params"), False)
@example("[1,1]x" * 66, (1, "output"), False)
@example("a=1," * 100, (1, "output"), False)
@example("9.9e99 M params", (1, "params"), True)
@settings(max_examples=400, deadline=None)
def test_hostile_texts_are_answered_or_refused(text: str, key: Key, rounded: bool) -> None:
    found = understood(key, (64, 56, 56) if key == (1, "output") else (4096,), text, rounded=rounded)
    assert found.value is not None or found.says or not text.strip()
    assert printable(found.says) == found.says
    for value in (*(found.value or ()), *(found.meant or ())):
        assert value.numerator.bit_length() <= 10_000


SLOW = "~~ ** <s> <b no_params_ (1x 1. a=1, 1_x_ - -> sout{ 1e =1 9M_ ` *1 1/ 1- (((( ((1) 1x(1 [1,1]x"


@pytest.mark.parametrize("piece", SLOW.split())
def test_a_long_text_takes_no_time(piece: str) -> None:
    text = (piece.replace("_", " ") * 4000)[:4000]
    began = time.perf_counter()
    for length in (400, 1000, 4000):
        for key in ((1, "params"), (1, "output")):
            understood(key, (64, 56, 56), text[:length])
    assert time.perf_counter() - began < 0.5 * slowness()
