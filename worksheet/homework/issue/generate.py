"""Generates a homework's files: question sheets, answer forms and keys, for every student of a roster or one for all."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

from worksheet.document import Text
from worksheet.errors import OutputError, Where, printable
from worksheet.files import make_folder
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.assignment_file import assignment_of
from worksheet.homework.issue.form_layout import TABLE
from worksheet.homework.issue.manifest import (
    Manifest,
    ManifestEntry,
    assignment_digest,
    digest,
    file_names,
    manifest_in,
    templates_digest,
)
from worksheet.homework.issue.question_sheet import COMPACT
from worksheet.homework.issue.student_files import (
    FORMS_FOLDER,
    KEYS,
    SHEETS,
    STANDARD_FORMATS,
    STANDARD_FORMS,
    Files,
    Order,
    SheetJob,
    make,
)  # fmt: skip
from worksheet.homework.roster import Student, read_roster, safe_name
from worksheet.homework.variants.variants import variant
from worksheet.homework.workers import LOCAL, Outcome, run
from worksheet.writers import options, save, writer_for

BOUND, COVERAGE = "sheets-all.pdf", "coverage.html"
MAX_MEASURED = 100  # networks that are examined for the mistakes they show
SECONDS = 2.0  # after which the manifest is saved again while files are made
UNNAMED = "worksheet"  # the file name if a title has no safe letter


@dataclass
class IssueResult:
    """The outcome of a run: how many students' files were kept, how many were made, which students failed and why.

    ``bound`` is the PDF with all sheets, ``coverage`` a sentence on the mistakes that the networks show, ``same`` the groups
    of students with equal networks.
    """

    students: int
    kept: int = 0
    made: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    bound: Path | None = None
    coverage: str = ""
    same: list[tuple[str, ...]] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<IssueResult: {self.students} students, {self.made} made, {self.kept} kept, {len(self.failed)} failed>"

    @property
    def done(self) -> int:
        return self.kept + self.made


class Generation:
    """One run over a class, into a folder. Existing files of the same assignment are kept."""

    def __init__(self, assignment: Assignment, students: Sequence[Student], folder: Path, order: Order) -> None:
        order.check()
        self.assignment, self.folder, self.order = assignment, folder, order
        self.students = tuple(students) or (Student(),)
        self.stems = file_names([student.id for student in students]) if students else {"": _common_name(assignment)}
        setting = (order.paper, order.engine, templates_digest(order.template), str(order.reference), order.working)
        self.base = digest(assignment_digest(assignment), *setting, order.form_layout)
        self.manifest = manifest_in(folder)
        self.result = IssueResult(len(self.students))

    def run(
        self, *, jobs: int = 1, backend: str = LOCAL, scheduler: str = "", on_done: Callable[[Student], None] | None = None
    ) -> IssueResult:
        """Make the missing files. Raises WorksheetError if the folder cannot be written; a student's failure is noted in the
        result and does not stop the others. If interrupted, it leaves the finished files, and a manifest of them."""
        self.prepare()
        last = time.monotonic()
        try:
            for outcome in run(make, self.jobs(on_done), jobs=jobs, backend=backend, scheduler=scheduler):
                self.put(outcome)
                if on_done is not None:
                    on_done(outcome.item.student)
                if time.monotonic() - last > SECONDS:
                    self.manifest.save(self.folder)
                    last = time.monotonic()
        finally:
            self.manifest.save(self.folder)
        return self.result

    def complete(
        self, *, combined: bool = True, jobs: int = 1, backend: str = LOCAL, scheduler: str = "",
        on_done: Callable[[Student], None] | None = None,
    ) -> IssueResult:  # fmt: skip
        """Make the students' files, bind the sheets for printing if ``combined``, and write the page on coverage."""
        result = self.run(jobs=jobs, backend=backend, scheduler=scheduler, on_done=on_done)
        result.bound = self.bind() if combined else None
        result.coverage, result.same = self.measure(), self.equal_networks()
        return result

    def prepare(self) -> None:
        """Create the folders, and keep the part of the manifest that is still valid."""
        for name in (SHEETS, FORMS_FOLDER, KEYS):
            make_folder(self.folder / name)
        entries = {}
        for student in self.students:
            old = self.manifest.students.get(self.key(student))
            new = ManifestEntry(self.stems[student.id], student.name, digest(self.base, student.id, student.name))
            entries[self.key(student)] = old if old and (old.file, old.made) == (new.file, new.made) else new
        self.manifest = Manifest(self.base, self.assignment.title, entries, self.manifest.bound)
        self.manifest.save(self.folder)

    def key(self, student: Student) -> str:
        """A student's key in the manifest."""
        return student.id or self.stems[student.id]

    def jobs(self, on_done: Callable[[Student], None] | None) -> Iterator[SheetJob]:
        """A job for each student with missing files."""
        packed = pickle.dumps(self.assignment)
        for student in self.students:
            recorded = self.manifest.students[self.key(student)].files
            names = self.order.names(self.stems[student.id])
            missing = tuple(name for name in names if name not in recorded or not (self.folder / name).is_file())
            if missing:
                yield SheetJob(packed, self.order, student, missing)
                continue
            self.result.kept += 1
            if on_done is not None:
                on_done(student)

    def put(self, outcome: Outcome[SheetJob, Files]) -> None:
        """Write one student's files, each whole or not at all."""
        key = self.key(outcome.item.student)
        if outcome.value is None:
            self.result.failed[key] = outcome.failure
            return
        for name in outcome.item.names:
            save(self.folder / name, outcome.value.files[name])
        entry = self.manifest.students[key]
        files = dict.fromkeys((*entry.files, *outcome.item.names))
        self.manifest.students[key] = replace(entry, files=tuple(files), network=outcome.value.network)
        self.result.made += 1

    def equal_networks(self) -> list[tuple[str, ...]]:
        """The groups of students with equal networks, if all should differ."""
        groups: dict[str, list[str]] = {}
        for student, entry in self.manifest.students.items():
            groups.setdefault(entry.network, []).append(student)
        personal = self.assignment.variants is not None
        return [tuple(group) for network, group in groups.items() if network and personal and len(group) > 1]

    def bind(self) -> Path | None:
        """One printable PDF of the class, or None if a sheet is missing. It is kept if nothing has changed."""
        names = {student.id: f"{SHEETS}/{self.stems[student.id]}.pdf" for student in self.students}
        paths = [self.folder / name for name in names.values()]
        target = self.folder / BOUND
        if "pdf" not in self.order.formats or self.result.failed or not all(path.is_file() for path in paths):
            return None
        bound = digest(self.base, *(part for student in self.students for part in (student.id, student.name)))
        if self.manifest.bound != bound or self.result.made or not target.is_file():
            titles = [printable(" ".join(filter(None, (student.id, student.name)))) for student in self.students]
            save(target, bind(zip(titles, paths, strict=True), self.assignment.title))
            self.manifest.bound = bound
            self.manifest.save(self.folder)
        return target

    def measure(self) -> str:
        """Write the page on the mistakes that the networks show, and return its summary; empty if the page is still valid."""
        from worksheet.homework.variants.coverage import coverage

        target = self.folder / COVERAGE
        if target.is_file() and not self.result.made:
            return ""
        ids = [student.id for student in self.students if student.id]
        every = max(1, -(-len(ids) // MAX_MEASURED))  # of a large class, every so many students of the roster
        report = coverage(self.assignment, (variant(self.assignment, id) for id in ids[::every]))
        save(target, writer_for(target, None).render(report, options(template=self.order.template)))
        return next((block.text for block in report.blocks if isinstance(block, Text)), "")


def _common_name(assignment: Assignment) -> str:
    """The name of the one sheet for all: the assignment's title in safe letters."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in assignment.title).split()
    return safe_name("-".join(words).lower() or UNNAMED)


def generate(
    assignment: Assignment | str | PathLike[str], folder: str | PathLike[str], *, roster: str | PathLike[str] | None = None,
    formats: str | Iterable[str] = STANDARD_FORMATS, forms: str | Iterable[str] = STANDARD_FORMS, combined: bool = True,
    reference: bool | None = None, paper: str = "a4", engine: str = "typst", template: str | PathLike[str] | None = None,
    form_layout: str = TABLE, working: str = COMPACT, jobs: int = 1, backend: str = LOCAL, scheduler: str = "",
) -> IssueResult:  # fmt: skip
    """Write a homework's question sheets, answer forms and keys into a folder: for every student of a roster, or one for all.

    Existing files of the same assignment are kept. ``reference`` prints the layers' formulas on the question sheets; None: unless
    formulas are asked. ``form_layout`` is ``table``, as on the question sheet, or ``list``. ``working`` is the space for working
    below the table: ``none``, ``compact`` or ``full``. ``jobs`` is the number of processes, 0 for one for each core. Raises
    WorksheetError; a student whose files fail is listed in the result and does not stop the others.
    """
    students = read_roster(Path(roster)) if roster else ()
    formats, forms = ((names,) if isinstance(names, str) else tuple(names) for names in (formats, forms))
    order = Order(formats, forms, paper, engine, Path(template) if template else None, reference, form_layout, working)
    generation = Generation(assignment_of(assignment), students, Path(folder), order)
    return generation.complete(combined=combined, jobs=jobs, backend=backend, scheduler=scheduler)


# The class in one file


def bind(sheets: Iterable[tuple[str, Path]], title: str) -> bytes:
    """Combine PDFs in one for printing: each begins on a right-hand page and has a bookmark, its student's id and name."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    book = PdfWriter()
    book.add_metadata({"/Title": title, "/Producer": "worksheet"})
    for bookmark, path in sheets:
        try:
            book.append(PdfReader(path), outline_item=bookmark, import_outline=False)
        except (PyPdfError, OSError, ValueError) as fault:
            raise OutputError(f"cannot be bound: {fault}", Where(str(path)), "remove it, and it will be made again") from None
        if len(book.pages) % 2:
            book.add_blank_page()
    raw = io.BytesIO()
    book.write(raw)
    return raw.getvalue()
