"""Numbers and sizes as people write them are read exactly; what is malformed or doubtful is refused with what was understood."""

from fractions import Fraction

import pytest

from worksheet.errors import WorksheetError
from worksheet.grading.notation.numbers import EXPRESSION, Unreadable, read_number
from worksheet.grading.notation.sizes import read_size, size_readings
from worksheet.grading.notation.words import nouns

WRITTEN = {  # the row of the AI61002 sheet with 73,056,256 operations, in every style
    "73056256": "plain",
    "73,056,256": "western",
    "7,30,56,256": "Indian",
    "73 056 256": "with spaces",
    "7 30 56 256": "Indian, with spaces",
    "73\u2009056\u2009256": "with spaces",
    "73\u202f056\u202f256": "with spaces",
    "73\u00a0056\u00a0256": "with spaces",
    r"73\,056\,256": "with spaces",
    "73.056.256": "European",
    "73'056'256": "Swiss",
    "73’056’256": "Swiss",
    "73_056_256": "with underscores",
    "73{,}056{,}256": "western",
    "$73{,}056{,}256$": "western",
    "73,056,256.0": "western",
    "73.056.256,0": "European",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_grouping_styles(text: str) -> None:
    number = read_number(text)
    assert (number.value, number.style) == (73056256, WRITTEN[text])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 23296 ", 23296),
        ("= 23296", 23296),
        ("=23296", 23296),
        ("23296.", 23296),
        ("+23296", 23296),
        ("−5", -5),
        ("- 5", -5),
        ("0", 0),
        ("007", 7),
        ("54.25", Fraction(217, 4)),
        ("0.125", Fraction(1, 8)),
        ("1,234", 1234),
        ("12,34,567.50", Fraction(2469135, 2)),
        ("P = 23296", 23296),
        ("\u200b23296\ufeff", 23296),
        ("9" * 30, 10**30 - 1),
    ],
)
def test_plain_figures(text: str, value: int) -> None:
    assert read_number(text).value == value


@pytest.mark.parametrize("text", ["२३२९६", "٢٣٢٩٦", "۲۳۲۹۶", "২৩২৯৬", "２３２９６", "٢٣٬٢٩٦"])
def test_digits_of_any_one_script(text: str) -> None:
    assert read_number(text).value == 23296


def test_digits_of_two_scripts_are_refused() -> None:
    with pytest.raises(Unreadable, match="scripts"):
        read_number("२३296")


MALFORMED = [
    "7,3056,256",
    "1,23",
    "1,2345",
    "12,34",
    "1,,234",
    "1.234.5",
    "1__000",
    "1 2 3",
    "73,056.256,0",
    "1'23",
    "0,500",
    "007,305",
    "73 05 6256",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_number_is_not_mended(text: str) -> None:
    with pytest.raises(Unreadable, match="grouped") as refused:
        read_number(text)
    assert refused.value.where.text == text
    assert "73,056,256" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing"),
        ("   ", "nothing"),
        (",234", "expected a number"),
        ("abc", "no number"),
        ("#N/A", "no number"),
        ("½", "no number"),
        ("23296 params", "23296 is understood, but not 'params'"),
        ("23296 numbers", "23296 is understood, but not 'numbers'"),
        ("23.3k", "understood as 23300"),
        ("7.31E+07", "understood as 73100000"),
        ("73.06 M", "understood as 73060000"),
        ("9" * 31, "more than 30 digits"),
        ("9" * 5000, "5000 characters"),
        ("9**9**9", "exponent"),
        ("1/0", "division by zero"),
        ("k(c+1)", "'k' is not a symbol"),
        ("64*(3*11", "expected"),
        ("64*364 = 23295", "differ: 23296 and 23295"),
        ("1=1=1=1=1=1=1", "more than 6 sides"),
        ("__import__('os').system('x1')", "no place|not a symbol|not grouped"),
    ],
)
def test_what_is_said_of_a_text_that_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "64*(3*11*11+1)",
        "64×(3×11²+1)",
        "64 x (3 x 11 x 11 + 1)",
        "64·(3·11^2+1)",
        r"64\times\left(3\cdot 11^{2}+1\right)",
        "=64*(3*11*11+1)",
        "64*(3*11*11+1) = 23296",
        "params = 64*(3*11*11+1) = 64*364 = 23,296",
        "46592/2",
        "floor(46593/2)",
        "46593//2",
        "⌊46593/2⌋",
        "2.3296*10^4",
        "(23296)",
    ],
)
def test_an_expression_is_an_answer_too(text: str) -> None:
    assert read_number(text).value == 23296


def test_the_fault_of_an_expression_stands_at_its_column() -> None:
    with pytest.raises(Unreadable) as refused:
        read_number("  64*(3*11*z)")
    assert refused.value.where.column == 12


# Rounded figures

ROUNDED = {
    "73.06 M": 73_060_000,
    "73.06M": 73_060_000,
    "73,06 M": 73_060_000,
    "73.06 million": 73_060_000,
    "7.306 crore": 73_060_000,
    "7.31 crore": 73_100_000,
    "730.6 lakh": 73_060_000,
    "7.31E+07": 73_100_000,
    "7.31e7": 73_100_000,
    "7.31×10^7": 73_100_000,
    "7.31×10⁷": 73_100_000,
    r"7.31 \times 10^{7}": 73_100_000,
    "0,731 crore": 7_310_000,
    "0,73e8": 73_000_000,
    "23.3k": 23_300,
    "23.3 kFLOPs": 23_300,
    "1.8 GFLOPs": 1_800_000_000,
    "244 MB": 244_000_000,
    "244403360 B": 244_403_360,
    "232.9 MiB": Fraction(2329, 10) * 2**20,
    "≈ 23.3k": 23_300,
    "-1.5k": -1_500,
    "1.234": None,
    "1.234 M": 1_234_000,
    "73.056M": 73_056_000,
    "2.410e8": 241_000_000,
    "2,410×10^8": 241_000_000,
    "112.896K": 112_896,
    "793.400 MFLOPs": 793_400_000,
    "1,234 k": None,
    "1.8B": None,
    "23.3 q": None,
    "1e31": None,
}


@pytest.mark.parametrize("text", ROUNDED)
def test_rounded_figures(text: str) -> None:
    value = ROUNDED[text]
    if value is None:
        with pytest.raises(Unreadable):
            read_number(text, suffixes=True, nouns=nouns("flops", "bytes"))
    else:
        assert read_number(text, suffixes=True, nouns=nouns("flops", "bytes")).value == value


def test_a_thousand_or_a_decimal_number_is_asked_back_where_decimals_are_possible() -> None:
    with pytest.raises(Unreadable, match=r"may mean 1234 or 1\.234"):
        read_number("1.234", suffixes=True)
    exact = read_number("1.234")
    assert (exact.value, exact.alternatives) == (1234, (Fraction(1234, 1000),))


def test_1000_or_1024_is_kept_as_a_diagnosis() -> None:
    weights = 61_100_840 * 4  # bytes of torchvision's AlexNet: 233.1 MiB, 244.4 MB
    mega, mebi, other = (
        read_number(f"{text}B", suffixes=True, nouns=nouns("bytes")) for text in ("233.1 M", "233.1 Mi", "244.4 M")
    )
    assert mebi.is_rounded(weights)
    assert not mega.is_rounded(weights)
    assert mega.alternatives == (mebi.value,)
    assert other.is_rounded(weights)


@pytest.mark.parametrize(
    ("text", "wanted", "is_rounded"),
    [
        ("73.06 M", 73_056_256, True),
        ("73.1 M", 73_056_256, True),
        ("73.05 M", 73_056_256, False),
        ("73 M", 73_056_256, False),  # two digits could hide a mistake
        ("0 M", 3, False),
        ("23.3k", 23_296, True),
        ("23.2k", 23_296, False),  # what is left without the bias: 23,232
        ("73,060,000", 73_056_256, True),
        ("70,000,000", 73_056_256, False),
        ("73,056,256", 73_056_256, True),
        ("7.31e7", 73_056_256, True),
        ("7.31×10⁷", 73_056_256, True),
        ("7300*10000", 73_056_256, False),  # an expression is exact
    ],
)
def test_a_figure_is_compared_to_its_digits(text: str, wanted: int, is_rounded: bool) -> None:
    assert read_number(text, suffixes=True).is_rounded(wanted) is is_rounded


def test_how_an_expression_was_understood() -> None:
    assert (read_number("2*3").value, read_number("2*3").style) == (6, EXPRESSION)
    million = read_number("73.06 M", suffixes=True)
    assert (million.value, million.suffix, million.digits) == (73_060_000, "M", "7306")


# Sizes

SIZES = {
    "64x56x56": (64, 56, 56),
    "64 x 56 x 56": (64, 56, 56),
    "64X56X56": (64, 56, 56),
    "64×56×56": (64, 56, 56),
    "64 × 56 × 56": (64, 56, 56),
    "64*56*56": (64, 56, 56),
    "64·56·56": (64, 56, 56),
    r"64 \times 56 \times 56": (64, 56, 56),
    r"$64\times56\times56$": (64, 56, 56),
    "64 by 56 by 56": (64, 56, 56),
    "(64, 56, 56)": (64, 56, 56),
    "(64,56,56)": (64, 56, 56),
    "[64 56 56]": (64, 56, 56),
    "(64 x 56 x 56)": (64, 56, 56),
    "64, 56, 56": (64, 56, 56),
    "64,56,56": (64, 56, 56),  # no number is grouped so
    "64 56 56": (64, 56, 56),
    "64;56;56": (64, 56, 56),
    "torch.Size([1, 64, 56, 56])": (1, 64, 56, 56),
    "६४x५६x५६": (64, 56, 56),
    "= 64x56x56": (64, 56, 56),
    "1,024x10x10": (1024, 10, 10),
    "9216": (9216,),
    "9,216": (9216,),
    "(9216)": (9216,),
    "(9, 216)": (9, 216),
    "256*6*6": (256, 6, 6),
    "(224 - 11 + 4)/4 + 1": (Fraction(221, 4),),
    "floor((224-11+4)/4)+1": (55,),
    "64 x (224/4) x 56": (64, 56, 56),
    "54.25x54.25": (Fraction(217, 4), Fraction(217, 4)),
    "0x0": (0, 0),
    "[1,64,56,56]": (1, 64, 56, 56),
    "[-1, 64, 56, 56]": (1, 64, 56, 56),
    "(None, 64, 56, 56)": (1, 64, 56, 56),
    "(N, 64, 56, 56)": (1, 64, 56, 56),
    "N x 64 x 56 x 56": (1, 64, 56, 56),
    "(?, 64, 56, 56)": (1, 64, 56, 56),
    "(batch_size, 64, 56, 56)": (1, 64, 56, 56),
    "[-1, 4096]": (1, 4096),
    "tf.TensorShape([None, 56, 56, 64])": (1, 56, 56, 64),
    "(4096,)": (4096,),
    "4096 neurons": (4096,),
    "k = 4096": (4096,),
    "K: 4096": (4096,),
    "64@56x56": (64, 56, 56),
    "64 @ 56×56": (64, 56, 56),
    "C=64, H=56, W=55": (64, 56, 55),
    "W=55; H=56; C=64": (64, 56, 55),
    "channels: 64, height: 56, width: 55": (64, 56, 55),
    "(C = 64, H = 56, W = 55)": (64, 56, 55),
    "N=1, C=64, H=56, W=55": (64, 56, 55),
    "(64) x (56) x (56)": (64, 56, 56),
    "(64)×(56)×(56)": (64, 56, 56),
    "64 x (28x28)": (64, 28, 28),
    "(64 x 28) x 28": (64, 28, 28),
    "64*56*56=200704": (64, 56, 56),
    "64x56x56 = 200704": (64, 56, 56),
    "C x H x W = 64 x 56 x 56": (64, 56, 56),
    "64⋅56⋅56": (64, 56, 56),
    "64(56x56)": (64, 56, 56),
    "64 (56 x 56)": (64, 56, 56),
    "(64)(56x56)": (64, 56, 56),
    "64 x 56^2": (64, 56, 56),
    "64×56²": (64, 56, 56),
    "64x56x56 (CxHxW)": (64, 56, 56),
    "64\n56\n56": (64, 56, 56),
    "64 • 56 • 56": (64, 56, 56),
    "64✕56✕56": (64, 56, 56),
    "64∗56∗56": (64, 56, 56),
    "64х56х56": (64, 56, 56),
}


@pytest.mark.parametrize("text", SIZES)
def test_sizes(text: str) -> None:
    assert read_size(text) == SIZES[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "64x",
        "x64",
        "64xx56",
        "64,112,112",  # 64 maps of 112 x 112, or 64 million
        "9 216",
        "9.216",
        "(1,000)",
        "64x056",
        "64x56,56",
        "27.125x3",
        "64x1 000",
        "64 channels of 56x56",
        "64x56x56 = 200705",
        "64x56x56 = 64x55x55",
        "64-56-56",
        "64/56/56",
        "64:56:56",
        "64|56|56",
        "64_112_112",
        "56-56",
        "-64x56x56",
        "²=",
        "64-112",
        "C=64, C=56, W=56",
        "C=64, Q=56, W=56",
        "(None)",
        "1x2x3x4x5x6x7x8x9",
        "6" * 31,
        "6" * 31 + "x3",
        "64x५6",
        "x" * 5000,
    ],
)
def test_sizes_that_are_no_or_doubtful_sizes(text: str) -> None:
    with pytest.raises(WorksheetError):
        read_size(text)


def test_a_size_with_its_product_is_both() -> None:
    assert size_readings("256x6x6 = 9216") == ((256, 6, 6), (9216,))


# In words, with what is counted, in a short form

PARAMS, FLOPS, MACS, BYTES = nouns("params"), nouns("flops", "ops"), nouns("macs", "ops"), nouns("weights", "bytes")
ZEROS = [
    "zero", "Zero", "none", "None.", "nil", "null", "no parameters", "No params", "without parameters", "0 params",
    "zero parameters", "0 (no parameters)", "no learnable parameters", "has no parameters", "keine", "keine Parameter", "Null",
    "aucun", "aucun paramètre", "zéro", "pas de paramètres", "ninguno", "ningún parámetro", "cero", "sin parámetros", "शून्य",
    "कोई पैरामीटर नहीं", "प्राचल नहीं", "零", "无", "没有参数", "无参数",
]  # fmt: skip


@pytest.mark.parametrize("text", ZEROS)
def test_zero_in_words(text: str) -> None:
    assert read_number(text, nouns=PARAMS).value == 0


@pytest.mark.parametrize(
    "text", ["-", "–", "no", "no flops", "n/a", "?", "none of them", "no idea", "zero or one", "noneparams x"]
)
def test_words_that_are_no_zero(text: str) -> None:
    with pytest.raises(Unreadable):
        read_number(text, nouns=PARAMS)


@pytest.mark.parametrize(
    ("text", "names", "value"),
    [
        ("23,296 parameters", PARAMS, 23296),
        ("23296 Params.", PARAMS, 23296),
        ("23296 (params)", PARAMS, 23296),
        ("Params: 23296", PARAMS, 23296),
        ("# params: 23,296", PARAMS, 23296),
        ("Total params: 61,100,840", PARAMS, 61100840),
        ("Number of parameters = 23296", PARAMS, 23296),
        ("Params 23296", PARAMS, 23296),
        ("Answer: 23296", PARAMS, 23296),
        ("23.296 Parameter", PARAMS, 23296),
        ("23 296 paramètres", PARAMS, 23296),
        ("23296个参数", PARAMS, 23296),
        ("23296 पैरामीटर", PARAMS, 23296),
        ("64*364 params", PARAMS, 23296),
        ("64(3*11*11+1) params", PARAMS, 23296),
        ("params: 64*364 = 23296", PARAMS, 23296),
        ("2.3296E+04", PARAMS, 23296),
        ("2.3296×10⁴", PARAMS, 23296),
        ("23.296k", PARAMS, 23296),
        ("23.296 k params", PARAMS, 23296),
        ("2.3296 万", PARAMS, 23296),
        ("≈ 23296", PARAMS, 23296),
        ("approx. 23296", PARAMS, 23296),
        ("ca. 23,296", PARAMS, 23296),
        ("23296 parameters in total", PARAMS, 23296),
        ("k(cwh+1) = 23296", PARAMS, 23296),
        ("k = 23296", PARAMS, 23296),
        ("M: 23296", PARAMS, 23296),
        ("s = 23296", PARAMS, 23296),
        ("k(cwh+1) = 64(3*11*11+1) = 23296 params", PARAMS, 23296),
        ("~23296", PARAMS, 23296),
        ("73,056,256 FLOPs", FLOPS, 73056256),
        ("73056256 floating-point operations", FLOPS, 73056256),
        ("73.056256 MFLOPs", FLOPS, 73056256),
        ("7.3056256e7 FLOPs", FLOPS, 73056256),
        ("7.3056256·10^7", FLOPS, 73056256),
        (r"7.3056256 \times 10^{7}", FLOPS, 73056256),
        ("7,3056256e7", FLOPS, 73056256),
        ("73.056256M", FLOPS, 73056256),
        ("0.073056256 GFLOPs", FLOPS, 73056256),
        ("73.056256 million operations", FLOPS, 73056256),
        ("7.3056256 crore", FLOPS, 73056256),
        ("730.56256 lakh", FLOPS, 73056256),
        ("73,056256 Mio.", FLOPS, 73056256),
        ("73056256 MACs", MACS, 73056256),
        ("244.403360 MB", BYTES, 244403360),
        ("244403360 B", BYTES, 244403360),
        ("244403360 octets", BYTES, 244403360),
    ],
)
def test_what_stands_around_an_exact_number(text: str, names: frozenset[str], value: int) -> None:
    assert read_number(text, nouns=names).value == value


@pytest.mark.parametrize(
    ("text", "names", "meant"),
    [
        ("73056256 MACs", FLOPS, 73056256),
        ("73056256 FLOPs", MACS, 73056256),
        ("23296 FLOPs", PARAMS, 23296),
        ("23296 bytes", PARAMS, 23296),
        ("73.056256 MMACs", FLOPS, 73056256),
        ("MACs: 73056256", FLOPS, None),
        ("GFLOPs: 0.73", FLOPS, None),
        ("FLOPs in millions: 73.06", FLOPS, None),
        ("23296 B", PARAMS, None),
        ("23296 apples", PARAMS, None),
        ("23.3k", PARAMS, 23300),
        ("73.06 MFLOPs", FLOPS, 73060000),
        ("7.31e7", FLOPS, 73100000),
        ("7.31 × 10^7", FLOPS, 73100000),
    ],
)
def test_another_unit_is_not_read_but_understood(text: str, names: frozenset[str], meant: int | None) -> None:
    with pytest.raises(Unreadable) as refused:
        read_number(text, nouns=names)
    assert refused.value.meant == meant
