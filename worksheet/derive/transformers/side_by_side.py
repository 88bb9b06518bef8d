"""The language models of the zoo compared: what they cost, and the errors of the usual estimates for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from worksheet.conventions.dtypes import size, stored
from worksheet.derive.transformers.cost_steps import percent, signed
from worksheet.derive.transformers.costs import Costs
from worksheet.derive.transformers.estimates import FIGURES, RULES, Estimates
from worksheet.derive.transformers.symbolic_sizes import MEANINGS
from worksheet.derive.transformers.token_pictures import attention_shares, draw_attention
from worksheet.derive.transformers.transformer_report import costs_of, estimate_data
from worksheet.document import Block, Bullets, Cell, Document, Picture, Table, Text, Title
from worksheet.drawing.curves import Series
from worksheet.errors import Collector
from worksheet.formula import Digits, Exact, in_bytes
from worksheet.zoo.language import TRANSFORMERS

SHOWN = ("n", "d", "h", "d_kv", "f", "V", "L")
DRAWN = 131_072  # tokens, up to which attention's share is drawn
INTRO = "The language models of the zoo at their published sizes, computed layer by layer, for L tokens."
ERRORS = "The error of each estimate, in percent of the exact value, for one sequence of L tokens."


def transformers(*, length: int | None = None, dtype: str = "fp16", digits: str = "en_US") -> Document:
    """The language models of the zoo side by side: their costs, and the errors of the usual estimates.

    ``length`` is the number of tokens, all that each has positions for by default; ``dtype`` the type of the numbers of the
    cache. Raises WorksheetError.
    """
    types = stored(dtype)
    faults, estimates = Collector(), []
    for model in TRANSFORMERS:
        with faults.catching():
            estimates.append(Estimates(costs_of(model, model.design, length, None, 1)))
    faults.raise_any()
    return _TransformerTables(estimates, size(types["activations"]), Digits(digits)).report()


class _TransformerTables:
    """Prints the tables."""

    def __init__(self, estimates: list[Estimates], byte: Exact, digits: Digits) -> None:
        self.estimates = estimates
        self.byte = byte
        self.digits = digits
        self.titles = tuple(e.costs.transformer.title for e in estimates)

    def report(self) -> Document:
        blocks = (*self.sizes(), *self.figures(), self.share(), *self.errors(), *self.formulas())
        networks = [
            {"network": e.costs.transformer.name, "sizes": dict(e.costs.values), "estimates": list(map(estimate_data, e.all))}
            for e in self.estimates
        ]
        return Document("Transformers: what they cost", blocks, {"networks": networks}, digits=self.digits.locale)

    def row(self, label: str, cell: Callable[[Estimates], Cell]) -> tuple[Cell, ...]:
        return (label, *(cell(e) for e in self.estimates))

    def sizes(self) -> Iterator[Block]:
        yield Text(INTRO)
        rows = tuple(self.row(f"{MEANINGS[name]}, {name}", lambda e, name=name: e.costs.values[name]) for name in SHOWN)  # type: ignore[misc]
        yield Table(("Size", *self.titles), rows)

    def figures(self) -> Iterator[Block]:
        yield Title("Costs")
        rows: dict[str, Callable[[Costs], Cell]] = {
            "Parameters": lambda c: c.params.total.whole,
            "Forward pass of L tokens, MACs": lambda c: c.forward.total.whole,
            "The same, causal half": lambda c: c.triangle(c.forward.total).whole if c.generates else None,
            "Attention's share": lambda c: percent(c.squares(c.forward.total).value, c.forward.total.value),
            "Both gradients, MACs": lambda c: sum(part.total.whole for part in c.backward.values()),
            "Token L with a cache, MACs": lambda c: c.token.total.whole if c.generates else None,
            "Cache of L tokens": lambda c: self.cache(c) if c.generates else None,
        }
        yield Table(("", *self.titles), tuple(self.row(label, lambda e, of=of: of(e.costs)) for label, of in rows.items()))  # type: ignore[misc]

    def cache(self, costs: Costs) -> str:
        v = costs.values
        return in_bytes(round(Fraction(2 * v["n"] * v["L"] * v["d_kv"] * self.byte)))[1]

    def share(self) -> Picture:
        lines = [Series(e.costs.transformer.title, attention_shares(*e.costs.by_length, DRAWN)) for e in self.estimates]
        words = f"Attention's share of the products of the forward pass against the length, up to {DRAWN:,} tokens"
        return draw_attention("attention", words, lines)

    def errors(self) -> Iterator[Block]:
        yield Title("How far off the usual estimates are")
        yield Text(ERRORS)
        rows = tuple(self.row(rule.title, lambda e, i=i: signed(e.all[i].per_cent)) for i, rule in enumerate(RULES))  # type: ignore[misc]
        yield Table(("Estimate", *self.titles), rows)

    def formulas(self) -> Iterator[Block]:
        yield Title("The estimates")
        yield Bullets(tuple(f"{name}: {said}." for name, said in FIGURES.items()))
        yield Bullets(tuple(f"{rule.title}. {rule.why} Source: {rule.source}." for rule in RULES))
