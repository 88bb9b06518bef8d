"""Makes the files of one student: question sheet, answer form and key, in the formats that are ordered."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from worksheet.errors import OutputError, nearest, shown
from worksheet.frozen import frozen
from worksheet.homework.issue.form_layout import TABLE, form_layout, lay_out
from worksheet.homework.issue.forms import FORMS, form_writer
from worksheet.homework.issue.question_sheet import COMPACT, WORKINGS
from worksheet.homework.issue.sheets import Papers, PaperSetter
from worksheet.homework.roster import Student
from worksheet.homework.variants.variants import fingerprint
from worksheet.language import speaking
from worksheet.writers import options, writer_for

SHEETS, FORMS_FOLDER, KEYS = "sheets", "forms", "key"
SHEET_FORMATS = ("pdf", "md", "tex", "html", "txt", "typ")
STANDARD_FORMATS, STANDARD_FORMS = ("pdf",), ("csv", "xlsx", "md")


@frozen
class Order:
    """Which files are made of each paper, and how they are typeset. ``reference`` prints the layers' formulas on the question
    sheets; None: unless formulas are asked. ``working`` is the space for working on them."""

    formats: tuple[str, ...] = STANDARD_FORMATS
    forms: tuple[str, ...] = STANDARD_FORMS
    paper: str = "a4"
    engine: str = "typst"
    template: Path | None = None
    reference: bool | None = None
    form_layout: str = TABLE
    working: str = COMPACT

    def check(self) -> None:
        """Raise WorksheetError for an unknown format or form, before any work is done."""
        options(self.engine, self.paper, self.template)
        for name in self.formats:
            if name not in SHEET_FORMATS:
                raise OutputError(f"unknown format {shown(name)} of a question sheet", hint=nearest(name, SHEET_FORMATS))
        for name in self.forms:
            form_writer(name)
        form_layout(self.form_layout)
        if self.working not in WORKINGS:
            raise OutputError(f"unknown space for working {shown(self.working)}", hint=nearest(self.working, WORKINGS))

    def names(self, stem: str) -> tuple[str, ...]:
        """The files of one student, relative to the folder."""
        sheets = [f"{SHEETS}/{stem}.{format}" for format in self.formats]
        forms = [f"{FORMS_FOLDER}/{stem}.{form}" for form in self.forms]
        return (*sheets, *forms, f"{KEYS}/{stem}.json", f"{KEYS}/{stem}.pdf")


class SheetJob(NamedTuple):
    """A worker's task: the assignment as bytes, which it unpacks once, a student, the names of the files to make."""

    assignment: bytes
    order: Order
    student: Student
    names: tuple[str, ...]


class Files(NamedTuple):
    """A worker's result: files as bytes by name, and the fingerprint of the student's network."""

    files: Mapping[str, bytes]
    network: str


@lru_cache(maxsize=2)
def _setter(assignment: bytes, reference: bool | None, working: str) -> PaperSetter:
    return PaperSetter(pickle.loads(assignment), reference=reference, working=working)  # noqa: S301  # made by Generation in the parent process


def make(job: SheetJob) -> Files:
    """One student's files."""
    papers = _setter(job.assignment, job.order.reference, job.order.working).papers(job.student)
    return Files({name: _file(name, papers, job.order) for name in job.names}, fingerprint(papers.paper.counting.network))


def _file(name: str, papers: Papers, order: Order) -> bytes:
    folder, _, file = name.partition("/")
    suffix = file.rpartition(".")[2]
    if folder == FORMS_FOLDER:
        with speaking(papers.question.language):
            return FORMS[suffix](lay_out(papers, order.form_layout))
    document = papers.worked if folder == KEYS else papers.question
    return writer_for(None, suffix).render(document, options(order.engine, order.paper, order.template))
