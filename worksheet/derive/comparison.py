"""Counts a network under several conventions at once, and derives the difference kind by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from worksheet.conventions import Column, Convention
from worksheet.conventions import convention as convention_named
from worksheet.counting.counting import Counting, FoldedForms, is_shared
from worksheet.counting.folding import Folded
from worksheet.counting.run import Run
from worksheet.derive.arranging import group_by
from worksheet.errors import ConventionError, Where, nearest, shown
from worksheet.formula import Exact, Formula
from worksheet.formula.simplify import difference
from worksheet.frozen import frozen
from worksheet.layers import Kind
from worksheet.network import Network
from worksheet.sizes import Sized
from worksheet.totals import AtLeast

NOTHING = Formula("0")
BIAS = "b"  # the symbol of kinds that may have a bias
DIMENSIONS = ("1D ", "2D ", "3D ")  # prefixes of the titles of kinds that exist in several dimensions


@frozen
class Side:
    """One side of a comparison: a convention, and one of its columns."""

    convention: Convention
    column: Column

    @property
    def label(self) -> str:
        """Its name, followed by the column if it is not the convention's main one."""
        main = self.column.name == self.convention.main
        return self.convention.name if main else f"{self.convention.name} {self.column.name}"


def split_column(text: str | Convention) -> tuple[str | Convention, str]:
    """A convention, and the name of the column after a colon, if any: ``name:column``. A path may contain a colon."""
    name, _, column = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    return (name, column) if name and "/" not in column and "." not in column else (text, "")


def read_side(text: str | Convention) -> Side:
    """A side from ``name``, ``name:column``, the path of a YAML file or a Convention. Raises ConventionError."""
    name, column = split_column(text)
    return side(convention_named(name), column)


def side(convention: Convention, column: str = "") -> Side:
    """A convention with its main column or another. Raises ConventionError if it has no such column."""
    names = [each.name for each in convention.columns]
    if column and column not in names:
        raise ConventionError(f"{convention.name} has no column {column!r}", hint=nearest(column, names))
    return Side(convention, convention.column(column))


@frozen
class ComparedLayer:
    """A layer in a comparison: its row number, name and values, and what each side counts."""

    no: int
    name: str
    values: Mapping[str, Exact]
    counted: tuple[int, ...]


@frozen
class Variant:
    """The layers of one kind that all sides count by the same formulas."""

    kind: Kind
    formulas: tuple[Formula, ...]  # of each side; sizes of the output keep their symbols
    ruled: tuple[bool, ...]  # whether the side has a rule for it
    unbiased: tuple[Formula, ...]  # the same for a layer without a bias
    layers: list[ComparedLayer] = field(default_factory=list)

    def difference(self, of: int, minus: int) -> Formula:
        """How much more one side counts than another for each layer, simplified."""
        return difference(self.formulas[of], self.formulas[minus])

    def is_ruled(self, *sides: int) -> bool:
        """Whether all of these sides have a rule for it."""
        return all(self.ruled[side] for side in sides)

    def is_bias(self, of: int, minus: int) -> bool:
        """Whether two sides differ by the bias alone."""
        differ = self.formulas[of] != self.formulas[minus]
        return differ and difference(self.unbiased[of], self.unbiased[minus]).source == "0"

    def noun(self, of: int, minus: int) -> str:
        """What the difference is about, in a sentence: BatchNorm, adaptive average pooling, Linear bias."""
        title = self.kind.title.removesuffix(" layer")
        name = next((title.removeprefix(d).replace("-", " ") for d in DIMENSIONS if title.startswith(d)), self.kind.name)
        return f"{name} bias" if self.is_bias(of, minus) else name


@frozen
class DifferencePart:
    """A share of the difference of two totals."""

    noun: str
    value: int
    variants: tuple[Variant, ...]


def sums(variants: Sequence[Variant]) -> tuple[int, ...]:
    """What each side counts of these layers."""
    counted = [layer.counted for variant in variants for layer in variant.layers]
    ruled = [variant.ruled for variant in variants]
    return tuple(
        sum(column) if all(rules) else AtLeast(sum(column), is_empty=not any(rules))
        for column, rules in zip(zip(*counted, strict=True), zip(*ruled, strict=True), strict=True)
    )


@frozen
class Comparison:
    """A network counted under several conventions."""

    network: Network
    batch: int
    sides: tuple[Side, ...]
    variants: tuple[Variant, ...]

    def __repr__(self) -> str:
        return f"<Comparison of {shown(self.network.title)} under {len(self.sides)} conventions>"

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """The total of each side: a lower bound where it has no rule for some layer."""
        return sums(self.variants)

    def is_partial(self, of: int, minus: int) -> bool:
        """Whether one of two sides has no rule for some layer, so that their totals cannot be subtracted."""
        return not all(variant.is_ruled(of, minus) for variant in self.variants)

    def parts(self, of: int, minus: int) -> tuple[DifferencePart, ...]:
        """The parts of the difference, the largest first, for the layers that both sides have a rule for."""
        differing = [
            variant
            for variant in self.variants
            if variant.formulas[of] != variant.formulas[minus] and variant.is_ruled(of, minus)
        ]
        groups = group_by(differing, lambda variant: variant.noun(of, minus))
        parts = [
            DifferencePart(
                noun, sum(layer.counted[of] - layer.counted[minus] for v in variants for layer in v.layers), tuple(variants)
            )
            for noun, variants in groups.items()
        ]
        return tuple(sorted([part for part in parts if part.value], key=lambda part: -abs(part.value)))


def compare_sides(network: Network, sides: Sequence[Side], batch: int = 1) -> Comparison:
    """Count a network by each of these sides. Raises WorksheetError where layers do not fit or a rule gives no whole number."""
    return _Comparing(network, sides, batch).comparison()


class _Comparing:
    """One run: equal layers are folded once."""

    def __init__(self, network: Network, sides: Sequence[Side], batch: int) -> None:
        self.network = network
        self.sides = tuple(sides)
        self.run = Run(batch)
        self.countings = [
            Counting(network, side.convention, self.run, FoldedForms(side.convention, self.run, inline_sizes=False))
            for side in sides
        ]
        self.known: dict[tuple[object, ...], Variant] = {}
        self.variants: dict[tuple[object, ...], Variant] = {}

    def comparison(self) -> Comparison:
        inputs = max((counting.inputs for counting in self.countings), key=len)
        for no, layer in enumerate([*inputs, *self.countings[0].layers], 1 - len(inputs)):
            folded = [counting.fold(layer) for counting in self.countings]
            variant = self.variant(layer, folded)
            values = self.countings[0].values(folded[0], layer)
            variant.layers.append(ComparedLayer(no, layer.node.name, values, self.count(variant, values)))
        return Comparison(self.network, self.run.batch, self.sides, tuple(self.variants.values()))

    def variant(self, layer: Sized, folded: Sequence[Folded]) -> Variant:
        """The variant of a layer; variants with equal formulas are merged."""
        key = (*folded, bool(layer.node.shares))
        if key not in self.known:
            variant = self.make_variant(layer, folded)
            same = (layer.kind.name, variant.ruled, *(formula.source for formula in (*variant.formulas, *variant.unbiased)))
            self.known[key] = self.variants.setdefault(same, variant)
        return self.known[key]

    def make_variant(self, layer: Sized, folded: Sequence[Folded]) -> Variant:
        unbiased = [one.with_facts(**{BIAS: 0}) if BIAS in one.facts else one for one in folded]
        rules, others = (
            [one.rule(side.column) for one, side in zip(both, self.sides, strict=True)] for both in (folded, unbiased)
        )
        shared = [is_shared(side.column, layer) for side in self.sides]
        formulas, without_bias = (
            tuple(NOTHING if rule is None or elsewhere else rule for rule, elsewhere in zip(of, shared, strict=True))
            for of in (rules, others)
        )
        return Variant(layer.kind, formulas, tuple(rule is not None for rule in rules), without_bias)

    def count(self, variant: Variant, values: Mapping[str, Exact]) -> tuple[int, ...]:
        try:
            figures = [formula.at(values) for formula in variant.formulas]
        except KeyError as missing:
            message = f"{variant.kind.name}: this layer has no {missing.args[0]}, which a rule uses"
            raise ConventionError(message, hint="solve -c names the layer") from None
        for side, value in zip(self.sides, figures, strict=True):
            if not isinstance(value, int):
                what = f"{side.column.heading} of {variant.kind.name} is {value}, not a whole number"
                raise ConventionError(what, Where(side.convention.name), "floor(...) or ceil(...) makes it whole")
        return tuple(map(int, figures))
