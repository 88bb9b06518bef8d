"""The feedback sheet of a student: every answer with its verdict, and for each wrong one the worked solution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from worksheet.derivation import Derivation
from worksheet.document import Block, Bullets, Chapter, Document, Judged, Table, Text, Title, Working
from worksheet.frozen import frozen
from worksheet.grading.diagnosis.diagnose import AND
from worksheet.grading.mark import FLAGS, FOR_ASSISTANTS, Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import FIND, OUTPUT, TOTAL, Key, Row
from worksheet.grading.results.amounts import Sums, one_line, said, sums
from worksheet.grading.results.correct_steps import Solution
from worksheet.grading.results.phrases import SHORT, TONES, VERDICTS, convention_titles, heading, sentences
from worksheet.grading.results.stable_json import JsonStream
from worksheet.grading.results.summary import repeated_mistakes, whole_paper
from worksheet.language import N_, _, listed, named, ngettext, paragraph, sentence, speaking

CARRIED = (N_("Where"), N_("Your answer"), N_("Follows from your"), N_("The right answer"), N_("Points"))
ROWS = {TOTAL: N_("Total"), FIND: N_("Question")}  # that are not layers
MAX_SHOWN, MAX_QUOTED, MAX_MESSAGE = 28, 200, 1000  # letters of an answer in a table, in a sentence, and of a sentence
TOGETHER, MAX_FITTING = 3, 3  # columns of answers in one table, and mistakes that are named if several fit
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
        with speaking(worked.language):
            blocks = tuple(_Sheet(marked, self._last, says, self.titles).blocks())
            title = _("{title}: feedback").format(title=self.title) if self.title else _("Feedback")
        return Document(title, blocks, self._json.data(marked), self.course, self.digits or worked.digits, worked.language)


@frozen
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
            yield Text(_("{student}: not marked yet. This costs no points; your teacher knows.").format(student=who), note=True)
            return
        yield Text(paragraph([_score(who, added), *_waiting(added)]), note=True)
        if told := (*self.decided(), *whole_paper(marked), *repeated_mistakes(marked, self.says_of)):
            yield Bullets(told)
        yield from self.overview()
        yield from self.carried()
        wrong = [mark for mark in marked.marks if mark.verdict not in TABLED]
        if wrong:
            yield Title(_("What to look at again"))
            yield from self.wrong(wrong)
        right = [mark for mark in marked.marks if self.flags(mark) and mark.verdict is Verdict.RIGHT]
        if flagged := [named(self.where(mark.key), self.flags(mark)) for mark in right]:
            yield Title(_("Right, with a remark"))
            yield Bullets(tuple(flagged))
        yield from self.legend(wrong)

    def legend(self, wrong: Sequence[Mark]) -> Iterator[Block]:
        """What the letters of the worked steps mean."""
        symbols = self.solution.symbols([step for mark in wrong for step in self.solution.steps_to(mark.key)])
        if symbols:
            yield Chapter(_("Symbols"), symbols, "symbols")

    def decided(self) -> Iterator[str]:
        """What the teacher decided about the paper and its answers, with the reasons."""
        for made in self.marked.decisions:
            message = _("Decided by your teacher: {points} points. {reason}")
            if made.days:
                message = ngettext("Handed in {days} day late: {points} points. {reason}", "Handed in {days} days late: {points} points. {reason}", made.days)  # fmt: skip # noqa: E501
            yield _sentence(message.format(days=made.days, points=_signed(made.change), reason=made.reason))
        for mark in self.marked.marks:
            if mark.decided:
                message = _("{where}: your teacher decided on {points}. {reason}")
                yield _sentence(message.format(where=self.where(mark.key), points=_earned_of(mark), reason=mark.decided))

    # In tables

    def overview(self) -> Iterator[Block]:
        """All answers by row and column, each with its verdict unless it is right; a few columns at a time."""
        marks = {mark.key: mark for mark in self.marked.marks}
        columns = list(dict.fromkeys(column for __, column in marks))
        rows = dict.fromkeys(row for row, __ in marks)
        for start in range(0, len(columns), TOGETHER):
            part = columns[start : start + TOGETHER]
            lines = [
                (*self.place(row), *(_answer(marks.get((row, column))) for column in part), _points(marks, row, part))
                for row in rows
                if any((row, column) in marks for column in part)
            ]
            headings = (_("No."), _("Layer"), *map(self.label, part), _("Points"))
            yield Table(headings, tuple(lines), words=len(headings) - 1, labels=2)

    def place(self, row: Row) -> tuple[str, str]:
        """A row of the sheet: its number and its layer, or a word for it."""
        return (str(row), self.solution.layer(row)) if isinstance(row, int) else (_(ROWS[row]), "")

    def carried(self) -> Iterator[Block]:
        """Answers that follow from the student's own values: from which, and what is right."""
        marks = [mark for mark in self.marked.marks if mark.verdict is Verdict.CARRIED]
        if not marks:
            return
        yield Title(_("Right from your own earlier values"))
        headings = tuple(map(_, CARRIED))
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
        cells = _(", ").join(self.where(key) for key in mark.carried_from)
        flags = self.flags(mark)
        return f"{cells} ({flags})" if flags else cells

    # Worked

    def wrong(self, marks: Sequence[Mark]) -> Iterator[Block]:
        """The right steps for each wrong answer; the blanks of a row together."""
        for (row, blank), cells in groupby(marks, key=lambda mark: (mark.key[0], mark.verdict is Verdict.BLANK)):
            group = list(cells)
            if blank:
                steps = tuple(step for mark in group for step in self.solution.steps_to(mark.key))
                columns = listed([self.label(mark.key[1]) for mark in group])
                worth = _worth("0", sum(mark.max for mark in group))
                sizes = paragraph(_("The output is {size}.").format(size=value) for mark in group if (value := self.size(mark)))
                title = _("{row}, {columns}: left blank ({points})")
                yield Working(title.format(row=self.row(row), columns=columns, points=worth), steps, sizes)
                continue
            for mark in group:
                judged = f"{_(VERDICTS[mark.verdict])} ({_worth(_earned(mark), mark.max)})"
                title = Judged(named(self.cell(self.row(row), mark.key[1]), judged), TONES[mark.verdict]).signed
                yield Working(title, self.solution.steps_to(mark.key), paragraph(self.explain(mark)))

    def explain(self, mark: Mark) -> Iterator[str]:
        """The sentences about an answer that is not right: what was read, what happened, flags, and the right size."""
        if mark.answer.strip():
            yield _("You wrote {answer}.").format(answer=one_line(mark.answer, MAX_QUOTED))
        yield from EXPLANATIONS[mark.verdict](self, mark)
        if mark.says:
            yield _sentence(mark.says)
        if flags := self.flags(mark):
            yield _sentence(flags)
        if size := self.size(mark):
            yield _("The right answer is {size}.").format(size=size)
        if mark.key[0] == FIND:
            yield " ".join(self.solution.question(mark.key[1]).intro.split("\n")[1:])

    def size(self, mark: Mark) -> str:
        """The right size of an output; its steps show only the axes that change."""
        value = self.solution.value(mark.key) if mark.key[1] == OUTPUT else ""
        return value if isinstance(value, str) else ""

    def mistakes(self, mark: Mark) -> Iterator[str]:
        """The sentences of the mistakes that fit."""
        says = list(dict.fromkeys(self.says_of(label) for label in mark.labels))
        first, *others = says[:MAX_FITTING] or [""]
        if first:
            yield _("From your own earlier values: {mistake}").format(mistake=first) if mark.own else first
        if others:
            yield _("Another explanation of the same answer: {mistakes}").format(mistakes=_(" Or: ").join(others))

    def says_of(self, label: str) -> str:
        """The sentence of a mistake, or of two made at once."""
        return _(" And: ").join(_(self.says.get(part, part)) for part in label.split(AND))

    def counting(self, mark: Mark) -> Iterator[str]:
        """The conventions under which an answer is right, and the one that applies here."""
        first, *others = [_(title) for title in convention_titles(mark.conventions, self.titles).values()]
        message = _("This is right under {others}; here the convention is {own}.")
        if others:
            message = ngettext(
                "This is right under {others} and {count} other; here the convention is {own}.",
                "This is right under {others} and {count} others; here the convention is {own}.",
                len(others),
            )
        yield message.format(others=first, count=len(others), own=self.solution.worked.convention_title)
        yield from self.mistakes(mark)

    # Words

    def flags(self, mark: Mark) -> str:
        return _("; ").join(_(FLAGS.get(flag, flag)) for flag in mark.flags if flag not in FOR_ASSISTANTS)

    def label(self, column: str) -> str:
        return heading(column, self.solution.labels)

    def row(self, row: Row) -> str:
        """A row of the sheet: 4 Conv2d: 224c 7w 3h."""
        return " ".join(filter(None, self.place(row)))

    def where(self, key: Key) -> str:
        """A cell: row 4, # Flops."""
        row = _(ROWS.get(key[0], key[0])) if isinstance(key[0], str) else _("row {no}").format(no=key[0])
        return self.cell(row, key[1])

    def cell(self, row: str, column: str) -> str:
        return _("{row}, {column}").format(row=row, column=self.label(column))


EXPLANATIONS: dict[Verdict, Callable[[_Sheet, Mark], Iterable[str]]] = {
    Verdict.CONVENTION: _Sheet.counting,
    Verdict.MISTAKE: _Sheet.mistakes,
    Verdict.WRONG: lambda __, mark: () if mark.says else (_("This is not right, and no known mistake explains it."),),
    Verdict.UNREADABLE: lambda __, mark: () if mark.says else (_("This could not be read as an answer."),),
    Verdict.UNMARKED: lambda *__: (_("This answer could not be marked. This costs no points; your teacher knows."),),
}


def _score(who: str, added: Sums) -> str:
    """A student's points, and their share where all cells could be marked."""
    message = _("{student}: {points} of {most} points.")
    if added.percent is not None:
        message = _("{student}: {points} of {most} points ({percent} %).")
    percent = "" if added.percent is None else said(added.percent, 1)
    return message.format(student=who, points=said(added.points), most=said(added.max), percent=percent)


def _waiting(added: Sums) -> Iterator[str]:
    count = added.unmarked
    if count:
        yield ngettext("{count} cell could not be marked yet.", "{count} cells could not be marked yet.", count).format(
            count=count
        )


def _of(points: str, most: Fraction | int) -> str:
    return _("{points} of {most}").format(points=points, most=said(most))


def _answer(mark: Mark | None) -> Judged | None:
    """An answer in the overview."""
    if mark is None:
        return None
    answer = one_line(mark.answer, MAX_SHOWN)
    words = "" if mark.verdict is Verdict.RIGHT else f"({_(SHORT[mark.verdict])})"
    return Judged(" ".join(filter(None, (answer, words))), TONES[mark.verdict])


def _points(marks: Mapping[Key, Mark], row: int | str, columns: Sequence[str]) -> str:
    row_marks = [mark for column in columns if (mark := marks.get((row, column)))]
    return _of(said(sum(mark.points for mark in row_marks)), sum(mark.max for mark in row_marks))


def _earned_of(mark: Mark) -> str:
    return _of(_earned(mark), mark.max)


def _earned(mark: Mark) -> str:
    return "–" if mark.verdict is Verdict.UNMARKED else said(mark.points)


def _worth(points: str, most: Fraction | int) -> str:
    count = most.numerator if most.denominator == 1 else 2  # halves are plural
    return ngettext("{points} of {most} point", "{points} of {most} points", count).format(points=points, most=said(most))


def _signed(change: Fraction) -> str:
    return f"+{said(change)}" if change > 0 else said(change).replace("-", "−")


def _sentence(text: str) -> str:
    """A message as a sentence."""
    text = one_line(text, MAX_MESSAGE)
    return sentence(text[:1].upper() + text[1:])
