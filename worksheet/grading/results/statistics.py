"""Counts over a class, student by student: distribution, difficulty, discrimination, mistakes, unexplained values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.grading.mark import Mark, MarkedPaper, Remark, Verdict
from worksheet.grading.paper.cells import Key, Value
from worksheet.grading.results.amounts import Sums, count_of, decimal, handed_in, one_line
from worksheet.grading.results.stable_json import labels
from worksheet.grading.results.streams import MarkStream, Unplaced

MAX_NAMED = 12  # students named for what they have in common
MAX_VALUES = 2_000  # distinct unknown values of a cell that are remembered
MAX_LISTED = 200  # failures and unplaced lines kept for the report
MAX_SHOWN = 24  # letters of an answer
SCALE = 693_000_000  # factor of the sums of points, which makes nearly all of them whole, so that they add up faster
EARNED = frozenset({Verdict.RIGHT, Verdict.CARRIED})
Tally = tuple[Verdict, int, int]  # a verdict, and points as numerator and denominator
Truths = Callable[[str], Mapping[Key, Value]]  # the right values of a student's own sheet, by id


@dataclass
class CellCounts:
    """One cell over the class. ``full`` counts the students marked in full by verdict and points, and adds up their totals:
    enough for exact means, variances and the covariance with the total. ``rest`` has the other students."""

    key: Key
    layer: str
    max: Fraction
    full: dict[Tally, list[Exact]] = field(default_factory=dict)
    rest: dict[Tally, list[Exact]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)  # the most likely mistake of each mark; both of two made at once
    possible: Counter[str] = field(default_factory=Counter)  # other mistakes that fit

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Students by verdict."""
        counts: Counter[Verdict] = Counter()
        for tally in (self.full, self.rest):
            for (verdict, _, _), entry in tally.items():
                counts[verdict] += int(entry[0])
        return counts

    def share(self, *verdicts: Verdict) -> Fraction | None:
        """The share of students with one of these verdicts among those marked here; None if there are none."""
        counts = self.verdicts
        marked = counts.total() - counts[Verdict.UNMARKED]
        return Fraction(sum(counts[verdict] for verdict in verdicts), marked) if marked else None

    @property
    def many(self) -> int:
        """The number of students marked in full."""
        return sum(int(entry[0]) for entry in self.full.values())

    @property
    def mean(self) -> Fraction | None:
        """The mean share of the marks earned."""
        return self.moment(1) / self.many / self.max if self.many and self.max else None

    def moment(self, power: int) -> Fraction:
        """The sum of the students' points to a power."""
        return sum((Fraction(a, b) ** power * entry[0] for (_, a, b), entry in self.full.items()), Fraction(0))

    @property
    def products(self) -> Fraction:
        """The sum of the students' points here times their total."""
        return sum((Fraction(a, b) * entry[1] for (_, a, b), entry in self.full.items()), Fraction(0)) / SCALE


@dataclass
class UnknownAnswer:
    """Wrong answers to one cell that no mistake explains and that several students gave; ``what`` describes them."""

    key: Key
    layer: str
    what: str
    many: int = 0
    who: list[str] = field(default_factory=list)
    answers: set[object] = field(default_factory=set)  # at most two of them

    @property
    def is_zero(self) -> bool:
        """Whether the answer was 0."""
        return self.answers == {(0,)}


class Statistics(MarkStream):
    """Counts a class; apart from a few counters its size does not grow with the class. ``truths`` has the right values of
    personal sheets: unknown values are then also compared by their relation to the right one."""

    def __init__(self, truths: Truths | None = None) -> None:
        self.truths = truths
        self.cells: dict[Key, CellCounts] = {}
        self.totals: Counter[Fraction] = Counter()  # of the students marked in full
        self.max = Fraction(0)
        self.students = self.unmarked = self.absent = 0
        self.square: Exact = 0  # the sum of the squares of the totals
        self.having: Counter[str] = Counter()  # students by mistake
        self.conventions: Counter[str] = Counter()  # cells by convention
        self.counting: Counter[str] = Counter()  # students by convention
        self.flags: Counter[str] = Counter()
        self.unreadable: list[tuple[str, Mark]] = []  # marks that a person must look at, by student
        self.flagged: list[tuple[str, Mark]] = []
        self.remarks: list[tuple[str, Remark]] = []  # on whole papers
        self.failures: list[tuple[str, str]] = []
        self.unplaced: tuple[Unplaced, ...] = ()
        self.lines = 0  # unplaced
        self.values: dict[Key, dict[tuple[str, object], UnknownAnswer]] = {}

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        self.students += 1
        if marked.absent:
            self.absent += 1
            return
        self.remarks += [(marked.id, found) for found in marked.remarks if len(self.remarks) < MAX_LISTED]
        complete = not marked.failed and not sums.unmarked and bool(marked.marks)
        total = simplest(sums.points * SCALE)
        if complete:
            self.totals[sums.points] += 1
            self.max = max(self.max, sums.max)
            self.square += sums.points**2
        else:
            self.unmarked += 1
            if len(self.failures) < MAX_LISTED:
                self.failures.append((marked.id, marked.failed or f"{count_of(sums.unmarked, 'cell')} not marked"))
        mistakes: set[str] = set()
        conventions: set[str] = set()
        truths: Mapping[Key, Value] | None = None
        for mark in marked.marks:
            cell = self.cells.get(mark.key) or self.cells.setdefault(mark.key, CellCounts(mark.key, mark.layer, mark.max))
            tally, points = cell.full if complete else cell.rest, mark.points
            result = mark.verdict, points.numerator, points.denominator
            entry = tally.get(result) or tally.setdefault(result, [0, 0])
            entry[0] += 1
            entry[1] += total
            if mark.flags:
                self.flags.update(mark.flags)
                self.flagged += [(marked.id, mark)] if len(self.flagged) < MAX_LISTED else []
            if mark.verdict is Verdict.UNREADABLE and len(self.unreadable) < MAX_LISTED:
                self.unreadable.append((marked.id, mark))
            if mark.verdict in EARNED or mark.verdict is Verdict.BLANK:
                continue
            if mark.labels:
                mistakes |= self.count_labels(cell, mark)
            if mark.conventions:
                self.conventions.update(mark.conventions)
                conventions.update(mark.conventions)
            if mark.verdict is Verdict.WRONG:
                truths = truths or (self.truths(marked.id) if self.truths else {})
                self.remember_unknown(marked.id, mark, truths.get(mark.key))
        self.having.update(mistakes)
        self.counting.update(conventions)

    def count_labels(self, cell: CellCounts, mark: Mark) -> set[str]:
        first = mark.labels[0].split("+")
        cell.labels.update(first)
        cell.possible.update(label for label in labels(mark) if label not in first)
        return set(first)

    def remember_unknown(self, student: str, mark: Mark, truth: Value | None) -> None:
        """Remember a wrong answer by its value and by its relation to the right one."""
        value: object = "".join(mark.answer.split()) if mark.value is None else mark.value
        kept = self.values.setdefault(mark.key, {})
        for way, what, words in (("value", value, one_line(mark.answer, MAX_SHOWN)), *_relations(mark.value, truth)):
            entry = kept.get((way, what))
            if entry is None:
                if len(kept) >= MAX_VALUES:
                    continue
                entry = kept[way, what] = UnknownAnswer(mark.key, mark.layer, words)
            entry.many += 1
            if len(entry.who) < MAX_NAMED:
                entry.who.append(student)
            if len(entry.answers) < 2:
                entry.answers.add(value)

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        self.lines = len(unplaced)
        self.unplaced = unplaced[:MAX_LISTED]

    # What follows from the counts

    @property
    def papers(self) -> int:
        """The number of students who handed in."""
        return self.students - self.absent

    @property
    def handed_in(self) -> str:
        """How many handed in, in words: the first figure of every report."""
        return handed_in(self.papers, self.students)

    @property
    def complete(self) -> int:
        """The number of students marked in full, who make up the distribution."""
        return self.totals.total()

    @property
    def mean(self) -> Fraction | None:
        """The mean total."""
        return (
            sum((points * many for points, many in self.totals.items()), Fraction(0)) / self.complete if self.complete else None
        )

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the totals (population: divided by n)."""
        return sqrt(Fraction(self.square) / self.complete - self.mean**2) if self.mean is not None else None

    def quantile(self, share: Fraction) -> Fraction | None:
        """The total below which a share of the class lies; between two students their mean, as for a median."""
        if not self.complete:
            return None
        place = share * self.complete
        return (self._at(-(-place // 1)) + self._at(place // 1 + 1)) / 2

    def _at(self, rank: int) -> Fraction:
        """The total of the student of a rank, from 1 on, lowest first."""
        passed = 0
        for points in sorted(self.totals):
            passed += self.totals[points]
            if passed >= rank:
                break
        return points

    def discrimination(self, key: Key) -> float | None:
        """The correlation of the points of a cell with those of all other cells (the corrected item-total correlation of
        classical test theory, point-biserial if a cell is all or nothing). None if either does not vary."""
        cell = self.cells[key]
        many = cell.many
        if not many or many != self.complete or self.mean is None:
            return None
        sum_x, squares_x = cell.moment(1), cell.moment(2)
        variance_x = many * squares_x - sum_x**2  # all variances are multiplied by the square of the number of students
        variance_t = many * self.square - (self.mean * many) ** 2
        covariance = many * cell.products - sum_x * self.mean * many
        variance_rest = variance_x + variance_t - 2 * covariance
        if variance_x <= 0 or variance_rest <= 0:
            return None
        return float(covariance - variance_x) / sqrt(variance_x * variance_rest)

    def cells_with(self, verdict: Verdict) -> int:
        """How many cells of all papers have a verdict."""
        return sum(cell.verdicts[verdict] for cell in self.cells.values())

    def mistakes(self) -> Counter[str]:
        """How often each mistake was made in all cells."""
        return sum((cell.labels for cell in self.cells.values()), Counter())

    def unknowns(self) -> Iterator[UnknownAnswer]:
        """Unknown values of at least two students, most common first; relations only if the values differ."""
        entries = ((way, entry) for values in self.values.values() for (way, _), entry in values.items() if entry.many > 1)
        unknown = [entry for way, entry in entries if way == "value" or len(entry.answers) > 1]
        yield from sorted(unknown, key=lambda entry: -entry.many)


def _relations(value: Value | None, truth: Value | None) -> Iterator[tuple[str, object, str]]:
    """How a value relates to the right one: ratio and difference."""
    if value is None or truth is None or len(value) != len(truth):
        return
    if len(value) == 1 and truth[0] and value[0]:
        ratio = Fraction(value[0]) / Fraction(truth[0])
        yield "ratio", ratio, f"{ratio} of the right value"
    between = tuple(a - b for a, b in zip(value, truth, strict=True))
    steps = " × ".join(f"{decimal(Fraction(step))}" if step <= 0 else f"+{decimal(Fraction(step))}" for step in between)
    yield "difference", between, f"the right value {steps}" if len(between) == 1 else f"the right sizes, changed by {steps}"
