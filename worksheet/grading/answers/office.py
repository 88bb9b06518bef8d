"""The XML of a document of an office program, in a zip: checked before it is read, bounded, without types or entities."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, iterparse

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.archive import Archive, ArchiveBounds
from worksheet.grading.answers.bounds import OFFICE_BYTES, OFFICE_ELEMENTS, XLSX_PARTS, XLSX_UNPACKED
from worksheet.grading.answers.safe_xml import Checker
from worksheet.grading.answers.text import AnswerSource

BOUNDS = ArchiveBounds(OFFICE_BYTES, XLSX_PARTS, OFFICE_BYTES, XLSX_UNPACKED)
PROTECTED = "a document that is protected by a password must be saved without it"


def elements(source: AnswerSource, part: str, tags: frozenset[str]) -> Iterator[Element]:
    """The elements with these tags of one part of a document, complete, outer ones after those inside them. Raises
    WorksheetError for a part that is missing, broken or could do harm."""
    data = _part(source, part)
    checker = Checker(source.name)
    checker.check(part, data)
    if checker.elements > OFFICE_ELEMENTS:
        raise WorksheetError(f"is too large: more than {OFFICE_ELEMENTS:,} elements", Where(source.name))
    try:
        for _event, element in iterparse(io.BytesIO(data)):  # noqa: S314  # checked: neither types nor entities
            if element.tag in tags:
                yield element
    except (ParseError, ValueError, LookupError):
        raise WorksheetError("cannot be read: its XML is damaged", Where(source.name), PROTECTED) from None


def _part(source: AnswerSource, part: str) -> bytes:
    try:
        archive = Archive(source, BOUNDS)
    except WorksheetError as fault:
        raise WorksheetError(fault.message.replace("zip", "document"), fault.where, PROTECTED) from None
    with archive:
        member = next((member for member in archive.members if member.filename == part), None)
        if member is None:
            raise WorksheetError(f"has no part {part}", Where(source.name), PROTECTED)
        return archive.data(member)
