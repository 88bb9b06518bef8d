"""Formulas as students write them become the house's formulas; everything else is refused at its column, in bounded time."""

import pytest

from tests.limits import within
from worksheet import Formula, kinds
from worksheet.errors import FormulaError
from worksheet.formula.tree import Call, walk
from worksheet.grading.notation.formulas import formula, read_formula

SYMBOLS = ["c", "k", "w", "h", "M", "N", "W", "H", "g", "b", "n", "p_w", "p_h", "s_w", "s_h", "d_w", "x_1", "x_2", "beta_w"]
ALIASES = {"p": "p_w", "s": "s_w", "d": "d_w"}

READ = {
    "k(cwh+1)": "k*(c*w*h + 1)",
    "k (c w h + 1)": "k*(c*w*h + 1)",
    "2cMN": "2*c*M*N",
    "kcwhWH": "k*c*w*h*W*H",
    "⌊(M-w+2p)/s⌋+1": "floor((M - w + 2*p_w)/s_w) + 1",
    "floor((M - w + 2*p_w)/s_w) + 1": "floor((M - w + 2*p_w)/s_w) + 1",
    "⌈(M−w+2p+1)÷s⌉": "ceil((M - w + 2*p_w + 1)/s_w)",
    "ceil(M/2)": "ceil(M/2)",
    "FLOOR(M/2)": "floor(M/2)",
    "int(M/2)": "floor(M/2)",
    "ceiling(M/2)": "ceil(M/2)",
    "(M-w+2p)//s+1": "floor((M - w + 2*p_w)/s_w) + 1",
    "M//2*3": "floor(M/2)*3",
    "k^2": "k**2",
    "k**2": "k**2",
    "k²": "k**2",
    "w²h": "w**2*h",
    "(w+1)³": "(w + 1)**3",
    "2·c∙M⋅N": "2*c*M*N",
    "c×w": "c*w",
    "[k(c+1)]{2}": "k*(c + 1)*2",
    "k[c{w+1}]": "k*(c*(w + 1))",
    "p_w k": "p_w*k",
    "p_wk": "p_w*k",
    "p_{w}k": "p_w*k",
    "cp_{w}": "c*p_w",
    r"p_{\mathrm{w}}": "p_w",
    "x1 + x2": "x_1 + x_2",
    "x₁": "x_1",
    "beta_w c": "beta_w*c",
    "beta_wc": "beta_w*c",
    "β_w c": "beta_w*c",
    r"\beta_{w}c": "beta_w*c",
    "W = 2k": "2*k",
    "W_out = 2k": "2*k",
    "#params = k(cwh+b)": "k*(c*w*h + b)",
    "= 2k": "2*k",
    "$2k$": "2*k",
    r"\(2k\)": "2*k",
    "23{,}296": "23296",
    "7,30,56,256k": "73056256*k",
    "k(1,234)": "k*1234",
    "max(1,234)": "max(1, 234)",
    "64x(3x11x11+1)": "64*(3*11*11 + 1)",
    "64X3": "64*3",
    "0.5k": "0.5*k",
    "-k+1": "-k + 1",
    "+k": "k",
    "2*-k": "2*(-k)",
    "10^7": "10**7",
    "2^20 k": "2**20*k",
    "min(M, N)": "min(M, N)",
    r"\max\{M, N\}": "max(M, N)",
    r"\left\lfloor\frac{M-w+2p_{w}}{s_{w}}\right\rfloor+1": "floor((M - w + 2*p_w)/s_w) + 1",
    r"\lceil \dfrac{M}{2} \rceil \cdot c \times w \div h": "ceil(M/2)*c*w/h",
    r"k\left(c\,w\,h + 1\right)": "k*(c*w*h + 1)",
    r"\text{k}\,\operatorname{floor}(M/2)": "k*floor(M/2)",
    "k floor(M/2)": "k*floor(M/2)",
    "kfloor(M/2)": "k*floor(M/2)",
    "२k": "2*k",
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_notations(text: str) -> None:
    assert formula(text, SYMBOLS, ALIASES) == Formula.of(formula(text, SYMBOLS, ALIASES).tree)
    assert formula(text, SYMBOLS, ALIASES).source == READ[text]


def test_a_letter_before_a_bracket_is_multiplied_never_called() -> None:
    calls = [node for node in walk(formula("k(cwh+1)", SYMBOLS).tree) if isinstance(node, Call)]
    assert calls == []


def test_the_longest_symbol_is_taken_unless_the_rest_would_be_no_symbol() -> None:
    assert formula("abc", ["ab", "a", "bc", "c"]).source == "ab*c"
    assert formula("abc", ["ab", "a", "bc"]).source == "a*bc"


def test_a_symbol_called_x_is_no_times_sign() -> None:
    assert formula("2x", ["x"]).source == "2*x"
    assert formula("2X + c", ["X", "c"]).source == "2*X + c"
    assert formula("2x(3+c)", ["x", "c"]).source == "2*x*(3 + c)"
    assert formula("2x3", ["x"]).source == "2*3"


def test_an_alias_gives_way_to_a_symbol() -> None:
    assert formula("p", ["p", "p_w"], {"p": "p_w"}).source == "p"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("1/2cM", "1/2*c*M", "1/(2*c*M)"),
        ("M/2w", "M/2*w", "M/(2*w)"),
        ("kc/g·wh", "k*c/g*w*h", None),  # whichever way, the same number
        ("c/g × wh", "c/g*w*h", None),  # as the sheet prints it
        ("(M-w)/s+1", "(M - w)/s_w + 1", None),
        ("M/2(w+1)", "M/2*(w + 1)", "M/(2*(w + 1))"),
    ],
)
def test_division_before_factors_side_by_side_is_ambiguous(text: str, first: str, second: str | None) -> None:
    read = read_formula(text, SYMBOLS, ALIASES)
    assert [each.source for each in read.readings] == [each for each in (first, second) if each]


def test_what_stands_before_the_equals_sign_is_told() -> None:
    read = read_formula("W = k", SYMBOLS)
    assert read.dropped == "W"


REFUSED = {  # the column, and what is said
    "": (1, "found the end"),
    "K(cwh+1)": (1, "'K' is not a symbol"),
    "k(cwq+1)": (5, "'q' is not a symbol"),
    "k(cwh+1": (8, r"expected '\)'"),
    "k(cwh+1]": (8, r"expected '\)'"),
    "k)": (2, "expected an operation or the end"),
    "k k2": (4, "follows another part directly"),
    "2 3": (3, "follows another part directly"),
    "(k)2": (4, "follows another part directly"),
    "k+*c": (3, "expected a number"),
    "k = c = w": (7, "'=' has no place"),
    "k + 1 = c": (7, "'=' has no place"),
    "k__class__": (2, "'_' has no place"),
    "k.real": (2, "'.' has no place"),
    "floor M": (1, "brackets"),
    "kxc": (2, "'x' is not a symbol"),
    "W_{out}": (1, "'W_out' is not a symbol"),
    "k^7": (2, "exponent"),
    "9**9**9": (2, "exponent"),
    "k^(1/2)": (2, "exponent"),
    "k^-1": (2, "exponent"),
    "2^99": (2, "exponent"),
    "factorial(9)": (1, "not a symbol"),
    r"\unicode{<script>}": (1, "not part"),
    r"\input{/etc/passwd}": (1, "not part"),
    r"\frac12": (1, "two parts in braces|takes two parts"),
    "1.234k": (1, "thousand or a decimal"),
    "7,3056,256k": (1, "grouped"),
    "max()": (5, "expected a number"),
    "floor(1, 2)": (1, "takes 1 argument, not 2"),
    "k\x00": (2, "no place"),
    "k\u202ec": (2, "no place"),
    "५3k": (1, "scripts"),
    "⌊M/2⌉": (5, "expected '⌋'"),
    "k!": (2, "no place"),
    "k % 2": (3, "no place"),
    "lambda: 0": (1, "not a symbol"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_at_its_column(text: str) -> None:
    column, says = REFUSED[text]
    with pytest.raises(FormulaError, match=says) as refused:
        formula(text, SYMBOLS, ALIASES)
    if text != r"\frac12":
        assert refused.value.where.column == column
    assert refused.value.where.text == text


def test_hints() -> None:
    with pytest.raises(FormulaError) as refused:
        formula("K(c+1)", SYMBOLS)
    assert "small and capital letters differ" in str(refused.value.hint)
    with pytest.raises(FormulaError) as refused:
        formula("kxc", SYMBOLS)
    assert "between numbers only" in str(refused.value.hint)


def test_the_line_of_a_fault_is_the_one_that_was_typed() -> None:
    with pytest.raises(FormulaError) as refused:
        formula("k +\n  q", SYMBOLS)
    assert (refused.value.where.line, refused.value.where.column, refused.value.where.text) == (2, 3, "  q")


@pytest.mark.parametrize(
    "text",
    [
        "k" * 401,
        "k+" * 150 + "k",
        "(" * 41 + "k" + ")" * 41,
        "-" * 100 + "k",
        "2^2^2^2^2^2^2",
        "9" * 31,
        "floor(" * 60,
        "k^" * 199 + "k",
    ],
)
def test_bounds(text: str) -> None:
    with within(0.5), pytest.raises(FormulaError):
        formula(text, SYMBOLS)


def test_nested_powers_are_bounded_when_they_are_worked_out() -> None:
    big = formula("((((9^6)^6)^6)^6)^6", [])
    with pytest.raises(FormulaError, match="too large"):
        big.at({})


@pytest.mark.parametrize("name", ["Conv2d", "MaxPool2d", "Linear", "BatchNorm", "LSTM", "ConvTranspose2d"])
@pytest.mark.parametrize("dialect", ["text", "latex", "source"])
def test_what_the_sheet_prints_is_read_back(name: str, dialect: str) -> None:
    kind = kinds()[name]
    for text in (*kind.counts.values(), *(size.formula for size in kind.sizes)):
        printed = kind.formula(text)
        read = read_formula(printed.show(dialect), printed.symbols)
        values = {symbol: 7 + 2 * place for place, symbol in enumerate(printed.symbols)}
        assert read.formula.at(values) == printed.at(values)
        assert not read.alternatives


@pytest.mark.parametrize(
    ("text", "source", "value"),
    [
        ("k(cwh+1)=23296", "k*(c*w*h + 1)", 23296),
        ("2cM = 401408", "2*c*M", 401408),
        ("ckwh = 23,296", "c*k*w*h", 23296),
        ("params = k(cwh+1) = 64(3*11*11+1) = 23296", "k*(c*w*h + 1)", 23296),
        ("k(cwh+1) = kcwh + k = 5", "k*(c*w*h + 1)", 5),
        ("k(cwh+1) = kcwh + k", "k*(c*w*h + 1)", None),
        ("params = 7", "7", None),
        ("k(cwh+1)", "k*(c*w*h + 1)", None),
    ],
)
def test_a_formula_with_its_value_is_both(text: str, source: str, value: int | None) -> None:
    read = read_formula(text, SYMBOLS, ALIASES)
    assert (read.formula.source, read.value) == (source, value)


@pytest.mark.parametrize("text", ["k(c+1) = kc+1", "k = c = w = M = k = c = w", "k(c+1) ==", "k(c+1) ="])
def test_sides_that_are_no_one_formula_are_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        read_formula(text, SYMBOLS, ALIASES)
