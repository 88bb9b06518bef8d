"""The energy that an operation and a memory access take, from a published table."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

from worksheet.conventions.dtypes import data_type
from worksheet.frozen import frozen
from worksheet.hardware.units import read
from worksheet.schema import WORDS, Field, Integer, Parsed, Record, TableOf, read_file

TABLE = Path(__file__).parent / "energy" / "horowitz-2014.yaml"
JOULES = Parsed(partial(read, what="energy"))
BY_DTYPE = TableOf(data_type(), JOULES)


@frozen
class Energies:
    """Joules of a multiplication and of an addition by data type, and of an access to DRAM, least and most.

    An access moves ``access_bytes`` bytes. ``process`` is what the figures were measured for.
    """

    title: str
    cite: str
    process: str
    multiplication: Mapping[str, Fraction]
    addition: Mapping[str, Fraction]
    access_bytes: int
    access_least: Fraction
    access_most: Fraction

    def knows(self, dtype: str) -> bool:
        """Whether the table has figures for a data type."""
        return dtype in self.multiplication and dtype in self.addition


ENERGIES = Record(
    (
        Field("title", WORDS, "The name of the table.", required=True),
        Field("cite", WORDS, "Where the figures are from.", required=True),
        Field("process", WORDS, "What they were measured for, such as `a 45 nm process at 0.9 V`.", required=True),
        Field("multiplication", BY_DTYPE, "Of a multiplication, by data type: `{fp32: 3.7 pJ}`.", required=True),
        Field("addition", BY_DTYPE, "Of an addition, by data type.", required=True),
        Field("access_bytes", Integer(1, 999_999), "The bytes that one access to DRAM moves.", required=True),
        Field("access_least", JOULES, "Of one access, at least.", required=True),
        Field("access_most", JOULES, "Of one access, at most.", required=True),
    ),
    Energies,
)


@cache
def energies(path: Path = TABLE) -> Energies:
    """The table in a YAML file. Raises WorksheetError with all faults of the file."""
    table: Energies = read_file(path, ENERGIES)
    return table
