"""The JSON schemas that ship with the package, and the lists of keys in the manual: made from the tables that read the files."""

from dataclasses import dataclass, replace
from pathlib import Path

from tools.generated import END_OF_PART
from worksheet.conventions.convention_file import CONVENTION
from worksheet.conventions.optimisers import OPTIMISERS, PRECISIONS
from worksheet.hardware.energy import ENERGIES
from worksheet.hardware.processor_file import HARDWARE
from worksheet.homework.assignment.keys import ASSIGNMENT, IN_SHEET
from worksheet.readers.sheet.front_matter import FRONT_MATTER, HOMEWORK
from worksheet.schema import FieldType, Record
from worksheet.schema.json_schema import FOLDER, list_of_keys, schema_text

DOCS = Path(__file__).parent.parent / "docs"
OPENS, CLOSES = "<!-- keys of {}: python -m tools.pages -->\n\n", f"\n{END_OF_PART}"


FRONT_MATTER_WITH_HOMEWORK = replace(
    FRONT_MATTER, fields=tuple(replace(each, type=IN_SHEET) if each.name == HOMEWORK else each for each in FRONT_MATTER.fields)
)


@dataclass(frozen=True)
class File:
    """A sort of file: its title, what it is for, what it holds, and the page that lists its keys."""

    title: str
    description: str
    type: FieldType
    page: str = ""


FILES = {
    "assignment": File(
        "A homework", "What is asked, how it is marked, and how the sheets differ: see docs/assignment.md.", ASSIGNMENT
    ),
    "convention": File("A convention", "How a course or a tool counts: see docs/counting.md.", CONVENTION, "counting.md"),
    "processor": File("A processor", "The figures of a processor: see docs/hardware.md.", HARDWARE, "hardware.md"),
    "energies": File("Energies", "The energy of operations and memory accesses: see docs/hardware.md.", ENERGIES, "hardware.md"),
    "front-matter": File(
        "The front matter of a sheet",
        "What a sheet says beside its layers: see docs/sheet.md.",
        FRONT_MATTER_WITH_HOMEWORK,
        "sheet.md",
    ),
    "optimisers": File("Optimisers", "What an optimiser does with one parameter in one step, by name.", OPTIMISERS),
    "precisions": File("Precisions", "The data types of training, by name.", PRECISIONS),
}


def pages() -> dict[Path, str]:
    """Every schema, and every page with a list of keys, by its path."""
    schemas = {
        FOLDER / f"{name}.schema.json": schema_text(f"{file.title} for worksheet", file.description, file.type)
        for name, file in FILES.items()
    }
    return schemas | {DOCS / page: _with_lists(page) for page in {file.page for file in FILES.values() if file.page}}


def _with_lists(page: str) -> str:
    """A page of the manual with its lists of keys remade."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, file in FILES.items():
        if file.page == page and isinstance(file.type, Record):
            start = text.index(OPENS.format(name)) + len(OPENS.format(name))
            text = text[:start] + list_of_keys(file.type.fields) + text[text.index(CLOSES, start) :]
    return text
