"""A format of answers: the suffixes of its files, and the function that reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from worksheet.discover import collect
from worksheet.errors import Where, WorksheetError
from worksheet.frozen import frozen
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.text import AnswerSource


@frozen
class Format:
    """A format. ``read`` passes the answers of a file to the gatherer, or raises WorksheetError; ``pack`` says that the file
    contains other files."""

    takes: str  # in words: "a CSV file"
    suffixes: tuple[str, ...]
    read: Callable[[AnswerSource, Gatherer], None]
    pack: bool = False


def formats() -> Mapping[str, Format]:
    """The formats by the suffixes of their files."""
    collected: dict[str, Format] = collect("worksheet.grading.answers", "ANSWERS")
    return {suffix: format for format in collected.values() for suffix in format.suffixes}


def format_of(source: AnswerSource) -> Format:
    """The format of a file. Raises WorksheetError with the known ones."""
    known = formats()
    if source.suffix not in known:
        raise WorksheetError("is in no format of answers", Where(source.name), f"known: {', '.join(sorted(known))}")
    return known[source.suffix]


def read_handed_in(source: AnswerSource, gatherer: Gatherer) -> None:
    """Read the answers in one file of a folder or zip, for each of those who handed it in. Raises WorksheetError."""
    names = (source.name.replace("\\", "/").rsplit("/", 1)[-1], *source.folders)
    students = next((gatherer.submitters[name] for name in names if gatherer.submitters.get(name)), ("",))
    for student in students:
        read_file(replace(source, student=student), gatherer, in_pack=True)


def read_file(source: AnswerSource, gatherer: Gatherer, *, in_pack: bool = False) -> None:
    """Read the answers in one file. Raises WorksheetError if it cannot be read."""
    format = format_of(source)
    if in_pack and format.pack:
        raise WorksheetError("a zip in a zip is not opened", Where(source.name))
    gatherer.begin(source.name)
    try:
        format.read(source, gatherer)
    finally:
        gatherer.close()
    gatherer.answers.files += not format.pack
