"""The worked steps of a transformer's costs, in textbook order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from worksheet.conventions.dtypes import size
from worksheet.derivation import Step
from worksheet.derive.transformers.costs import BACKWARD, Costs
from worksheet.derive.transformers.estimates import ATTENTION, FIGURES, FORMED, Estimate, Estimates, lowest, per_cent
from worksheet.derive.transformers.symbolic_sizes import Amount
from worksheet.formula import Exact, Formula, Scale, in_bytes

LARGE = 10**6  # figures from here on are also given in a larger unit
SUMS = (  # of the numbers of the tokens that are generated, and of their squares
    Formula("(L*(L + 1) - P*(P + 1))/2"),
    Formula("(L*(L + 1)*(2*L + 1) - P*(P + 1)*(2*P + 1))/6"),
)


class CostSteps:
    """Makes the steps of one transformer. ``types`` are those of its weights and of its activations."""

    def __init__(self, costs: Costs, types: Mapping[str, str]) -> None:
        self.costs = costs
        self.estimates = Estimates(costs)
        self.types = types

    # Makers

    def amount(self, symbol: str, label: str, amount: Amount, note: str = "") -> Step:
        """A figure over the sizes."""
        return self.step(symbol, label, amount.formula, {}, amount.value, note)

    def step(
        self, symbol: str, label: str, formula: Formula | str, given: Mapping[str, Exact], value: Exact, note: str = ""
    ) -> Step:
        """A figure over the sizes and over figures before it."""
        formula = Formula(formula) if isinstance(formula, str) else formula
        every: Mapping[str, Exact] = {**self.costs.values, **given}
        values = {name: every[name] for name in formula.symbols}
        if not symbol:
            return Step(label, label, (), formula, values, value, remark=in_units(value), note=note)
        lead = f"{label}. {note}".strip()  # there is no room for it next to the symbol
        return Step(symbol, "", (symbol,), formula, values, value, remark=in_units(value), lead=lead)

    def about(self, label: str, formula: Formula | str, given: Mapping[str, Exact], value: Exact, note: str = "") -> Step:
        """A quotient, to four decimals."""
        step = self.step("", label, formula, given, value, note)
        near = round(Fraction(value), 4)
        return replace(step, value=near, remark="", rounded=near != value)

    # Parameters, and the forward pass

    def parameters(self) -> Iterator[Step]:
        params = self.costs.params
        block, rest = params.block, params.rest
        yield self.amount("P_b", "A block", block)
        note = "Embeddings, the last normalisation, and the last layer if it has its own weights."
        yield self.amount("P_o", "Outside the blocks", rest, note)
        given = {"P_b": block.value, "P_o": rest.value}
        yield self.step("N", "All parameters", "n*P_b + P_o", given, params.total.value)

    def forward(self) -> Iterator[Step]:
        forward = self.costs.forward
        block, rest, total = forward.block.value, forward.rest.value, forward.total
        yield self.amount("M_b", "A block, MACs", forward.block)
        yield self.amount("M_o", "Outside the blocks, MACs", forward.rest)
        yield self.step("M", "All MACs", "n*M_b + M_o", {"M_b": block, "M_o": rest}, total.value)
        note = "A multiply-accumulate is two flops: a multiplication and an addition."
        yield self.step("C", "Flops", "2*M", {"M": total.value}, 2 * total.whole, note)
        every = self.costs.operations["forward"].total
        note = f"The products above account for {percent(total.times(2).value, every.value)} of them."
        yield self.amount("O", "All operations", every, note)

    def causal(self) -> Iterator[Step]:
        forward = self.costs.forward.total
        half = self.costs.triangle(forward)
        note = f"{percent(half.value, forward.value)} of the whole."
        yield self.amount("M_c", "The triangle, MACs", half, note)

    def attention(self) -> Iterator[Step]:
        total = self.costs.forward.total
        squares = self.costs.squares(total)
        quotient, value = self.estimates.attention
        share = Formula("x/M").inlined(x=squares.formula)
        note = f"That is {percent(squares.value, total.value)}."
        yield self.about("Of all products", share, {"M": total.value}, Fraction(squares.value) / total.value, note)
        yield self.about("In a block, to its linear layers", quotient, {}, value)
        usual = ATTENTION.at(self.costs.values)
        note = f"As for a block of 12 d² parameters; {off(Fraction(usual) - value, value)}."
        if quotient != ATTENTION:
            yield self.about("The usual estimate", ATTENTION, {}, usual, note)
        linear, square = (self.costs.by_power(total, "L").get(power, self.costs.number(0)) for power in (1, 2))
        above, below = lowest(linear.form, square.form)
        formula = Formula("x/y").inlined(x=linear.of(above).formula, y=linear.of(below).formula)
        yield self.about("Half of all products from this L on", formula, {}, Fraction(linear.value) / square.value)

    # Training

    def training(self) -> Iterator[Step]:
        costs, estimates = self.costs, self.estimates
        forward = costs.forward.total
        parts = {letter: costs.backward[name].total for letter, name in zip("IW", BACKWARD, strict=True)}
        yield self.amount("I", "Gradient of inputs, MACs", parts["I"])
        yield self.amount("W", "Gradient of weights, MACs", parts["W"])
        whole = estimates.exact["training"]
        given = {"M": forward.value, **{letter: part.value for letter, part in parts.items()}}
        note = f"The backward pass costs {times(parts['I'].whole + parts['W'].whole, forward.whole)} times the forward pass."
        yield self.step("A", "Both passes, flops", "2*M + 2*I + 2*W", given, whole.value, note)
        every = estimates.exact["training operations"]
        note = f"The products above account for {percent(whole.value, every.value)} of them; the update is not included."
        yield self.amount("O_t", "All operations", every, note)

    # Generation, token by token

    def tokens(self) -> Iterator[Step]:
        """What one token costs, with the keys and values of those before and without them."""
        token, given = self.costs.token.total, self._token
        yield self.amount("c_0", "Its own matrices, MACs", self._part(0))
        yield self.amount("c_1", "Per key, MACs", self._part(1))
        note = "Here for the last token, which meets t keys, including its own."
        yield self.step("c", "Token t, MACs", "c_0 + c_1*t", given, token.value, note)
        note = "All t tokens are recomputed, logits included, and each meets t keys."
        yield self.step("u", "Token t without a cache, MACs", "t*c_0 + c_1*t**2", given, self.costs.forward.total.value, note)

    def texts(self) -> Iterator[Step]:
        """What the tokens after the prompt cost in total."""
        costs, given = self.costs, self._token
        prompt, end = costs.size("P"), costs.size("L")
        whole = costs.at_length(costs.forward.total, "P")
        yield self.step("", "The prompt at once, MACs", "c_0*P + c_1*P**2", given, whole.value)
        sums = [costs.evaluate(formula, {}) for formula in SUMS]
        yield self.step("s_1", "Sum of the numbers P + 1 to L", SUMS[0], {}, sums[0].value)
        yield self.step("s_2", "Sum of their squares", SUMS[1], {}, sums[1].value)
        given |= {"s_1": sums[0].value, "s_2": sums[1].value}
        cached = costs.summed(costs.token.total, "t", prompt, end)
        note = "Without a prompt (P = 0) this is the triangle of the forward pass."
        yield self.step("", "Tokens P + 1 to L, with a cache", "c_0*(L - P) + c_1*s_1", given, cached.value, note)
        plain = costs.summed(costs.at_length(costs.forward.total, "t"), "t", prompt, end)
        note = f"{times(plain.value, cached.value)} times as much."
        yield self.step("", "Tokens P + 1 to L, without a cache", "c_0*s_1 + c_1*s_2", given, plain.value, note)

    def _part(self, power: int) -> Amount:
        return self.costs.by_power(self.costs.token.total, "t").get(power, self.costs.number(0))

    @property
    def _token(self) -> dict[str, Exact]:
        return {"c_0": self._part(0).value, "c_1": self._part(1).value}

    def memory(self) -> Iterator[Step]:
        """The bytes of the cache, and those that one token moves."""
        costs = self.costs
        beta = {f"beta_{what[0]}": size(self.types[what]) for what in ("weights", "activations")}
        pair, read = costs.size("d_kv").times(costs.size("n")).times(2), costs.read.total
        kept = pair.times(costs.values["B"] * costs.values["L"] * beta["beta_a"])
        formula = Formula("B*beta_a*x*L").inlined(x=pair.formula)
        note = f"Keys and values of every block{self._shared()}; {self.types['activations']}."
        yield self.bytes("S", "Cache for L tokens", formula, beta, kept.value, note)
        note = "All weights; of a table that is looked up, one row only."
        yield self.amount("R", "Parameters and buffers that a token reads", read, note)
        moved = beta["beta_w"] * Fraction(read.value) + kept.value
        yield self.bytes("Q", "Bytes that token L moves", "beta_w*R + S", {**beta, "R": read.value, "S": kept.value}, moved)
        flops = 2 * costs.values["B"] * costs.token.total.whole
        given = {"c": costs.token.total.value, "Q": moved}
        note = "A processor that can do more flops in the time it takes to read a byte waits for memory; larger batches help."
        yield self.about("Flops per byte", "2*B*c/Q", given, flops / moved, note)

    def _shared(self) -> str:
        design = self.costs.design
        return f", {times(design.heads, design.key_heads)} times less than with keys for every head" if self.costs.grouped else ""

    def bytes(
        self, symbol: str, label: str, formula: Formula | str, given: Mapping[str, Exact], value: Exact, note: str = ""
    ) -> Step:
        remark = " or ".join(in_bytes(round(value))) if value >= LARGE else ""
        return replace(self.step(symbol, label, formula, given, value, note), remark=remark)

    # Estimates

    def estimate_steps(self, estimate: Estimate) -> Iterator[Step]:
        formula = estimate.rule.formula
        for name in FORMED.keys() & set(formula.symbols):
            label = f"{FIGURES[name][0].upper()}{FIGURES[name][1:]}"
            yield self.step(name, label, FORMED[name], {}, self.estimates.figures[name].value)
        yield self.step("", "Estimate", formula, self.estimates.values(formula), estimate.given.value)
        if estimate.error.form.terms:
            shares = {cause: per_cent(part.value, estimate.exact.value) for cause, part in estimate.causes}
            by_cause = ", ".join(f"{cause} {signed(share)}" for cause, share in shares.items() if share)
            note = f"{off(Fraction(estimate.error.value), estimate.exact.value)}{f': {by_cause}' if by_cause else ''}."
            yield self.amount("", "Error", estimate.error, note[0].upper() + note[1:])


def in_units(value: Exact) -> str:
    """A large figure in a larger unit, to two decimals."""
    number = Fraction(value)
    if abs(number) < LARGE:
        return ""
    prefix, unit = Scale(1000).unit_of(round(number))
    return f"≈ {decimal(number / unit)} {prefix}"


def decimal(value: Fraction) -> str:
    """Two decimals, halves to the even digit."""
    hundredths = round(abs(value) * 100)
    return f"{'−' if value < 0 and hundredths else ''}{hundredths // 100:,}.{hundredths % 100:02}"


def signed(value: Fraction) -> str:
    return f"{'+' if value > 0 else ''}{decimal(value)} %"


def percent(part: Exact, whole: Exact) -> str:
    return f"{decimal(per_cent(part, whole))} %"


def times(part: Exact, whole: Exact) -> str:
    quotient = Fraction(part) / Fraction(whole)
    return f"{quotient.numerator:,}" if quotient.denominator == 1 else decimal(quotient)


def off(error: Fraction, exact: Exact) -> str:
    """How far off an estimate is, in words."""
    share = per_cent(error, exact)
    if not error:
        return "exact"
    size = decimal(abs(share)) if share else "less than 0.01"
    return f"{size} % too {'high' if error > 0 else 'low'}"
