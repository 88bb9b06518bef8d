"""Conventions, one YAML file each; found by name, or by the path of a user's file."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from worksheet.conventions.convention import Column, Convention
from worksheet.conventions.convention_file import read_convention
from worksheet.errors import ConventionError, WorksheetError, nearest, shown
from worksheet.schema import Context, Located, Phrase, Schema

FOLDER = Path(__file__).parent
SUFFIXES = (".yaml", ".yml")
STANDARD = "textbook"  # where neither the network nor the user names one

Conventions = Convention | str | Sequence[Convention | str]  # one, or several


@cache
def names() -> tuple[str, ...]:
    """The names of the conventions that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def convention(name: str | Convention) -> Convention:
    """A convention by its name, or by the path of a YAML file; or the one given. Raises ConventionError for an unknown one."""
    if isinstance(name, Convention):
        return name
    if not isinstance(name, str):
        raise ConventionError(
            f"{type(name).__name__} is not a convention", hint="a name, the path of a YAML file or a Convention"
        )
    if name.casefold() in names():
        return _shipped(name.casefold())
    if name.endswith(SUFFIXES):
        return read_convention(Path(name))
    hint = "one name at a time" if "," in name else nearest(name, names())
    raise ConventionError(f"unknown convention {shown(name)}", hint=hint)


def several(given: Conventions) -> tuple[Convention | str, ...]:
    """One convention, or several, as a tuple: a text is one name, not its letters."""
    return (given,) if isinstance(given, (str, Convention)) else tuple(given)


@cache
def _shipped(name: str) -> Convention:
    return read_convention(FOLDER / f"{name}.yaml")


class ConventionName:
    """The type of a key that names a convention: a shipped one, or the path of a YAML file relative to the file with the key."""

    def read(self, located: Located, context: Context) -> str:
        text = Phrase(1000).read(located, context)
        name = str(context.folder / text) if text.endswith(SUFFIXES) else text
        try:
            convention(name)
        except WorksheetError as fault:
            raise fault if fault.where.line else fault.located(located.where) from None
        return name

    def schema(self) -> Schema:
        files = "|".join(suffix.replace(".", r"\.") for suffix in SUFFIXES)
        return {"anyOf": [{"enum": list(names())}, {"type": "string", "pattern": f"({files})$"}]}


__all__ = [
    "STANDARD", "Column", "Convention", "ConventionName", "Conventions", "convention", "names", "read_convention", "several",
]  # fmt: skip
