"""The usual estimates of what a transformer costs, compared with the exact closed forms: the error as a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property, reduce
from math import gcd

from worksheet.derive.transformers.costs import Costs
from worksheet.derive.transformers.symbolic_sizes import Amount
from worksheet.formula import Exact, Formula
from worksheet.formula.polynomial import Monomial, Polynomial
from worksheet.frozen import frozen

KAPLAN = "J. Kaplan et al., Scaling laws for neural language models (2020), section 2.1 and table 1"
HOFFMANN = "J. Hoffmann et al., Training compute-optimal large language models (2022), appendix F"
NARAYANAN = "D. Narayanan et al., Efficient large-scale language model training on GPU clusters (2021), equation 2"
KORTHIKANTI = "V. Korthikanti et al., Reducing activation recomputation in large transformer models (2022), appendix A"
PALM = "A. Chowdhery et al., PaLM: scaling language modeling with Pathways (2022), appendix B"

# What an estimate is compared with. Flops count a multiply-accumulate as two.
EXACT = {
    "parameters": "all parameters",
    "non-embedding": "the parameters without those of the vocabulary and of positions",
    "forward": "the flops of the products of the forward pass",
    "training": "the flops of the products of both passes",
    "forward operations": "all operations of the forward pass",
    "training operations": "all operations of both passes",
}
FIGURES = {  # further symbols of the estimates
    "N": "all parameters",
    "K": "parameters without embeddings, as Kaplan et al. count them",
    "C": "flops of the products of the forward pass",
    "A": "flops of the products of both passes",
    "H": "flops of a block, as Hoffmann et al. add them up",
}
FORMED = {  # those with their own formula
    "K": Formula("2*n*d*(2*d + f)"),
    "H": Formula("6*L*d*d + 2*L**2*d + 3*h*L**2 + 2*L**2*d + 2*L*d*d + 2*L*(d*f + d*f)"),
}
WHOLE = "2*L*V*d + n*H + 2*L*d*V"


@frozen
class EstimateRule:
    """An estimate: its formula over the sizes and FIGURES, the one of EXACT that it estimates, who states it, and why it
    is off."""

    name: str
    title: str
    text: str
    of: str
    source: str
    why: str

    @cached_property
    def formula(self) -> Formula:
        return Formula(self.text)


RULES = (
    EstimateRule(
        "12nd2", "Parameters: 12 n d²", "12*n*d**2", "non-embedding", KAPLAN,
        "Four matrices of attention and two that are four times as wide; biases and normalisation are left out.",
    ),
    EstimateRule(
        "kaplan-parameters", "Parameters: 2 d n (2 d + f)", "2*n*d*(2*d + f)", "non-embedding", KAPLAN,
        "The same with a width f between the linear layers. A third, gated layer has no place in it, nor have shared keys.",
    ),
    EstimateRule(
        "narayanan-parameters", "Parameters: 12 n d² + 13 n d + (V + T) d",
        "12*n*d**2 + 13*n*d + (V + T)*d", "parameters", NARAYANAN,
        "A block with biases and two normalisations, and both tables. They write it as 12 n d² times a bracket.",
    ),
    EstimateRule(
        "2N", "Forward: 2 N for each token", "2*N*L", "forward", "the rule of thumb",
        "Every parameter takes part in one multiply-accumulate for each token. Tables that are looked up do not, unless they are "
        "the last layer too, and attention's products have no parameters.",
    ),
    EstimateRule(
        "kaplan-forward", "Forward: 2 K + 2 n L d for each token", "2*K*L + 2*n*L**2*d", "forward", KAPLAN,
        "One of attention's two products is counted, as much as a causal mask leaves of both; the logits are left out.",
    ),
    EstimateRule(
        "hoffmann-forward", "Forward: as Hoffmann et al. add it up", WHOLE, "forward", HOFFMANN,
        "The look-up of the embedding is counted as a product with the whole table, the softmax with three operations a score.",
    ),
    EstimateRule(
        "6N", "Training: 6 N for each token (6 N D)", "6*N*L", "training", "the rule of thumb",
        "Three times 2 N: as much for the gradient of the input, and for that of the weights.",
    ),
    EstimateRule(
        "6K", "Training: 6 K for each token", "6*K*L", "training", KAPLAN,
        "The same without embeddings, logits and attention's products.",
    ),
    EstimateRule(
        "palm", "Training: 6 N + 12 n d L for each token", "6*N*L + 12*n*d*L**2", "training", PALM,
        "6 N and attention's products of all queries with all keys.",
    ),
    EstimateRule(
        "hoffmann-training", "Training: as Hoffmann et al., three times forward", f"3*({WHOLE})", "training", HOFFMANN,
        "Both gradients of the embedding's look-up are counted as products, too.",
    ),
    EstimateRule(
        "hoffmann-table", "Training: the same without vocabulary", "3*n*H", "training", HOFFMANN,
        "Their table A4 has these figures; the formula beside it, with the embedding and the logits, gives others.",
    ),
    EstimateRule(
        "korthikanti", "Training: 72 n d² + 12 n d L + 6 d V for each token", "72*L*n*d**2 + 12*n*L**2*d + 6*L*d*V", "training",
        KORTHIKANTI, "Three times the products of a GPT's forward pass. They write it as 72 n d² times a bracket.",
    ),
    EstimateRule(
        "3C", "Training: three times the forward pass", "3*C", "training", "the rule of thumb",
        "Exact for linear layers. The softmax and the normalisation have products of their own in the backward pass.",
    ),
    EstimateRule(
        "C", "Forward: products alone", "C", "forward operations", "the rule of thumb",
        "What softmax, normalisation, activation, biases and sums do is left out.",
    ),
    EstimateRule(
        "A", "Training: products alone", "A", "training operations", "the rule of thumb",
        "The same for both passes; the update is not counted.",
    ),
)  # fmt: skip


@frozen
class Estimate:
    """A rule for one transformer: what it gives, what it should, where the difference comes from."""

    rule: EstimateRule
    given: Amount
    exact: Amount
    causes: tuple[tuple[str, Amount], ...]

    @property
    def error(self) -> Amount:
        return self.given - self.exact

    @property
    def per_cent(self) -> Fraction:
        return per_cent(self.error.value, self.exact.value)


class Estimates:
    """All rules for one transformer."""

    def __init__(self, costs: Costs) -> None:
        self.costs = costs
        forward = costs.forward.total.times(2)
        training = forward + sum((part.total.times(2) for part in costs.backward.values()), costs.number(0))
        operations = {name: part.total for name, part in costs.operations.items()}
        self.exact = {
            "parameters": costs.params.total,
            "non-embedding": costs.without(costs.params.total, ("V", "T")),
            "forward": forward,
            "training": training,
            "forward operations": operations["forward"],
            "training operations": sum(operations.values(), costs.number(0)),
        }
        formed = {name: costs.evaluate(formula, {}) for name, formula in FORMED.items()}
        self.figures = {"N": costs.params.total, "C": forward, "A": training, **formed}

    @cached_property
    def all(self) -> tuple[Estimate, ...]:
        return tuple(map(self.estimate, RULES))

    def estimate(self, rule: EstimateRule) -> Estimate:
        estimated = self.costs.evaluate(rule.formula, self.figures)
        exact = self.exact[rule.of]
        return Estimate(rule, estimated, exact, self.causes(estimated - exact))

    def values(self, formula: Formula) -> dict[str, Exact]:
        """The values of a rule's symbols."""
        every = {**self.costs.values, **{name: amount.whole for name, amount in self.figures.items()}}
        return {name: every[name] for name in formula.symbols}

    def causes(self, error: Amount) -> tuple[tuple[str, Amount], ...]:
        """The terms of an error by what they come from."""
        names = list(self.costs.values)
        by_cause: dict[str, dict[Monomial, Exact]] = {}
        for monomial, number in error.form.terms.items():
            powers = {names[atom]: power for atom, power in monomial}
            by_cause.setdefault(next(cause for cause, holds in CAUSES.items() if holds(powers)), {})[monomial] = number
        return tuple((cause, error.of(Polynomial(by_cause[cause]))) for cause in CAUSES if cause in by_cause)

    @cached_property
    def attention(self) -> tuple[Formula, Fraction]:
        """In a block, attention's products over all other products: in lowest terms, and its value."""
        block = self.costs.forward.block
        squares = self.costs.squares(block)
        above, below = lowest(squares.form, (block - squares).form)
        quotient = Formula("x/y").inlined(x=squares.of(above).formula, y=squares.of(below).formula)
        return quotient, Fraction(squares.value) / (block - squares).value


ATTENTION = Formula("L/(6*d)")  # in a block of 12 d**2 parameters


def _widths(powers: Mapping[str, int]) -> int:
    return sum(powers.get(name, 0) for name in ("d", "d_kv", "f"))


# Where a term of an error comes from, by the powers of its sizes; the first that holds.
CAUSES: dict[str, Callable[[Mapping[str, int]], bool]] = {
    "vocabulary": lambda powers: "V" in powers,
    "positions": lambda powers: "T" in powers,
    "attention": lambda powers: powers.get("L", 0) > 1,
    "linear layers": lambda powers: _widths(powers) > 1,
    "biases, normalisation and the like": lambda _: True,
}


def per_cent(part: Exact, whole: Exact) -> Fraction:
    """A part in percent of a whole, to two decimals, halves to the even digit."""
    return round(Fraction(100 * part) / whole, 2) if whole else Fraction(0)


def lowest(above: Polynomial, below: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Both without the factor that all their terms have."""
    terms = [*above.terms.items(), *below.terms.items()]
    number = reduce(gcd, [int(number) for _, number in terms])
    powers = [dict(monomial) for monomial, _ in terms]
    common = tuple((atom, least) for atom in sorted(powers[0]) if (least := min(p.get(atom, 0) for p in powers)))
    factor = Polynomial({common: number})
    first, second = above.over(factor), below.over(factor)
    assert first
    assert second
    return first, second
