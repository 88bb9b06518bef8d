"""Counts over a class, taken in student by student: distribution, difficulty, discrimination, mistakes, values nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from worksheet.formula import Exact
from worksheet.grading.mark import Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import Key, Value
from worksheet.grading.results.amounts import Sums, counted, decimal, one_line
from worksheet.grading.results.stable_json import labels
from worksheet.grading.results.streams import MarkStream, Unplaced

MAX_NAMED = 12  # students that are named with what they have in common
MAX_VALUES = 2_000  # different unknown values of a cell that are remembered
MAX_LISTED = 200  # failures and unplaced lines that are kept for the report
MAX_SHOWN = 24  # letters of an answer
SCALE = 693_000_000  # sums of points are kept times this, so that nearly all are whole numbers, which add up faster
EARNED = frozenset({Verdict.RIGHT, Verdict.CARRIED})
Tally = tuple[Verdict, int, int]  # a verdict, and points as numerator and denominator
Truths = Callable[[str], Mapping[Key, Value]]  # by a student's id, the right values of a sheet of one's own


@dataclass
class Counted:
    """One cell over the class. ``full`` has, by verdict and points, how many of the students marked in full have them, and
    their points in all: enough for means, variances and the covariance with the sum, exactly. ``rest`` has the other students."""

    key: Key
    layer: str
    max: Fraction
    full: dict[Tally, list[Exact]] = field(default_factory=dict)
    rest: dict[Tally, list[Exact]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)  # the likeliest mistake of each mark; of two made at once both
    possible: Counter[str] = field(default_factory=Counter)  # mistakes that fit as well

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Students by verdict."""
        found: Counter[Verdict] = Counter()
        for tally in (self.full, self.rest):
            for (verdict, _, _), entry in tally.items():
                found[verdict] += int(entry[0])
        return found

    def share(self, *verdicts: Verdict) -> Fraction | None:
        """The share of the students with one of these verdicts among those marked here; None where nobody was."""
        found = self.verdicts
        marked = found.total() - found[Verdict.UNMARKED]
        return Fraction(sum(found[verdict] for verdict in verdicts), marked) if marked else None

    @property
    def many(self) -> int:
        """Students who were marked in full."""
        return sum(int(entry[0]) for entry in self.full.values())

    @property
    def mean(self) -> Fraction | None:
        """The mean share of the marks that was earned."""
        return self.moment(1) / self.many / self.max if self.many and self.max else None

    def moment(self, power: int) -> Fraction:
        """The sum over the students of their points to a power."""
        return sum((Fraction(a, b) ** power * entry[0] for (_, a, b), entry in self.full.items()), Fraction(0))

    @property
    def products(self) -> Fraction:
        """The sum over the students of the product of their points here and in all."""
        return sum((Fraction(a, b) * entry[1] for (_, a, b), entry in self.full.items()), Fraction(0)) / SCALE


@dataclass
class UnknownAnswer:
    """Wrong answers to one cell that nobody can explain and that several students gave; ``what`` they are in words."""

    key: Key
    layer: str
    what: str
    many: int = 0
    who: list[str] = field(default_factory=list)
    answers: set[object] = field(default_factory=set)  # at most two of them


class Statistics(MarkStream):
    """Takes a class in; its size does not grow with the class but for a few counters. ``truths`` gives the right values of a
    student's own sheet, where each has another: unknown values are then compared by their relation to the right one too."""

    def __init__(self, truths: Truths | None = None) -> None:
        self.truths = truths
        self.cells: dict[Key, Counted] = {}
        self.totals: Counter[Fraction] = Counter()  # of the students who were marked in full
        self.max = Fraction(0)
        self.students = self.unmarked = 0
        self.square: Exact = 0  # the sum of the squares of the totals
        self.having: Counter[str] = Counter()  # students by mistake
        self.conventions: Counter[str] = Counter()  # cells by way of counting
        self.counting: Counter[str] = Counter()  # students by way of counting
        self.flags: Counter[str] = Counter()
        self.failures: list[tuple[str, str]] = []
        self.unplaced: tuple[Unplaced, ...] = ()
        self.lines = 0  # unplaced
        self.values: dict[Key, dict[tuple[str, object], UnknownAnswer]] = {}

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        self.students += 1
        complete = not marked.failed and not sums.unmarked and bool(marked.marks)
        total = _exact(sums.points * SCALE)
        if complete:
            self.totals[sums.points] += 1
            self.max = max(self.max, sums.max)
            self.square += sums.points**2
        else:
            self.unmarked += 1
            if len(self.failures) < MAX_LISTED:
                self.failures.append((marked.id, marked.failed or f"{counted(sums.unmarked, 'cell')} not marked"))
        found: set[str] = set()
        ways: set[str] = set()
        truths: Mapping[Key, Value] | None = None
        for mark in marked.marks:
            cell = self.cells.get(mark.key) or self.cells.setdefault(mark.key, Counted(mark.key, mark.layer, mark.max))
            tally, points = cell.full if complete else cell.rest, mark.points
            found_as = mark.verdict, points.numerator, points.denominator
            entry = tally.get(found_as) or tally.setdefault(found_as, [0, 0])
            entry[0] += 1
            entry[1] += total
            if mark.flags:
                self.flags.update(mark.flags)
            if mark.verdict in EARNED or mark.verdict is Verdict.BLANK:
                continue
            if mark.labels:
                found |= self.labelled(cell, mark)
            if mark.conventions:
                self.conventions.update(mark.conventions)
                ways.update(mark.conventions)
            if mark.verdict is Verdict.WRONG:
                truths = truths or (self.truths(marked.id) if self.truths else {})
                self.unknown(marked.id, mark, truths.get(mark.key))
        self.having.update(found)
        self.counting.update(ways)

    def labelled(self, cell: Counted, mark: Mark) -> set[str]:
        first = mark.labels[0].split("+")
        cell.labels.update(first)
        cell.possible.update(label for label in labels(mark) if label not in first)
        return set(first)

    def unknown(self, student: str, mark: Mark, truth: Value | None) -> None:
        """Remember a wrong answer by its value, and by its relation to the right one."""
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
    def complete(self) -> int:
        """Students who were marked in full: those of the distribution."""
        return self.totals.total()

    @property
    def mean(self) -> Fraction | None:
        """Of the points in all."""
        return (
            sum((points * many for points, many in self.totals.items()), Fraction(0)) / self.complete if self.complete else None
        )

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the points in all, over the class (divided by n)."""
        return sqrt(Fraction(self.square) / self.complete - self.mean**2) if self.mean is not None else None

    def quantile(self, share: Fraction) -> Fraction | None:
        """The points below which a share of the class lies: between two students their mean, as for a median."""
        if not self.complete:
            return None
        place = share * self.complete
        return (self._at(-(-place // 1)) + self._at(place // 1 + 1)) / 2

    def _at(self, rank: int) -> Fraction:
        """The points of the student of a rank, from 1 on, those with the fewest first."""
        passed = 0
        for points in sorted(self.totals):
            passed += self.totals[points]
            if passed >= rank:
                break
        return points

    def discrimination(self, key: Key) -> float | None:
        """The correlation of the points of a cell with the points of all other cells (the corrected item-total correlation of
        classical test theory, point-biserial where a cell is all or nothing). None where either does not vary."""
        cell = self.cells[key]
        many = cell.many
        if not many or many != self.complete or self.mean is None:
            return None
        sum_x, squares_x = cell.moment(1), cell.moment(2)
        variance_x = many * squares_x - sum_x**2  # all of them times the square of the number of students
        variance_t = many * self.square - (self.mean * many) ** 2
        covariance = many * cell.products - sum_x * self.mean * many
        variance_rest = variance_x + variance_t - 2 * covariance
        if variance_x <= 0 or variance_rest <= 0:
            return None
        return float(covariance - variance_x) / sqrt(variance_x * variance_rest)

    def mistakes(self) -> Counter[str]:
        """How often each mistake was made, over all cells."""
        return sum((cell.labels for cell in self.cells.values()), Counter())

    def unknowns(self) -> Iterator[UnknownAnswer]:
        """Unknown values of at least two students, the commonest first. A relation is told where the values differ."""
        entries = ((way, entry) for values in self.values.values() for (way, _), entry in values.items() if entry.many > 1)
        told = [entry for way, entry in entries if way == "value" or len(entry.answers) > 1]
        yield from sorted(told, key=lambda entry: -entry.many)


def _exact(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _relations(value: Value | None, truth: Value | None) -> Iterator[tuple[str, object, str]]:
    """How a value stands to the right one: its ratio, and what is between them."""
    if value is None or truth is None or len(value) != len(truth):
        return
    if len(value) == 1 and truth[0] and value[0]:
        ratio = Fraction(value[0]) / Fraction(truth[0])
        yield "ratio", ratio, f"{ratio} of the right value"
    between = tuple(a - b for a, b in zip(value, truth, strict=True))
    steps = " × ".join(f"{decimal(Fraction(step))}" if step <= 0 else f"+{decimal(Fraction(step))}" for step in between)
    yield "difference", between, f"the right value {steps}" if len(between) == 1 else f"the right sizes, changed by {steps}"
