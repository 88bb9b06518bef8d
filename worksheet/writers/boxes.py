"""The boxes of a network's picture: chains of layers share one, parts that repeat are drawn once, long arrows become words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from worksheet.derivation import Row, layer_label
from worksheet.language import _, ngettext
from worksheet.writers.small_print import plain

MANY_BOXES = 60  # from here on whole chains of layers share a box
MAX_LINES = 7  # of layers in a box
MAX_BESIDE = 6  # arrows that pass beside the boxes of one rank; longer ones are described in words
MAX_PARTS = 24  # between cuts: how long a part may be that is drawn once where it repeats
LINE, MARGIN, RISE = 12.0, 5.0, 24.0  # points: a line of a box, its margin, the space between ranks
PAGE = 610.0  # the height of a picture that fits on a page


@dataclass
class Repeat:
    """Rows that repeat the rows before them, which are drawn in their place."""

    shown: tuple[int, int]  # the first and the last row of the part that is drawn
    again: tuple[int, int]
    parts: int  # how many stretches between cuts the part has
    times: int = 1
    other_sizes: bool = False

    @property
    def lines(self) -> list[str]:
        times = ngettext("{rows}, once more:", "{rows}, {count} times more:", self.times)
        other = _("{rows}, other sizes") if self.other_sizes else "{rows}"
        shown, again = _numbers(*self.shown), _numbers(*self.again)
        return [times.format(rows=shown, count=self.times), other.format(rows=again)]


@dataclass
class Box:
    """Layers that share one box, the first and last of a chain included."""

    rows: list[Row]
    sources: list[int] = field(default_factory=list)  # boxes that it reads, by number; -1 is the input
    described: list[int] = field(default_factory=list)  # rows that it reads from afar, described in words
    repeats: list[Repeat] = field(default_factory=list)  # of parts that end here
    rank: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def lines(self) -> list[str]:
        labels = [layer_label(row) for row in self.rows]
        if len(labels) > MAX_LINES:
            labels = [*labels[: MAX_LINES - 1], _("… {count} more").format(count=len(labels) - MAX_LINES + 1)]
        if self.described:
            labels.append(_("also reads {inputs}").format(inputs=_few(self.described)))
        labels += [line for repeat in self.repeats for line in repeat.lines]
        return [_numbers(self.rows[0].no, self.rows[-1].no), *labels]

    @property
    def output(self) -> str:
        return plain(self.rows[-1].output or ())

    @property
    def height(self) -> float:
        return LINE * (len(self.lines) + 1) + 2 * MARGIN


def _numbers(first: int, last: int) -> str:
    return _("No. {no}").format(no=first if first == last else _("{first} to {last}").format(first=first, last=last))


def _few(numbers: Sequence[int]) -> str:
    """The first row numbers of a list; 0 is the input."""
    rows = _(", ").join(map(str, [no for no in numbers if no][:3]))
    named = [*([_("the input")] if 0 in numbers else []), *([_("No. {no}").format(no=rows)] if rows else [])]
    return _(", ").join(named) + (" …" if len(numbers) > 3 else "")


def boxes(rows: Sequence[Row]) -> list[Box]:
    """The boxes of a network, each with the boxes that it reads and its rank, its row of the picture."""
    made = _boxes(rows, whole_chains=False)
    if len(made) > MANY_BOXES:
        made = _boxes(rows, whole_chains=True)
    _rank(made)
    _describe(made)
    made = _folded(made)
    _rank(made)
    return made


def _boxes(rows: Sequence[Row], *, whole_chains: bool) -> list[Box]:
    """Rows that follow one another without a branch share a box; unless whole chains do, what changes the size begins one."""
    readers: dict[int, int] = {}
    for row in rows:
        for source in set(row.sources):
            readers[source] = readers.get(source, 0) + 1
    made: list[Box] = []
    owner: dict[int, int] = {}
    for row in rows:
        before = made[owner[row.sources[0]]] if len(row.sources) == 1 and row.sources[0] in owner else None
        follows = before is not None and before.rows[-1].no == row.sources[0] and readers[row.sources[0]] == 1
        if before and follows and (before.rows[-1].stage == row.stage) and (whole_chains or _is_small(row)):
            before.rows.append(row)
            owner[row.no] = owner[row.sources[0]]
            continue
        owner[row.no] = len(made)
        sources = dict.fromkeys(owner[no] if no else -1 for no in row.sources)
        made.append(Box([row], list(sources)))
    return made


def _is_small(row: Row) -> bool:
    """Whether a layer only works on what another gives: no multiply-accumulates, no other size."""
    return not row.counts["macs"] and row.inputs == (row.output,)


def _rank(made: Sequence[Box]) -> None:
    """Each box is one rank below the lowest that it reads; what depends on parameters alone, directly above its reader."""
    lowest: dict[int, int] = {}  # the rank of the highest reader of each box
    stored: set[int] = set()
    for number, box in enumerate(made):
        box.rank = max((made[source].rank + 1 for source in box.sources if source >= 0), default=0)
        if not box.described and stored.issuperset(box.sources):
            stored.add(number)
    for number in reversed(range(len(made))):
        box = made[number]
        if number in stored and number in lowest:
            box.rank = lowest[number] - 1
        for source in box.sources:
            lowest[source] = min(box.rank, lowest.get(source, box.rank))


# Cuts


def cuts(made: Sequence[Box]) -> set[int]:
    """The ranks above which all arrows that pass come from one box."""
    crossing: dict[int, set[int]] = {}
    for box in made:
        for source in box.sources:
            start = made[source].rank if source >= 0 else box.rank - 1
            for rank in range(start + 1, box.rank + 1):
                crossing.setdefault(rank, set()).add(source)
    return {rank for rank, sources in crossing.items() if rank and len(sources) == 1}


def _stretches(made: Sequence[Box]) -> list[range]:
    """The ranks between one cut and the next."""
    ends = sorted({0, *cuts(made), max(box.rank for box in made) + 1})
    return [range(start, end) for start, end in pairwise(ends)]


def heights(made: Sequence[Box]) -> list[float]:
    """The height of every rank."""
    tall = [0.0] * (max(box.rank for box in made) + 1)
    for box in made:
        tall[box.rank] = max(tall[box.rank], box.height)
    return tall


# Arrows in words

Arrow = tuple[int, int, int]  # how many ranks it spans, the boxes at its two ends


def _describe(made: Sequence[Box]) -> None:
    """The longest arrows become words, until few pass beside any rank and a picture can be cut where its page ends."""
    for crowded in (_beside, _uncut):
        while found := {max(arrows) for arrows in crowded(made) if arrows}:
            for __, source, number in found:
                made[number].sources.remove(source)
                made[number].described.append(made[source].rows[-1].no if source >= 0 else 0)


def _long_arrows(made: Sequence[Box]) -> Iterator[Arrow]:
    for number, box in enumerate(made):
        for source in box.sources:
            span = box.rank - (made[source].rank if source >= 0 else -1)
            if span > 1:
                yield span, source, number


def _beside(made: Sequence[Box]) -> list[list[Arrow]]:
    """The arrows that pass beside each rank where they are too many."""
    beside: dict[int, list[Arrow]] = {}
    for arrow in _long_arrows(made):
        for rank in range(made[arrow[2]].rank - arrow[0] + 1, made[arrow[2]].rank):
            beside.setdefault(rank, []).append(arrow)
    return [arrows for arrows in beside.values() if len(arrows) > MAX_BESIDE]


def _uncut(made: Sequence[Box]) -> list[list[Arrow]]:
    """The arrows of each stretch that is taller than a page."""
    tall = heights(made)
    of_rank = {rank: i for i, ranks in enumerate(_stretches(made)) for rank in ranks}
    total: dict[int, float] = {}
    for rank, height in enumerate(tall):
        total[of_rank[rank]] = total.get(of_rank[rank], 0.0) + height + RISE
    arrows: dict[int, list[Arrow]] = {}
    for arrow in _long_arrows(made):
        arrows.setdefault(of_rank[made[arrow[2]].rank], []).append(arrow)
    return [found for stretch, found in arrows.items() if total[stretch] > PAGE]


# Parts that repeat


@dataclass
class _Stretch:
    """The boxes between two cuts, by number, and what another must have in common with them to be drawn in their place."""

    boxes: list[int]
    look: object
    sizes: object
    rows: tuple[int, int]
    repeats: list[Repeat] = field(default_factory=list)

    def looks(self, parts: int = 0) -> object:
        """The look with the repeats of what ends here, except those of parts of this length."""
        return self.look, [(repeat.parts, repeat.times) for repeat in self.repeats if repeat.parts != parts]


def _folded(made: Sequence[Box]) -> list[Box]:
    """The boxes without the parts that repeat the part before them; the last box of that part names their rows."""
    kept: list[_Stretch] = []
    place = {number: number for number in range(len(made))}  # the box that is drawn for each
    place[-1] = -1
    at: dict[int, list[int]] = {}
    for number, box in enumerate(made):
        at.setdefault(box.rank, []).append(number)
    for ranks in _stretches(made):
        kept.append(_stretch(made, [number for rank in ranks for number in at.get(rank, [])]))
        while parts := _repeated(kept):
            place |= _fold(kept, parts)
    drawn = sorted(number for stretch in kept for number in stretch.boxes)
    new = {number: i for i, number in enumerate(drawn)} | {-1: -1}
    for stretch in kept:
        last = max(stretch.boxes, key=lambda number: (made[number].rank, number))
        made[last].repeats = stretch.repeats
    for number in drawn:
        made[number].sources = [new[_drawn_for(place, source)] for source in made[number].sources]
    return [made[number] for number in drawn]


def _drawn_for(place: dict[int, int], number: int) -> int:
    """The box that is drawn: a box that replaces another may itself have been folded later."""
    while place[number] != number:
        number = place[number]
    return number


def _stretch(made: Sequence[Box], numbers: list[int]) -> _Stretch:
    own = {number: i for i, number in enumerate(numbers)}
    look = [
        (
            [(row.kind, row.spec) for row in made[number].rows],
            [own.get(source, -1) for source in made[number].sources],
            bool(made[number].described),
        )
        for number in numbers
    ]
    rows = [row for number in numbers for row in made[number].rows]
    sizes = [(row.inputs, row.output) for row in rows]
    return _Stretch(numbers, look, sizes, (min(row.no for row in rows), max(row.no for row in rows)))


def _repeated(kept: Sequence[_Stretch]) -> int:
    """How many stretches at the end repeat as many before them; 0 where none do."""
    for parts in range(1, min(MAX_PARTS, len(kept) // 2) + 1):
        before, after = kept[-2 * parts : -parts], kept[-parts:]
        ends = before[-1].looks(parts) == after[-1].looks(parts)
        if ends and all(a.looks() == b.looks() for a, b in zip(before[:-1], after[:-1], strict=True)):
            return parts
    return 0


def _fold(kept: list[_Stretch], parts: int) -> dict[int, int]:
    """Remove the last stretches, noted as a repeat of those before; the boxes that are drawn for theirs."""
    before, after = kept[-2 * parts : -parts], kept[-parts:]
    del kept[-parts:]
    end = before[-1]
    other = any(a.sizes != b.sizes for a, b in zip(before, after, strict=True))
    known = next((repeat for repeat in end.repeats if repeat.parts == parts), None)
    if known:
        known.again = (known.again[0], after[-1].rows[1])
        known.times += 1
        known.other_sizes |= other
    else:
        first, last = min(part.rows[0] for part in before), max(part.rows[1] for part in before)
        again = min(part.rows[0] for part in after), max(part.rows[1] for part in after)
        end.repeats.append(Repeat((first, last), again, parts, other_sizes=other))
    return {b: a for x, y in zip(before, after, strict=True) for a, b in zip(x.boxes, y.boxes, strict=True)}
