"""The report on a class: distribution, hardest cells, mistakes, unexplained values, discrimination, and what was not marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import islice

from worksheet.document import Block, Bullets, Document, Table, Text, Title
from worksheet.document import Cell as TableCell
from worksheet.drawing.svg import BLUE, GREEN
from worksheet.frozen import frozen
from worksheet.grading.mark import FLAGS, Verdict
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.amounts import cell_name, count_of, decimal, one_line
from worksheet.grading.results.charts import Heatmap, draw_circles, draw_heatmap, draw_histogram, points_bars
from worksheet.grading.results.class_data import class_data
from worksheet.grading.results.phrases import convention_titles, heading, sentences
from worksheet.grading.results.statistics import CellCounts, Statistics, UnknownAnswer
from worksheet.grading.results.streams import Unplaced
from worksheet.grading.results.to_look_at import MAX_LINES, to_look_at

MAX_HARDEST, MAX_MISTAKES, MAX_UNKNOWN = 10, 20, 25
MAX_GROUPED = 1000  # unknown values that are grouped by the students who gave them
MAX_ROWS, MAX_PLACES = 48, 30  # of one picture: rows of a grid, columns of circles
LOW = 0.2  # by the usual rule of thumb, a cell below this hardly distinguishes strong from weak students
FEWEST = 10  # students below which a correlation means nothing
DISCRIMINATION = (
    "How well a cell distinguishes students: the correlation of its points with those of all other cells, in test theory "
    "the corrected item-total correlation (point-biserial where a cell is all or nothing). Questions below 0.2 are commonly "
    "looked at again; below 0, those who did well elsewhere did worse here, as happens where a key is wrong."
)


@frozen
class ClassReport:
    """Reports the counts of a class. ``labels`` are the headings of columns by name, ``says`` the sentences of mistakes by id,
    ``titles`` the titles of conventions by name; the package's own by default."""

    title: str
    course: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] | None = None
    titles: Mapping[str, str] | None = None
    digits: str = "en_US"

    def report(self, results: Statistics) -> Document:
        """The document; its data is what is written as JSON."""
        says = sentences() if self.says is None else self.says
        blocks = _ClassBlocks(results, self.labels, says, self.titles or {}).blocks()
        title = f"{self.title}: the class" if self.title else "The class"
        return Document(title, tuple(blocks), class_data(results), self.course, self.digits)


@frozen
class _ClassBlocks:
    results: Statistics
    labels: Mapping[str, str]
    says: Mapping[str, str]
    titles: Mapping[str, str]

    def blocks(self) -> Iterator[Block]:
        yield Text(" ".join(self.overview()))
        yield from to_look_at(self.results)
        yield from self.leftovers()
        if self.results.complete:
            yield from self.points()
        if self.results.cells:
            yield from self.hardest()
            yield from self.mistakes()
            yield from self.unknown()
            yield from self.discriminating()
            yield from self.verdicts()

    def label(self, column: str) -> str:
        return heading(column, self.labels)

    def place(self, cell: CellCounts | UnknownAnswer) -> str:
        """A cell in words: row 4 (conv2d_2), # FLOPs."""
        row = cell.key[0] if isinstance(cell.key[0], str) else f"row {cell.key[0]}"
        return f"{row}{f' ({one_line(cell.layer)})' if cell.layer else ''}, {self.label(cell.key[1])}"

    # How it went

    def overview(self) -> Iterator[str]:
        results = self.results
        asked = f", {count_of(len(results.cells), 'cell')} each" if results.cells else ""
        yield f"{results.handed_in}{asked}."
        if results.mean is None or results.deviation is None:
            yield "No student was marked in full."
            return
        share = f" ({decimal(100 * results.mean / results.max, 1)} %)" if results.max else ""
        low, middle, high = (decimal(results.quantile(Fraction(i, 4)) or Fraction(0), 2) for i in (1, 2, 3))
        yield f"Of {decimal(results.max)} points the mean is {decimal(results.mean, 2)}{share}, the median {middle}."
        yield f"The middle half of the class has {low} to {high} points;"
        yield f"the least is {decimal(min(results.totals), 2)}, the most {decimal(max(results.totals), 2)},"
        yield f"the standard deviation {results.deviation:.2f}."
        if results.unmarked:
            yield f"{count_of(results.unmarked, 'paper')} could not be marked in full; see below."

    def points(self) -> Iterator[Block]:
        assert self.results.mean is not None
        columns = points_bars(self.results.totals, self.results.max)
        words = ", ".join(f"{decimal(bar.low)} to {decimal(bar.high)}: {bar.many}" for bar in columns if bar.many)
        yield draw_histogram(columns, self.results.mean, f"Students by points: {words}")

    # Where it was hard

    def hardest(self) -> Iterator[Block]:
        yield Title("Where it was hard")
        right = {
            key: share
            for key, cell in self.results.cells.items()
            if (share := cell.share(Verdict.RIGHT, Verdict.CARRIED)) is not None
        }
        figures = {key: decimal(100 * share, 0) for key, share in right.items()}
        shades = {key: 1 - float(share) for key, share in right.items()}
        yield from self.grids("right", "Right or carried, in %", "the darker, the harder", BLUE, shades, figures)
        cells = sorted(self.results.cells.values(), key=lambda cell: right.get(cell.key, Fraction(1)))
        headings = ("The hardest cells", "Most common mistake", "right %", "carried %", "mistake %", "blank %")
        rows = [self.shares(cell) for cell in cells[:MAX_HARDEST] if right.get(cell.key, 1) < 1]
        if rows:
            yield Table(headings, tuple(rows), words=2)

    def shares(self, cell: CellCounts) -> tuple[TableCell, ...]:
        shares = [
            cell.share(*verdicts)
            for verdicts in ((Verdict.RIGHT,), (Verdict.CARRIED,), (Verdict.MISTAKE, Verdict.CONVENTION), (Verdict.BLANK,))
        ]
        common = "".join(f"{label} ({many})" for label, many in cell.labels.most_common(1))
        return (self.place(cell), common, *("" if share is None else decimal(100 * share, 0) for share in shares))

    def grids(
        self, name: str, heading: str, key: str, colour: str, shades: Mapping[Key, float], figures: Mapping[Key, str]
    ) -> Iterator[Block]:
        """A figure for each cell by row and column; a long sheet takes several pictures."""
        columns = list(dict.fromkeys(column for _, column in self.results.cells))
        labels = [self.label(column) for column in columns]
        layers = {key[0]: cell.layer for key, cell in self.results.cells.items()}
        rows = list(layers)
        darkest = max(shades.values(), default=0) or 1
        for start in range(0, len(rows), MAX_ROWS):
            part = rows[start : start + MAX_ROWS]
            places = {(row, column): (part.index(row), columns.index(column)) for row, column in figures if row in part}
            names = [" ".join(filter(None, (str(row), one_line(layers[row])))) for row in part]
            if not places:
                continue
            low, high = min(places, key=lambda cell: shades[cell]), max(places, key=lambda cell: shades[cell])
            words = (
                f"{heading}, by row and column: from {figures[high]} at {cell_name(high)} to {figures[low]} at {cell_name(low)}"
            )
            part_name = f"{name}{start // MAX_ROWS + 1 if start else ''}"
            part_shades = {place: shades[cell] / darkest for cell, place in places.items()}
            part_figures = {place: figures[cell] for cell, place in places.items()}
            drawn = Heatmap(part_name, heading, colour, names, labels, part_shades, part_figures, key)
            yield draw_heatmap(drawn, words)

    # What went wrong

    def mistakes(self) -> Iterator[Block]:
        counts = self.results.mistakes().most_common(MAX_MISTAKES)
        if not counts:
            return
        yield Title("Mistakes")
        yield from self.matrix([label for label, _ in counts])
        rows = [
            (label, self.says.get(label, ""), self.usual_cell(label), many, self.results.having[label]) for label, many in counts
        ]
        yield Table(("Mistake", "What happened", "Most often at", "cells", "students"), tuple(rows), words=3)

    def matrix(self, labels: Sequence[str]) -> Iterator[Block]:
        """Circles by mistake and row of the sheet. A mistake made in several columns has a line for each."""
        cells = [cell for cell in self.results.cells.values() if cell.labels]
        lines = list(dict.fromkeys((label, cell.key[1]) for label in labels for cell in cells if label in cell.labels))
        several = {label for label in labels if sum(label == other for other, _ in lines) > 1}
        rows = list(dict.fromkeys(cell.key[0] for cell in cells))
        for start in range(0, len(rows), MAX_PLACES):
            part = rows[start : start + MAX_PLACES]
            drawn = {
                (i, part.index(cell.key[0])): cell.labels[label]
                for i, (label, column) in enumerate(lines)
                for cell in cells
                if cell.key[0] in part and cell.key[1] == column and label in cell.labels
            }
            names = [f"{label}, {column}" if label in several else label for label, column in lines]
            words = f"Mistakes by row: most often {labels[0]} at {self.usual_cell(labels[0])}"
            name = f"mistakes{start // MAX_PLACES + 1 if start else ''}"
            yield draw_circles(name, "How often each mistake was made, by No.", names, [str(row) for row in part], drawn, words)

    def usual_cell(self, label: str) -> str:
        return cell_name(max(self.results.cells.values(), key=lambda cell: cell.labels[label]).key)

    def unknown(self) -> Iterator[Block]:
        groups: dict[object, list[UnknownAnswer]] = {}
        for each in islice(self.results.unknowns(), MAX_GROUPED):
            groups.setdefault((each.is_zero, each.many, tuple(each.who)), []).append(each)
        unknown = sorted(groups.values(), key=lambda same: (same[0].is_zero, -same[0].many))
        if not unknown:
            return
        yield Title("The same unknown value")
        yield Text(
            "Wrong answers that several students gave. Is it a mistake missing from the catalogue, or an answer passed around?"
        )
        yield Bullets(tuple(self.describe_unknown(same) for same in unknown[:MAX_UNKNOWN]))
        if len(unknown) > MAX_UNKNOWN:
            yield Text("There are more such values, each from fewer students.")

    def describe_unknown(self, same: Sequence[UnknownAnswer]) -> str:
        """What one group of students has in common, in one line."""
        each, *others = same
        more = each.many - len(each.who)
        who = ", ".join(map(one_line, each.who)) + (f" and {more} more" if more else "")
        if each.is_zero:
            return f"{each.many} students gave 0 in {count_of(len(same), 'cell')} where it is not right: {who}"
        first = f"{each.what} at {self.place(each)}"
        besides = f" and the same in {count_of(len(others), 'more cell')}" if others else ""
        return f"{each.many} students gave {first}{besides}: {who}"

    # How well the cells distinguish students

    def discriminating(self) -> Iterator[Block]:
        correlations = {key: r for key in self.results.cells if (r := self.results.discrimination(key)) is not None}
        if self.results.complete < FEWEST or not correlations:
            return
        yield Title("Discrimination")
        yield Text(DISCRIMINATION)
        figures = {key: f"{r:.2f}".replace("-", "−") for key, r in correlations.items()}
        shades = {key: max(0.0, r) for key, r in correlations.items()}
        yield from self.grids("discrimination", "Correlation with the rest", "the darker, the better", GREEN, shades, figures)
        low = sorted((r, key) for key, r in correlations.items() if r < LOW)
        if low:
            cells = [f"{self.place(self.results.cells[key])} ({figures[key]})" for _, key in low[:MAX_HARDEST]]
            more = f", and {len(low) - MAX_HARDEST} more" if len(low) > MAX_HARDEST else ""
            yield Text(f"Worth a second look: {'; '.join(cells)}{more}.")

    # Verdicts, flags, what is left

    def verdicts(self) -> Iterator[Block]:
        results = self.results
        counts = {verdict: sum(cell.verdicts[verdict] for cell in results.cells.values()) for verdict in Verdict}
        cells = sum(counts.values())
        yield Title("Verdicts")
        rows = tuple((verdict.value, many, f"{100 * many / cells:.1f} %") for verdict, many in counts.items() if many)
        yield Table(("Verdict", "cells", "share"), rows, ("", cells, ""))
        if results.conventions:
            titles = convention_titles(results.conventions, self.titles)
            by_name = tuple((titles[name], many, results.counting[name]) for name, many in results.conventions.most_common())
            yield Table(("Right under another convention", "cells", "students"), by_name)
        if results.flags:
            yield Table(("Flag", "cells"), tuple((FLAGS.get(flag, flag), many) for flag, many in results.flags.most_common()))

    def leftovers(self) -> Iterator[Block]:
        results = self.results
        if results.unmarked:
            yield Title("Not marked")
            yield Text("No student has lost points here: these papers must be marked by hand.")
            yield from _list([f"{one_line(who)}: {one_line(why)}" for who, why in results.failures], results.unmarked)
        if results.lines:
            yield Title("Lines that could not be placed")
            yield from _list([describe_unplaced(line) for line in results.unplaced], results.lines)


def _list(items: Sequence[str], many: int) -> Iterator[Block]:
    yield Bullets(tuple(items[:MAX_LINES]))
    if many > MAX_LINES:
        yield Text(f"And {many - MAX_LINES:,} more.")


def describe_unplaced(line: Unplaced) -> str:
    """A line of answers that could not be placed, in one sentence: file and line, what was read, and why."""
    where = ":".join(str(line[name]) for name in ("file", "line") if line.get(name))
    read = ", ".join(f"{name} {line[name]}" for name in ("student", "row", "column", "answer") if line.get(name))
    return ": ".join(one_line(part) for part in (where, read, line.get("says", "")) if part)
