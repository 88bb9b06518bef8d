"""Reads gettext catalogues, one ``.po`` file a language; ``python -m tools.pages`` keeps their messages up to date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from gettext import c2py
from pathlib import Path

from worksheet.frozen import frozen

FOLDER = Path(__file__).parent / "catalogues"
SUFFIX, TEMPLATE = ".po", "messages.pot"
FIELD = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?"(.*)"')
ESCAPE = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t"}
PLURALS = re.compile(r"plural=([^;]+)")

Entry = dict[str, str]  # by field: msgid, msgid_plural, msgstr, msgstr0, msgstr1, ...


@frozen
class Catalogue:
    """The messages of one language: by the English message its text, or its texts by number."""

    texts: Mapping[str, tuple[str, ...]]
    header: Mapping[str, str]
    form: Callable[[int], int]  # which of a message's texts is for a number

    def text(self, message: str) -> str:
        """A message; empty where it is not translated."""
        return self.texts.get(message, ("",))[0]

    def counted(self, message: str, count: int) -> str:
        """A message with a number; empty where it is not translated."""
        texts = self.texts.get(message, ())
        return texts[self.form(count)] if texts else ""


@cache
def codes() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}")))


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language."""
    entries = list(_entries((FOLDER / f"{code}{SUFFIX}").read_text("utf-8")))
    texts = {entry["msgid"]: tuple(text for name, text in entry.items() if name.startswith("msgstr")) for entry in entries}
    head = (line.partition(":") for line in texts.pop("", ("",))[0].splitlines())
    header = {name.strip(): value.strip() for name, _, value in head}
    plurals = PLURALS.search(header.get("Plural-Forms", ""))
    form = c2py(plurals[1]) if plurals else lambda count: int(count != 1)
    return Catalogue({message: each for message, each in texts.items() if all(each)}, header, form)


@cache
def messages() -> tuple[str, ...]:
    """Every message in English."""
    return tuple(filter(None, (entry["msgid"] for entry in _entries((FOLDER / TEMPLATE).read_text("utf-8")))))


def _entries(text: str) -> Iterator[Entry]:
    """The entries of a file in the form that the tool writes: fields with texts in quotes, which may go on in further lines."""
    entry: Entry = {}
    name = ""
    for line in text.splitlines():
        field = FIELD.fullmatch(line)
        if not field:
            if entry and not line.startswith("#"):
                yield entry
                entry = {}
            continue
        name = field[1] + (field[2] or "") if field[1] else name
        entry[name] = entry.get(name, "") + ESCAPE.sub(lambda sign: ESCAPES.get(sign[1], sign[1]), field[3])
    if entry:
        yield entry
