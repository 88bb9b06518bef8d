"""Ways of counting, one YAML file each; found by name, or by the path of a file of one's own."""

from functools import cache
from pathlib import Path

from worksheet.conventions.convention import Column, Convention
from worksheet.conventions.reading import read_convention
from worksheet.errors import ConventionError, nearest, shown

FOLDER = Path(__file__).parent
SUFFIXES = (".yaml", ".yml")
STANDARD = "ai61002"


@cache
def names() -> tuple[str, ...]:
    """The names of the conventions that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def convention(name: str) -> Convention:
    """A convention by its name, or by the path of a YAML file. Raises ConventionError for an unknown one."""
    if name in names():
        return _shipped(name)
    if name.endswith(SUFFIXES):
        return read_convention(Path(name))
    raise ConventionError(f"unknown convention {shown(name)}", hint=nearest(name, names()))


@cache
def _shipped(name: str) -> Convention:
    return read_convention(FOLDER / f"{name}.yaml")


__all__ = ["STANDARD", "Column", "Convention", "convention", "names", "read_convention"]
