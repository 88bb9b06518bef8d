"""How formulas print: the author's order, no needless parentheses, numbers as a person puts them in."""

import pytest

from worksheet import Formula, WorksheetError
from worksheet.writers.line_breaks import lines

VALUES = {"M": 227, "N": 224, "c": 3, "w": 11, "h": 11, "k": 64, "p_w": 2, "s_w": 4, "n": 9216, "g": 2, "d": 2, "a": -3}

TEXT = [  # source, with symbols, with numbers
    ("(c*w*h + 1)*k", "(cwh + 1)k", "((3 × 11 × 11) + 1) × 64"),
    ("k*(c*w*h + 1)", "k(cwh + 1)", "64 × ((3 × 11 × 11) + 1)"),
    ("(M - w + 2*p_w)/s_w + 1", "(M − w + 2p_w)/s_w + 1", "(227 − 11 + 2(2))/4 + 1"),
    ("floor((M - w)/s_w) + 1", "⌊(M − w)/s_w⌋ + 1", "⌊(227 − 11)/4⌋ + 1"),
    ("2*c*M*N", "2cMN", "2 × 3 × 227 × 224"),
    ("c*(w*h - 1)", "c(wh − 1)", "3 × ((11 × 11) − 1)"),
    ("(n + 1)*k", "(n + 1)k", "(9216 + 1) × 64"),
    ("M - d*(w - 1) - 1", "M − d(w − 1) − 1", "227 − 2 × (11 − 1) − 1"),
    ("c/g*w*h", "c/g × wh", "3/2 × 11 × 11"),
    ("p_w*k", "p_w × k", "2 × 64"),
    ("M - (w - h)", "M − (w − h)", "227 − (11 − 11)"),
    ("M/(w*h)", "M/(wh)", "227/(11 × 11)"),
    ("M/w/h", "M/w/h", "227/11/11"),
    ("w**2*h", "w² × h", "11² × 11"),
    ("(w + h)**2", "(w + h)²", "(11 + 11)²"),
    ("2**n", "2^n", "2^9216"),
    ("a + 1", "a + 1", "(−3) + 1"),
    ("1 - a", "1 − a", "1 − (−3)"),
    ("a**2", "a²", "(−3)²"),
    ("-w", "−w", "−11"),
    ("max(M, N)*c", "max(M, N)c", "max(227, 224) × 3"),
    ("M + w - gcd(M, w)", "M + w − gcd(M, w)", "227 + 11 − gcd(227, 11)"),
    ("alpha*beta_1", "αβ_1", "αβ_1"),
    ("macs*k + weights", "macs × k + weights", "macs × 64 + weights"),
]


@pytest.mark.parametrize(("source", "symbols", "numbers"), TEXT)
def test_text(source: str, symbols: str, numbers: str) -> None:
    f = Formula(source)
    assert f.show() == symbols
    assert f.show("text", VALUES) == numbers


DIALECTS = [
    ("latex", r"k (c w h + 1) \left(\left\lfloor \frac{M - w + 2 p_{w}}{s_{w}} \right\rfloor + 1\right)"),
    ("typst", "k (c w h + 1) (floor(frac(M - w + 2 p_(w), s_(w))) + 1)"),
    ("text", "k(cwh + 1)(⌊(M − w + 2p_w)/s_w⌋ + 1)"),
    (
        "words",
        "k times (c times w times h plus 1) times (the floor of ((M minus w plus 2 times p sub w) divided by s sub w) plus 1)",
    ),
    ("source", "k*(c*w*h + 1)*(floor((M - w + 2*p_w)/s_w) + 1)"),
]


@pytest.mark.parametrize(("dialect", "text"), DIALECTS)
def test_dialects(dialect: str, text: str) -> None:
    assert Formula("k*(c*w*h + 1)*(floor((M - w + 2*p_w)/s_w) + 1)").show(dialect) == text


def test_mathml_is_well_formed_and_says_every_symbol() -> None:
    from xml.etree import ElementTree

    xml = ElementTree.fromstring(f"<math>{Formula('k*(c/g + alpha_1)**2').show('mathml')}</math>")
    assert [e.text for e in xml.iter() if e.tag in ("mi", "mn")] == ["k", "c", "g", "α", "1", "2"]
    assert xml.find("msup/mrow/mrow/mfrac") is not None


def test_words_have_no_place_in_an_unknown_dialect() -> None:
    with pytest.raises(WorksheetError, match="unknown dialect 'latx'") as caught:
        Formula("k").show("latx")
    assert caught.value.hint == "did you mean latex?"


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("latex", r"\frac{25{,}088 + 1}{2}"),
        ("typst", 'frac("25,088" + 1, 2)'),
        ("text", "(25,088 + 1)/2"),
        ("mathml", "<mfrac><mrow><mn>25,088</mn>"),
    ],
)
def test_grouped_numbers_do_not_split_arguments(dialect: str, text: str) -> None:
    assert Formula("(n + 1)/g").show(dialect, {"n": 25088, "g": 2}, "en_US").startswith(text)


def test_four_digits_stay_together_as_on_the_sheet() -> None:
    assert Formula("n*k").show("text", {"n": 9216, "k": 25088}, "en_IN") == "9216 × 25,088"


def test_constants_of_a_formula_are_grouped_too() -> None:
    assert Formula("1000000*k").show("text", None, "en_IN") == "10,00,000k"


# Line breaks

LONG = Formula("k*(c*w*h + 1)*((M - w + 2*p_w)/s_w + 1)*((N - h + 2*p_h)/s_h + 1)")


def laid(width: float, *formulas: Formula) -> list[str]:
    return [" = ".join(line.parts) for line in lines([f.printed("text") for f in formulas], width)]


def test_parts_share_a_line_while_they_fit() -> None:
    assert laid(40, Formula("(n + 1)*k"), Formula("n*k + k")) == ["(n + 1)k = nk + k"]
    assert laid(16, Formula("(n + 1)*k"), Formula("n*k + k")) == ["(n + 1)k", "nk + k"]


def test_a_long_formula_breaks_before_its_factors() -> None:
    assert laid(40, LONG) == ["k(cwh + 1)((M − w + 2p_w)/s_w + 1)", "× ((N − h + 2p_h)/s_h + 1)"]


def test_a_long_group_breaks_before_its_terms() -> None:
    rows = laid(16, Formula("k*(a*b*c + d*e*f + g*h*i + j)"))
    assert "".join(rows).replace(" ", "").replace("k×(", "k(") == "k(abc+def+ghi+j)"
    assert len(rows) > 1
    assert all(row[0] in "k×+" for row in rows)


def test_a_wide_fraction_is_laid_flat() -> None:
    wide = Formula("(a + b + c + d + e + f + g + h)/(i + j)")
    rows = [line.parts[0] for line in lines([wide.printed("latex")], 18)]
    assert "frac" not in "".join(rows)
    assert rows[0].startswith("(a + b")
    assert "".join(rows).endswith("/(i + j)")


@pytest.mark.parametrize("width", [20, 30, 50, 90])
def test_no_line_is_wider_than_asked(width: int) -> None:
    assert all(len(row) <= width * 1.1 for row in laid(width, LONG))
