"""The report on lower bounds for the time of a network on some hardware: worked steps, tables, the roofline, energy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from worksheet import hardware as known
from worksheet.conventions.dtypes import STORES, size
from worksheet.conventions.dtypes import said as in_bytes_each
from worksheet.derivation import Row, Step
from worksheet.derive.arranging import group_by
from worksheet.derive.blank import unsolved
from worksheet.derive.citations import citations
from worksheet.derive.convention_page import introduce
from worksheet.derive.roofline.energy_report import energy_blocks
from worksheet.derive.roofline.hardware_report import GIGA, near, peak_blocks
from worksheet.derive.roofline.roof_picture import draw_roofline
from worksheet.derive.roofline.time_bounds import (
    COMPUTE,
    MEMORY,
    MOVED,
    NEITHER,
    WEIGHTS,
    Load,
    Roofline,
    TimeBound,
    roofline,
    shared_step,
    standard,
)  # fmt: skip
from worksheet.derive.roofline.time_data import data, layer_table
from worksheet.derive.selection import read_rows
from worksheet.derive.strip import strip_of
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title, Working
from worksheet.formula import Digits, Exact, Formula
from worksheet.hardware import Energies, Hardware, energies, operation
from worksheet.hardware.units import plain, said
from worksheet.network import Network

LONG = 1000  # numbers from here on are printed whole, in groups
LONGEST_NAME = 24  # characters in the table of layers
BINDS = {COMPUTE: "compute", MEMORY: "memory", NEITHER: "—"}
SYMBOLS = (
    "F: operations; Q: bytes to and from memory, of which Q_w are weights and Q_a inputs and output; I = F/Q. "
    "t_c: the time bound by compute, at the peak P; t_m: the time bound by memory, at its bandwidth beta; t: the longer of the "
    "two, which the layer takes at least. Times are in ns, since P is in billions of operations per second and beta in GB/s."
)
LOWER = "All times are lower bounds for the textbook's algorithms: most programs are slower."
PEAK_HOLDS = (
    "Every operation is taken at the peak of its type of numbers, also those that the units for matrix products cannot do: "
    "the bound holds, since nothing runs faster. Algorithms that need fewer operations (Winograd's, by Fourier transform) are "
    "not bound by it."
)
ONE_BY_ONE = (
    "The layers run one after another and pass their tensors through memory: the sum of their bounds. A program that fuses "
    "layers can fall below it, but not below the last line of the table."
)
FREE = "One further layer neither computes nor moves anything."
MARKS = "Each mark is a layer, or several alike; its area is their share of the time. Left of the ridge point memory binds."


def timing(
    network: Network, on: Hardware | str, *, batch: int = 1, dtype: str = "", convention: str = "", rows: str = "",
    energy: Energies | None = None, digits: str = "en_US",
) -> Document:  # fmt: skip
    """The least time that a network takes on some hardware, layer by layer, after the roofline model.

    ``on`` is a processor's name (``a100``), a YAML file or a Hardware. ``batch`` samples run together; ``dtype`` is the type of
    the numbers (``fp16``, or ``weights=int8,activations=fp16``), by default fp32. ``convention`` is another convention for the
    operations, as ``name`` or ``name:column``; figures that count a multiply-add as one are doubled. ``rows`` are the layers
    that are worked (``"1,4-6"``), by default the slowest of each kind. ``energy`` replaces the published table of energies.
    The data give seconds, bytes and operations. Raises WorksheetError.
    """
    model = roofline(network, known.hardware(on), batch=batch, dtype=dtype, convention=convention)
    return _TimeReport(model, rows, energy or energies(), Digits(digits)).report()


class _TimeReport:
    """Prints one network on one processor."""

    def __init__(self, model: Roofline, rows: str, table: Energies, digits: Digits) -> None:
        self.roofline = model
        self.digits = digits
        self.table = table
        self.name = model.network.name
        self.title = unsolved(model.network.title)
        self.op = operation(model.dtype)
        self.each = size(model.types[STORES[1]])
        longest = [max(bounds, key=lambda bound: bound.time) for bounds in model.by_kind().values()]
        self.worked = read_rows(rows, len(model.bounds)) if rows else {bound.load.row.no for bound in longest}

    def report(self) -> Document:
        blocks = [
            strip_of(self.roofline.network), *self.introduction(),
            *peak_blocks(self.roofline.hardware, self.roofline.dtype, self.digits), *self.totals(),
            Title("The roofline"), draw_roofline(self.roofline, f"{self.name}-roofline", self.title),
            Text(MARKS + self.undrawn()),
            *self.kinds(), *self.layers(), *self.steps(), *energy_blocks(self.roofline, self.table, self.digits),
        ]  # fmt: skip
        title = f"{self.title}: time on {self.roofline.hardware.title}"
        return Document(
            title, tuple(blocks), data(self.roofline, self.table), digits=self.digits.locale, main=layer_table(self.roofline),
            citations=citations([self.roofline.network], [self.roofline.side.convention if self.roofline.side else standard()]),
        )  # fmt: skip

    def seconds(self, time: Fraction) -> str:
        return said(time, "s", point=self.digits.point)

    def number(self, value: Exact | None) -> str:
        if value is None:
            return "—"
        return self.digits.result(round(value)) if value >= LONG else plain(value, point=self.digits.point)

    def ratio(self, operations: int, moved: int) -> str:
        return self.number(Fraction(operations, moved) if moved else None)

    # What is counted, and all layers together

    def introduction(self) -> Iterator[Block]:
        model, shape = self.roofline, " × ".join(map(str, self.roofline.network.input))
        samples = f"{model.batch:,} samples at a time" if model.batch > 1 else "one sample"
        types = [f"{what} are {name} numbers of {in_bytes_each(name)} each" for what, name in model.types.items()]
        yield Text(f"For {samples} of {shape}. {'; '.join(types).capitalize()}. {LOWER}")
        yield Bullets((*self.counting(), PEAK_HOLDS))

    def counting(self) -> Iterator[str]:
        """How operations and bytes are counted."""
        operations, *traffic = standard().rules
        if self.roofline.side is None:
            yield operations
        else:
            convention = self.roofline.side.convention
            yield introduce(f"Operations are counted by {convention.title}", convention.unit, convention.cite)
            if self.roofline.factor > 1:
                yield f"Its figures ({self.roofline.side.column.name}) count a multiply-add as one operation: they are doubled."
        yield from traffic

    def totals(self) -> Iterator[Block]:
        model = self.roofline
        yield Title("In total")
        bounds = {
            "Layer after layer": (model.operations, model.bytes, model.time),
            "Layers at the same time": (model.operations, model.bytes, model.overlapped),
            "Whatever is fused": (model.operations, model.least_bytes, model.fused),
        }
        rows = [
            (name, operations, moved, self.ratio(operations, moved), self.seconds(time), self.rate(time))
            for name, (operations, moved, time) in bounds.items()
        ]
        headings = ("Lower bound", "Operations", "Bytes", f"{self.op}/B", "At least", "Samples per second, at most")
        yield Table(headings, tuple(rows))
        yield Text(ONE_BY_ONE)
        yield Working("All layers", tuple(self.sums()))

    def rate(self, time: Fraction) -> str:
        return self.number(self.roofline.batch / time) if time else "—"

    def sums(self) -> Iterator[Step]:
        """The layers by what binds them; then all of them at once; then only what must move."""
        model, values = self.roofline, self.speeds()
        bound = {what: model.bound_by(what) for what in (COMPUTE, MEMORY)}
        operations = sum(b.load.operations for b in bound[COMPUTE])
        moved = sum(b.load.bytes for b in bound[MEMORY])
        terms = {
            "F_c/P": f"F_c: the operations of the {_layers(len(bound[COMPUTE]))} that compute binds" if operations else "",
            "Q_m/beta": f"Q_m: the bytes of the {_layers(len(bound[MEMORY]))} that memory binds" if moved else "",
        }
        formula = " + ".join(term for term, words in terms.items() if words) or "0"
        note = f"Layer after layer. {'; '.join(filter(None, terms.values()))}."
        yield self.time("T", formula, {**values, "F_c": operations, "Q_m": moved}, model.time, note)
        everything = {**values, "F": model.operations, "Q": model.bytes}
        note = "Layers at the same time, all tensors pass through memory."
        yield self.time("T_s", "max(F/P, Q/beta)", everything, model.overlapped, note)
        least = {**values, "F": model.operations, "Q_0": model.least_bytes}
        note = "Whatever is fused. Q_0: all weights once, the network's inputs and what it gives."
        yield self.time("T_f", "max(F/P, Q_0/beta)", least, model.fused, note)

    def speeds(self) -> dict[str, Exact]:
        return {"P": self.roofline.peak / GIGA, "beta": self.roofline.hardware.bandwidth / GIGA}

    def time(self, symbol: str, formula: str, values: Mapping[str, Exact], seconds: Fraction, note: str = "") -> Step:
        """A step whose value is a time in ns, also given in a larger unit if there is one."""
        other = self.seconds(seconds)
        remark = "ns" if not seconds or other.endswith(" ns") else f"ns, {other}"
        return near(symbol, formula, values, seconds * GIGA, remark, note)

    # Tables

    def undrawn(self) -> str:
        """A sentence on layers that a logarithmic axis cannot show."""
        kinds: dict[str, Fraction] = {}
        for bound in self.roofline.bounds:
            if bound.time and not bound.load.operations:
                kinds[bound.load.row.kind] = kinds.get(bound.load.row.kind, Fraction(0)) + bound.time
        shares = [f"{kind} ({self.share(time)} of the time)" for kind, time in kinds.items()]
        return f" Not drawn, since they do no operations: {', '.join(shares)}." if shares else ""

    def share(self, time: Fraction) -> str:
        return f"{plain(100 * time / self.roofline.time, 3, self.digits.point)} %"

    def kinds(self) -> Iterator[Block]:
        yield Title("By kind of layer")
        rows = []
        for kind, bounds in self.roofline.by_kind().items():
            operations, moved = (sum(getattr(b.load, name) for b in bounds) for name in ("operations", "bytes"))
            time = sum((b.time for b in bounds), Fraction(0))
            share = self.share(time)
            rows.append((kind, len(bounds), operations, moved, self.ratio(operations, moved), self.seconds(time), share))
        headings = ("Kind", "Layers", "Operations", "Bytes", f"{self.op}/B", "At least", "Share")
        count = sum(len(bounds) for bounds in self.roofline.by_kind().values())
        total = ("Total", count, self.roofline.operations, self.roofline.bytes, "", self.seconds(self.roofline.time), "")
        yield Table(headings, tuple(rows), total)
        if free := sum(not bound.time for bound in self.roofline.bounds):
            yield Text(f"{free} further layers neither compute nor move anything." if free > 1 else FREE)

    def layers(self) -> Iterator[Block]:
        yield Title("Layer by layer")
        rows: list[tuple[Cell, ...]] = []
        for bound in self.roofline.bounds:
            load = bound.load
            times = (self.seconds(bound.compute), self.seconds(bound.memory), BINDS[bound.binds])
            rows.append(
                (f"{load.row.no}", _short(load.row.name), load.operations, load.bytes, self.number(load.intensity), *times)
            )
        total = ("", "Total", self.roofline.operations, self.roofline.bytes, "", self.seconds(self.roofline.time), "", "")
        headings = ("No.", "Layer", "Operations", "Bytes", f"{self.op}/B", "Compute", "Memory", "Bound by")
        yield Table(headings, tuple(rows), total, words=2)

    # Worked layers

    def steps(self) -> Iterator[Block]:
        yield Title("Layers, worked")
        yield Text(SYMBOLS)
        same = group_by(self.roofline.bounds, _alike)
        for bound in self.roofline.bounds:
            if bound.load.row.no in self.worked:
                yield self.layer(bound, [other.load.row for other in same[_alike(bound)] if other is not bound])

    def layer(self, bound: TimeBound, alike: list[Row]) -> Working:
        row = bound.load.row
        shapes = " → ".join(filter(None, [", ".join(map(_by, row.inputs or ())), _by(row.output or ())]))
        spec = f"{row.kind}: {row.spec.replace('->', ' → ')}" if row.spec else row.kind
        more = f" The same numbers: {len(alike)} further layers." if len(alike) > 1 else f" As {alike[0].name}." if alike else ""
        return Working(f"{row.no}. {row.name}", tuple(self.of_layer(bound)), f"{spec}, {shapes}.{more}")

    def of_layer(self, bound: TimeBound) -> Iterator[Step]:
        load = bound.load
        yield from load.row.sizes
        if load.factor > 1:
            yield replace(load.counted, symbols=("N",), label="")
            yield Step("F", "", ("F",), Formula(f"{load.factor}*N"), {"N": load.counted.value or 0}, load.operations)
        else:
            yield replace(load.counted, symbols=("F",), label="", remark="")
        yield from self.traffic(load)
        if load.intensity is not None:
            values = {"F": load.operations, "Q": load.bytes}
            yield near("I", "F/Q", values, load.intensity, f"{self.op}/B")
        speeds = self.speeds()
        compute = self.time("t_c", "F/P", {"F": load.operations, "P": speeds["P"]}, bound.compute)
        memory = self.time("t_m", "Q/beta", {"Q": load.bytes, "beta": speeds["beta"]}, bound.memory)
        yield from (compute, memory)
        times = {"t_c": compute.value or 0, "t_m": memory.value or 0}
        remark = f"ns: {BINDS[bound.binds]} binds" if bound.time else ""
        yield Step("t", "", ("t",), Formula("max(t_c, t_m)"), times, max(times.values()), remark=remark)

    def traffic(self, load: Load) -> Iterator[Step]:
        """The bytes of the weights, of all else, and both together; one step if there are no weights."""
        last = "Q_a" if load.weights else "Q"
        shared = shared_step(load, last, self.roofline.batch, self.each)
        if load.weights:
            yield replace(load.steps[WEIGHTS], symbols=("Q_w",), label="")
        yield replace(load.steps[MOVED], symbols=("A",) if shared else (last,), label="")
        if shared:
            yield shared
        if load.weights:
            moved = {"Q_w": load.weights, "Q_a": load.moved}
            yield Step("Q", "", ("Q",), Formula("Q_w + Q_a"), moved, load.bytes)


def _layers(count: int) -> str:
    return "one layer" if count == 1 else f"{count:,} layers"


def _short(name: str) -> str:
    """The end of a long name, which is more specific than its start: as many of its last parts as fit."""
    if len(name) <= LONGEST_NAME:
        return name
    end = name[1 - LONGEST_NAME :]
    return f"…{end.partition('.')[2] or end}"


def _alike(bound: TimeBound) -> object:
    load = bound.load
    return load.row.kind, load.row.spec, load.row.inputs, load.operations, load.weights, load.moved


def _by(sizes: Iterable[int]) -> str:
    return " × ".join(map(str, sizes)) or "a number"
