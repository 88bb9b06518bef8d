"""Writes a document's data as JSON: stable, whole numbers only."""

from __future__ import annotations

import json

from worksheet.document import Document
from worksheet.writers.writer import Options, Writer


def render(document: Document, _: Options) -> bytes:
    return (json.dumps(dict(document.data), ensure_ascii=False, indent=1) + "\n").encode()


WRITER = Writer("json", (".json",), render)
