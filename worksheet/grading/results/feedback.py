"""The feedback sheet of a student: every answer with its verdict, and for each wrong one the worked solution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from worksheet.derivation import Derivation
from worksheet.document import Block, Bullets, Document, Judged, Table, Text, Title, Working
from worksheet.grading.diagnosis.diagnose import AND
from worksheet.grading.mark import FLAGS, Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import FIND, OUTPUT, Key
from worksheet.grading.results.amounts import count_of, decimal, one_line, sums
from worksheet.grading.results.correct_steps import Solution
from worksheet.grading.results.phrases import SHORT, TONES, VERDICTS, convention_titles, heading, sentences
from worksheet.grading.results.stable_json import JsonStream

MAX_SHOWN = 28  # letters of an answer in a table
MAX_QUOTED, MAX_MESSAGE = 200, 1000  # letters of an answer in a sentence, and of a sentence
TOGETHER = 3  # columns of answers in one table
MAX_FITTING = 3  # mistakes that are named if several fit
STUDENT, OWN = "student", "your"  # whose answers a flag is about
TABLED = frozenset({Verdict.RIGHT, Verdict.CARRIED})


@dataclass
class Feedback:
    """Makes the feedback sheets of an assignment. ``says`` and ``titles`` are the sentences of mistakes and the titles of
    conventions, the package's own by default. The solution of a sheet that students share is prepared once."""

    title: str
    course: str = ""
    says: Mapping[str, str] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    digits: str = ""  # those of the solution where this is empty
    _last: Solution | None = None
    _json: JsonStream = field(default_factory=JsonStream)

    def report(self, marked: MarkedPaper, worked: Derivation) -> Document:
        """A student's sheet; its data is the student's entry in the JSON of all marks."""
        says = sentences() if self.says is None else self.says
        if self._last is None or self._last.worked is not worked:
            self._last = Solution(worked)
        blocks = tuple(_Sheet(marked, self._last, says, self.titles).blocks())
        title = f"{self.title}: feedback" if self.title else "Feedback"
        return Document(title, blocks, self._json.data(marked), self.course, self.digits or worked.digits, worked.language)


@dataclass(frozen=True)
class _Sheet:
    marked: MarkedPaper
    solution: Solution
    says: Mapping[str, str]
    titles: Mapping[str, str]

    def blocks(self) -> Iterator[Block]:
        marked, added = self.marked, sums(self.marked)
        name, number = one_line(marked.name), one_line(marked.id)
        who = f"{name} ({number})" if name and name != number else number
        if marked.failed:
            yield Text(f"{who}: not marked yet. No points are lost by it; your teacher knows.", note=True)
            return
        share = f" ({decimal(added.percent, 1)} %)" if added.percent is not None else ""
        waiting = f" {count_of(added.unmarked, 'cell')} could not be marked yet." if added.unmarked else ""
        yield Text(f"{who}: {decimal(added.points)} of {decimal(added.max)} points{share}.{waiting}", note=True)
        yield from self.overview()
        yield from self.carried()
        wrong = [mark for mark in marked.marks if mark.verdict not in TABLED]
        if wrong:
            yield Title("What to look at again")
            yield from self.wrong(wrong)
        flagged = [
            f"{self.where(mark.key)}: {self.flags(mark)}" for mark in marked.marks if mark.flags and mark.verdict is Verdict.RIGHT
        ]
        if flagged:
            yield Title("Right, with a remark")
            yield Bullets(tuple(flagged))

    # In tables

    def overview(self) -> Iterator[Block]:
        """All answers by row and column, each with its verdict unless it is right; a few columns at a time."""
        marks = {mark.key: mark for mark in self.marked.marks}
        columns = list(dict.fromkeys(column for _, column in marks))
        layers = {mark.key[0]: mark.layer for mark in self.marked.marks}
        for start in range(0, len(columns), TOGETHER):
            part = columns[start : start + TOGETHER]
            rows = [
                (str(row), one_line(layer), *(_answer(marks.get((row, column))) for column in part), _points(marks, row, part))
                for row, layer in layers.items()
                if any((row, column) in marks for column in part)
            ]
            headings = ("S. No.", "Layer", *map(self.label, part), "Points")
            yield Table(headings, tuple(rows), words=len(headings) - 1, labels=2)

    def carried(self) -> Iterator[Block]:
        """Answers that follow from the student's own values: from which, and what is right."""
        marks = [mark for mark in self.marked.marks if mark.verdict is Verdict.CARRIED]
        if not marks:
            return
        yield Title("Right from your own earlier values")
        headings = ("Where", "Your answer", "Follows from your", "Right is", "Points")
        rows = tuple(
            (
                self.where(mark.key),
                Judged(one_line(mark.answer, MAX_SHOWN), TONES[mark.verdict]),
                self.origin(mark),
                self.solution.value(mark.key),
                _earned_of(mark),
            )
            for mark in marks
        )
        yield Table(headings, rows, words=3)

    def origin(self, mark: Mark) -> str:
        """The student's own cells from which an answer follows, with the flags that cost its points."""
        cells = ", ".join(self.where(key) for key in mark.carried_from)
        flags = self.flags(mark)
        return f"{cells} ({flags})" if flags else cells

    # Worked

    def wrong(self, marks: Sequence[Mark]) -> Iterator[Block]:
        """The right steps for each wrong answer; the blanks of a row together."""
        for (row, blank), cells in groupby(marks, key=lambda mark: (mark.key[0], mark.verdict is Verdict.BLANK)):
            group = list(cells)
            if blank:
                steps = tuple(step for mark in group for step in self.solution.steps_to(mark.key))
                columns = " and ".join(self.label(mark.key[1]) for mark in group)
                worth = _worth("0", sum(mark.max for mark in group))
                sizes = " ".join(f"The output is {value}." for mark in group if (value := self.size(mark)))
                yield Working(f"{self.row(row, group[0].layer)}, {columns}: left blank ({worth})", steps, sizes)
                continue
            for mark in group:
                judged = f"{VERDICTS[mark.verdict]} ({_worth(_earned(mark), mark.max)})"
                title = Judged(f"{self.row(row, mark.layer)}, {self.label(mark.key[1])}: {judged}", TONES[mark.verdict]).signed
                yield Working(title, self.solution.steps_to(mark.key), " ".join(self.explain(mark)))

    def explain(self, mark: Mark) -> Iterator[str]:
        """The sentences about an answer that is not right: what was read, what happened, flags, and the right size."""
        if mark.answer.strip():
            yield f"You wrote {one_line(mark.answer, MAX_QUOTED)}."
        yield from EXPLANATIONS[mark.verdict](self, mark)
        if mark.says:
            yield _sentence(mark.says)
        if mark.flags:
            yield _sentence(self.flags(mark))
        if size := self.size(mark):
            yield f"Right is {size}."
        if mark.key[0] == FIND:
            yield " ".join(self.solution.question(mark.key[1]).intro.split("\n")[1:])

    def size(self, mark: Mark) -> str:
        """The right size of an output; its steps show only the axes that change."""
        value = self.solution.value(mark.key) if mark.key[1] == OUTPUT else ""
        return value if isinstance(value, str) else ""

    def mistakes(self, mark: Mark) -> Iterator[str]:
        """The sentences of the mistakes that fit."""
        says = dict.fromkeys(" And: ".join(self.says.get(part, part) for part in label.split(AND)) for label in mark.labels)
        first, *others = list(says)[:MAX_FITTING] or [""]
        if first:
            yield ("From your own earlier values: " if mark.own else "") + first
        if others:
            yield f"The same answer would come of this: {' Or: '.join(others)}"

    def counting(self, mark: Mark) -> Iterator[str]:
        """The conventions under which an answer is right, and the one that applies here."""
        titles = " and ".join(convention_titles(mark.conventions, self.titles).values())
        yield f"That is right as {titles} counts; here {self.solution.worked.convention_title} counts."
        yield from self.mistakes(mark)

    # Words

    def flags(self, mark: Mark) -> str:
        return "; ".join(FLAGS.get(flag, flag).replace(f"the {STUDENT}'s", OWN) for flag in mark.flags)

    def label(self, column: str) -> str:
        return heading(column, self.solution.labels)

    def row(self, row: int | str, layer: str) -> str:
        return f"{row} {one_line(layer)}".strip() if isinstance(row, int) else row.capitalize()

    def where(self, key: Key) -> str:
        """A cell: row 4, # Flops."""
        return f"{key[0] if isinstance(key[0], str) else f'row {key[0]}'}, {self.label(key[1])}"


EXPLANATIONS: dict[Verdict, Callable[[_Sheet, Mark], Iterable[str]]] = {
    Verdict.CONVENTION: _Sheet.counting,
    Verdict.MISTAKE: _Sheet.mistakes,
    Verdict.WRONG: lambda _, mark: () if mark.says else ("It is not right, and no mistake that is known explains it.",),
    Verdict.UNREADABLE: lambda _, mark: () if mark.says else ("This could not be read as an answer.",),
    Verdict.UNMARKED: lambda *_: ("This answer could not be marked. No points are lost by it; your teacher knows.",),
}


def _answer(mark: Mark | None) -> Judged | None:
    """An answer in the overview."""
    if mark is None:
        return None
    answer = one_line(mark.answer, MAX_SHOWN)
    words = "" if mark.verdict is Verdict.RIGHT else f"({SHORT[mark.verdict]})"
    return Judged(" ".join(filter(None, (answer, words))), TONES[mark.verdict])


def _points(marks: Mapping[Key, Mark], row: int | str, columns: Sequence[str]) -> str:
    row_marks = [mark for column in columns if (mark := marks.get((row, column)))]
    return f"{decimal(sum(mark.points for mark in row_marks))} of {decimal(sum(mark.max for mark in row_marks))}"


def _earned_of(mark: Mark) -> str:
    return f"{_earned(mark)} of {decimal(mark.max)}"


def _earned(mark: Mark) -> str:
    return "–" if mark.verdict is Verdict.UNMARKED else decimal(mark.points)


def _worth(points: str, most: Fraction | int) -> str:
    return f"{points} of {decimal(most)} {'point' if most == 1 else 'points'}"


def _sentence(text: str) -> str:
    """A message as a sentence."""
    text = one_line(text, MAX_MESSAGE)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
