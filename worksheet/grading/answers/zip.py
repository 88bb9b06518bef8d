"""Answers in a zip with a file for each student. Nothing is unpacked to the disk."""

from __future__ import annotations

from worksheet.errors import Collector, Where, WorksheetError
from worksheet.grading.answers.archive import Archive, ArchiveBounds, is_folder
from worksheet.grading.answers.bounds import PACK_BYTES, PACK_DEPTH, PACK_FILES, PACKED_BYTES, ZIP_BYTES
from worksheet.grading.answers.folder import MANIFEST, is_skipped, manifest
from worksheet.grading.answers.format import Format, read_handed_in
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.gradescope import METADATA, submitters
from worksheet.grading.answers.text import AnswerSource, clean

BOUNDS = ArchiveBounds(ZIP_BYTES, PACK_FILES, PACKED_BYTES, PACK_BYTES)


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    faults = Collector()
    read_before, beside = gatherer.answers.files, (gatherer.by_file, gatherer.submitters)
    with Archive(source, BOUNDS) as archive:
        gatherer.by_file = manifest(_text(archive, MANIFEST)) or gatherer.by_file
        gatherer.submitters = submitters(_text(archive, METADATA), gatherer.students) or gatherer.submitters
        try:
            for member in archive.members:
                parts = member.filename.replace("\\", "/").split("/")
                if is_folder(member) or any(map(is_skipped, (part for part in parts if part != ".."))):
                    continue
                name = clean(f"{source.name}/{member.filename}")
                with gatherer.catching(faults):
                    if len(parts) > PACK_DEPTH + 1:
                        raise WorksheetError(f"lies in more than {PACK_DEPTH} folders", Where(name))
                    gatherer.spend(member.file_size, source.name)
                    folders = (*reversed(parts[:-1]), source.stem)
                    read_handed_in(AnswerSource(name, data=archive.data(member), folders=folders), gatherer)
        finally:
            gatherer.by_file, gatherer.submitters = beside
    if gatherer.answers.files == read_before:
        faults.raise_any()
        raise WorksheetError("holds no files of answers", Where(source.name))


def _text(archive: Archive, name: str) -> str:
    """The text of the first file of this name in the zip; empty if there is none."""
    for member in archive.members:
        if member.filename.rsplit("/", 1)[-1] == name and not archive.refusal(member):
            return archive.data(member).decode("utf-8", "replace")
    return ""


ANSWERS = Format("a zip of files", (".zip",), read, pack=True)
