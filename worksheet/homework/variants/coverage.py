"""How much the networks of an assignment show: for each mistake and row, whether it is visible and distinct."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from worksheet.counting.run import Run
from worksheet.derive.strip import strip_of
from worksheet.document import Block, Bullets, Document, Table, Text, Title
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper.cells import TOTAL, Cell, Paper, Row
from worksheet.grading.paper.paper_maker import PaperMaker
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.variants.difficulty import Difficulty
from worksheet.homework.variants.variants import same_networks
from worksheet.homework.variants.visibility import MistakeVisibility, Visibility
from worksheet.network import Network

MAX_NETWORKS = 500  # that are measured; enough for a class of any size
MAX_COLUMNS = 8  # of a table: rows of the sheet
EXPLAINED = (
    "A mistake is visible where it changes the answer, and distinct where no other known mistake gives the same wrong answer. "
    "Each entry gives the share of sheets, in percent, on which the mistake is visible in that row, and after the slash the "
    "share on which it is distinct. Clerical errors are left out: they are always visible."
)

Pair = tuple[str, Row]  # a mistake and the row in which it is made


@dataclass
class Tally:
    """On how many networks a mistake could be made in a row, on how many it was visible there, and on how many distinct.

    A mistake that can be made in several columns of a row is visible if it is visible in one of them.
    """

    networks: int = 0
    made: dict[Pair, int] = field(default_factory=dict)
    visible: dict[Pair, int] = field(default_factory=dict)
    distinct: dict[Pair, int] = field(default_factory=dict)

    def add(self, pairs: Mapping[Pair, MistakeVisibility]) -> None:
        """Count one network."""
        self.networks += 1
        for pair, each in pairs.items():
            self.made[pair] = self.made.get(pair, 0) + 1
            self.visible[pair] = self.visible.get(pair, 0) + each.visible
            self.distinct[pair] = self.distinct.get(pair, 0) + each.distinct

    def share(self, counts: Mapping[Pair, int]) -> float:
        """The share of all mistakes that could be made, over all networks."""
        return sum(counts.values()) / max(1, sum(self.made.values()))

    def never(self) -> list[str]:
        """The mistakes that no row of any network shows."""
        shown = {mistake for (mistake, _), many in self.visible.items() if many}
        return [name for name in dict.fromkeys(mistake for mistake, _ in self.made) if name not in shown]


class Coverage:
    """Measures networks with an assignment's questions."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        known = known_mistakes()
        wanted = (assignment.variants.reveal if assignment.variants else ()) or known
        self.order = [name for name in known if name in wanted]
        self.visibility = Visibility(tuple(known.values()))
        self.maker = PaperMaker(assignment.convention, replace(assignment.ask, find=()), Run(assignment.batch))

    def pairs(self, paper: Paper) -> dict[Pair, MistakeVisibility]:
        """Every wanted mistake that can be made in a row of a paper; it is distinct if it differs from all known mistakes."""
        pairs: dict[Pair, MistakeVisibility] = {}
        for cell in paper.shown:
            for mistake, each in self._at(cell).items():
                before = pairs.get((mistake, cell.row))
                pairs[mistake, cell.row] = MistakeVisibility(*map(max, before, each)) if before else each
        return {pair: pairs[pair] for pair in sorted(pairs, key=lambda pair: self.order.index(pair[0]))}

    def _at(self, cell: Cell) -> Mapping[str, MistakeVisibility]:
        if cell.is_formula:
            return {}
        return {mistake: each for mistake, each in self.visibility.at(cell).items() if mistake in self.order}


def coverage(assignment: Assignment, networks: Iterable[Network]) -> Document:
    """A report on the networks of a class: the shares of visible mistakes, their matrix by row, the mistakes that never show, and
    the digits of the answers compared with those of the teacher's network.

    ``data`` has ``networks``, ``pairs``, ``visible`` and ``distinct`` (shares of all pairs of mistake and row), ``own`` (the same
    of the teacher's network), ``never`` (ids), ``mistakes`` (for each id its rows with the number of sheets on which it can be
    made, is visible, is distinct) and ``digits``. The first MAX_NETWORKS are measured, or the teacher's own if there are none.
    Raises WorksheetError if a network's layers do not fit together.
    """
    measure = Coverage(assignment)
    own_paper = measure.maker.paper(assignment.network)
    own = Tally()
    own.add(measure.pairs(own_paper))
    tally, difficulty = Tally(), Difficulty(own_paper)
    measured: list[tuple[str, Network]] = []
    for place, network in enumerate(islice(networks, MAX_NETWORKS), 1):
        paper = measure.maker.paper(network)
        tally.add(measure.pairs(paper))
        difficulty.add(paper)
        measured.append((str(place), network))
    if not tally.networks:
        tally = own
    groups = same_networks(measured) if assignment.variants else []
    blocks = (strip_of(assignment.network), *_blocks(tally, own, difficulty, groups))
    return Document(
        f"Coverage: {assignment.title}", blocks, _data(tally, own, difficulty), assignment.course, assignment.digits or "en_US"
    )  # fmt: skip


# Blocks


def _blocks(tally: Tally, own: Tally, difficulty: Difficulty, groups: Sequence[tuple[str, ...]]) -> Iterator[Block]:
    yield Text(_summary(tally, own))
    yield Text(EXPLAINED, note=True)
    never = tally.never()
    if never:
        yield Title("Mistakes that never show")
        yield Text("These networks cannot reveal them: the right and the wrong answer agree everywhere.")
        yield Bullets(tuple(f"{name}: {known_mistakes()[name].says}" for name in never))
    yield Title("Mistakes by row")
    yield from _matrix(tally)
    yield Title("Equal difficulty")
    yield Text(difficulty.summary())
    if groups:
        yield Text(f"{sum(map(len, groups))} sheets have the same network as another.")
    yield Table(("Row", "Column", "Digits", "Fewest", "Most"), tuple(difficulty.rows()), words=2)


def _summary(tally: Tally, own: Tally) -> str:
    sheets = f"{tally.networks:,} sheets" if tally.networks > 1 else "the one sheet"
    visible, distinct = _percent(tally.share(tally.visible)), _percent(tally.share(tally.distinct))
    summary = (
        f"{len(tally.made):,} combinations of a known mistake and a row, checked on {sheets}: in {visible} % of the cases the "
        f"mistake changes the answer, in {distinct} % to a value that no other mistake gives."
    )
    if tally is own:
        return summary
    return (
        f"{summary} On the teacher's own network these shares are {_percent(own.share(own.visible))} % "
        f"and {_percent(own.share(own.distinct))} %."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _matrix(tally: Tally) -> Iterator[Table]:
    """A table for all mistakes that are made in the same rows; one with many rows is divided."""
    rows: dict[str, list[Row]] = {}
    for mistake, row in tally.made:
        rows.setdefault(mistake, []).append(row)
    alike: dict[tuple[Row, ...], list[str]] = {}
    for mistake, places in rows.items():
        alike.setdefault(tuple(sorted(set(places), key=_rank)), []).append(mistake)
    for every, mistakes in alike.items():
        for start in range(0, len(every), MAX_COLUMNS):
            part = every[start : start + MAX_COLUMNS]
            headings = ("Mistake", *(TOTAL if row == TOTAL else f"row {row}" for row in part))
            yield Table(
                headings, tuple((each, *(_entry(tally, (each, row)) for row in part)) for each in mistakes), words=len(headings)
            )


def _rank(row: Row) -> tuple[bool, int]:
    return (False, row) if isinstance(row, int) else (True, 0)


def _entry(tally: Tally, pair: Pair) -> str:
    made = tally.made.get(pair, 0)
    if not made:
        return ""
    return f"{round(100 * tally.visible[pair] / made)} / {round(100 * tally.distinct[pair] / made)}"


def _data(tally: Tally, own: Tally, difficulty: Difficulty) -> dict[str, Any]:
    mistakes: dict[str, list[dict[str, Any]]] = {}
    for (mistake, row), made in tally.made.items():
        entry = {"row": row, "sheets": made, "visible": tally.visible[mistake, row], "distinct": tally.distinct[mistake, row]}
        mistakes.setdefault(mistake, []).append(entry)
    return {
        "networks": tally.networks,
        "pairs": len(tally.made),
        "visible": _round(tally.share(tally.visible)),
        "distinct": _round(tally.share(tally.distinct)),
        "own": {"visible": _round(own.share(own.visible)), "distinct": _round(own.share(own.distinct))},
        "never": tally.never(),
        "mistakes": mistakes,
        "digits": [
            {"row": row, "column": column, "own": digits, "least": least, "most": most}
            for row, column, digits, least, most in difficulty.rows()
        ],
    }


def _round(share: float) -> float:
    return round(share, 4)
