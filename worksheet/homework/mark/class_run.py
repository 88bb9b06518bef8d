"""Marks a class: those who answered, those who did not, answers without a place, and the reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from worksheet.errors import WorksheetError, shown
from worksheet.files import reserved
from worksheet.frozen import frozen
from worksheet.grading import answers as files
from worksheet.grading.answers import ATTEMPTS, Answers, Layout, Unplaced
from worksheet.grading.answers.column_map import read_map
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.students import Students
from worksheet.grading.answers.submissions import TableColumns
from worksheet.grading.answers.text import typed
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.amounts import Sums
from worksheet.grading.results.decisions import Decisions
from worksheet.grading.results.old_marks import read_old_marks
from worksheet.grading.results.regrade import Regrade
from worksheet.grading.results.streams import MarkStream, Writers
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.assignment_file import assignment_of
from worksheet.homework.mark.class_keys import ClassKeys
from worksheet.homework.mark.decisions_file import DecisionsReader
from worksheet.homework.mark.grader import Answered, Grader
from worksheet.homework.mark.papers import mark_papers
from worksheet.homework.mark.publish import CHANGES, CLASS, check_formats, class_report, file_streams, statistics, write_reports
from worksheet.homework.roster import read_roster, students_of
from worksheet.homework.workers import LOCAL
from worksheet.language import Language, speaking
from worksheet.writers import options

if TYPE_CHECKING:
    from worksheet.document import Document

Source = str | PathLike[str]
Texts = Mapping[str | int, Mapping[str, str | int]]  # by student, then by cell: {"20CS30001": {"4 flops": "24,09,95,328"}}
Watch = Callable[[Iterable[MarkedPaper], int], Iterable[MarkedPaper]]  # passes papers on and shows how many are done


@frozen
class MarkedClass:
    """A class, marked. ``report`` is the report on the class; ``changes`` compares with earlier marks, if these were given.

    ``unplaced`` are the answers without a place, ``notes`` what a teacher should know about the files.
    """

    assignment: Assignment = field(repr=False)
    papers: tuple[MarkedPaper, ...] = field(repr=False)
    report: Document = field(repr=False)
    changes: Document | None = field(default=None, repr=False)
    unplaced: tuple[Unplaced, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        answers = sum(len(paper.marks) for paper in self.papers)
        return f"<MarkedClass {shown(self.assignment.title)}: {len(self.papers)} papers, {answers:,} answers>"

    def _repr_html_(self) -> str:
        return self.report._repr_html_()

    def write(
        self, folder: Source, *, feedback: str | Sequence[str] = ("md",), report: str | Sequence[str] = ("html", "pdf"),
        engine: str = "typst", paper: str = "a4",
    ) -> None:  # fmt: skip
        """Write marks.csv, marks.xlsx, marks.json, and in the named formats the feedback sheets and the reports.

        Raises OutputError; tables are put in place together or not at all.
        """
        settings, feedback, report = options(engine, paper), check_formats(feedback), check_formats(report)
        with reserved(Path(folder)) as target:
            with Writers(file_streams(self.assignment, target, feedback, settings)) as streams:
                for each in self.papers:
                    streams.add(each)
                streams.unplaced = tuple(line.as_data() for line in self.unplaced)
            reports = {CLASS: self.report} | ({CHANGES: self.changes} if self.changes else {})
            write_reports(reports, target, report, settings)


@dataclass
class ClassRun:
    """One run over a class: the assignment, the roster, the earlier marks, and the counts made on the way."""

    assignment: Assignment
    names: Mapping[str, str] = field(default_factory=dict)  # by the ids of the roster
    old: Regrade | None = None
    students: Students = field(default_factory=lambda: Students(None))
    attempts: str = ""  # which attempt counts; empty: as the assignment says
    decisions: Decisions = field(default_factory=Decisions)

    def __post_init__(self) -> None:
        self.statistics = statistics(self.assignment)
        self.keys = ClassKeys(self.assignment, tuple(self.names))
        with speaking(self.assignment.language):
            self.layout = Layout.of(Grader(self.assignment).maker.paper(self.assignment.network))

    @classmethod
    def of(
        cls, assignment: Assignment, roster: Path | None, against: Path | None, column_map: Path | None = None,
        attempts: str = "", decisions: Path | None = None,
    ) -> ClassRun:  # fmt: skip
        """A run with a roster, earlier marks, a column map and decisions from files; ``attempts`` overrides what the assignment
        says. Raises WorksheetError."""
        if attempts not in ("", *ATTEMPTS):
            raise WorksheetError(f"unknown attempts {shown(attempts)}", hint=f"one of {', '.join(ATTEMPTS)}")
        people = read_roster(roster) if roster else ()
        names = {student.id: student.name for student in people}
        run = cls(assignment, names, Regrade(read_old_marks(against)) if against else None, students_of(people), attempts)
        run.layout.mapped = read_map(column_map, run.layout) if column_map else {}
        file = decisions or assignment.decisions
        if file:
            run.decisions = DecisionsReader(file, run.layout, people).read()
        return run

    def read(self, paths: Sequence[Path]) -> Answers:
        """The answers in files, folders and zips. All variants have the same rows and columns."""
        with speaking(Language(labels=self.assignment.language.labels)):  # messages about files stay English
            return files.read(paths, self.layout, self.students, self.attempts or self.assignment.attempts)

    def columns(self, paths: Sequence[Path]) -> list[TableColumns]:
        """What the columns of the tables in files are taken for."""
        with speaking(Language(labels=self.assignment.language.labels)):
            return files.read_columns(paths, self.layout, self.students)

    def papers(self, answers: Answers) -> Iterator[Answered]:
        """The papers of everyone who answered; of several attempts, where the best counts, the one with the most points."""
        self.keys.ids = (*self.names, *answers.students)
        grader = Grader(self.assignment) if answers.attempts else None
        tried = {line.student for line in answers.unplaced}
        for each in answers:
            papers = [Answered(each.student, self.names.get(each.student, ""), each.texts, each.student in tried)]
            papers += [papers[0]._replace(texts=texts) for texts in reversed(answers.attempts.get(each.student, ()))]
            yield papers[0] if grader is None or len(papers) == 1 else max(papers, key=lambda paper: _points(grader, paper))

    def take(self, answers: Texts) -> Answers:
        """The answers that a program gives, placed by the rules of files. Raises WorksheetError for a cell that does not exist,
        and for a value that is neither text nor a whole number."""
        gatherer = Gatherer(self.layout, self.students)
        for student, texts in answers.items():
            if not isinstance(texts, Mapping):
                raise WorksheetError(f"the answers of {shown(str(student))} are texts by cell, not {type(texts).__name__}")
            block = gatherer.enter(typed(student, "a student's id"))
            for cell, text in texts.items():
                gatherer.put(block, self.key(typed(cell, "a cell")), typed(text, "an answer"))
        gatherer.close()
        return gatherer.answers

    def key(self, cell: str) -> Key:
        """The cell that a heading names, ``4 flops`` or ``total params``. Raises WorksheetError."""
        key = self.layout.heading(cell)
        if key is None:
            raise WorksheetError(f"there is no cell {shown(cell)}", hint="a row and a column that is asked, such as 4 flops")
        return key

    def of_absent(self, present: Iterable[str]) -> Iterator[Answered]:
        """Those on the roster who did not answer: without a paper."""
        answered = set(present)
        return (Answered(student, name, {}) for student, name in self.names.items() if student not in answered)

    def mark(
        self, papers: Iterable[Answered], total: int, streams: Iterable[MarkStream] = (), unplaced: Iterable[Unplaced] = (), *,
        watch: Watch = lambda papers, _: papers, jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
    ) -> None:  # fmt: skip
        """Mark the papers, in their order, and write each to all streams; an interrupted run leaves no file."""
        own: list[MarkStream] = [self.statistics, *([self.old] if self.old else [])]
        with Writers([*own, *streams]) as writers:
            marked = mark_papers(self.assignment, papers, jobs=jobs, backend=backend, scheduler=scheduler)
            for each in watch(marked, total):
                writers.add(self.decisions.apply(self.keys.compared(each)))
            writers.unplaced = tuple(line.as_data() for line in unplaced)

    def reports(self) -> dict[str, Document]:
        """The report on the class, and the one on what changed, by the names of their files."""
        reports = {CLASS: class_report(self.assignment, self.statistics)}
        return reports | ({CHANGES: self.old.report(self.assignment.title, self.assignment.course)} if self.old else {})


def _points(grader: Grader, paper: Answered) -> Fraction:
    return sum((mark.points for mark in grader.mark(paper).marks), Fraction())


class _Papers(MarkStream):
    """Keeps the marked papers."""

    def __init__(self) -> None:
        self.papers: list[MarkedPaper] = []

    def add(self, marked: MarkedPaper, _: Sums) -> None:
        self.papers.append(marked)


def mark(
    assignment: Assignment | Source, answers: Source | Sequence[Source] | Texts, *, roster: Source | None = None,
    against: Source | None = None, column_map: Source | None = None, attempts: str = "", decisions: Source | None = None,
    jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
) -> MarkedClass:  # fmt: skip
    """Mark a class's answers: files, folders and zips of them, or texts by student and cell.

    ``roster`` is the CSV of the class, ``against`` an earlier marks.csv or marks.json, ``column_map`` a map of
    columns; ``attempts`` is last, best or first. ``decisions`` is a CSV of what the teacher decided, instead of the
    assignment's. ``jobs`` is the number of processes, 0 for one for each core. Raises WorksheetError for a file that cannot
    be read; an answer without a place is listed in ``unplaced``, and a paper that cannot be marked has ``failed`` set.
    """
    run = ClassRun.of(assignment_of(assignment), _path(roster), _path(against), _path(column_map), attempts, _path(decisions))
    marked = _Papers()
    if isinstance(answers, Mapping):
        read = run.take(answers)
    else:
        read = run.read([Path(answers)] if isinstance(answers, str | PathLike) else [Path(each) for each in answers])
    papers = [*run.papers(read), *run.of_absent(read.students)]
    run.mark(papers, len(papers), [marked], read.unplaced, jobs=jobs, backend=backend, scheduler=scheduler)
    reports = run.reports()
    return MarkedClass(
        run.assignment, tuple(marked.papers), reports[CLASS], reports.get(CHANGES), tuple(read.unplaced), tuple(read.notes)
    )


def _path(source: Source | None) -> Path | None:
    return Path(source) if source else None
