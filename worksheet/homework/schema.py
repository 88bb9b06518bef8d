"""The JSON schema of an assignment, for editors: made from the table of keys that the reader reads by."""

from __future__ import annotations

import json
from pathlib import Path

from worksheet.homework.fields import Schema
from worksheet.homework.keys import ASSIGNMENT

FILE = Path(__file__).with_name("assignment.schema.json")  # ships with the package


def schema() -> Schema:
    """The schema of a homework file, draft 2020-12."""
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Homework for worksheet",
        "description": "What is asked, how it is marked, and how the sheets differ: see docs/assignment.md.",
    }
    return about | ASSIGNMENT.schema()


def text() -> str:
    """The schema as the file beside this module holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
