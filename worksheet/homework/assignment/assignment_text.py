"""Finds the keys of an assignment in the text of its file: a whole homework.yaml, or a key of a sheet's front matter."""

from __future__ import annotations

from pathlib import Path

from worksheet.errors import Where, WorksheetError
from worksheet.readers.sheet.front_matter import HOMEWORK, closing_line
from worksheet.schema import Located, parse

ANSWERS = (".csv", ".tsv", ".xlsx", ".ods", ".docx", ".ipynb", ".zip", ".md")  # what answers are handed in as
SHORTEST = "title: Worksheet 2\nnetwork: ai61002.sheet\nask: [output, params]"


def whole_file(path: Path, text: str) -> Located:
    """The keys of a homework.yaml. Raises WorksheetError for a file that has none."""
    hint = f"the shortest assignment is\n{SHORTEST}".replace("\n", "\n        ")
    if not text.strip():
        raise WorksheetError("is empty", Where(str(path)), hint)
    if path.suffix.lower() in ANSWERS:
        raise WorksheetError(
            "is not an assignment", Where(str(path)), "the assignment comes first: homework.yaml, then the answers"
        )
    root = parse(text, str(path))
    if not isinstance(root.value, dict):
        raise WorksheetError("expected 'key: value' lines here", root.where, hint)
    return root


def front_matter(path: Path, text: str) -> Located:
    """The value of the key homework in a sheet's front matter; an empty table where it has none."""
    lines = text.split("\n")
    end = closing_line(lines)
    table = parse("\n".join(lines[1 : end - 1]), str(path), first_line=2).table() if end > 2 else {}
    if HOMEWORK not in table:
        place = Where(str(path), 1, 1, lines[0], max(1, len(lines[0])))
        raise WorksheetError("the front matter gives no homework", place, "homework: {ask: [output, params]}")
    homework = table[HOMEWORK]
    return Located({}, homework.where, {}) if homework.value == "" else homework
