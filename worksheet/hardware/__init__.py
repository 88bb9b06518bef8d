"""Processors and accelerators, one YAML file each, found by name or by the path of a user's file; the energy of operations."""

from functools import cache
from pathlib import Path

from worksheet.errors import WorksheetError, nearest, shown
from worksheet.hardware.energy import Energies, energies
from worksheet.hardware.hardware import FUSED, Hardware, Rate, operation
from worksheet.hardware.processor_file import own, read_hardware

FOLDER = Path(__file__).parent / "processors"
SUFFIXES = (".yaml", ".yml")


@cache
def names() -> tuple[str, ...]:
    """The names of the processors that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def hardware(name: str | Hardware) -> Hardware:
    """A processor by its name, or by the path of a YAML file; or the one given. Raises WorksheetError."""
    if isinstance(name, Hardware):
        return name
    if not isinstance(name, str):
        raise WorksheetError(
            f"{type(name).__name__} is not hardware", hint="a processor's name, the path of a YAML file or a Hardware"
        )
    if name.lower() in names():
        return _shipped(name.lower())
    if name.endswith(SUFFIXES):
        return read_hardware(Path(name))
    raise WorksheetError(f"unknown hardware {shown(name)}", hint=nearest(name, names()))


@cache
def _shipped(name: str) -> Hardware:
    return read_hardware(FOLDER / f"{name}.yaml")


__all__ = ["FUSED", "Energies", "Hardware", "Rate", "energies", "hardware", "names", "operation", "own", "read_hardware"]
