"""Every message has each language, and the catalogues have every message that the program says."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from unicodedata import east_asian_width

import pytest

from tests.sheet_facts import ROOT
from worksheet.formula.dialects import GREEK
from worksheet.language import catalogue, codes
from worksheet.language.catalogue import FOLDER, TEMPLATE, messages
from worksheet.writers import latex

LANGUAGES = [code for code in codes() if "_" not in code]  # a country has a few words of its own
CALLS = {"_", "N_", "ngettext"}
MARKUP = re.compile(r"</?[a-z]+>|\\[a-z]+|\*\*|\$|`|\n")
FIXED = "\u00a0\u202f"  # spaces at which no line is broken
LETTERS = {"de": "äöüÄÖÜß", "es": "áéíóúüñÁÉÍÓÚÜÑ¿¡", "fr": "àâæçèéêëîïôœùûüÿÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸ«»"}


def fields(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def translations(code: str) -> Iterator[tuple[str, str]]:
    """Each message with each of its texts."""
    return ((message, text) for message, texts in catalogue(code).texts.items() for text in texts)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_is_translated(code: str) -> None:
    missing = [message for message in messages() if message not in catalogue(code).texts]
    assert not missing, f"{len(missing)} of {len(messages())} messages: fill in worksheet/language/catalogues/{code}.po"


@pytest.mark.parametrize("code", codes())
def test_a_translation_says_each_field_as_often_as_its_message(code: str) -> None:
    """A text of one plural form may leave the number out: "one byte"."""
    pairs = re.findall(r'^msgid "(.*)"\nmsgid_plural "(.*)"$', (FOLDER / TEMPLATE).read_text("utf-8"), re.MULTILINE)
    plural = {one: fields(many) for one, many in pairs}
    wrong = [
        (message, text)
        for message, text in translations(code)
        if (fields(text) - plural[message] if message in plural else fields(text) != fields(message))
    ]
    assert not wrong


@pytest.mark.parametrize("code", codes())
def test_plural_forms_are_complete(code: str) -> None:
    text = (FOLDER / f"{code}.po").read_text("utf-8")
    count = int((re.search(r"nplurals=(\d)", text) or ["", "2"])[1])
    texts = catalogue(code).texts.values()
    assert all(len(forms) in (1, count) for forms in texts)
    assert all(0 <= catalogue(code).form(number) < count for number in range(200))


@pytest.mark.parametrize("code", codes())
def test_a_translation_has_no_markup(code: str) -> None:
    wrong = [(message, text) for message, text in translations(code) if set(MARKUP.findall(text)) - set(MARKUP.findall(message))]
    assert not wrong


@pytest.mark.parametrize("code", codes())
def test_no_translation_spells_out_a_sign(code: str) -> None:
    """A code such as u00a0 where the sign itself was meant."""
    assert not [text for _, text in translations(code) if re.search(r"u[0-9a-f]{4}(?![0-9a-z])|\\\\u", text)]


@pytest.mark.parametrize("code", codes())
def test_a_translation_has_the_spaces_at_its_ends_of_its_message(code: str) -> None:
    """A wide sign, such as a Chinese comma, needs no space beside it; a French semicolon has one before it."""
    wrong = [
        (message, text)
        for message, text in translations(code)
        for sign, said in ((message[0], text[0]), (message[-1], text[-1]))
        if sign.isspace() != said.isspace()
        and not (sign.isspace() and east_asian_width(said) in "WF")
        and not (sign in ":;" and said in FIXED)
    ]
    assert not wrong


@pytest.mark.parametrize("code", codes())
def test_a_translation_keeps_what_is_typed_and_the_letters_of_formulas(code: str) -> None:
    """Options, file names, numbers and signs of formulas are the same in every language."""
    kept = re.compile(rf"--[a-z-]+|\.[a-z]{{2,4}}\b(?=[^{{]*$)|[=×÷⌊⌋⌈⌉≤≥{''.join(GREEK.values())}]")
    wrong = [
        (message, text)
        for message, text in translations(code)
        if not fields(message) and Counter(kept.findall(text)) != Counter(kept.findall(message))
    ]
    assert not wrong


@pytest.mark.parametrize("code", [code for code in codes() if catalogue(code).header.get("X-LaTeX")])
def test_latex_prints_every_letter(code: str) -> None:
    lacking = {sign for _, text in translations(code) for sign in text if "[U+" in latex.escape(sign)}
    assert not lacking


@pytest.mark.parametrize(("code", "letters"), LETTERS.items())
def test_latex_prints_the_letters_of_a_language(code: str, letters: str) -> None:
    assert "[U+" not in latex.escape(letters)


def test_every_message_of_the_code_is_in_the_catalogues() -> None:
    """Also those that the extraction does not see, such as one inside an f-string; and no message is glued together."""
    lacking = [call for call in _said() if not isinstance(call[2], str) or call[2] not in {"", *messages()}]
    assert not lacking


def _said() -> Iterator[tuple[str, int, str | None]]:
    """What calls for translation: the file, the line and the message; None for one that is put together."""
    for path in sorted((ROOT / "worksheet").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                message = node.args[0]
                if isinstance(message, ast.Constant):
                    yield path.name, node.lineno, str(message.value)
                elif isinstance(message, ast.JoinedStr | ast.BinOp):
                    yield path.name, node.lineno, None
