"""Short ways to write Caffe layers in tests, and to read them."""

from pathlib import Path

import worksheet as ws
from worksheet.sizes import Sized, sized


def data(*dims: int, name: str = "data") -> str:
    """An Input layer; the first of the dims is the batch."""
    shape = " ".join(f"dim: {d}" for d in dims)
    return f'layer {{ name: "{name}" type: "Input" top: "{name}" input_param {{ shape {{ {shape} }} }} }}\n'


def layer(name: str, type: str, bottoms: str = "data", body: str = "", tops: str = "") -> str:
    """A layer that reads blobs and makes those of ``tops``, or one with its name."""
    lines = [f'bottom: "{bottom}"' for bottom in bottoms.split()] + [f'top: "{top}"' for top in (tops or name).split()]
    return f'layer {{\n  name: "{name}"\n  type: "{type}"\n  {" ".join(lines)}\n  {body}\n}}\n'


class Texts:
    """Writes a text to a file and reads it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "net.prototxt"

    def read(self, text: str, input: object = None, **options: object) -> ws.Network:
        self.path.write_text(text, encoding="utf-8")
        return ws.read(self.path, input, **options)  # type: ignore[arg-type]

    def rows(self, text: str, input: object = None, **options: object) -> dict[str, Sized]:
        return {row.node.name: row for row in sized(self.read(text, input, **options))}

    def last(self, text: str, input: object = None, **options: object) -> Sized:
        return list(self.rows(text, input, **options).values())[-1]

    def faults(self, text: str, input: object = None, **options: object) -> list[str]:
        """Every fault as ``line:column message (hint)``."""
        try:
            self.read(text, input, **options)
        except ws.WorksheetError as fault:
            return [f"{one.where.line}:{one.where.column} {one.message} ({one.hint})" for one in fault.faults]
        return []


def quantity(row: Sized, name: str) -> int:
    """One of QUANTITIES of a layer, without what it shares."""
    return int(row.kind.quantity(name, row.form).at(row.values))


def stored(rows: dict[str, Sized]) -> int:
    """Weights and biases, shared ones once."""
    own = [row for row in rows.values() if not row.node.shares]
    return sum(quantity(row, name) for row in own for name in ("weights", "biases"))
