"""The front matter of a sheet: where it ends, and the table of its keys."""

import re
from collections.abc import Sequence

from worksheet.conventions import STANDARD, ConventionName
from worksheet.conventions.convention_file import DIGITS
from worksheet.conventions.words import LABELS, LANGUAGE
from worksheet.errors import SheetError, shown
from worksheet.network import INPUT
from worksheet.readers.reader import shape
from worksheet.readers.sheet.lines import NAME
from worksheet.schema import WORDS, Choice, Context, Field, Located, Parsed, Record, Schema, TableOf

FENCE = "---"
HOMEWORK = "homework"


def closing_line(lines: Sequence[str]) -> int:
    """The number of the line that closes the front matter; 0 where no line does, or none opens it."""
    if lines[0].rstrip() != FENCE:
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == FENCE), 0)


def _input_name(text: str) -> str:
    if not re.fullmatch(NAME, text, re.ASCII) or text == INPUT:
        raise SheetError(f"{shown(text)} cannot name an input", hint="letters, digits and underscores")
    return text


class ReadElsewhere:
    """The type of a key whose value another room reads."""

    def read(self, _: Located, __: Context) -> None:
        return None

    def schema(self) -> Schema:
        return {}


SHAPE = Parsed(shape, ("string", "integer"))
FRONT_MATTER = Record((
    Field("input", SHAPE, "Channels x height x width, or one number for a vector. Required, unless `--input` gives it."),
    Field(
        "inputs",
        TableOf(Parsed(_input_name), SHAPE),
        "Further inputs, a name and a shape each.",
        "none",
        "inputs: {mask: 1x224x224}",
    ),
    Field("title", WORDS, 'The heading; "(Solved)" at its start is dropped on a question sheet.'),
    Field("course", WORDS, "A line below the heading."),
    Field("question", WORDS, "The task, in your own words.", "a sentence that names what is asked"),
    Field("note", WORDS, "A remark below the question, on solutions only."),
    Field("convention", ConventionName(), "How to count: a name, or the path of a YAML file beside the sheet.", f"`{STANDARD}`"),
    Field("digits", DIGITS, "Digit grouping: `en_IN`, `en_US`, another locale, or `none`.", "the convention's"),
    LANGUAGE,
    LABELS,
    Field(
        "brackets",
        Choice({"exact": "exact", "always": "always"}),
        "`always` writes the rounding brackets even where the division is exact; `exact` only where they matter.",
        "`exact`",
    ),
    Field(
        HOMEWORK,
        ReadElsewhere(),
        "The sheet as an assignment: what is asked, what answers are worth ([the assignment](assignment.md)).",
        "none",
    ),
))  # fmt: skip
