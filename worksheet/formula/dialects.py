"""How each notation writes numbers, symbols and operations: data for the one printer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

from worksheet.errors import WorksheetError, nearest
from worksheet.formula.parse import FUNCTIONS
from worksheet.frozen import frozen

_SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK = dict(zip(f"{_SMALL} {_CAPITAL}".split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

# What a printed piece begins or ends with, which decides whether two factors may be juxtaposed, without a sign.
DIGIT, VALUE, LETTER, SUBSCRIPT = "digit", "value", "letter", "subscript"
WORD, GROUP, STACK, FLAT = "word", "group", "stack", "flat"


@frozen
class Dialect:
    """One notation. Templates hold ``{}`` for each printed part; ``glue`` holds the pairs that are juxtaposed."""

    name: str
    number: Callable[[str], str]  # a printed number, protected from the notation's own use of commas and spaces
    letter: str
    word: str
    greek: Callable[[str], str]
    subscript: str
    plus: str
    minus: str
    negative: str
    times: str
    adjoin: str
    break_times: str  # begins a continuation line where the factors would be juxtaposed
    fraction: str  # stacked dialects only
    slash: str  # the divisor of a quotient on one line
    power: str
    parentheses: str
    tall: str  # parentheses around something tall
    comma: str
    calls: dict[str, str]
    opened: dict[str, tuple[str, str]]  # brackets of a group that is broken over lines; "" names the parentheses
    glue: frozenset[tuple[str, str]]
    equals: str
    about: str  # the sign in front of a rounded value
    text: Callable[[str], str]  # words inside a formula
    stacked: bool = True  # fractions and powers are drawn as one block
    coefficient: bool = True  # 2p with p = 3 is written 2(3)
    raised: Callable[[str], str] | None = None  # a whole number as an exponent, where the notation has superscripts


def pairs(tails: str, heads: str) -> frozenset[tuple[str, str]]:
    """Every tail with every head; both are words separated by spaces."""
    return frozenset((tail, head) for tail in tails.split() for head in heads.split())


def _latex_number(text: str) -> str:
    if text.isdecimal():
        return text
    for sign, code in (("−", "-"), (",", "{,}"), (".", "{.}"), ("’", "\\textrm{'}"), ("'", "\\textrm{'}")):
        text = text.replace(sign, code)
    return "".join(r"\," if sign.isspace() else sign for sign in text)


_LATEX_SIGNS = {"#": r"\#", "%": r"\%", "&": r"\&", "_": r"\_", "$": r"\$", "{": r"\{", "}": r"\}"}
_LATEX_SIGNS |= {"\\": r"\backslash ", "^": r"\wedge ", "~": r"\sim ", "−": "-", "≈": r"\approx ", "→": r"\rightarrow "}


def _latex_text(text: str) -> str:
    """Words inside a formula. Special signs are set outside of ``\\text``, where MathJax would not understand them."""
    parts = re.split(r"([#%&_$\\{}^~−≈→])", text)
    parts[0::2] = [rf"\text{{{part}}}" if part else "" for part in parts[0::2]]
    parts[1::2] = [_LATEX_SIGNS[sign] for sign in parts[1::2]]
    return "".join(parts)


def typst_string(text: str) -> str:
    """A Typst string literal."""
    codes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "", "\t": " "}
    return '"' + "".join(codes.get(sign, sign if ord(sign) >= 32 else "") for sign in text) + '"'


_DRAWN = pairs(f"{DIGIT} {LETTER} {SUBSCRIPT} {GROUP} {STACK}", f"{LETTER} {SUBSCRIPT} {GROUP} {STACK}")


def _opened(tall: str, calls: Mapping[str, str], *stretching: str) -> dict[str, tuple[str, str]]:
    """The brackets of a group that is broken over lines: those around something tall, without what makes them stretch."""
    brackets = {}
    for name, template in {"": tall, **calls}.items():
        for code in stretching:
            template = template.replace(code, "")  # noqa: PLW2901
        before, _, after = template.partition("{}")
        brackets[name] = (before.replace("{{", "{"), after.replace("}}", "}"))
    return brackets


_NAMED_CALLS = {name: f"{name}({{}})" for name in FUNCTIONS}
_FLAT_CALLS = {**_NAMED_CALLS, "root": "√({})", "floor": "⌊{}⌋", "ceil": "⌈{}⌉"}
_LATEX_CALLS = {
    **{name: rf"\{name}\left({{}}\right)" for name in FUNCTIONS},
    "root": r"\sqrt{{{}}}",
    "floor": r"\left\lfloor {} \right\rfloor",
    "ceil": r"\left\lceil {} \right\rceil",
}
_MATHML_CALLS = {
    **{name: f"<mrow><mi>{name}</mi><mo>(</mo>{{}}<mo>)</mo></mrow>" for name in FUNCTIONS},
    "root": "<msqrt>{}</msqrt>",
    "floor": "<mrow><mo>⌊</mo>{}<mo>⌋</mo></mrow>",
    "ceil": "<mrow><mo>⌈</mo>{}<mo>⌉</mo></mrow>",
}

LATEX = Dialect(
    name="latex",
    number=_latex_number,
    letter="{}",
    word=r"\mathrm{{{}}}",
    greek="\\{}".format,
    subscript="{}_{{{}}}",
    plus="{} + {}",
    minus="{} - {}",
    negative="-{}",
    times=r"{} \times {}",
    adjoin="{} {}",
    break_times=r"{{}}\times {}",
    fraction=r"\frac{{{}}}{{{}}}",
    slash="/{}",
    power="{}^{{{}}}",
    parentheses="({})",
    tall=r"\left({}\right)",
    comma=", ",
    calls=_LATEX_CALLS,
    opened=_opened(r"\left({}\right)", _LATEX_CALLS, r"\left", r"\right"),
    glue=_DRAWN,
    equals="=",
    about=r"\approx",
    text=_latex_text,
)

TYPST = replace(
    LATEX,
    name="typst",
    about="approx",
    number=lambda text: text if text.isdecimal() else typst_string(text),
    word='"{}"',
    greek=lambda name: name,
    subscript="{}_({})",
    times="{} times {}",
    break_times="times {}",
    fraction="frac({}, {})",
    slash=" slash {}",
    power="{}^({})",
    tall="({})",
    calls={**_NAMED_CALLS, "root": "sqrt({})"},
    opened=_opened("({})", _FLAT_CALLS),
    text=typst_string,
)

MATHML = replace(
    LATEX,
    name="mathml",
    number=lambda text: f"<mn>{escape(text)}</mn>",
    letter="<mi>{}</mi>",
    word="<mi>{}</mi>",
    greek=GREEK.__getitem__,
    subscript="<msub>{}{}</msub>",
    plus='{}<mo form="infix">+</mo>{}',
    minus='{}<mo form="infix">−</mo>{}',
    negative="<mrow><mo>−</mo>{}</mrow>",
    times='{}<mo form="infix">×</mo>{}',
    adjoin="{}<mo>&#8290;</mo>{}",
    break_times='<mo form="infix">×</mo>{}',
    fraction="<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>",
    slash='<mo form="infix">/</mo>{}',
    power="<msup><mrow>{}</mrow><mrow>{}</mrow></msup>",
    parentheses='<mrow><mo stretchy="false">(</mo>{}<mo stretchy="false">)</mo></mrow>',
    tall="<mrow><mo>(</mo>{}<mo>)</mo></mrow>",
    comma="<mo>,</mo>",
    calls=_MATHML_CALLS,
    opened=_opened("<mrow><mo>(</mo>{}<mo>)</mo></mrow>", _MATHML_CALLS, "<mrow>", "</mrow>"),
    equals='<mo form="infix">=</mo>',
    about='<mo form="infix">≈</mo>',
    text=lambda text: f"<mtext>{escape(text)}</mtext>",
)

TEXT = replace(
    LATEX,
    name="text",
    about="≈",
    number=lambda text: text,
    word="{}",
    greek=GREEK.__getitem__,
    subscript="{}_{}",
    minus="{} − {}",
    negative="−{}",
    times="{} × {}",
    adjoin="{}{}",
    break_times="× {}",
    power="{}^{}",
    tall="({})",
    calls=_FLAT_CALLS,
    opened=_opened("({})", _FLAT_CALLS),
    glue=pairs(f"{DIGIT} {LETTER} {GROUP}", f"{LETTER} {SUBSCRIPT} {GROUP}") | pairs(SUBSCRIPT, GROUP),
    text=lambda text: text,
    stacked=False,
    raised=lambda text: text.translate(SUPERSCRIPTS),
)

WORDS = replace(
    TEXT,
    name="words",
    subscript="{} sub {}",
    plus="{} plus {}",
    minus="{} minus {}",
    negative="minus {}",
    times="{} times {}",
    adjoin="{} times {}",
    break_times="times {}",
    slash=" divided by {}",
    power="{} to the power {}",
    calls={
        "floor": "the floor of ({})",
        "ceil": "the ceiling of ({})",
        "max": "the largest of ({})",
        "min": "the smallest of ({})",
        "gcd": "the greatest common divisor of ({})",
        "root": "the square root of ({})",
    },
    glue=frozenset(),
    coefficient=False,
    raised=None,
)

SOURCE = replace(
    TEXT,
    name="source",
    number=lambda text: text.replace("−", "-"),
    greek=lambda name: name,
    minus="{} - {}",
    negative="-{}",
    times="{}*{}",
    power="{}**{}",
    calls=_NAMED_CALLS,
    glue=frozenset(),
    coefficient=False,
    raised=None,
)


def flat(dialect: Dialect) -> Dialect:
    """The same notation with quotients on one line, for narrow places."""
    return replace(dialect, name=f"{dialect.name} flat", stacked=False)


DIALECTS = {dialect.name: dialect for dialect in (LATEX, TYPST, MATHML, TEXT, WORDS, SOURCE)}


def dialect_named(dialect: Dialect | str) -> Dialect:
    """A dialect from its name. Raises WorksheetError for an unknown one."""
    if isinstance(dialect, Dialect):
        return dialect
    dialect = dialect.lower()
    if dialect not in DIALECTS:
        raise WorksheetError(f"unknown dialect {dialect!r}", hint=nearest(dialect, DIALECTS))
    return DIALECTS[dialect]
