"""Holds the package's marks of synthetic classes against what is known of them, and counts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import worksheet as ws
from tests.grading import brute
from tests.grading.chains import COLUMNS, Key
from tests.grading.synthetic import COINCIDENCE, INJECTED, Answer, Script
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Paper
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy

MAKER = PaperMaker(ws.convention("ai61002"), Ask({"*": COLUMNS}, totals=COLUMNS[1:]))
Marking = Callable[[Script], Mapping[Key, Mark]]
ONE = Fraction(1)


def marking(
    policy: Policy | None = None, paper: Callable[[Script], Paper] | None = None, others: tuple[str, ...] = ()
) -> Marking:
    """Marks a script: each on a paper of its own, as personal variants are. ``others`` are further ways of counting."""
    marker = Marker(policy or Policy(), others)
    make = paper or (lambda script: MAKER.paper(script.chain.network()))
    return lambda script: {mark.key: mark for mark in marker.marks(make(script), script.texts)}


@dataclass
class Fairness:
    """Every answer of a class against the brute-force marker."""

    answers: int = 0
    right: int = 0
    carried: int = 0
    marked_down: list[str] = field(default_factory=list)  # right or carried, and yet not all the marks
    unearned: list[str] = field(default_factory=list)  # neither, and yet marks
    verdicts: list[str] = field(default_factory=list)  # right, carried or neither: another verdict
    sets: list[str] = field(default_factory=list)  # carried, but not from a smallest set
    flags: list[str] = field(default_factory=list)  # right but does not follow, or the reverse

    def add(self, script: Script, marks: Mapping[Key, Mark]) -> None:
        values = script.values
        for key in values:
            found, answer = brute.judged(script.chain, key, values, script.hidden), script.answers[key]
            mark = marks[key]
            self.answers += 1
            self.right += found.right
            self.carried += found.carried
            told = f"{key} {answer.text!r} of {script.chain}: {mark.verdict}, {mark.points}, {mark.carried_from}; {found}"
            self._compare(found, mark, told)

    def _compare(self, found: brute.Judged, mark: Mark, told: str) -> None:
        wanted = brute.points(found, ONE)
        if mark.points < wanted:
            self.marked_down.append(told)
        if mark.points > wanted:
            self.unearned.append(told)
        ours = (mark.verdict == Verdict.RIGHT, mark.verdict == Verdict.CARRIED)
        if ours != (found.right, found.carried):
            self.verdicts.append(told)
        elif found.carried and frozenset(mark.carried_from) not in found.sets:
            self.sets.append(told)
        if found.right and ("does-not-follow" in mark.flags) == found.follows:
            self.flags.append(told)

    @property
    def faults(self) -> list[str]:
        return [*self.marked_down, *self.unearned, *self.verdicts, *self.sets, *self.flags]


@dataclass
class Naming:
    """How often an injected mistake is among the labels of its cell, and how often it is the only or the first one."""

    injected: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    coincidences: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, script: Script, marks: Mapping[Key, Mark]) -> None:
        for key, answer in script.answers.items():
            self.coincidences += answer.what == COINCIDENCE
            if answer.what == INJECTED:
                self._count(script, key, answer, marks[key])

    def _count(self, script: Script, key: Key, answer: Answer, mark: Mark) -> None:
        judged = brute.judged(script.chain, key, script.values)
        if judged.right or judged.carried:  # by chance the mistake gives what other values give
            self.coincidences += 1
            return
        self.injected[answer.label] += 1
        self.named[answer.label] += answer.label in mark.labels
        self.first[answer.label] += mark.labels[:1] == (answer.label,)
        if answer.label not in mark.labels:
            self.missed.append(
                f"{answer.label} at {key}: {answer.text!r} {mark.verdict} {mark.labels} {mark.says} {script.chain}"
            )

    @property
    def shares(self) -> tuple[float, float]:
        """Named, and first."""
        all_of_them = self.injected.total() or 1
        return self.named.total() / all_of_them, self.first.total() / all_of_them

    def table(self) -> str:
        lines = [f"{'mistake':<24}{'injected':>9}{'named':>9}{'first':>9}"]
        for label, times in sorted(self.injected.items()):
            lines.append(f"{label:<24}{times:>9}{self.named[label] / times:>9.3f}{self.first[label] / times:>9.3f}")
        named, first = self.shares
        lines.append(
            f"{'all':<24}{self.injected.total():>9}{named:>9.4f}{first:>9.4f}  ({self.coincidences} coincidences left out)"
        )
        return "\n".join(lines)


def fairness(scripts: Iterable[Script], mark: Marking, answers: int) -> Fairness:
    """Over at least so many answers."""
    found = Fairness()
    for script in scripts:
        if brute.markable(script.chain, script.values):
            found.add(script, mark(script))
        if found.answers >= answers:
            break
    return found


def naming(scripts: Iterable[Script], mark: Marking) -> Naming:
    found = Naming()
    for script in scripts:
        found.add(script, mark(script))
    return found
