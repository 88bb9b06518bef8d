"""A table alone, with its caption and label, to be put into another document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from worksheet.document import Document
from worksheet.document.tables import main_table
from worksheet.errors import OutputError, shown
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.table_view import table_view
from worksheet.writers.writer import Options

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9:._-]{0,79}", re.ASCII)
NOT_IN_LABELS = re.compile(r"[^a-z0-9]+")


def fragment_names(document: Document, options: Options, setting: Setting) -> dict[str, Any]:
    """The names that a template of a fragment may use. Raises OutputError for an impossible label, or where there is no table."""
    assert options.fragment is not None
    caption, label = options.fragment
    if label and not LABEL.fullmatch(label):
        hint = "letters, digits and : . _ - after a letter, such as tab:resnet50"
        raise OutputError(f"cannot use {shown(label)} as a label", hint=hint)
    table = replace(main_table(document), flat=False, title="")
    return {
        "block": table_view(Printer(setting, document.digits, ()), table),
        "caption": caption or document.title.strip(),
        "label": Ready(label or default_label(document.title)),
    }


def default_label(title: str) -> str:
    """A label made of a title.

    >>> default_label("ResNet-50 of torchvision")
    'tab:resnet-50-of-torchvision'
    """
    return f"tab:{NOT_IN_LABELS.sub('-', title.lower()).strip('-')[:60].strip('-') or 'worksheet'}"
