"""Lays a step out in lines: formula = substitution = value, broken where it is wider than the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from worksheet.formula import Printed

EQUALS_LENGTH = 3.0  # half ems
INDENT_LENGTH = 4.0


class LaidLine(NamedTuple):
    """A line of a step: one part after an equals sign (several where they fit), or a continuation."""

    parts: tuple[str, ...]
    continues: bool = False


def lines(parts: Sequence[Sequence[Printed]], width: float) -> list[LaidLine]:
    """The parts of a chain of equalities in lines of at most ``width`` half ems.

    Parts share a line while they fit. A part that is wider than a line is broken before its factors and terms.
    """
    laid: list[LaidLine] = []
    room = 0.0
    for part in parts:
        length = EQUALS_LENGTH + sum(piece.length for piece in part)
        if laid and length <= room and not laid[-1].continues:
            laid[-1] = LaidLine((*laid[-1].parts, _text(part)))
            room -= length
        elif length <= width:
            laid.append(LaidLine((_text(part),)))
            room = width - length
        else:
            broken = _broken(part, width - EQUALS_LENGTH)
            laid += [LaidLine((text,), continues=i > 0) for i, text in enumerate(broken)]
            room = 0.0
    return laid


def _text(part: Iterable[Printed]) -> str:
    return "".join(piece.text for piece in part)


def _broken(part: Sequence[Printed], width: float) -> list[str]:
    """A part's pieces, filled into lines; a piece wider than a line is opened."""
    rows: list[str] = []
    room = 0.0
    for piece in opened(part, width - INDENT_LENGTH):
        if rows and piece.length <= room:
            rows[-1] += piece.text
            room -= piece.length
        else:
            rows.append(piece.fresh if rows else piece.text)
            room = width - piece.length - (INDENT_LENGTH if len(rows) > 1 else 0)
    return rows


def opened(part: Sequence[Printed], width: float) -> list[Printed]:
    """The pieces of a part, those that are wider than a line in pieces themselves."""
    pieces: list[Printed] = []
    for piece in part:
        inner = piece.open() if piece.length > width else []
        pieces += opened(inner, width) if inner else [piece]
    return pieces
