"""Answers in a notebook: the cell ``answers = {"1 output": "64x56x56"}``. It is read as a literal and never run."""

from __future__ import annotations

import ast
import io
import json
import tokenize
import warnings
from collections.abc import Iterator
from typing import Any

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.bounds import TEXT_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.json import Pairs, read_document
from worksheet.grading.answers.text import AnswerSource, read_whole

NAME = "answers"
HINT = 'a cell with answers = {"1 output": "64x56x56", "1 params": 23296}'
MAX_SOURCE = 100_000  # characters of one cell
MAX_DEPTH = 4  # brackets in brackets
OPENS, CLOSES, BETWEEN = frozenset("{[("), frozenset("}])"), frozenset(",:")
LITERALS = frozenset({"None", "True", "False"})
IGNORED = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT})


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    text, note = read_whole(source, TEXT_BYTES, lines=False)
    gatherer.note(note)
    where = Where(source.name)
    try:
        book = json.loads(text)
    except (ValueError, RecursionError):
        raise WorksheetError("is not a notebook", where, HINT) from None
    found = [answers for cell in _sources(book) if (answers := literal(cell)) is not None]
    if not found:
        raise WorksheetError("no cell with answers is found", where, HINT)
    read_document(Pairs([(NAME, _pairs(found[-1]))]), gatherer, gatherer.of_file(source), where)


def _sources(book: Any) -> Iterator[str]:
    """The texts of the cells with code."""
    cells = book.get("cells") if isinstance(book, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        source = cell.get("source") if isinstance(cell, dict) and cell.get("cell_type") == "code" else None
        yield "".join(line for line in (source if isinstance(source, list) else [source]) if isinstance(line, str))


def literal(source: str) -> dict[Any, Any] | None:
    """The literal that a cell assigns to ``answers``; None if there is none, or something else in it."""
    if NAME not in source or len(source) > MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes in a student's texts
            value = ast.literal_eval(_literal_text(source))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    return value if isinstance(value, dict) else None


def _literal_text(source: str) -> str:
    """The text of the literal: strings, numbers and brackets alone, of bounded depth. Raises ValueError for anything else."""
    tokens = (token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in IGNORED)
    before = ["", ""]
    for token in tokens:
        if [*before, token.string][1:] == [NAME, "="]:
            break
        before = [before[1], token.string]
    pieces, depth = list[str](), 0
    for token in tokens:
        is_literal = token.type in (tokenize.STRING, tokenize.NUMBER) or token.string in LITERALS
        depth += (token.string in OPENS) - (token.string in CLOSES)
        is_sign = token.string == "-" and pieces[-1:] and pieces[-1] in OPENS | BETWEEN  # a chain of signs would nest
        if depth > MAX_DEPTH or not (is_literal or is_sign or token.string in OPENS | CLOSES | BETWEEN):
            raise ValueError
        pieces.append(token.string)
        if not depth:
            break
    return " ".join(pieces)


def _pairs(value: Any) -> Any:
    """A literal as JSON is read: objects as pairs, numbers as texts, a row and a column in a tuple as one name."""
    if isinstance(value, dict):
        return Pairs([(_name(key), _pairs(each)) for key, each in value.items()])
    if isinstance(value, list | tuple):
        return [_pairs(each) for each in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _name(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


ANSWERS = Format("a notebook", (".ipynb",), read)
