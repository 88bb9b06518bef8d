"""The comparison as a document: totals, kinds, and every part of the difference derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from worksheet.conventions import Conventions, several
from worksheet.conventions.convention import ANY
from worksheet.derivation import Section, Statement, Step, spans
from worksheet.derive.arranging import group_by
from worksheet.derive.blank import unsolved
from worksheet.derive.citations import citations
from worksheet.derive.comparison import ComparedLayer, Comparison, DifferencePart, Variant, compare_sides, read_side, sums
from worksheet.derive.every_convention import AGAINST, compare_with_all
from worksheet.derive.reference import legend
from worksheet.derive.strip import strip_of
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title, Working
from worksheet.errors import ConventionError
from worksheet.formula import Digits, Formula
from worksheet.language import listed
from worksheet.network import Network
from worksheet.totals import AtLeast, is_uncounted, print_total

MAX_NAMED = 6  # parts of a difference in one sentence
MAX_LISTED = 40  # characters of row numbers in a title
MAX_LINES = 12  # of a table of layers
# Of a kind that adds nothing, by whether sides have no rule for it.
SILENT = {
    frozenset({False}): "Counted as 0",
    frozenset({False, True}): "Counted as 0 by some, without a rule of the others",
    frozenset({True}): "Without a rule on any side",
}


def compare(network: Network, conventions: Conventions = (), *, batch: int = 1, digits: str = "en_US") -> Document:
    """A network counted under two or more conventions, with the difference of each from the first, derived.

    One convention is compared with the network's own, else with ``textbook``; without any, all that can count the network are in
    one table.
    A convention is a name, the path of a YAML file or a Convention; ``name:column`` chooses a column other than
    the main one. Raises WorksheetError.
    """
    if not conventions:
        return compare_with_all(network, batch=batch, digits=digits)
    sides = list(map(read_side, several(conventions)))
    against = network.heading.convention or AGAINST
    if [side.label for side in sides] == [against]:
        message = f"{against} alone cannot be compared: a single convention is compared with it"
        raise ConventionError(message, hint="such as -c torchinfo, or no -c at all for every convention")
    if len(sides) == 1:
        sides.insert(0, read_side(against))
    return _ComparisonReport(compare_sides(network, sides, batch), Digits(digits)).report()


class _ComparisonReport:
    """Prints one comparison."""

    def __init__(self, comparison: Comparison, digits: Digits) -> None:
        self.comparison = comparison
        self.sides = comparison.sides
        self.labels = [side.label for side in self.sides]
        self.digits = digits

    def report(self) -> Document:
        c = self.comparison
        batch = f", {c.batch:,} samples at a time" if c.batch > 1 else ""
        shape = " × ".join(map(str, c.network.input))
        blocks: list[Block] = [strip_of(c.network), Text(f"Input {shape}{batch}.")]
        blocks += [Text(self.sentence(of)) for of in range(1, len(self.sides))]
        main = self.by_kind()
        blocks += [Table(("Convention", "Column", "Unit", "Total"), tuple(self.totals()), words=3)]
        blocks += [Title("By kind of layer"), main, *self.counted_by_none()]
        for of in range(1, len(self.sides)):
            blocks += self.derivation(of)
        blocks += self.faults()
        title = f"{unsolved(c.network.title)}: {listed(self.labels)}"
        cited = citations([c.network], [side.convention for side in self.sides])
        return Document(title, tuple(blocks), self.data(), digits=self.digits.locale, citations=cited, main=main)

    # The difference in a sentence

    def sentence(self, of: int, minus: int = 0) -> str:
        """What one side counts more than another, and for what."""
        names = self.labels[of], self.labels[minus]
        parts = self.comparison.parts(of, minus)
        if self.comparison.is_partial(of, minus):
            return self.partial_sentence(of, minus, parts)
        if not parts:
            return f"{names[0]} and {names[1]} count the same: {self.number(self.comparison.totals[of])}."
        difference = self.comparison.totals[of] - self.comparison.totals[minus]
        more = "more" if difference > 0 else "less"
        much = f"counts {self.number(abs(difference))} {more} than" if difference else "counts as much as"
        return f"{names[0]} {much} {names[1]}: {self.named(parts)}."

    def partial_sentence(self, of: int, minus: int, parts: Sequence[DifferencePart]) -> str:
        """What two sides count where one has no rule for some layer: the totals do not count the same layers."""
        missing = [f"{self.labels[i]} has no rule for {listed(self.unruled(i))}" for i in (of, minus) if self.unruled(i)]
        counted = " and ".join(
            f"{self.labels[i]} counts {print_total(self.comparison.totals[i], self.digits)}" for i in (of, minus)
        )
        rest = f"they differ in {self.named(parts)}" if parts else "they count the same"
        return (
            f"{counted}. {'; '.join(missing)}, so no difference of the totals is given. For the layers that both count, {rest}."
        )

    def unruled(self, index: int) -> list[str]:
        """The kinds that a side has no rule for."""
        return sorted({variant.kind.name for variant in self.comparison.variants if not variant.ruled[index]})

    def named(self, parts: Sequence[DifferencePart]) -> str:
        """The largest parts of a difference, and the sum of the others."""
        shown, others = parts[:MAX_NAMED], parts[MAX_NAMED:]
        named = [f"{part.noun} {self.signed(part.value)}" for part in shown]
        named += [f"{len(others)} others {self.signed(sum(part.value for part in others))}"] if others else []
        return ", ".join(named)

    def number(self, value: int) -> str:
        return self.digits.result(value)

    def signed(self, value: int) -> str:
        return f"{'+' if value > 0 else '-'} {self.number(abs(value))}"

    # Tables

    def totals(self) -> list[tuple[str, str, str, int]]:
        return [
            (side.convention.title, side.column.heading, side.convention.unit, total)
            for side, total in zip(self.sides, self.comparison.totals, strict=True)
        ]

    def by_kind(self) -> Table:
        entries = [(kind, len(layers), counted) for kind, layers, counted in self.kinds()]
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (kind, count, *self.columns(counted)) for kind, count, counted in entries if any(counted)
        )
        headings = ("Kind", "Layers", *self.labels, *(["Difference"] if len(self.sides) == 2 else []))
        layers = sum(count for _, count, counted in entries if any(counted))
        total: tuple[Cell, ...] = ("Total", layers, *self.columns(self.comparison.totals))
        keys = ("kind", "layers", *self.labels, *(["difference"] if len(self.sides) == 2 else []))
        return Table(headings, rows, total, keys=keys)

    def counted_by_none(self) -> list[Block]:
        """The kinds that add nothing to any total: by rules that count 0, or because rules are missing."""
        silent = {kind: frozenset(map(is_uncounted, counted)) for kind, _, counted in self.kinds() if not any(counted)}
        sentences = [(words, [kind for kind, without in silent.items() if without == which]) for which, words in SILENT.items()]
        return [Text(f"{words}: {', '.join(kinds)}.") for words, kinds in sentences if kinds]

    def columns(self, counted: Sequence[int]) -> tuple[int | None, ...]:
        """What each side counts; of two sides the difference too, unless one has no rule for some of it."""
        if len(counted) != 2:
            return tuple(counted)
        return (*counted, None if any(isinstance(each, AtLeast) for each in counted) else counted[1] - counted[0])

    def kinds(self) -> list[tuple[str, list[ComparedLayer], tuple[int, ...]]]:
        """By kind: its layers, and what each side counts."""
        groups = group_by(self.comparison.variants, lambda variant: variant.kind.name)
        return [
            (kind, [layer for variant in variants for layer in variant.layers], sums(variants))
            for kind, variants in groups.items()
        ]

    # Derivation

    def derivation(self, of: int, minus: int = 0) -> list[Block]:
        """Every part of a difference: formulas, a layer worked, the layers added up."""
        parts = self.comparison.parts(of, minus)
        if not parts:
            return []
        blocks: list[Block] = [Title(f"What {self.labels[of]} counts more or less than {self.labels[minus]}")]
        for part in parts:
            for variant in part.variants:
                blocks += self.variant(part, variant, of, minus)
        sums = tuple((part.noun, sum(len(v.layers) for v in part.variants), part.value) for part in parts)
        together = "Together" if not self.comparison.is_partial(of, minus) else "Layers that both count"
        total = (together, sum(row[1] for row in sums), sum(part.value for part in parts))
        return [*blocks, Table(("Part", "Layers", "Difference"), sums, total)]

    def variant(self, part: DifferencePart, variant: Variant, of: int, minus: int) -> list[Block]:
        difference = variant.difference(of, minus)
        several = len(part.variants) > 1
        rows = spans([layer.no for layer in variant.layers])
        noun = part.noun[0].upper() + part.noun[1:]
        title = f"{noun}, No. {rows}" if several and len(rows) < MAX_LISTED else noun
        lines = [Statement(self.rule_label(variant, i), variant.formulas[i]) for i in (minus, of)]
        lines.append(Statement("Difference for each layer", difference))
        section = Section(variant.kind.name, title, legend(variant.kind, lines), tuple(lines))
        return [section, *self.worked_layer(variant, difference, of, minus)]

    def rule_label(self, variant: Variant, index: int) -> str:
        return self.labels[index] + ("" if variant.ruled[index] else " (no rule)")

    def worked_layer(self, variant: Variant, difference: Formula, of: int, minus: int) -> list[Block]:
        """The first layer step by step; of several layers, the difference of each."""
        first = variant.layers[0]
        each = {layer.no: layer.counted[of] - layer.counted[minus] for layer in variant.layers}
        steps = (
            Step("minus", self.labels[minus], (), variant.formulas[minus], first.values, first.counted[minus]),
            Step("of", self.labels[of], (), variant.formulas[of], first.values, first.counted[of]),
            Step("difference", "Difference", (), difference, first.values, each[first.no]),
        )
        work = Working(f"No. {first.no}: {first.name}", steps)
        if len(variant.layers) == 1:
            return [work]
        alike = group_by(each, lambda no: each[no])
        together = sum(each.values())
        if len(alike) > MAX_LINES:
            return [work, Text(f"All {len(each)} layers together: {self.signed(together)}.")]
        rows = tuple((spans(nos), len(nos), value, len(nos) * value) for value, nos in alike.items())
        return [work, Table(("No.", "Layers", "Each", "Together"), rows, ("Total", len(each), None, together))]

    def faults(self) -> list[Block]:
        """The known errors of each side that concern these layers, and the kinds without a rule."""
        occurring = {variant.kind.name for variant in self.comparison.variants}
        items = []
        for i, side in enumerate(self.sides):
            unruled = self.unruled(i)
            items += [f"{side.label} has no rule for {', '.join(unruled)}; not in the total."] if unruled else []
            items += [
                f"{side.label}{'' if kind == ANY else f', {kind}'}: {text}"
                for kind, text in side.convention.faults.items()
                if kind in occurring | {ANY}
            ]
        return [Title("Notes"), Bullets(tuple(items))] if items else []

    # Data

    def data(self) -> dict[str, Any]:
        c = self.comparison
        return {
            "network": c.network.name,
            "input": list(c.network.input),
            "batch": c.batch,
            "sides": [
                {
                    "label": side.label,
                    "convention": side.convention.name,
                    "column": side.column.name,
                    "total": total,
                    "partial": isinstance(total, AtLeast),
                }
                for side, total in zip(self.sides, c.totals, strict=True)
            ],
            "kinds": [
                {"kind": kind, "rows": [layer.no for layer in layers], "counted": dict(zip(self.labels, counted, strict=True))}
                for kind, layers, counted in self.kinds()
            ],
            "differences": [self.difference_data(of) for of in range(1, len(self.sides))],
        }

    def difference_data(self, of: int, minus: int = 0) -> dict[str, Any]:
        totals, partial = self.comparison.totals, self.comparison.is_partial(of, minus)
        return {
            "of": self.labels[of],
            "minus": self.labels[minus],
            "total": None if partial else totals[of] - totals[minus],
            "sentence": self.sentence(of, minus),
            "parts": [
                {"part": part.noun, "value": part.value, "formulas": [_formulas(variant, of, minus) for variant in part.variants]}
                for part in self.comparison.parts(of, minus)
            ],
        }


def _formulas(variant: Variant, of: int, minus: int) -> Mapping[str, Any]:
    return {
        "kind": variant.kind.name,
        "rows": [layer.no for layer in variant.layers],
        "of": variant.formulas[of].source,
        "minus": variant.formulas[minus].source,
        "difference": variant.difference(of, minus).source,
    }
