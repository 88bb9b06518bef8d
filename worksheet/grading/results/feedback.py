"""The feedback sheet of a student: every answer with its verdict, and for each wrong one the worked solution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import groupby

from worksheet.derivation import Derivation
from worksheet.derive.reference import list_in_words
from worksheet.document import Block, Bullets, Chapter, Document, Table, Text, Title, Working
from worksheet.grading.diagnosis.diagnose import AND
from worksheet.grading.mark import Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import FIND, OUTPUT, TOTAL, Key, Row
from worksheet.grading.results.amounts import Sums, decimal, one_line, sums
from worksheet.grading.results.correct_steps import Solution
from worksheet.grading.results.phrases import SHORT, TO_STUDENT, VERDICTS, convention_titles, heading, sentences
from worksheet.grading.results.stable_json import JsonStream
from worksheet.language import N_, _, ngettext

MAX_SHOWN = 28  # letters of an answer in a table
MAX_QUOTED, MAX_MESSAGE = 200, 1000  # letters of an answer in a sentence, and of a sentence
TOGETHER = 3  # columns of answers in one table
MAX_FITTING = 3  # mistakes that are named if several fit
ROWS = {TOTAL: N_("Total"), FIND: N_("Questions")}  # the rows that are not layers
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
        title = _("{title}: feedback").format(title=self.title) if self.title else _("Feedback")
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
            yield Text(_("{who}: not marked yet. No points are lost by it; your teacher knows.").format(who=who), note=True)
            return
        yield Text(f"{who}: {_earned_in_all(added)}", note=True)
        yield from self.overview()
        yield from self.carried()
        wrong = [mark for mark in marked.marks if mark.verdict not in TABLED]
        if wrong:
            yield Title(_("What to look at again"))
            yield from self.wrong(wrong)
        flagged = [
            f"{self.where(mark.key)}: {self.flags(mark)}" for mark in marked.marks if mark.flags and mark.verdict is Verdict.RIGHT
        ]
        if flagged:
            yield Title(_("Right, with a remark"))
            yield Bullets(tuple(flagged))
        yield from self.legend(wrong)

    def legend(self, wrong: Sequence[Mark]) -> Iterator[Block]:
        """What the letters of the worked steps mean."""
        symbols = self.solution.symbols([step for mark in wrong for step in self.solution.steps_to(mark.key)])
        if symbols:
            yield Chapter(_("Symbols"), symbols, "symbols")

    # In tables

    def overview(self) -> Iterator[Block]:
        """All answers by row and column, each with its verdict unless it is right; a few columns at a time."""
        marks = {mark.key: mark for mark in self.marked.marks}
        columns = list(dict.fromkeys(column for _row, column in marks))
        rows = dict.fromkeys(row for row, _column in marks)
        for start in range(0, len(columns), TOGETHER):
            part = columns[start : start + TOGETHER]
            lines = [
                (*self.place(row), *(_answer(marks.get((row, column))) for column in part), _points(marks, row, part))
                for row in rows
                if any((row, column) in marks for column in part)
            ]
            headings = (_("No."), _("Layer"), *map(self.label, part), _("Points"))
            yield Table(headings, tuple(lines), words=len(headings) - 1)

    def place(self, row: Row) -> tuple[str, str]:
        """A row of the sheet: its number and its layer, or a word for it."""
        return (str(row), self.solution.layer(row)) if isinstance(row, int) else (_(ROWS[row]), "")

    def carried(self) -> Iterator[Block]:
        """Answers that follow from the student's own values: from which, and what is right."""
        marks = [mark for mark in self.marked.marks if mark.verdict is Verdict.CARRIED]
        if not marks:
            return
        yield Title(_("Right from your own earlier values"))
        headings = (_("Where"), _("Your answer"), _("Follows from your"), _("Right is"), _("Points"))
        rows = tuple(
            (
                self.where(mark.key),
                one_line(mark.answer, MAX_SHOWN),
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
                where = f"{self.row(row)}, {', '.join(self.label(mark.key[1]) for mark in group)}"
                title = f"{where}: {_(VERDICTS[Verdict.BLANK])} ({_worth('0', sum(mark.max for mark in group))})"
                sizes = [_("The output is {size}.").format(size=value) for mark in group if (value := self.size(mark))]
                yield Working(title, steps, " ".join(sizes))
                continue
            for mark in group:
                where = f"{self.row(row)}, {self.label(mark.key[1])}"
                title = f"{where}: {_(VERDICTS[mark.verdict])} ({_worth(_earned(mark), mark.max)})"
                yield Working(title, self.solution.steps_to(mark.key), " ".join(self.explain(mark)))

    def explain(self, mark: Mark) -> Iterator[str]:
        """The sentences about an answer that is not right: what was read, what happened, flags, and the right size."""
        if mark.answer.strip():
            yield _("You wrote {answer}.").format(answer=one_line(mark.answer, MAX_QUOTED))
        yield from EXPLANATIONS[mark.verdict](self, mark)
        if mark.says:
            yield _sentence(mark.says)
        if mark.flags:
            yield _sentence(self.flags(mark))
        if size := self.size(mark):
            yield _("Right is {size}.").format(size=size)
        if mark.key[0] == FIND:
            yield " ".join(self.solution.question(mark.key[1]).intro.split("\n")[1:])

    def size(self, mark: Mark) -> str:
        """The right size of an output; its steps show only the axes that change."""
        value = self.solution.value(mark.key) if mark.key[1] == OUTPUT else ""
        return value if isinstance(value, str) else ""

    def mistakes(self, mark: Mark) -> Iterator[str]:
        """The sentences of the mistakes that fit."""
        says = dict.fromkeys(
            _joined(_("{first} And: {second}"), map(self.says_of, label.split(AND))) for label in mark.labels
        )  # fmt: skip
        first, *others = list(says)[:MAX_FITTING] or [""]
        if first:
            yield _("From your own earlier values: {sentence}").format(sentence=first) if mark.own else first
        if others:
            yield _("The same answer would come of this: {sentences}").format(
                sentences=_joined(_("{first} Or: {second}"), others)
            )  # fmt: skip

    def says_of(self, label: str) -> str:
        """The sentence of a mistake."""
        return _(self.says[label]) if label in self.says else label

    def counting(self, mark: Mark) -> Iterator[str]:
        """The conventions under which an answer is right, and the one that applies here."""
        titles = list_in_words(list(convention_titles(mark.conventions, self.titles).values()))
        own = self.solution.worked.convention_title
        yield _("That is right as {others} counts; here {own} counts.").format(others=titles, own=own)
        yield from self.mistakes(mark)

    # Words

    def flags(self, mark: Mark) -> str:
        return "; ".join(_(TO_STUDENT.get(flag, flag)) for flag in mark.flags)

    def label(self, column: str) -> str:
        return heading(column, self.solution.labels)

    def row(self, row: Row) -> str:
        """A row of the sheet: 4 Conv2d: 224c 7w 3h."""
        return " ".join(filter(None, self.place(row)))

    def where(self, key: Key) -> str:
        """A cell: row 4, # Flops."""
        row = _("row {number}").format(number=key[0]) if isinstance(key[0], int) else _(ROWS[key[0]]).lower()
        return f"{row}, {self.label(key[1])}"

    def wrongly(self, mark: Mark) -> Iterator[str]:
        """An answer that nothing explains."""
        if not mark.says:
            yield _("It is not right, and no mistake that is known explains it.")

    def unreadable(self, mark: Mark) -> Iterator[str]:
        """An answer that cannot be read."""
        if not mark.says:
            yield _("This could not be read as an answer.")

    def unmarked(self, _mark: Mark) -> Iterator[str]:
        """An answer that the program could not mark."""
        yield _("This answer could not be marked. No points are lost by it; your teacher knows.")


EXPLANATIONS: dict[Verdict, Callable[[_Sheet, Mark], Iterable[str]]] = {
    Verdict.CONVENTION: _Sheet.counting,
    Verdict.MISTAKE: _Sheet.mistakes,
    Verdict.WRONG: _Sheet.wrongly,
    Verdict.UNREADABLE: _Sheet.unreadable,
    Verdict.UNMARKED: _Sheet.unmarked,
}


def _earned_in_all(added: Sums) -> str:
    """What the whole paper is worth, as a sentence."""
    points, most = decimal(added.points), decimal(added.max)
    if added.percent is not None:
        return _("{points} of {most} points ({percent} %).").format(points=points, most=most, percent=decimal(added.percent, 1))
    sentence = _("{points} of {most} points.").format(points=points, most=most)
    waiting = ngettext("{count} cell could not be marked yet.", "{count} cells could not be marked yet.", added.unmarked)
    return f"{sentence} {waiting.format(count=added.unmarked)}" if added.unmarked else sentence


def _answer(mark: Mark | None) -> str:
    """An answer in the overview."""
    if mark is None:
        return ""
    if mark.verdict is Verdict.RIGHT:
        return one_line(mark.answer, MAX_SHOWN)
    words = _(SHORT[mark.verdict])
    return f"{one_line(mark.answer, MAX_SHOWN)} ({words})" if mark.answer.strip() else f"({words})"


def _points(marks: Mapping[Key, Mark], row: int | str, columns: Sequence[str]) -> str:
    row_marks = [mark for column in columns if (mark := marks.get((row, column)))]
    return _earned_points(decimal(sum(mark.points for mark in row_marks)), sum(mark.max for mark in row_marks))


def _earned_of(mark: Mark) -> str:
    return _earned_points(_earned(mark), mark.max)


def _earned_points(points: str, most: Fraction | int) -> str:
    return _("{points} of {most}").format(points=points, most=decimal(most))


def _earned(mark: Mark) -> str:
    return "–" if mark.verdict is Verdict.UNMARKED else decimal(mark.points)


def _worth(points: str, most: Fraction | int) -> str:
    words = ngettext("{points} of {most} point", "{points} of {most} points", 1 if most == 1 else 2)
    return words.format(points=points, most=decimal(most))


def _joined(pattern: str, sentences: Iterable[str]) -> str:
    """Sentences joined in pairs by a pattern."""
    return reduce(lambda first, second: pattern.format(first=first, second=second), sentences)


def _sentence(text: str) -> str:
    """A message as a sentence."""
    text = one_line(text, MAX_MESSAGE)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
