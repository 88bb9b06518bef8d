"""Reads the answers in files, folders and zips."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from worksheet.errors import Collector, Where, WorksheetError
from worksheet.grading.answers.folder import read_folder
from worksheet.grading.answers.format import read_file
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.sheet_layout import Layout
from worksheet.grading.answers.students import Students
from worksheet.grading.answers.submissions import LAST, Answers, TableColumns
from worksheet.grading.answers.text import AnswerSource
from worksheet.nearby import meant


def read(
    paths: Sequence[Path], layout: Layout, students: Students | Collection[str] | None = None, attempts: str = LAST
) -> Answers:
    """The answers of all students from files, folders and zips; ``students`` are those of a roster, or their ids; ``attempts``
    says which of several attempts counts.

    A file that cannot be read is listed with the lines that have no place. Raises WorksheetError if a path does not exist, or
    if nothing at all could be read.
    """
    gatherer = Gatherer(layout, students if isinstance(students, Students) else Students(students), attempts)
    faults = _gather(paths, gatherer)
    if not gatherer.answers.files:
        faults.raise_any()
        raise WorksheetError("there is no file of answers", Where(str(paths[0]) if paths else None))
    return gatherer.answers


def read_columns(paths: Sequence[Path], layout: Layout, students: Students) -> list[TableColumns]:
    """What the columns of all tables are taken for, or may hold where a table is not understood. Raises WorksheetError if no
    table is found at all."""
    gatherer = Gatherer(layout, students)
    faults = _gather(paths, gatherer)
    if not gatherer.answers.columns:
        faults.raise_any()
    return gatherer.answers.columns


def _gather(paths: Sequence[Path], gatherer: Gatherer) -> Collector:
    """Read all files; the faults of those that cannot be read."""
    paths = [Path(path) for path in paths]
    missing, faults = Collector(), Collector()
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110  # Path.exists raises if a folder may not be read
            missing.add(WorksheetError("no such file or folder", Where(str(path)), meant(path)))
    missing.raise_any()
    for path in paths:
        with gatherer.catching(faults):
            if path.is_dir():
                read_folder(path, gatherer, faults)
            else:
                read_file(AnswerSource(str(path), path), gatherer)
    return faults
