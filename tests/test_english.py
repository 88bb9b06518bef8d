"""Expressions that a native technical writer of this field would not use stay out of the docs and of what the program says."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sheet_facts import ROOT
from tools.generated import MADE

BETTER = {  # an expression, and what to write in its place
    r"\b(?:tells?|told|telling)\b": "say, describe, explain, report; distinguish for 'tell apart'",
    r"(?<!there )\b(?:is|are|was) no (?!longer|more than|such\b)\w+": "is not a ...",
    r"\bone's own\b|\bof your own\b": "custom, your own ...",
    r"\bstand(?:s|ing)? (?:in|on|at|below|above|behind|before|beside|there|with|as|together|between)\b": "is, appears, goes",
    r"(?<!left )\bbehind\b": "after",
    r"\b(?:nobody|somebody)\b": "no one, a user; or the passive",
    r"\bwhoever\b": "anyone who, a student who",
    r"\bnoughts?\b": "zero",
    r"\bbroken numbers?\b": "fraction",
    r"\blearnt\b": "learned",
    r"\b(?:learned|learnt|stored) numbers?\b": "parameter (and buffer)",
    r"\bways? of counting\b": "convention",
    r"\barrays?\b": "tensor",
    r"\b(?:a|the|of|to|its|each) maps?\b": "feature map",
    r"\b(?:is|are|be|was) meant\b": "is intended, is valid, is expected",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct",
    r"\banew\b": "again",
    r"\bh[eo]ld(?:s|ing)? (?:\w+ ){0,3}against\b": "compare with, check against",
    r"\bin one stroke\b": "atomically",
    r"\bpass(?:es|ed|ing)? (?:\w+ ){0,2}over\b(?! an?\b)": "skip, ignore",
    r"\bla(?:id|ys?) (?:\w+ ){0,3}side by side\b": "show side by side, compare",
    r"\bin place of\b": "instead of",
    r"\btakes? the place of\b": "replace",
    r"\ball the same\b": "nevertheless",
    r"\bcommas? between\b": "separated by commas",
    r"\b(?:likeliest|commonest)\b": "most likely, most common",
    r"\bwhere it is not there\b": "if missing",
    r"\bmust be there\b": "is required",
    r"\bfor want of\b": "because ... is missing",
    r"\border of chance\b": "random order",
    r"\bso many times\b": "that many times",
    r"\bhand(?:s|ed|ing)? on\b": "pass on",
    r"\bbut for\b": "except for",
    r"\b(?:is|are) said\b": "is reported, is called",
    r"\bslips?\b": "mistake",
    r"\bnumbers put in\b": "numbers substituted",
    r"\breckon(?:s|ed|ing)?\b": "compute",
    r"\bleaves? a rest\b": "leave a remainder",
    r"\bless (?:their|its)\b": "minus",
    r"\b(?:is|are) worked out\b": "is computed, is derived",
    r"\btoo large to be\b": "too large",
    r"\blacks?\b": "has no",
    r"\b(?:is|are) without the\b": "has no",
    r"\bworked out again\b": "recomputed",
    r"\bper cent\b": "percent",
    r"\bfor one:": "for example",
    r"\bcounts? so\b": "counts like this, uses this convention",
    r"\broot\(": "the square root, or √",
    r"\b(?:a|the) (?:last|exact)? ?\w+ less (?:the|its)\b": "minus",
    r"\bof them are those of\b": "account for ... of them",
    r"\btoo (?:much|little)\.": "too high, too low",
    r"\bhere the last\b": "a whole sentence",
    r"\bof the pen\b": "clerical",
}
DOCS_ONLY = (
    r"\bslips?\b",
    r"\b(?:a|the|of|to|its|each) maps?\b",
    r"\b(?:is|are) worked out\b",
    r"\broot\(",
)  # names in the code, or common there
PATTERNS = {re.compile(pattern, re.IGNORECASE): better for pattern, better in BETTER.items()}
ALLOWED = {  # file and expression: why it stays
    ("README.md", "way of counting"): "the one definition",
    ("docs/README.md", "way of counting"): "the one definition",
    ("docs/assignment.md", "way of counting"): "the words of the keys, from which the page's test takes them",
    ("docs/assignment.md", "ways of counting"): "as above",
}
# "array" in schema/fields.py is JSON's word; "forward pass over" and the boxes "behind" others in a drawing are meant literally.
LITERAL: dict[str, tuple[str, ...]] = {
    "worksheet/derive/find/condition_text.py": ("per cent",),  # read, not written
    "worksheet/drawing/window.py": ("in place of",),  # c/g in place of c: in a formula
    "worksheet/schema/fields.py": ("array",),
}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = [path for path in PAGES if MADE in path.read_text(encoding="utf-8")]  # their words are those of the program
ELSEWHERE = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "templates.md", *sorted((ROOT / "worksheet").rglob("*.yaml"))]
CODE = sorted((ROOT / "worksheet").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").glob("*.py"))


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page or a data file, without code and the targets of links."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fenced ^= line.startswith("```")
        if not fenced and (path.suffix != ".md" or not line.startswith("    ")):
            yield number, re.sub(r"`[^`]*`|\]\([^)]*\)|\"[^\"]*\"", " ", line)


def words_of_code(path: Path) -> Iterator[tuple[int, str]]:
    """The comments, docstrings and texts of a module, line by line."""
    kinds = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type in kinds:
            yield from enumerate(token.string.splitlines(), token.start[0])


def found(path: Path, lines: Iterator[tuple[int, str]]) -> list[str]:
    """Every expression to avoid, with its place and what to write instead."""
    name = str(path.relative_to(ROOT))
    return [
        f"{name}:{number}: '{match[0]}' -> {better}"
        for number, line in lines
        for pattern, better in PATTERNS.items()
        for match in pattern.finditer(line)
        if (name, match[0].lower()) not in ALLOWED
        and match[0].lower() not in LITERAL.get(name, ())
        and not (path.suffix == ".py" and pattern.pattern in DOCS_ONLY)
    ]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("tells?|told", "the page tells how"),
        ("is|are|was", "Running statistics are no parameters"),
        ("pass(?:es", "Pass layers over that are not known"),
        ("h[eo]ld", "each is held against a count"),
    ],
)
def test_an_expression_is_found(expression: str, text: str) -> None:
    [pattern] = [pattern for pattern in PATTERNS if expression in pattern.pattern]
    assert pattern.search(text)


def test_usual_english_passes() -> None:
    for text in ("there is no padding", "a symbol that stands for a size", "left behind", "it is no longer needed"):
        assert not [pattern for pattern in PATTERNS if pattern.search(text)], text


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path not in (*GENERATED, *ELSEWHERE)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_pages(path: Path) -> None:
    faults = found(path, prose(path))
    assert not faults, "\n".join(faults)


def test_what_the_tools_write() -> None:
    faults = [fault for path in TOOLS for fault in found(path, words_of_code(path))]
    assert not faults, "\n".join(faults)


def test_contributing_and_data() -> None:
    faults = [fault for path in ELSEWHERE for fault in found(path, prose(path))]
    assert not faults, "\n".join(faults)


def test_messages_docstrings_and_comments() -> None:
    faults = [fault for path in CODE for fault in found(path, words_of_code(path))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", LITERAL)
def test_what_is_literal_is_still_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").lower()
    assert not [expression for expression in LITERAL[name] if expression not in text], "take out of LITERAL"
