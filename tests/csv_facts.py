"""The tables of figures in tests/facts."""

import csv

from tests.sheet_facts import ROOT

FACTS = ROOT / "tests" / "facts"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, by the headings of its columns."""
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_first_column(name: str) -> dict[str, dict[str, str]]:
    """The rows of a table, by what is in their first column."""
    return {next(iter(row.values())): row for row in rows(name)}
