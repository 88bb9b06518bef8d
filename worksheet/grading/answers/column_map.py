"""The column map: what a teacher says about headings that are not understood, and a proposal to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from worksheet.errors import WorksheetError, nearest, shown
from worksheet.grading.answers.identity import EMAIL_WORDS, ID_WORDS, NAMING, is_own_number
from worksheet.grading.answers.responses import RESPONSE_WORDS
from worksheet.grading.answers.sheet_layout import Layout, fold
from worksheet.grading.paper.cells import TOTAL, Key
from worksheet.schema import Context, Forms, ListOf, Located, Phrase, TableOf, read_file

STUDENT, IGNORED = "student", "ignored"
UNCERTAIN = "  # a guess: check it"
MAX_COLUMNS, MAX_HEADING = 2000, 1000
MAX_PROPOSED = 300  # columns of one file
Role = str | tuple[Key, ...]  # STUDENT, IGNORED, or the cells whose answers the column holds
ROW = re.compile(r"\b(?:row|layer|question|zeile|schicht|ligne|couche|fila|capa|no|nr)\D{0,3}(\d{1,4})\b")

WORD = Phrase(MAX_HEADING)
COLUMN_MAP = TableOf(WORD, Forms(WORD, ListOf(WORD, least=1, most=MAX_COLUMNS, what="cell"), None), MAX_COLUMNS, what="columns")


class _Role:
    """Reads what a column holds, with the cells of a homework."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def read(self, located: Located, context: Context) -> Role:
        if isinstance(located.value, str) and (word := fold(located.value)) in {STUDENT, IGNORED}:
            return word
        found: list[Key] = []
        for item in located.one_or_more():
            with context.faults.catching():
                found.append(self.cell(item))
        return tuple(found)

    def cell(self, located: Located) -> Key:
        key = self.layout.heading(located.text())
        if key is None:
            close = nearest(located.text(), [cell_name(each) for each in self.layout.order])
            hint = close if close and close.startswith("did") else "student, ignored, or a row and a column, such as 4 flops"
            raise WorksheetError(f"there is no cell {shown(located.text())}", located.where, hint)
        return key

    def schema(self) -> dict[str, object]:
        return COLUMN_MAP.value.schema()


def read_map(path: Path, layout: Layout) -> Mapping[str, Role]:
    """The roles of columns by their folded headings. Raises WorksheetError with every fault at its place."""
    table: dict[str, Role] = read_file(path, TableOf(WORD, _Role(layout), MAX_COLUMNS, what="columns"))
    return {fold(heading): role for heading, role in table.items()}


def proposal(headings: Sequence[str], layout: Layout) -> list[tuple[str, str]]:
    """What columns that are not understood may hold: the headings, each with its role and perhaps a comment."""
    words = [fold(heading) for heading in headings]
    naming = next((word for word in (*ID_WORDS, *EMAIL_WORDS, *NAMING) if word in words and not is_own_number(word, words)), "")
    guesses = {heading: guess for heading in headings if (guess := guessed(heading, layout))}
    guesses |= {heading: STUDENT for heading in headings if naming and fold(heading) == naming}
    numbered = [heading for heading in headings if fold(heading).rstrip("0123456789 ") in RESPONSE_WORDS]
    guesses |= {heading: cell_name(key) for heading, key in zip(numbered, layout.order, strict=False)}
    return [(heading, guesses.get(heading, IGNORED)) for heading in headings if heading.strip()]


def guessed(heading: str, layout: Layout) -> str:
    """A role that the words of a heading suggest; empty if they suggest none."""
    word = fold(heading)
    row = ROW.search(word)
    number = int(row[1]) if row else next((TOTAL for total in layout.worded.get(TOTAL, ()) if total in word.split()), None)
    columns = [(len(name), column) for column, words in layout.words.items() for name in map(fold, words) if name in word]
    keys = [(number, column) for _length, column in sorted(columns, reverse=True)]
    return next((cell_name(key) for key in keys if key in layout.cells), "") if number else ""


def written(columns: Iterable[tuple[str, str]], *, uncertain: bool = False) -> str:
    """A map as a file: a line for each column."""
    lines = (
        f"{json.dumps(heading[:MAX_HEADING], ensure_ascii=False)}: {role}{UNCERTAIN if uncertain and role != IGNORED else ''}"
        for heading, role in list(columns)[:MAX_PROPOSED]
    )
    return "\n".join(lines)


def cell_name(key: Key) -> str:
    """A cell as a map writes it."""
    row, column = key
    return f"{row} {column}"


def names(keys: Sequence[Key]) -> str:
    """The cells of a column as a map writes them."""
    return cell_name(keys[0]) if len(keys) == 1 else f"[{', '.join(map(cell_name, keys))}]"
