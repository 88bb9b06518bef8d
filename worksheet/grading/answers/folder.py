"""Reads a folder with a file for each student; links are not followed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from worksheet.errors import Collector, Where, WorksheetError
from worksheet.grading.answers.bounds import PACK_DEPTH, PACK_FILES, TEXT_BYTES
from worksheet.grading.answers.format import format_of, read_file, read_handed_in
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.gradescope import METADATA, submitters
from worksheet.grading.answers.text import AnswerSource, read_whole

T = TypeVar("T")
MANIFEST = "manifest.json"
SKIPPED = frozenset({MANIFEST, METADATA, "thumbs.db", "desktop.ini", "__macosx"})


def is_skipped(name: str) -> bool:
    """Whether a file or folder was left there by a system or program, not by a student."""
    return name.startswith((".", "~$")) or name.lower() in SKIPPED


def read_folder(folder: Path, gatherer: Gatherer, faults: Collector) -> None:
    """Read the answers in all files of a folder and its subfolders, in the order of their names. Raises WorksheetError if there
    are too many; a file that cannot be read is listed and added to ``faults``."""
    gatherer.by_file = _manifest_beside(folder, gatherer)
    gatherer.submitters = _submitters_in(folder, gatherer)
    try:
        for path in _bounded(_files(folder, 0), folder):
            with gatherer.catching(faults):
                _read(path, folder, gatherer)
    finally:
        gatherer.by_file, gatherer.submitters = {}, {}


def _read(path: Path, folder: Path, gatherer: Gatherer) -> None:
    if path.is_symlink():
        raise WorksheetError("is a link, which is not followed", Where(str(path)))
    inner = path.parent.relative_to(folder).parts
    source = AnswerSource(str(path), path, folders=(*reversed(inner), folder.name))
    gatherer.spend(source.size, source.name)
    if format_of(source).pack:
        read_file(source, gatherer)
    else:
        read_handed_in(source, gatherer)


def _files(folder: Path, depth: int) -> Iterator[Path]:
    if depth > PACK_DEPTH:
        raise WorksheetError(f"more than {PACK_DEPTH} folders in each other", Where(str(folder)))
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in _bounded(entries, folder))
    except OSError as fault:
        raise WorksheetError(f"cannot be read: {fault.strerror or fault}", Where(str(folder))) from None
    for name, is_folder in names:
        if is_skipped(name):
            continue
        if is_folder:
            yield from _files(folder / name, depth + 1)
        else:
            yield folder / name


def _bounded(files: Iterator[T], folder: Path) -> Iterator[T]:
    for number, file in enumerate(files, 1):
        if number > PACK_FILES:
            raise WorksheetError(f"more than {PACK_FILES:,} files", Where(str(folder)))
        yield file


def _submitters_in(folder: Path, gatherer: Gatherer) -> Mapping[str, tuple[str, ...]]:
    """Who handed in which folder, from Gradescope's list in this one; empty if there is none."""
    path = folder / METADATA
    if not path.is_file() or path.is_symlink():
        return {}
    try:
        return submitters(read_whole(AnswerSource(str(path), path), TEXT_BYTES, lines=False)[0], gatherer.students)
    except WorksheetError as fault:
        gatherer.leave_file(fault)
        return {}


def _manifest_beside(folder: Path, gatherer: Gatherer) -> Mapping[str, str]:
    """The ids by file name, from a manifest in the folder or its parent; empty if there is none."""
    path = next((path for path in (folder / MANIFEST, folder.parent / MANIFEST) if path.is_file()), None)
    if path is None or path.is_symlink():
        return {}
    try:
        return manifest(read_whole(AnswerSource(str(path), path), TEXT_BYTES, lines=False)[0])
    except WorksheetError as fault:
        gatherer.leave_file(fault)
        return {}


def manifest(text: str) -> Mapping[str, str]:
    """The students' ids by the names of their files without suffix, from a manifest; empty for any other text."""
    try:
        data: Any = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    students = data.get("students", data) if isinstance(data, dict) else None
    ids: dict[str, str] = {}
    for id, entry in students.items() if isinstance(students, dict) else ():
        file = entry.get("file") if isinstance(entry, dict) else entry
        if isinstance(file, str):
            ids[AnswerSource(file).stem if file.lower().endswith(ENDS) else file] = id
    return ids


ENDS = (".csv", ".tsv", ".txt", ".xlsx", ".md", ".json", ".pdf", ".html", ".tex")
