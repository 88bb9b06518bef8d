"""What the patterns share: the readers of a row, and how a row becomes another layer."""

from collections.abc import Callable, Iterable, Sequence

from worksheet.readers.onnx.values import OnnxRow

Rewrite = Callable[[OnnxRow, "RowUsers"], None]
Pass = tuple[frozenset[str], Rewrite]  # the kinds of rows that may end a pattern, and the rewrite


class RowUsers:
    """The rows that lead to the network's outputs, and the readers of each."""

    def __init__(self, rows: Sequence[OnnxRow], ends: Sequence[OnnxRow]) -> None:
        self.rows = needed_rows(rows, ends)
        self.ends = frozenset(ends)
        self.of: dict[OnnxRow, list[OnnxRow]] = {}
        for row in self.rows:
            for part in dict.fromkeys(row.inputs):
                self.of.setdefault(part, []).append(row)

    def only(self, row: OnnxRow) -> OnnxRow | None:
        """The only row that reads this one; None where there are several, or it is an output of the network."""
        users = self.of.get(row, ())
        return users[0] if len(users) == 1 and row not in self.ends else None

    def is_inner(self, row: OnnxRow) -> bool:
        """Whether a row may become part of another one."""
        return self.only(row) is not None


def needed_rows(rows: Iterable[OnnxRow], ends: Iterable[OnnxRow]) -> list[OnnxRow]:
    """The rows that these outputs need, in order."""
    needed: set[OnnxRow] = set()
    open_rows = list(ends)
    while open_rows:
        row = open_rows.pop()
        if row not in needed:
            needed.add(row)
            open_rows += row.inputs
    return [row for row in rows if row in needed]


def become(row: OnnxRow, kind: str, inputs: Sequence[OnnxRow], settings: dict[str, int], stored: tuple[str, ...] = ()) -> None:
    """Turn a row into another layer with the same output."""
    row.kind, row.inputs, row.hyperparameters, row.stored = kind, tuple(inputs), settings, stored
    row.pattern, row.scalar, row.is_reversed = "", None, False


def is_trained(row: OnnxRow) -> bool:
    """Whether a row is a trained tensor (a parameter, not a constant)."""
    return row.kind == "Parameter" and not row.hyperparameters["f"]


def both_orders(row: OnnxRow) -> list[tuple[OnnxRow, OnnxRow]]:
    """The two inputs of a sum or product, in both orders."""
    return [row.inputs, row.inputs[::-1]] if len(row.inputs) == 2 else []
