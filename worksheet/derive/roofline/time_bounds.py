"""Lower bounds on the time of a network's layers on some hardware: operations and bytes in the roofline model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, prod
from pathlib import Path

from worksheet.conventions import Convention, read_convention
from worksheet.conventions.dtypes import STORES, size, stored
from worksheet.counting.graph_facts import graph
from worksheet.derivation import Derivation, Row, Step
from worksheet.derive.arranging import group_by, whole
from worksheet.derive.comparison import Side, read_side
from worksheet.derive.worked_solution import derive
from worksheet.errors import ConventionError
from worksheet.formula import Formula
from worksheet.frozen import frozen
from worksheet.hardware import Energies, Hardware
from worksheet.network import Network

TABLE = Path(__file__).parent / "operations.yaml"
OPERATIONS, WEIGHTS, MOVED, MULTIPLICATIONS, ADDITIONS = "operations", "weights", "moved", "multiplications", "additions"
COMPUTE, MEMORY, NEITHER = "compute", "memory", ""  # what binds
# Words of a convention by which a multiply-add counts as one operation, or its figure is not a number of operations.
AS_ONE = re.compile(r"as one|multiply-acc|\bMACs\b|mult-adds|connections", re.IGNORECASE)
AS_TWO = re.compile(r"as two")
MACS = re.compile(r"mac|mult_?add", re.IGNORECASE)  # in the name of a column, whatever the convention's other columns count
BYTES = re.compile(r"\bbytes\b")
SHARED = Formula("A - beta_a*(B - 1)*S")


@frozen
class Load:
    """The work of a layer for the whole batch; bytes are of weights, and of inputs and output.

    ``counted`` is the step of a convention that the operations are from, ``factor`` what its figure is multiplied by.
    ``reads_stored`` are the elements of its inputs that are parameters: read once for all samples.
    """

    row: Row
    counted: Step
    factor: int
    steps: Mapping[str, Step]
    reads_stored: int
    moved: int

    @cached_property
    def operations(self) -> int:
        return self.factor * whole(self.counted.value)

    @cached_property
    def weights(self) -> int:
        return whole(self.steps[WEIGHTS].value)

    @property
    def bytes(self) -> int:
        return self.weights + self.moved

    @property
    def intensity(self) -> Fraction | None:
        """Operations for each byte; None if nothing is moved."""
        return Fraction(self.operations, self.bytes) if self.bytes else None


@frozen
class TimeBound:
    """The least time that a layer takes, in seconds: by its operations, and by its bytes."""

    load: Load
    compute: Fraction
    memory: Fraction

    @property
    def time(self) -> Fraction:
        return max(self.compute, self.memory)

    @property
    def binds(self) -> str:
        """What takes longer; the peak where both take the same."""
        return NEITHER if not self.time else COMPUTE if self.compute >= self.memory else MEMORY


@frozen
class Roofline:
    """A network on some hardware. ``dtype`` is the type in which it computes, ``least_bytes`` what must move in any case."""

    network: Network
    solution: Derivation
    hardware: Hardware
    batch: int
    dtype: str
    types: Mapping[str, str]
    side: Side | None  # the convention, if it is not the standard one
    factor: int
    bounds: tuple[TimeBound, ...]
    least_bytes: int

    @cached_property
    def operations(self) -> int:
        return sum(bound.load.operations for bound in self.bounds)

    @cached_property
    def bytes(self) -> int:
        return sum(bound.load.bytes for bound in self.bounds)

    @cached_property
    def peak(self) -> Fraction:
        return self.hardware.peak(self.dtype)

    @cached_property
    def time(self) -> Fraction:
        """The layers one after another: the sum of their bounds."""
        return sum((bound.time for bound in self.bounds), Fraction(0))

    @property
    def overlapped(self) -> Fraction:
        """Layers at the same time, all tensors through memory."""
        return max(self.operations / self.peak, self.bytes / self.hardware.bandwidth)

    @property
    def fused(self) -> Fraction:
        """However layers are fused: weights and inputs are read once, results written."""
        return max(self.operations / self.peak, self.least_bytes / self.hardware.bandwidth)

    def bound_by(self, what: str) -> list[TimeBound]:
        """The layers that compute binds, or memory."""
        return [bound for bound in self.bounds if bound.binds == what]

    def by_kind(self) -> dict[str, list[TimeBound]]:
        """The layers that take time by kind, those that take longest together first."""
        groups = group_by((bound for bound in self.bounds if bound.time), lambda bound: bound.load.row.kind)
        return dict(sorted(groups.items(), key=lambda item: -sum(bound.time for bound in item[1])))

    def multiplications_and_additions(self) -> tuple[int, int]:
        """Of the textbook's algorithms, for the energy that they take."""
        steps = [bound.load.steps for bound in self.bounds]
        products, sums = (sum(whole(step[name].value) for step in steps) for name in (MULTIPLICATIONS, ADDITIONS))
        return products, sums

    def energy(self, table: Energies) -> tuple[Fraction, Fraction, Fraction]:
        """Joules of the arithmetic, and of the memory traffic, least and most, for a type of numbers that the table knows."""
        products, sums = self.multiplications_and_additions()
        arithmetic = products * table.multiplication[self.dtype] + sums * table.addition[self.dtype]
        accesses = Fraction(self.bytes, table.access_bytes)
        return arithmetic, accesses * table.access_least, accesses * table.access_most


def roofline(network: Network, hardware: Hardware, *, batch: int = 1, dtype: str = "", convention: str = "") -> Roofline:
    """The operations and bytes of every layer, and the least time for them.

    ``dtype`` is the type of all numbers, or of each sort as ``weights=int8,activations=fp16``: then the layers compute in the
    type of the activations. ``convention`` is another convention for the operations: a name, a YAML file or ``name:column``.
    Raises WorksheetError.
    """
    types = stored(dtype or hardware.standard)
    computes = types[STORES[1]]
    hardware.rate(computes)
    by_sort = ",".join(f"{what}={name}" for what, name in types.items())
    solution = derive(network, standard(), batch=batch, dtype=by_sort)
    other = read_side(convention) if convention else None
    factor = doubling(other) if other else 1
    by_other = derive(network, other.convention, batch=batch) if other else solution
    counted = _column(by_other, other.column.name if other else OPERATIONS)
    loads = _Loads(network, solution, batch, types).loads(counted, factor)
    peak = hardware.peak(computes)
    bounds = tuple(TimeBound(load, load.operations / peak, load.bytes / hardware.bandwidth) for load in loads)
    least = _least_bytes(network, loads, batch, types)
    return Roofline(network, solution, hardware, batch, computes, types, other, factor, bounds, least)


@cache
def standard() -> Convention:
    """The convention that the model comes with."""
    return read_convention(TABLE)


def doubling(counted: Side) -> int:
    """What a convention's figure is multiplied by: 2 if it counts a multiply-add as one. Raises ConventionError."""
    convention, name = counted.convention, counted.column.name
    if counted.column.once or (BYTES.search(convention.unit) and name != convention.main) or convention.memory:
        raise ConventionError(f"{counted.label} does not count operations", hint="a column of operations or multiply-accumulates")
    if MACS.search(name):
        return 2
    return 2 if AS_ONE.search(convention.unit) and not AS_TWO.search(convention.unit) else 1


def _column(solution: Derivation, name: str) -> list[Step]:
    """The steps of a column, of the layers alone."""
    place = [heading.name for heading in solution.headings].index(name)
    return [row.columns[place] for row in solution.rows if row.no > 0]


class _Loads:
    """One network: the bytes of parameters that are inputs are taken once for all samples."""

    def __init__(self, network: Network, solution: Derivation, batch: int, types: Mapping[str, str]) -> None:
        self.batch = batch
        self.each = size(types[STORES[1]])
        self.solution = solution
        alone = graph(network).input_independent
        self.stored = {node.name for node in network.nodes if node.kind.is_source} | alone
        self.inputs = {
            node.name: [name for name in node.inputs if name in self.stored] if node.name not in alone else []
            for node in network.nodes
        }
        self.elements = {row.name: prod(row.output or ()) for row in solution.rows}

    def loads(self, counted: Iterable[Step], factor: int) -> list[Load]:
        names = [heading.name for heading in self.solution.headings]
        return [
            self.load(row, step, factor, dict(zip(names, row.columns, strict=True)))
            for row, step in zip(self.solution.rows, counted, strict=True)
        ]

    def load(self, row: Row, counted: Step, factor: int, steps: dict[str, Step]) -> Load:
        moved = whole(steps[MOVED].value)
        again = sum(self.elements[name] for name in self.inputs[row.name]) if moved and self.batch > 1 else 0
        return Load(row, counted, factor, steps, again, moved - int(self.each * (self.batch - 1) * again))


def _least_bytes(network: Network, loads: Iterable[Load], batch: int, types: Mapping[str, str]) -> int:
    """Weights once, however many layers share them; tensors of parameters; the network's inputs; what no layer reads."""
    read = {name for node in network.nodes for name in node.inputs}
    weights: dict[str, int] = {}
    elements = sum(batch * prod(shape) for shape in (network.input, *network.further.values()))
    for node, load in zip(network.nodes, loads, strict=True):
        owner = node.shares or node.name
        weights[owner] = max(weights.get(owner, 0), load.weights)
        size_out = prod(load.row.output or ())
        if node.kind.is_source:
            elements += size_out
        elif node.name not in read:
            elements += batch * size_out
    return sum(weights.values()) + ceil(size(types[STORES[1]]) * elements)


def shared_step(load: Load, symbol: str, batch: int, each: Fraction | int) -> Step | None:
    """The step that counts stored inputs once among the A bytes of all inputs; None if there are none."""
    if not load.reads_stored:
        return None
    values = {"A": whole(load.steps[MOVED].value), "beta_a": each, "B": batch, "S": load.reads_stored}
    note = "A: inputs and output of all samples; S: elements of stored tensors among them, read once."
    return Step(symbol, "", (symbol,), SHARED, values, load.moved, note=note)
