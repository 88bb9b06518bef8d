"""Several attempts of one student in a table with a line for each attempt: the last, the best or the first counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worksheet.grading.answers.bounds import MAX_ATTEMPTS
from worksheet.grading.answers.gathering import Gatherer, OpenAnswers
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.answers.submissions import FIRST, LAST
from worksheet.grading.paper.cells import Key

NUMBER_WORDS = ("attempt", "versuch", "tentative", "intento")
TIME_WORDS = (
    "completed", "completion time", "submitted", "submission date", "timestamp", "beendet", "fertigstellungszeit", "zeitstempel",
    "terminé", "heure de fin", "horodateur", "finalizado", "hora de finalización", "marca temporal",
)  # fmt: skip
STATE_WORDS = ("state", "status", "état", "statut", "estado")
UNFINISHED = frozenset((
    "in progress", "never submitted", "overdue", "in bearbeitung", "laufend", "nie abgegeben", "en cours", "jamais remis",
    "en curso", "nunca enviado",
))  # fmt: skip
TIME = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d))?")  # year first: others are read in two ways
Order = tuple[bool, int, tuple[int, ...]]  # whether it is finished, its number, its time


@dataclass
class _Turn:
    """The attempt that counts, as yet."""

    order: Order
    keys: set[Key]
    attempts: int = 1


class Turns:
    """The attempts in one table. ``group`` is the column of the questions, where a line holds the answers to one of them."""

    def __init__(self, headings: Sequence[str], gatherer: Gatherer, group: int = -1) -> None:
        words = [fold(heading) for heading in headings]
        self._number, self._time, self._state = (
            next((words.index(word) for word in names if word in words), -1) for names in (NUMBER_WORDS, TIME_WORDS, STATE_WORDS)
        )
        self._gatherer, self._group = gatherer, group
        self._turns: dict[tuple[str, str], _Turn] = {}

    def counts(self, block: OpenAnswers, cells: Sequence[str], keys: set[Key]) -> bool:
        """Whether the answers in a line count. Those of an attempt that counts no more are dropped."""
        at = block.student, cells[self._group] if self._group >= 0 else ""
        order, turn = self._order(cells), self._turns.get(at)
        if turn is None:
            self._turns[at] = _Turn(order, keys)
            return True
        if turn.keys.isdisjoint(keys):
            turn.keys |= keys
            return True
        turn.attempts += 1
        policy = self._gatherer.attempts
        later = order >= turn.order
        if policy not in (LAST, FIRST):
            kept = self._gatherer.answers.attempts.setdefault(block.student, [])
            kept += [dict(block.texts)] if len(kept) < MAX_ATTEMPTS else []
        elif later == (policy == FIRST):
            return False
        block.drop(turn.keys)
        turn.order, turn.keys = order, keys
        return True

    def _order(self, cells: Sequence[str]) -> Order:
        number, time, state = (cells[at].strip() if at >= 0 else "" for at in (self._number, self._time, self._state))
        moment = TIME.match(time)
        digits = tuple(int(part or 0) for part in moment.groups()) if moment else ()
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        return fold(state) not in UNFINISHED, int(number) if is_number else 0, digits

    def note(self) -> None:
        """Note who has several attempts, once a student."""
        for (student, _group), turn in self._turns.items():
            if turn.attempts > 1:
                self._gatherer.note(f"{student} has {turn.attempts} attempts: the {self._gatherer.attempts} counts")
