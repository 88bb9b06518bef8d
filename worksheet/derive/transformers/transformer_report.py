"""The report on a transformer's costs: parameters, passes, training, generation, and the usual estimates with their errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from worksheet.conventions.dtypes import stored
from worksheet.counting.run import check_batch
from worksheet.derive.citations import citations
from worksheet.derive.strip import strip_of
from worksheet.derive.transformers.cost_steps import CostSteps, percent, signed
from worksheet.derive.transformers.costs import Costs
from worksheet.derive.transformers.design import transformer_named, with_sizes
from worksheet.derive.transformers.estimates import EXACT, FIGURES, Estimate
from worksheet.derive.transformers.symbolic_sizes import MEANINGS, Amount
from worksheet.derive.transformers.token_pictures import attention_shares, draw_attention, lengths
from worksheet.document import Block, Bullets, Document, Picture, Table, Text, Title, Working
from worksheet.drawing.curves import Chart, Series, draw_chart
from worksheet.errors import NetworkError
from worksheet.formula import Digits, Formula, Scale
from worksheet.zoo.language import Transformer, TransformerDesign

FAR = 8  # times the length at which attention's products are half, up to which their share is drawn
INTRO = (
    "Every figure is a closed form for any length, width, depth, number of heads and vocabulary, and is evaluated here for the "
    "sizes below. It follows from the network's layers, one by one. A multiply-accumulate (MAC) is a multiplication and an "
    "addition: two flops."
)
CAUSAL = (
    "The products of all L queries with all L keys are counted, although a causal mask hides those after a token: that is what "
    "happens when whole matrices are multiplied. If the hidden half is left out, L(L + 1)/2 pairs remain, as many as in "
    "generating the text token by token with a cache."
)
BOTH_WAYS = "This network reads both ways, so every query meets every key; the triangle is given for comparison."
SHARE = "Only attention's two products, of queries with keys and of weights with values, grow with the square of the length."
ONE_STEP = "The gradient of the output is given; the loss and the update are not counted."
CACHED = "The keys and values of earlier tokens are kept, so that they need not be recomputed for each new token."
NO_CACHE = (
    "This network reads both ways: another token changes all keys and values, so none can be cached, and the network does not "
    "generate text."
)
ESTIMATES = "Each estimate is evaluated for one sequence of L tokens. The error is the estimate minus the exact value."


def transformer(
    source: str, *, length: int | None = None, prompt: int | None = None, batch: int = 1, dtype: str = "fp16",
    digits: str = "en_US", **sizes: int | None,
) -> Document:  # fmt: skip
    """What a language model of the zoo costs: closed forms in length, width, depth, heads and vocabulary, worked.

    ``length`` is the number of tokens (all that it has positions for by default), ``prompt`` how many of them are given before
    the others are generated (half of them by default), ``batch`` how many texts are generated together, ``dtype`` the type of
    weights and of the cache. ``sizes`` change the design: blocks, width, heads, key_heads, wide, vocabulary, positions. Raises
    WorksheetError.
    """
    model = transformer_named(source)
    check_batch(batch, "texts")
    costs = costs_of(model, with_sizes(model.design, sizes), length, prompt, batch)
    return _TransformerReport(costs, stored(dtype), Digits(digits)).report()


def costs_of(model: Transformer, design: TransformerDesign, length: int | None, prompt: int | None, batch: int) -> Costs:
    """The costs at a length; by default all that the design has positions for, half of them given. Raises NetworkError."""
    tokens = design.positions if length is None else length
    prompted = max(tokens, 0) // 2 if prompt is None else prompt
    if not 0 <= prompted < max(tokens, 1):
        raise NetworkError(f"a prompt of {prompted} tokens in a text of {tokens}", hint=f"a whole number from 0 to {tokens - 1}")
    return Costs(model, design, tokens, prompt=prompted, batch=batch)


class _TransformerReport:
    """Prints one report."""

    def __init__(self, costs: Costs, types: Mapping[str, str], digits: Digits) -> None:
        self.costs = costs
        self.steps = CostSteps(costs, types)
        self.types = types
        self.digits = digits
        self.name = costs.transformer.title + ("" if costs.design == costs.transformer.design else ", other sizes")

    def report(self) -> Document:
        costs = (*self.parameters(), *self.forward(), *self.attention(), *self.training(), *self.generation())
        network = self.costs.transformer.network(self.costs.design, self.costs.values["L"])
        blocks = (strip_of(network), *self.sizes(), *costs, *self.estimates())
        title, cited = f"{self.name}: costs of a transformer", citations([network], [])
        return Document(title, blocks, self.data(), digits=self.digits.locale, citations=cited)

    def sizes(self) -> Iterator[Block]:
        yield Text(INTRO)
        shown = ["n", "L", "d", "h", "V", "f"]
        shown += ["d_kv"] if self.costs.grouped else []
        shown += ["T"] if self.costs.values["T"] else []
        shown += ["t", "P", "B"] if self.costs.generates else []
        details = {"f": " (4 d)" if self.costs.usual else ""}
        rows = tuple((MEANINGS[name] + details.get(name, ""), Formula(name), self.costs.values[name]) for name in shown)
        yield Table(("Size", "Symbol", "Here"), rows)

    def parameters(self) -> Iterator[Block]:
        yield Title("Parameters")
        yield Working("Blocks and the rest", tuple(self.steps.parameters()))

    def forward(self) -> Iterator[Block]:
        costs = self.costs
        yield Title(f"The forward pass of {self.digits.result(costs.values['L'])} tokens")
        block = costs.forward.block
        rows = tuple((p.name, p.kind, p.macs.formula, p.macs.whole, percent(p.macs.value, block.value)) for p in costs.block)
        yield Table(("Layer of a block", "", "MACs", "Here", "Share"), rows, ("A block", "", None, block.whole, None), words=2)
        yield Working("All blocks", tuple(self.steps.forward()))
        yield Working("The causal half", tuple(self.steps.causal()), CAUSAL if costs.generates else BOTH_WAYS)

    def attention(self) -> Iterator[Block]:
        yield Title("Attention's share")
        yield Working("Attention's products", tuple(self.steps.attention()), SHARE)
        yield self.share()

    def training(self) -> Iterator[Block]:
        yield Title("Training")
        yield Working("One step on one sequence", tuple(self.steps.training()), ONE_STEP)

    def generation(self) -> Iterator[Block]:
        yield Title("Generation, token by token")
        if not self.costs.generates:
            yield Text(NO_CACHE)
            return
        yield Working("One token", tuple(self.steps.tokens()), CACHED)
        yield self.growth()
        yield Working("A text", tuple(self.steps.texts()))
        yield Working("Memory", tuple(self.steps.memory()))

    def estimates(self) -> Iterator[Block]:
        yield Title("The usual estimates")
        yield Text(ESTIMATES)
        found = self.steps.estimates
        rows = tuple((e.rule.title, e.given.whole, e.exact.whole, signed(e.per_cent)) for e in found.all)
        yield Table(("Estimate", "Gives", "Exactly", "Off by"), rows, keys=("estimate", "gives", "exactly", "off_by"))
        yield Bullets(tuple(f"{name}: {said}." for name, said in FIGURES.items()))
        for estimate in found.all:
            intro = f"Source: {estimate.rule.source}. It approximates {EXACT[estimate.rule.of]}. {estimate.rule.why}"
            yield Working(estimate.rule.title, tuple(self.steps.estimate_steps(estimate)), intro)

    # Pictures

    def share(self) -> Picture:
        costs = self.costs
        linear, square = costs.by_length
        most = round(FAR * linear / square)
        start = round(linear / square)
        words = f"{self.name}: attention's share of all products against the length; half of them from {start:,} tokens on"
        whole, half = (attention_shares(linear, square, most, causal=causal) for causal in (False, True))
        lines = (Series("all keys", whole), Series("causal half", half))
        length = costs.values["L"]
        return draw_attention(f"{costs.transformer.name}-attention", words, lines, (length, f"L = {length:,}"))

    def growth(self) -> Picture:
        costs = self.costs
        cached = {power: part.value for power, part in costs.by_power(costs.token.total, "t").items()}
        again = {power: part.value for power, part in costs.by_power(costs.forward.total, "L").items()}
        tokens = lengths(costs.values["L"])
        lines = [
            Series(name, {t: 2 * sum(value * t**power for power, value in parts.items()) for t in tokens})
            for name, parts in (("without a cache", again), ("with a cache", cached))
        ]
        words = f"{self.name}: flops of token t with a cache of keys and values and without, for t up to {costs.values['L']:,}"
        name = f"{costs.transformer.name}-tokens"
        sizes = "position of the token, t"
        return draw_chart(Chart(name, "Flops of one token", sizes, Scale(1000), lines, is_logarithmic=True, words=words))

    # Data

    def data(self) -> dict[str, Any]:
        costs, found = self.costs, self.steps.estimates
        return {
            "network": costs.transformer.name,
            "sizes": dict(costs.values),
            "types": dict(self.types),
            "parameters": entry(costs.params.total),
            "forward": {
                "macs": entry(costs.forward.total),
                "triangle": entry(costs.triangle(costs.forward.total)),
                "operations": entry(costs.operations["forward"].total),
            },
            "training": {name: entry(part.total) for name, part in costs.backward.items()}
            | {"flops": entry(found.exact["training"]), "operations": entry(found.exact["training operations"])},
            "generation": self.generation_data() if costs.generates else None,
            "estimates": list(map(estimate_data, found.all)),
        }

    def generation_data(self) -> dict[str, Any]:
        costs = self.costs
        start, end = costs.size("P"), costs.size("L")
        amounts = {
            "token": costs.token.total,
            "text": costs.summed(costs.token.total, "t", start, end),
            "text_without_cache": costs.summed(costs.at_length(costs.forward.total, "t"), "t", start, end),
            "cache_numbers": costs.size("n").times(costs.size("d_kv")).times(end).times(2),
            "read_numbers": costs.read.total,
        }
        return {name: entry(amount) for name, amount in amounts.items()}


def entry(amount: Amount) -> dict[str, Any]:
    """A figure as data: its closed form, and its value for the sizes at hand."""
    return {"text": amount.formula.source, "value": amount.whole}


def estimate_data(estimate: Estimate) -> dict[str, Any]:
    """An estimate as data."""
    rule = estimate.rule
    return {
        "name": rule.name,
        "of": rule.of,
        "text": rule.text,
        "value": estimate.given.value,
        "exact": entry(estimate.exact),
        "error": entry(estimate.error),
        "per_cent": float(estimate.per_cent),
        "causes": {cause: entry(part) for cause, part in estimate.causes},
    }
