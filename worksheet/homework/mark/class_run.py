"""Marks a class: who answered and who did not, answers without a place, and the reports on all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from worksheet.errors import WorksheetError, shown
from worksheet.grading.answers import Answers, Layout, Unplaced, read
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.amounts import Sums
from worksheet.grading.results.old_marks import read_old_marks
from worksheet.grading.results.regrade import Regrade
from worksheet.grading.results.streams import Taking, Writers
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.reading import assignment_of
from worksheet.homework.mark.grader import Answered, Grader
from worksheet.homework.mark.papers import mark_papers
from worksheet.homework.mark.publish import CHANGES, CLASS, class_report, made, statistics, taking, write_report
from worksheet.homework.roster import read_roster
from worksheet.homework.workers import LOCAL
from worksheet.writers import Options, options

if TYPE_CHECKING:
    from worksheet.document import Document

Source = str | PathLike[str]
Texts = Mapping[str, Mapping[str, str]]  # by student, then by cell: {"20CS30001": {"4 flops": "24,09,95,328"}}
Watch = Callable[[Iterable[MarkedPaper], int], Iterable[MarkedPaper]]  # passes papers on and shows how many are done


@dataclass(frozen=True)
class MarkedClass:
    """A class, marked. ``report`` is the report on the class; ``changes`` compares with earlier marks, where these are given.

    ``unplaced`` are the answers without a place, ``notes`` what a teacher should know of the files.
    """

    assignment: Assignment
    papers: tuple[MarkedPaper, ...]
    report: Document
    changes: Document | None = None
    unplaced: tuple[Unplaced, ...] = ()
    notes: tuple[str, ...] = ()

    def write(
        self, folder: Source, *, feedback: Sequence[str] = ("md",), report: Sequence[str] = ("html", "pdf"),
        engine: str = "typst", paper: str = "a4",
    ) -> None:  # fmt: skip
        """Write marks.csv, marks.xlsx, marks.json, the feedback sheets and the reports, in the formats that are named.

        Raises OutputError; tables are put in place together or not at all.
        """
        target, settings = made(Path(folder)), options(engine, paper)
        with Writers(taking(self.assignment, target, feedback, settings)) as streams:
            for each in self.papers:
                streams.add(each)
            streams.unplaced = tuple(line.as_data() for line in self.unplaced)
        for name, document in {CLASS: self.report, CHANGES: self.changes}.items():
            if document:
                write_report(document, target, report, settings, name)


@dataclass
class ClassRun:
    """One run over a class: what it is marked by, who is in it, and what is counted on the way."""

    assignment: Assignment
    names: Mapping[str, str] = field(default_factory=dict)  # by the ids of the roster
    old: Regrade | None = None

    def __post_init__(self) -> None:
        self.statistics = statistics(self.assignment)
        self.layout = Layout.of(Grader(self.assignment).maker.paper(self.assignment.network))

    @classmethod
    def of(cls, assignment: Assignment, roster: Path | None, against: Path | None) -> ClassRun:
        """A run with a roster and earlier marks from files. Raises WorksheetError."""
        names = {student.id: student.name for student in read_roster(roster)} if roster else {}
        return cls(assignment, names, Regrade(read_old_marks(against)) if against else None)

    def read(self, paths: Sequence[Path]) -> Answers:
        """The answers in files, folders and zips. Rows and columns are the same for all variants."""
        return read(paths, self.layout, list(self.names) or None)

    def submitted(self, answers: Answers) -> Iterator[Answered]:
        """The papers of everybody who answered, as files gave them."""
        return (Answered(each.student, self.names.get(each.student, ""), each.texts) for each in answers)

    def typed(self, answers: Texts) -> Iterator[Answered]:
        """The papers of everybody who answered, as a program gives them. Raises WorksheetError for an unknown cell."""
        for student, texts in answers.items():
            yield Answered(student, self.names.get(student, ""), {self.key(cell): text for cell, text in texts.items()})

    def key(self, cell: str) -> Key:
        """The cell that a heading names, ``4 flops`` or ``total params``. Raises WorksheetError."""
        key = self.layout.heading(cell)
        if key is None:
            raise WorksheetError(f"there is no cell {shown(cell)}", hint="a row and a column that is asked, such as 4 flops")
        return key

    def absent(self, present: Iterable[str]) -> Iterator[Answered]:
        """Empty papers of those on the roster who did not answer."""
        there = set(present)
        return (Answered(student, name, {}) for student, name in self.names.items() if student not in there)

    def mark(
        self, papers: Iterable[Answered], total: int, streams: Iterable[Taking] = (), unplaced: Iterable[Unplaced] = (), *,
        watch: Watch = lambda papers, _: papers, jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
    ) -> None:  # fmt: skip
        """Mark the papers, in their order, and hand each to all streams; a run that is broken off leaves no file behind."""
        own: list[Taking] = [self.statistics, *([self.old] if self.old else [])]
        with Writers([*own, *streams]) as all_streams:
            marked = mark_papers(self.assignment, papers, jobs=jobs, backend=backend, scheduler=scheduler)
            for each in watch(marked, total):
                all_streams.add(each)
            all_streams.unplaced = tuple(line.as_data() for line in unplaced)

    def reports(self) -> dict[str, Document]:
        """The report on the class, and the one on what changed, by the names of their files."""
        reports = {CLASS: class_report(self.assignment, self.statistics)}
        return reports | ({CHANGES: self.old.report(self.assignment.title, self.assignment.course)} if self.old else {})

    def publish(self, folder: Path, formats: Sequence[str], settings: Options) -> None:
        """Write the reports into a folder."""
        for name, report in self.reports().items():
            write_report(report, folder, formats, settings, name)


class _Kept(list[MarkedPaper], Taking):
    """A stream that keeps the papers."""

    def add(self, marked: MarkedPaper, _: Sums) -> None:
        self.append(marked)

    def close(self, unplaced: tuple[Mapping[str, object], ...]) -> None:
        """Nothing is written."""

    def keep(self) -> None:
        """Nothing is put in place."""

    def discard(self) -> None:
        """Nothing is removed."""


def mark(
    assignment: Assignment | Source, answers: Source | Sequence[Source] | Texts, *, roster: Source | None = None,
    against: Source | None = None, jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
) -> MarkedClass:  # fmt: skip
    """Mark a class's answers: files, folders and zips of them, or texts by student and cell.

    ``roster`` is the CSV of the class, ``against`` an earlier marks.csv or marks.json. ``jobs`` is the number of processes, 0 for
    one for each core. Raises WorksheetError for a file that cannot be read; an answer without a place is listed in
    ``unplaced``, and a paper that cannot be marked has ``failed`` set.
    """
    run = ClassRun.of(assignment_of(assignment), _path(roster), _path(against))
    kept = _Kept()
    if isinstance(answers, Mapping):
        found, papers = Answers(), [*run.typed(answers), *run.absent(answers)]
    else:
        found = run.read([Path(answers)] if isinstance(answers, str | PathLike) else [Path(each) for each in answers])
        papers = [*run.submitted(found), *run.absent(found.students)]
    run.mark(papers, len(papers), [kept], found.unplaced, jobs=jobs, backend=backend, scheduler=scheduler)
    reports = run.reports()
    return MarkedClass(
        run.assignment, tuple(kept), reports[CLASS], reports.get(CHANGES), tuple(found.unplaced), tuple(found.notes)
    )


def _path(source: Source | None) -> Path | None:
    return Path(source) if source else None
