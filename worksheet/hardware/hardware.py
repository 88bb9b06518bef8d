"""A processor as the roofline model sees it: what it can compute in a second, and how fast its memory is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from worksheet.errors import WorksheetError
from worksheet.frozen import frozen

FUSED = 2  # operations of a fused multiply-add
STANDARD_TYPE = "fp32"


@frozen
class Rate:
    """What one processor does in a cycle with numbers of one data type.

    ``count`` are fused multiply-adds of two operations each where ``fused``, else single operations; ``clock`` is in Hz.
    """

    count: int
    fused: bool
    clock: Fraction

    @property
    def operations(self) -> int:
        """Operations in a cycle, a fused multiply-add counted as two."""
        return self.count * FUSED if self.fused else self.count


@frozen
class Hardware:
    """Processors that share a memory.

    ``processors`` is their number and ``processor`` what they are called; ``rates`` are by data type;
    ``bandwidth`` is that of the memory in bytes per second. ``cite`` says where the figures are from.
    """

    name: str
    title: str
    processors: int
    processor: str
    rates: Mapping[str, Rate]
    bandwidth: Fraction
    cite: str = ""
    notes: tuple[str, ...] = ()

    def rate(self, dtype: str) -> Rate:
        """What one processor does, for a data type. Raises WorksheetError for one that it has no figure for."""
        if dtype not in self.rates:
            raise WorksheetError(f"{self.name} has no figure for {dtype} numbers", hint=f"it has {', '.join(self.rates)}")
        return self.rates[dtype]

    def peak(self, dtype: str) -> Fraction:
        """Operations per second: processors x clock x operations per cycle."""
        rate = self.rate(dtype)
        return self.processors * rate.clock * rate.operations

    def ridge(self, dtype: str) -> Fraction:
        """Operations per byte from which on the peak is the bound, not the memory."""
        return self.peak(dtype) / self.bandwidth

    @property
    def standard(self) -> str:
        """The default data type: fp32, or the first where there is no fp32."""
        return STANDARD_TYPE if STANDARD_TYPE in self.rates else next(iter(self.rates))


def operation(dtype: str) -> str:
    """What an operation on a data type is called: FLOP, or OP for integers."""
    return "OP" if dtype.startswith("int") else "FLOP"
