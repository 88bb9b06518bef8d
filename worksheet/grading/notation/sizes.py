"""Reads the sizes of an output as frameworks and people write them: 64x56x56, [-1, 64, 56, 56], 64@56x56, C=64, H=56, W=56."""

from __future__ import annotations

import re
from math import prod

from worksheet.errors import shown
from worksheet.formula import Exact
from worksheet.grading.notation.grouping import Unreadable, read_digits, refusal, western_digits
from worksheet.grading.notation.numbers import clean_text, plain, read_number, split_sides
from worksheet.grading.notation.signs import CROSSES, TIMES
from worksheet.grading.notation.words import LENGTHS, nouns
from worksheet.language import N_, _, listed

MAX_AXES = 8
MAX_BRACKETS = 8  # inside one another or side by side
Size = tuple[Exact, ...]

PLAINLY = N_("write sizes as 64x56x56, in plain digits")
NOT_AN_AXIS = N_("{text} is not the length of an axis")
USUAL = re.compile(r"[1-9][0-9]{0,29}(?: ?[xX×*] ?[1-9][0-9]{0,29}){0,7}", re.ASCII)
NOT_A_DIGIT = re.compile(r"[^0-9]+", re.ASCII)
BETWEEN = re.compile(rf"\s*(?:[xX@{CROSSES}]|\\times|\bby\b)\s*")
SIGN = rf"(?:{TIMES}|@|\bby\b)"
CROSS = re.compile(rf"\s*{SIGN}\s*")
COMMA, WIDE_COMMA, SPACES = re.compile(r"\s*[,;，；、]\s*"), re.compile(r"\s*[;；、]\s*|\s*[,，]\s+"), re.compile(r"\s+")
SPACED = re.compile(r"[0-9]+(?:\.[0-9]{1,4})?(?: +[0-9]+(?:\.[0-9]{1,4})?)+")  # lengths of axes, perhaps not rounded
BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）"}
PRINTED = re.compile(r"(?:(?:torch|tf)\.)?(?:Size|TensorShape)\(([\[(][^()]*[\])])\)")  # as frameworks print a shape
INNER = re.compile(rf"[(\[{{]\s*([0-9]+(?:\s*(?:{SIGN}|,)\s*[0-9]+)*)\s*[)\]}}]")  # brackets around lengths alone
AXIS = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
BATCH = re.compile(r"-1|\?|none|n|b|bs|m|batch(?:[ _-]?size)?", re.IGNORECASE)  # the first axis where it is printed too
EITHER_DOT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
ZEROS = re.compile(r"0[0-9]+", re.ASCII)
COMPUTED = re.compile(r"[-+/^⌊⌈²³()\\]|floor|ceil", re.IGNORECASE)
NO_SEPARATOR = re.compile(r"[0-9]+(?:\s*[-−–:|_]\s*[0-9]+)+|[0-9]+(?:\s*[-−–+/÷:|_\\]\s*[0-9]+){2,}", re.ASCII)
SEPARATED = re.compile(r"[0-9]+(?:['’_.][0-9]{3}){2,}", re.ASCII)
ONLY_LENGTHS = re.compile(rf"(?:[0-9\s()\[\]{{}},]|{SIGN})+")
BESIDE = re.compile(r"(?<=[0-9)\]])\s*(?=[(\[])")  # 64 (56 x 56)
SQUARED = re.compile(r"([0-9]+)\s*(?:(?:\^|\*\*)\s*\{?2\}?|²)(?![0-9])")  # 64 x 56^2
NAMES = re.compile(r"\s*\(\s*[BCHWNK]\s*(?:[x×*,]\s*[BCHWNK]\s*)+\)$", re.IGNORECASE)  # (C x H x W)
LINES = re.compile(r"[\t\r\n]+")
PAIR = r"([A-Za-z]{1,12})\s*[=:]\s*([0-9]{1,30})"
PAIRS = re.compile(rf"[(\[{{]?\s*{PAIR}(?:(?:\s*[,;]\s*|\s+|\s*[xX×]\s*){PAIR}){{1,5}}\s*[)\]}}]?", re.ASCII)
ORDER = (  # the axes by the words for them
    ("n", "b", "batch"), ("c", "ch", "channel", "channels", "k", "kernels", "filters", "maps"), ("d", "depth"),
    ("h", "height", "rows"), ("w", "width", "columns", "cols"), ("l", "length"),
)  # fmt: skip
PLACES = {word: place for place, words in enumerate(ORDER) for word in words}


def read_size(text: str) -> Size:
    """The lengths of the axes in a text, from left to right; fractions if a student has not rounded.

    Axes are separated by a multiplication sign, by spaces, or by commas inside brackets or before a space; a batch that is
    printed in front is an axis of length 1. Raises Unreadable, also for a text that may be one number or several axes:
    64,112,112.

    >>> read_size("64x56x56"), read_size("[-1, 64, 56, 56]"), read_size("9,216"), read_size("W=7, H=5, C=2")
    ((64, 56, 56), (1, 64, 56, 56), (9216,), (2, 5, 7))
    """
    return size_readings(text)[0]


def usual_size(text: str) -> Size:
    """The size in a text such as 64x56x56; empty for anything else."""
    return tuple(map(int, NOT_A_DIGIT.split(text))) if USUAL.fullmatch(text) else ()


def size_readings(text: str) -> tuple[Size, ...]:
    """The same, and the product where a text gives both: 256x6x6 = 9216."""
    usual = usual_size(text)
    if usual:
        return (usual,)
    clean = LINES.sub(" ", western_digits(NAMES.sub("", clean_text(text)), text))
    labelled = _read_labelled(clean)
    if labelled:
        return (labelled,)
    if not any(map(str.isdecimal, clean)):
        raise refusal(_("{text} contains no number").format(text=shown(text)) if clean else _("nothing is written"), text)
    sides = [side for side in split_sides(clean, text, nouns(LENGTHS)) if any(map(str.isdecimal, side))]
    sizes = sorted(dict.fromkeys(_read_side(side, text) for side in sides), key=len, reverse=True)
    if len({len(size) for size in sizes}) < len(sizes) or len({prod(size) for size in sizes}) > 1:
        values = listed(["x".join(map(plain, size)) for size in sizes])
        raise refusal(_("the sides of {text} differ: {values}").format(text=shown(text), values=values), text, _(PLAINLY))
    return tuple(sizes)


def _read_labelled(clean: str) -> Size:
    """Lengths with the names of their axes, in whatever order; empty if there are none."""
    if not PAIRS.fullmatch(clean):
        return ()
    lengths = {PLACES.get(word.lower(), -1): int(digits) for word, digits in re.findall(PAIR, clean)}
    count = len(re.findall(PAIR, clean))
    return tuple(lengths[place] for place in sorted(lengths) if place) if len(lengths) == count and -1 not in lengths else ()


def _read_side(clean: str, text: str) -> Size:
    printed = PRINTED.fullmatch(clean)
    clean = printed[1] if printed else clean
    inner = _opened(clean)
    enclosed = inner != clean
    inner = _flattened(inner) if CROSS.search(inner) else inner
    if NO_SEPARATOR.fullmatch(inner) or SEPARATED.fullmatch(inner):
        raise refusal(_("{text} is not a list of lengths").format(text=shown(text)), text, _(PLAINLY))
    parts = _split_axes(inner, text, enclosed=enclosed)
    if len(parts) > 1 and BATCH.fullmatch(parts[0]):
        parts[0] = "1"
    if enclosed and len(parts) > 1 and not parts[-1]:
        parts.pop()  # (4096,)
        enclosed = False
    if len(parts) > MAX_AXES:
        raise refusal(_("{text} has more than {most} axes").format(text=shown(text), most=MAX_AXES), text)
    if not all(AXIS.fullmatch(part) or _is_one_number(part) for part in parts):
        return _read_computed(clean, inner, text)
    if len(parts) == 1:
        return (_read_length(parts[0], text),)
    return tuple([_read_axis(part, text) for part in parts])


def _flattened(inner: str) -> str:
    """Lengths between multiplication signs without brackets and squares: 64 (56 x 56), 64 x 56^2."""
    inner = SQUARED.sub(r"\1 x \1", inner)
    if ONLY_LENGTHS.fullmatch(inner):
        inner = BESIDE.sub(" x ", inner)
    for _round in range(MAX_BRACKETS):
        inner = INNER.sub(lambda match: match[1].replace(",", " x "), inner)
    return inner


def _opened(clean: str) -> str:
    """The text inside the brackets that enclose all of it."""
    close = BRACKETS.get(clean[:1])
    inside = clean[1:-1]
    if close is None or clean[-1:] != close or (clean[0] in inside and inside.find(close) < inside.find(clean[0])):
        return clean
    return inside.strip()


def _split_axes(inner: str, text: str, *, enclosed: bool) -> list[str]:
    """The axes: times signs separate them, else commas, else spaces between three, or two that are not one number."""
    if CROSS.search(inner):
        return CROSS.split(inner)
    if enclosed and COMMA.search(inner):
        return COMMA.split(inner)
    if WIDE_COMMA.search(inner):
        return WIDE_COMMA.split(inner)
    is_number = _is_one_number(inner)
    if SPACED.fullmatch(inner) and (inner.count(" ") > 1 or not is_number):
        return SPACES.split(inner)
    if is_number and (inner.count(",") > 1 or " " in inner or EITHER_DOT.fullmatch(inner)):
        hint = _("write sizes as 64x56x56, a number in plain digits")
        raise refusal(_("{text} may be one number or several").format(text=shown(text)), text, hint)
    return COMMA.split(inner) if "," in inner and not is_number else [inner]


def _is_one_number(inner: str) -> bool:
    """Whether a text is one grouped number."""
    try:
        return isinstance(read_digits(inner).value, int)
    except Unreadable:
        return False


def _read_axis(part: str, text: str) -> Exact:
    """One length among several."""
    if ZEROS.fullmatch(part) or EITHER_DOT.fullmatch(part) or " " in part:
        raise refusal(_(NOT_AN_AXIS).format(text=shown(part)), text, _(PLAINLY))
    return read_digits(part, original=text).value


def _read_computed(clean: str, inner: str, text: str) -> Size:
    """A single number or expression, or several between signs that can only separate axes; anything else is refused."""
    parts = BETWEEN.split(inner)
    if len(parts) > 1 and all(part.count("(") == part.count(")") for part in parts):
        return tuple([_read_length(part, text) for part in parts])
    if _is_one_number(inner) or not COMMA.search(inner) or COMPUTED.search(inner):
        return (_read_length(clean, text),)
    raise refusal(_("{text} is not a list of lengths").format(text=shown(text)), text, _(PLAINLY))


def _read_length(part: str, text: str) -> Exact:
    try:
        value = read_number(part, nouns=nouns(LENGTHS)).value
    except Unreadable as fault:
        raise refusal(
            _("{text} is not the length of an axis: {reason}").format(text=shown(part), reason=fault.message),
            text,
            fault.hint or _(PLAINLY),
        ) from None
    if value < 0:
        raise refusal(_(NOT_AN_AXIS).format(text=shown(part)), text, _(PLAINLY))
    return value
