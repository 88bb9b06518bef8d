"""Writes Markdown with the mathematics that GitHub shows."""

from __future__ import annotations

import re

from worksheet.document import Document
from worksheet.formula.dialects import LATEX
from worksheet.writers.fragment import fragment_names
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

SETTING = Setting(LATEX, width=100)
SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$#])")
LEADING = re.compile(r"^(\s*)(?:([-+=>])|(\d{1,9})([.)])(?=\s|$))", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Markdown prints as it is."""
    text = SPECIAL.sub(r"\\\1", text.replace("&", "&amp;"))
    return LEADING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def render(document: Document, options: Options) -> bytes:
    return rendered("md/document.md", view(document, SETTING), escape, options.templates).encode()


def fragment(document: Document, options: Options) -> bytes:
    names = fragment_names(document, options, SETTING)
    names["anchor"] = Ready(f"{{#{names['label']}}}" if options.fragment and options.fragment.label else "")
    return rendered("md/fragment.md", names, escape, options.templates).encode()


WRITER = Writer("md", (".md", ".markdown"), render, fragment=fragment)
