"""Draws a network as SVG: boxes of layers, arrows with the sizes that flow; the layout is igraph's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.util import find_spec
from itertools import pairwise
from typing import NamedTuple

from worksheet.derivation import Derivation, Row
from worksheet.errors import printable
from worksheet.writers.small_print import layer_label, plain

MOST_BOXES = 400  # a larger network has no picture
MANY_BOXES = 60  # from here on whole chains of layers share a box
MOST_LINES = 7  # of text in a box
MOST_BESIDE = 6  # arrows that pass beside the boxes of one rank; longer ones are told in words
WIDTH, LINE, MARGIN, GAP, RISE = 200.0, 12.0, 5.0, 18.0, 34.0  # of boxes, in points
SIZE, LETTER = 8.5, 4.35  # of the type, and its mean width
FONTS = "New Computer Modern, Latin Modern Roman, Libertinus Serif, serif"
PAGE = 690.0  # the height of a picture that fits on a page

Bends = dict[tuple[int, int], list[tuple[float, float]]]  # the points that an arrow passes, by the numbers of its two boxes


class Picture(NamedTuple):
    """One picture: its SVG, its width in points, and in words what it shows."""

    svg: str
    width: float  # at which it fits on a page
    words: str


@dataclass
class Box:
    """Layers that stand in one box, the first and last of a chain included."""

    rows: list[Row]
    sources: list[int] = field(default_factory=list)  # boxes that it reads, by number; -1 is the input
    told: list[int] = field(default_factory=list)  # rows that it reads from afar, told in words
    again: list[tuple[int, int]] = field(default_factory=list)  # rows, first and last, of parts like the one that ends here
    rank: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def lines(self) -> list[str]:
        first, last = self.rows[0].no, self.rows[-1].no
        head = f"S. No. {first}" if first == last else f"S. No. {first} to {last}"
        labels = [layer_label(row) for row in self.rows]
        if len(labels) > MOST_LINES:
            labels = [*labels[: MOST_LINES - 1], f"… {len(labels) - MOST_LINES + 1} more"]
        if self.told:
            labels.append(f"also reads S. No. {', '.join(map(str, self.told[:6]))}{' …' if len(self.told) > 6 else ''}")
        if self.again:
            times = f"{len(self.again)} times" if len(self.again) > 1 else "once"
            labels.append(f"the same {times} more: S. No. {self.again[0][0]} to {self.again[-1][1]}")
        return [head, *labels]

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + 2 * MARGIN


def pictures(derivation: Derivation) -> list[Picture]:
    """The network in pictures of a page's height at most; none where igraph is not installed or the network is too large."""
    rows = derivation.rows
    if not derivation.pictured or len(rows) < 2 or find_spec("igraph") is None:
        return []
    boxes = _boxes(rows, whole_chains=False)
    if len(boxes) > MANY_BOXES:
        boxes = _boxes(rows, whole_chains=True)
    _rank(boxes)
    _tell_long_arrows(boxes)
    _rank(boxes)
    boxes = _folded(boxes)
    _rank(boxes)
    if len(boxes) > MOST_BOXES:
        return []
    bends = _place(boxes)
    return [_drawn(boxes, bends, ranks, derivation) for ranks in _pages(boxes)]


def _boxes(rows: Sequence[Row], *, whole_chains: bool) -> list[Box]:
    """Rows that follow one another without a branch share a box; unless whole chains do, what changes the size begins one."""
    readers: dict[int, int] = {}
    for row in rows:
        for source in set(row.sources):
            readers[source] = readers.get(source, 0) + 1
    boxes: list[Box] = []
    owner: dict[int, int] = {}
    for row in rows:
        before = boxes[owner[row.sources[0]]] if len(row.sources) == 1 and row.sources[0] in owner else None
        follows = before is not None and before.rows[-1].no == row.sources[0] and readers[row.sources[0]] == 1
        if before and follows and (before.rows[-1].stage == row.stage) and (whole_chains or _is_small(row)):
            before.rows.append(row)
            owner[row.no] = owner[row.sources[0]]
            continue
        owner[row.no] = len(boxes)
        sources = dict.fromkeys(owner[no] if no else -1 for no in row.sources)
        boxes.append(Box([row], list(sources)))
    return boxes


def _is_small(row: Row) -> bool:
    """Whether a layer only works on what another gives: no multiply-accumulates, no other size."""
    return not row.counts["macs"] and row.inputs == (row.output,)


def _rank(boxes: Sequence[Box]) -> None:
    """Each box stands one rank below the lowest that it reads."""
    for box in boxes:
        box.rank = max((boxes[source].rank + 1 for source in box.sources if source >= 0), default=0)


def _tell_long_arrows(boxes: Sequence[Box]) -> None:
    """Where too many arrows pass beside a rank, the longest are told in words instead of drawn."""
    while True:
        beside: dict[int, list[tuple[int, int]]] = {}
        for number, box in enumerate(boxes):
            for source in box.sources:
                start = boxes[source].rank if source >= 0 else -1
                for rank in range(start + 1, box.rank):
                    beside.setdefault(rank, []).append((source, number))
        crowded = [arrows for arrows in beside.values() if len(arrows) > MOST_BESIDE]
        if not crowded:
            return
        for source, number in {max(arrows, key=lambda arrow: boxes[arrow[1]].rank - boxes[arrow[0]].rank) for arrows in crowded}:
            boxes[number].sources.remove(source)
            boxes[number].told.append(boxes[source].rows[-1].no if source >= 0 else 0)


def _place(boxes: Sequence[Box]) -> Bends:
    """Give every box its place; the points by which each arrow passes other boxes, by its two ends."""
    import igraph

    ranks = [box.rank for box in boxes]
    arrows: list[tuple[int, int]] = []
    passing: dict[tuple[int, int], list[int]] = {}
    for number, box in enumerate(boxes):
        for source in box.sources:
            if source < 0:
                continue
            chain = [source]
            for rank in range(boxes[source].rank + 1, box.rank):
                chain.append(len(ranks))
                ranks.append(rank)
            passing[source, number] = chain[1:]
            chain.append(number)
            arrows += pairwise(chain)
    graph = igraph.Graph(n=len(ranks), edges=arrows, directed=True)
    across = [x for x, _ in graph.layout_sugiyama(layers=ranks, hgap=WIDTH + GAP, maxiter=200)][: len(ranks)]
    tops, heights = _heights(boxes)
    for number, box in enumerate(boxes):
        box.x, box.y = across[number], tops[box.rank] + (heights[box.rank] - box.height) / 2
    points = {vertex: (across[vertex], tops[rank] + heights[rank] / 2) for vertex, rank in enumerate(ranks)}
    return {ends: [points[vertex] for vertex in chain] for ends, chain in passing.items()}


def _heights(boxes: Sequence[Box]) -> tuple[list[float], list[float]]:
    """The top and the height of every rank."""
    heights = [0.0] * (max(box.rank for box in boxes) + 1)
    for box in boxes:
        heights[box.rank] = max(heights[box.rank], box.height)
    tops, y = [], 0.0
    for height in heights:
        tops.append(y)
        y += height + RISE
    return tops, heights


def _cuts(boxes: Sequence[Box]) -> set[int]:
    """The ranks above which all arrows that pass come from one box."""
    crossing: dict[int, set[int]] = {}
    for box in boxes:
        for source in box.sources:
            start = boxes[source].rank if source >= 0 else box.rank - 1
            for rank in range(start + 1, box.rank + 1):
                crossing.setdefault(rank, set()).add(source)
    return {rank for rank, sources in crossing.items() if rank and len(sources) == 1}


def _folded(boxes: Sequence[Box]) -> list[Box]:
    """The boxes without the parts that repeat the part before them; the last box of that part tells which rows they are."""
    cuts = sorted({0, *_cuts(boxes), max(box.rank for box in boxes) + 1})
    stretches = [[n for n, box in enumerate(boxes) if start <= box.rank < end] for start, end in pairwise(cuts)]
    kept: list[Box] = []
    place: dict[int, int] = {}  # of each box among those that are kept
    looks: object = None
    last: list[int] = []
    for stretch in stretches:
        look = _look(boxes, stretch)
        if look == looks:
            rows = [row.no for number in stretch for row in boxes[number].rows]
            kept[place[last[-1]]].again.append((min(rows), max(rows)))
            place |= {number: place[same] for number, same in zip(stretch, last, strict=True)}
            continue
        for number in stretch:
            box = boxes[number]
            place[number] = len(kept)
            kept.append(box)
            box.sources = [place[source] if source >= 0 else source for source in box.sources]
        looks, last = look, stretch
    return kept


def _look(boxes: Sequence[Box], stretch: Sequence[int]) -> object:
    """What two parts must have in common to be drawn once: layers, sizes and arrows."""
    own = {number: i for i, number in enumerate(stretch)}
    return tuple(
        (
            tuple((row.kind, row.spec, row.inputs, row.output) for row in boxes[number].rows),
            tuple(own.get(source, -1) for source in boxes[number].sources),
            bool(boxes[number].told),
        )
        for number in stretch
    )


def _pages(boxes: Sequence[Box]) -> list[range]:
    """The ranks of each picture: cut where all arrows that cross come from one box, as late as the page allows."""
    tops, heights = _heights(boxes)
    cuts = _cuts(boxes)
    pages, start, cut = [], 0, 0
    for rank in range(len(tops)):
        if rank > start and rank in cuts:
            cut = rank
        if tops[rank] + heights[rank] - tops[start] > PAGE and cut > start:
            pages.append(range(start, cut))
            start = cut
    return [*pages, range(start, len(tops))]


def _drawn(boxes: Sequence[Box], bends: Bends, ranks: range, derivation: Derivation) -> Picture:
    inside = [box for box in boxes if box.rank in ranks]
    xs = [x for box in inside for x in (box.x - WIDTH / 2, box.x + WIDTH / 2)]
    xs += [x for (_, end), points in bends.items() if boxes[end].rank in ranks for x, _ in points]
    left, right = min(xs) - 4, max(xs) + 4
    top = min(box.y for box in inside) - RISE
    height = max(box.y + box.height for box in inside) + RISE - top
    parts = [line for box in inside for line in _box(box)]
    for number, box in enumerate(boxes):
        if box.rank in ranks:
            parts += _arrows(boxes, number, bends, ranks, derivation)
    parts += [_label(box.x, box.y + box.height + LINE, box.rows[-1]) for box in inside]
    first, last = inside[0].rows[0].no, inside[-1].rows[-1].no
    words = f"Layers {first} to {last} of {derivation.title} as boxes, with arrows for what they read"
    view = f"{left:.1f} {top:.1f} {right - left:.1f} {height:.1f}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{right - left:.0f}pt" height="{height:.0f}pt"'
    style = f'font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
    svg = f'{head} role="img" aria-label="{escape(printable(words))}" {style}>{"".join(parts)}</svg>'
    return Picture(svg, (right - left) * min(1.0, PAGE / height), words)


def _box(box: Box) -> Iterable[str]:
    yield (
        f'<rect x="{box.x - WIDTH / 2:.1f}" y="{box.y:.1f}" width="{WIDTH:.1f}" height="{box.height:.1f}" rx="3" '
        'fill="none" stroke="currentColor" stroke-width="0.6"/>'
    )
    for i, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if i == 0 else ""
        y = box.y + MARGIN + LINE * (i + 0.78)
        yield f'<text x="{box.x - WIDTH / 2 + 7:.1f}" y="{y:.1f}"{weight}>{escape(_shortened(line))}</text>'


def _shortened(text: str) -> str:
    """A line that fits in a box."""
    most = int((WIDTH - 14) / LETTER)
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _arrows(
    boxes: Sequence[Box],
    number: int,
    bends: Bends,
    ranks: range,
    derivation: Derivation,
) -> Iterable[str]:
    """The arrows into a box, from the boxes that it reads, the input or the picture before."""
    box = boxes[number]
    for i, source in enumerate(box.sources):
        port = box.x + 16 * (i - (len(box.sources) - 1) / 2)
        if source < 0 or boxes[source].rank not in ranks:
            points = [(port, box.y - RISE + 12), (port, box.y)]
            shape = plain(derivation.input) if source < 0 else plain(boxes[source].rows[-1].output or ())
            yield f'<text x="{port + 5:.1f}" y="{box.y - RISE + 20:.1f}" font-size="{SIZE - 1}">{shape}</text>'
        else:
            start = boxes[source]
            points = [(start.x, start.y + start.height), *bends.get((source, number), []), (port, box.y)]
        yield _curve(points)


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth line through the points, upright at each, with an arrowhead at its end."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        path.append(
            f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}" if abs(x - to_x) > 0.5 else f"V{to_y:.1f}"
        )
        x, y = to_x, to_y
    head = f"M{x - 2.2:.1f} {y - 5:.1f}L{x:.1f} {y:.1f}L{x + 2.2:.1f} {y - 5:.1f}"
    return f'<path d="{"".join(path)}{head}" fill="none" stroke="currentColor" stroke-width="0.7"/>'


def _label(x: float, y: float, row: Row) -> str:
    return f'<text x="{x + 5:.1f}" y="{y:.1f}" font-size="{SIZE - 1}">{plain(row.output or ())}</text>'
