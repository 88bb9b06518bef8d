"""Writes docs/layers.md: every kind's notation and formulas, and how each is proven.

python -m tests.layers.catalogue > docs/layers.md
"""

import sys

from tests.layers.backward import Gradient
from tests.layers.counting import Proof
from tests.layers.gradients import gradients
from tests.layers.proofs import proofs
from worksheet.discover import collect
from worksheet.formula import Formula
from worksheet.layers import PASSES, QUANTITIES, SAVED, TRAINED, Form, Kind, Symbol

HEAD = """\
# The layers

Made by `python -m tests.layers.catalogue`; a test fails where this page is not what the program has.

Every quantity counts the textbook algorithm for one sample at inference: a subtraction is an addition, a power with a fixed exponent
such as 0.75 is an exponential. A multiply-accumulate (MAC) is a product of an input with a weight, or with another input, that is added
up; sums of squares and interpolation are counted as multiplications and additions, but are no MACs. Each kind's source line says what
its algorithm is where there is a choice. A layer whose input has further leading axes (regions, windows, tokens) runs once for each of
their indices: its counts are multiplied, what it stores is not.

## How each kind is proven

**Executed:** the naive loops of the algorithm run on a number type that counts its own operations, for 200 random small layers; every
quantity's formula equals the count. **Torch's shape and parameters**, **torch's values:** for 100 random layers the output's shape, the
parameters by name and size, and every value of the loops' output are those of PyTorch, so that the loops themselves are right.

**Backwards, executed:** loops that work the gradients out run the same way, for 100 random layers on batches of 1 to 3 samples; the formulas
of the gradient with respect to the input and to the weights equal the count, and so does the forward pass where training does something
else. **Torch's gradients:** for 50 random layers every gradient is that of PyTorch's autograd.

What training costs is given for a whole batch of B samples, the gradient of the output and what the forward pass has saved being there.
Products that are added up where windows overlap are added to sums that start at zero; a sum of known terms needs one addition less than
it has terms. Where an output is read by several layers, their gradients are added up beside what is written here. Where nobody wants the
gradient of the input, as in the first layer of a network, a layer whose weights lie before inner operations (the steps of an LSTM, the heads
of an attention) still passes these: "of that, what leads to the weights". Of all other kinds nothing is left then. Its loop finds the same
gradients of the weights, and so does autograd with inputs that need none.

| kind | executed | torch's shape and parameters | torch's values | backwards, executed | torch's gradients |
| --- | --- | --- | --- | --- | --- |
"""  # noqa: E501


def page() -> str:
    """The whole page."""
    found, backwards = proofs(), gradients()
    families = collect("worksheet.layers", "KINDS")
    kinds = sorted((kind for family in families.values() for kind in family), key=lambda kind: kind.name)
    rows = [[*cells(found[kind.name]), *trained(kind, found[kind.name], backwards.get(kind.name))] for kind in kinds]
    named = zip(kinds, rows, strict=True)
    table = "".join(f"| [{kind.name}](#{kind.name.lower()}) | {' | '.join(row)} |\n" for kind, row in named)
    return HEAD + table + "".join(section(kind) for kind in kinds)


def cells(proof: Proof) -> list[str]:
    """The three cells of a kind in the table of proofs; a reason where there is no proof."""
    if proof.torch is None:
        return ["yes", proof.no_torch, proof.no_torch]
    return ["yes", f"shape; {proof.no_parameters}" if proof.no_parameters else "yes", "yes"]


def trained(kind: Kind, proof: Proof, gradient: Gradient | None) -> list[str]:
    """The two cells of the backward pass."""
    if kind.training is None or gradient is None:
        return ["not worked out", ""]
    if not gradient.input and not gradient.weights:
        return ["nothing flows back", ""]
    return ["yes", gradient.no_torch or proof.no_torch or "yes"]


def section(kind: Kind) -> str:
    """A kind's notation and formulas."""
    lines = [f"\n## {kind.name}\n", f"{kind.title}. Source: {kind.source}.\n", f"    {kind.spelling.example}\n"]
    lines += notation(kind)
    lines += ["| symbol | meaning |", "| --- | --- |"]
    lines += [f"| {math(Formula(symbol.name))} | {meaning(symbol)} |" for symbol in kind.symbols.values()]
    sizes = [f"{math(Formula(size.name))} = {math(kind.formula(size.formula))}" for size in kind.sizes]
    lines += ["", f"Sizes: {', '.join(sizes)}.\n"] if sizes else [""]
    for form in kind.forms:
        lines += shapes(kind, form)
    return "\n".join(lines) + "\n"


WHAT_IS_SAVED = {
    "input": "the input",
    "input_1": "the first input",
    "input_2": "the second input",
    "input_3": "the third input",
    "output": "the output",
}


def notation(kind: Kind) -> list[str]:
    spelling = kind.spelling
    words = [f"`{word.word}` {', '.join(kind.symbols[name].inline_meaning for name in word.sets[:1])}" for word in spelling.words]
    words += [f"`{'` `'.join(word.split)}` each axis by itself" for word in spelling.words if word.split]
    for flag, (name, value) in spelling.flags.items():
        words.append(f"`{flag}` {kind.symbols[name].words.get(value, kind.symbols[name].inline_meaning)}")
    if spelling.listed:
        words.append(f"a list with `{spelling.separator}` between: {kind.symbols[spelling.listed[0]].inline_meaning}")
    if spelling.pattern:
        words.append(spelling.pattern)
    return [f"Words: {'; '.join(words)}.\n"] if words else []


def meaning(symbol: Symbol) -> str:
    said = "; ".join(f"{value} {text}" for value, text in symbol.words.items())
    default = "" if symbol.default is None else f", {math(Formula(symbol.default))} where it is not given"
    return f"{symbol.meaning}{f' ({said})' if said else ''}{default}"


def shapes(kind: Kind, form: Form) -> list[str]:
    """The shapes of one form and its quantities."""
    inputs = " and ".join(
        " × ".join(math(Formula(axis.name)) if isinstance(axis, Symbol) else str(axis) for axis in axes) for axes in form.inputs
    )
    output = " × ".join(math(Formula(text)) for text in form.output)
    lines = [f"{inputs or 'nothing'} → {output}{f' ({form.on})' if form.on else ''}\n"]
    for name, words in QUANTITIES.items():
        formula = kind.quantity(name, form, inline_sizes=False)
        if formula.source != "0":
            lines.append(f"- {words}: {math(formula)}")
    return [*lines, "", *costs_of_training(kind, form)]


def costs_of_training(kind: Kind, form: Form) -> list[str]:
    """What training costs in one form; a forward pass that does what it does in inference is left out."""
    if kind.training is None:
        return []
    lines = []
    for part, said in PASSES.items():
        if part == "forward" and kind.training.forward is None:
            continue
        names = {name: operation for name, (of, operation) in TRAINED.items() if of == part}
        formulas = {QUANTITIES[what]: kind.resolved(kind.formula(name), form, inline_sizes=False) for name, what in names.items()}
        counted = [f"{words} {math(formula)}" for words, formula in formulas.items() if formula.source != "0"]
        lines += [f"- {said}: {', '.join(counted)}"] if counted else []
    extra = kind.resolved(kind.formula(SAVED), form, inline_sizes=False)
    kept = [*(WHAT_IS_SAVED[name] for name in sorted(kind.training.saves)), *([math(extra)] if extra.source != "0" else [])]
    lines += [f"- kept for the backward pass: {' and '.join(kept)}"] if kept else []
    note = [f"Training: {kind.training.source}.", ""] if kind.training.source and form is kind.forms[0] else []
    return [*note, *(["For B samples:", "", *lines, ""] if lines else [])]


def math(formula: Formula) -> str:
    return f"${formula.show('latex')}$"


if __name__ == "__main__":
    sys.stdout.write(page())
