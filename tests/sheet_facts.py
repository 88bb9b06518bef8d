"""The AI61002 sheet's printed figures, read from tests/facts/ai61002.txt."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
SHEET = EXAMPLES / "ai61002.sheet"
TOTALS = {"params": 61_100_840, "flops": 793_400_040}
PRINTED_TOTALS = ("6,11,00,840", "79,34,00,040")


class Printed(NamedTuple):
    no: int
    layer: str
    params: str
    flops: str
    input: str
    output: str
    values: str
    params_worked: str
    flops_worked: str

    def number(self, column: str) -> int:
        return int(getattr(self, column).replace(",", ""))


def _rows() -> list[Printed]:
    lines = (Path(__file__).parent / "facts" / "ai61002.txt").read_text().splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("#")]
    return [Printed(int(no), *rest) for no, *rest in cells]


ROWS = _rows()
