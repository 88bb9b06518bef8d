"""The sizes of a transformer as symbols, and figures as polynomials over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import prod

from worksheet.formula import Exact, Formula
from worksheet.formula.polynomial import UNIT, Monomial, Polynomial
from worksheet.formula.traced import Trace, Variable
from worksheet.formula.traced_numbers import polynomial_of
from worksheet.frozen import frozen
from worksheet.zoo.language import TransformerDesign

MEANINGS = {
    "n": "number of blocks",
    "L": "length: tokens of one sequence",
    "d": "width of a token, of all heads together",
    "d_kv": "width of a token's keys, of all their heads together",
    "f": "width between the linear layers of a block",
    "V": "size of the vocabulary",
    "T": "positions that are stored",
    "h": "heads",
    "t": "position of the token being generated; here L, the last",
    "P": "tokens that are there before any is generated",
    "B": "texts that are generated together",
}
INSIDE = ("L", "V", "e", "h", "g", "f", "T", "S")  # the sizes of a counted network: e is the width of a head, g the heads of keys
USUAL = 4  # times as wide as a token is the layer between the linear layers, mostly


@frozen
class Amount:
    """A figure of a transformer: a polynomial over its sizes, and its value for the sizes at hand."""

    form: Polynomial
    trace: Trace

    @property
    def formula(self) -> Formula:
        return self.trace.formula(self.form)

    @property
    def value(self) -> Exact:
        return self.form.at(self.trace.values)

    @property
    def whole(self) -> int:
        value = self.value
        assert isinstance(value, int)
        return value

    def of(self, form: Polynomial) -> Amount:
        return Amount(form, self.trace)

    def __add__(self, other: Amount) -> Amount:
        return self.of(self.form + other.form)

    def __sub__(self, other: Amount) -> Amount:
        return self.of(self.form - other.form)

    def times(self, factor: Exact | Amount) -> Amount:
        return self.of(self.form * factor.form if isinstance(factor, Amount) else self.form.times(factor))


class Sizes:
    """The sizes of a design at some length; every figure over them has a value for these sizes and a form for all.

    Of a generated text of this length the first ``prompt`` tokens are given; ``batch`` texts are generated together.
    ``positions`` are those that are stored.
    """

    def __init__(self, design: TransformerDesign, length: int, prompt: int = 0, batch: int = 1, *, positions: int) -> None:
        self.design = design
        self.usual = design.wide == USUAL * design.width
        self.grouped = design.key_heads != design.heads
        self.values = {
            "n": design.blocks, "L": length, "d": design.width, "d_kv": design.key_heads * design.head, "f": design.wide,
            "V": design.vocabulary, "T": positions, "h": design.heads, "t": length, "P": prompt, "B": batch,
        }  # fmt: skip
        self.trace = Trace({Variable(name): value for name, value in self.values.items()})
        self.places = {name: i for i, name in enumerate(self.values)}

    @property
    def inside(self) -> dict[Variable, Exact]:
        """The sizes of the networks that are counted; the length differs from all other sizes of a layer."""
        d, length = self.design, max(1, self.design.positions // 2)
        values = (length, d.vocabulary, d.head, d.heads, d.key_heads, d.wide, d.positions, length)
        return {Variable(name): value for name, value in zip(INSIDE, values, strict=True)}

    def symbolic_design(self, names: Mapping[str, int], depth: int) -> TransformerDesign:
        """The design with symbols for its numbers; usual proportions have no symbol."""
        heads, head = names["h"], names["e"]
        wide = USUAL * heads * head if self.usual else names["f"]
        keys = names["g"] if self.grouped else heads
        return TransformerDesign(names["V"], names["T"], head, wide, heads, keys, depth)

    def size(self, name: str) -> Amount:
        """One of the sizes; one that follows from another is expressed by it."""
        if name == "f" and self.usual:
            return self.size("d").times(USUAL)
        return Amount(Polynomial.atom(self.places["d" if name == "d_kv" and not self.grouped else name]), self.trace)

    def number(self, value: Exact) -> Amount:
        return Amount(Polynomial.of(value), self.trace)

    def evaluate(self, formula: Formula, further: Mapping[str, Amount]) -> Amount:
        """A formula over the sizes and further figures, as a polynomial over the sizes."""
        every = {name: self.trace.whole(self.size(name).form) for name in self.values}
        every |= {name: self.trace.whole(amount.form) for name, amount in further.items()}
        return self.number(0).of(polynomial_of(formula.at(every)))

    def over_sizes(self, form: Polynomial) -> Amount:
        """A form of the counted networks over the sizes that papers use: d for e*h, d_kv for e*g, t for one token more than S."""
        total = self.number(0)
        for monomial, number in form.terms.items():
            powers = dict.fromkeys(INSIDE, 0) | {INSIDE[atom]: power for atom, power in monomial}
            rows, keys, heads = powers.pop("e"), powers.pop("g"), powers.pop("h")
            assert keys <= rows <= keys + heads  # a width of a head comes with a number of heads
            raised = {"d": rows - keys, "d_kv": keys, "h": heads + keys - rows, **powers}
            factors = [self._power(name, power) for name, power in raised.items() if power]
            term = prod((factor.form for factor in factors), start=Polynomial.of(number))
            total += self.number(0).of(term)
        return total

    def _power(self, name: str, power: int) -> Amount:
        base = self.size("t") - self.number(1) if name == "S" else self.size(name)
        return base.of(base.form**power)

    # The parts of a form

    def by_power(self, amount: Amount, name: str) -> dict[int, Amount]:
        """The factor of each power of a size."""
        by_power: dict[int, dict[Monomial, Exact]] = {}
        for monomial, number in amount.form.terms.items():
            powers = dict(monomial)
            power = powers.pop(self.places[name], 0)
            by_power.setdefault(power, {})[tuple(powers.items())] = number
        return {power: amount.of(Polynomial(terms)) for power, terms in by_power.items()}

    def without(self, amount: Amount, names: Iterable[str]) -> Amount:
        """The terms without any of these sizes."""
        places = {self.places[name] for name in names}
        terms = {m: number for m, number in amount.form.terms.items() if places.isdisjoint(atom for atom, _ in m)}
        return amount.of(Polynomial(terms))

    def at_length(self, amount: Amount, name: str) -> Amount:
        """The same for a sequence of the length of another symbol."""
        parts = self.by_power(amount, "L").items()
        return sum((part.times(self._power(name, power)) if power else part for power, part in parts), self.number(0))

    def triangle(self, amount: Amount) -> Amount:
        """The same where no query meets the keys after it: L*(L + 1)/2 pairs instead of L**2."""
        length = self.size("L")
        pairs = (length.times(length) + length).times(Fraction(1, 2))
        squares = self.squares(amount)
        rest = amount - squares
        return rest + self.by_power(squares, "L").get(2, self.number(0)).times(pairs)

    def squares(self, amount: Amount) -> Amount:
        """The part that grows with the square of the length: attention's products of all queries with all keys."""
        length = self.size("L")
        return self.by_power(amount, "L").get(2, self.number(0)).times(length.times(length))

    def summed(self, amount: Amount, name: str, first: Amount, last: Amount) -> Amount:
        """The sum of a figure over the values of a symbol after ``first`` up to ``last``."""
        total = self.number(0)
        for power, part in self.by_power(amount, name).items():
            total += part.times(_sum_of_powers(last, power) - _sum_of_powers(first, power))
        return total


def _sum_of_powers(last: Amount, power: int) -> Amount:
    """The sum of the first ``last`` terms of 1 + 1 + ..., 1 + 2 + ..., or 1 + 4 + 9 + ..."""
    one = last.of(Polynomial({UNIT: 1}))
    if power == 0:
        return last
    triangle = last.times(last + one).times(Fraction(1, 2))
    return triangle if power == 1 else triangle.times(last.times(2) + one).times(Fraction(1, 3))
