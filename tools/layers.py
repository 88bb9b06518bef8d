"""Makes docs/layers: a page for each family of kinds with their notation and formulas, and the table of how each is proven."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from tests.layers.backward import Gradient
from tests.layers.counting import Proof
from tests.layers.gradients import gradients
from tests.layers.proofs import proofs
from tools.generated import CannotBeMade
from tools.prose import broken
from worksheet.discover import collect
from worksheet.formula import Formula
from worksheet.layers import PASSES, QUANTITIES, SAVED, TRAINED, Form, Kind, Symbol
from worksheet.layers.kind import Word

FOLDER = Path("docs/layers")
HEAD = """\
# The layers

Every kind of layer that is known, with its notation and its formulas: a page for each family, linked in the table below.

Every quantity counts the textbook algorithm for one sample at inference.
A subtraction is an addition, and a power with a fixed exponent such as 0.75 is an exponential.
A multiply-accumulate (MAC) is a product of an input with a weight, or with another input, that is added to a sum;
sums of squares and interpolation are counted as multiplications and additions, but are not MACs.
Where there is a choice of algorithm, the kind's source line says which one is counted.
A layer whose input has further leading axes (regions, windows, tokens) runs once for each of their indices:
its operations are multiplied, its parameters are not.

## How each kind is proven

**Executed:** the naive loops of the algorithm run on a number type that counts its own operations, for 200 random small layers;
every quantity's formula equals the count.
**PyTorch's shape and parameters**, **PyTorch's values:** for 100 random layers the output's shape,
the parameters by name and size, and every value that the loops compute are those of PyTorch,
so the loops themselves are right.

**Backward, executed:** loops that compute the gradients run in the same way, for 100 random layers on batches of 1 to 3 samples;
the formulas of the gradient with respect to the input and to the weights equal the count,
and so does the forward pass where training does something else.
**PyTorch's gradients:** for 50 random layers every gradient is that of PyTorch's autograd.

Training costs are given for a whole batch of B samples;
the gradient of the output and what the forward pass has saved are given.
Products that are added up where windows overlap are added to sums that start at zero;
a sum of known terms needs one addition fewer than it has terms.
Where several layers read an output, adding up their gradients is not part of these formulas.
Where the gradient of the input is not needed, as in the first layer of a network,
most kinds of layers compute nothing for it.
A layer with inner operations after its weights (the steps of an LSTM, the heads of an attention)
still passes gradients through these: "of that, what leads to the weights".
The loop for this part finds the same gradients of the weights,
and so does autograd with inputs that need no gradient.

| kind | family | executed | PyTorch's shape and parameters | PyTorch's values | backward, executed | PyTorch's gradients |
| --- | --- | --- | --- | --- | --- | --- |
"""
WHAT_IS_SAVED = {
    "input": "the input",
    "input_1": "the first input",
    "input_2": "the second input",
    "input_3": "the third input",
    "output": "the output",
}


def pages() -> dict[Path, str]:
    """A page for each family, and the table of all kinds."""
    families: dict[str, tuple[Kind, ...]] = collect("worksheet.layers", "KINDS")
    _refuse_unproven(families)
    made = {FOLDER / f"{family}.md": _family(family, kinds) for family, kinds in families.items()}
    return {FOLDER / "README.md": HEAD + _table(families), **made}


def _refuse_unproven(families: dict[str, tuple[Kind, ...]]) -> None:
    """Raises CannotBeMade with what to write for the kinds that are not proven."""
    proven, derived = proofs(), gradients()
    for family, kinds in families.items():
        lacking = {
            "proofs": [kind.name for kind in kinds if kind.name not in proven],
            "gradients": [kind.name for kind in kinds if kind.training and kind.name not in derived],
        }
        for folder, names in lacking.items():
            if names:
                what = {"proofs": "a proof", "gradients": "the gradients"}[folder]
                raise CannotBeMade(f"write {what} in tests/layers/{folder}/{family}.py for: {', '.join(names)}")


def _table(families: dict[str, tuple[Kind, ...]]) -> str:
    proven, derived = proofs(), gradients()
    rows = {}
    for family, kinds in families.items():
        for kind in kinds:
            row = [
                f"[{kind.name}]({family}.md#{kind.name.lower()})",
                family,
                *cells(proven[kind.name]),
                *_trained_cells(kind, proven[kind.name], derived.get(kind.name)),
            ]
            rows[kind.name] = f"| {' | '.join(row)} |\n"
    return "".join(rows[name] for name in sorted(rows))


def cells(proof: Proof) -> list[str]:
    """The three cells of a kind in the table of proofs; a reason where there is no proof."""
    if proof.torch is None:
        return ["yes", proof.no_torch, proof.no_torch]
    return ["yes", f"shape; {proof.no_parameters}" if proof.no_parameters else "yes", "yes"]


def _trained_cells(kind: Kind, proof: Proof, gradient: Gradient | None) -> list[str]:
    """The two cells of the backward pass."""
    if kind.training is None or gradient is None:
        return ["not derived", ""]
    if not gradient.input and not gradient.weights:
        return ["no gradient flows back", ""]
    return ["yes", gradient.no_torch or proof.no_torch or "yes"]


def _family(family: str, kinds: tuple[Kind, ...]) -> str:
    """The page of a family: what its module says of it, then kind by kind."""
    purpose = inspect.getdoc(importlib.import_module(f"worksheet.layers.{family}")) or ""
    head = f"# {family.capitalize()}\n\n{broken(_plain(purpose))}\n\n[All kinds](README.md)\n"
    return head + "".join(_section(kind) for kind in sorted(kinds, key=lambda kind: kind.name))


def _plain(text: str) -> str:
    """A text without what Markdown would take for its own."""
    return text.replace("*", r"\*").replace("_", r"\_").replace("<", r"\<")


def _section(kind: Kind) -> str:
    """A kind's notation and formulas."""
    shared = _common(kind)
    lines = [f"\n## {kind.name}\n", f"{kind.title}.", *broken(f"Source: {_plain(kind.source)}.").split("\n"), ""]
    lines += [f"    {kind.spelling.example}\n", *_notation(kind)]
    symbols = kind.hyperparameters if shared else tuple(kind.symbols.values())
    if symbols:
        lines += ["| symbol | meaning |", "| --- | --- |"]
        lines += [f"| {math(Formula(symbol.name))} | {_meaning(symbol)} |" for symbol in symbols]
        lines.append("")
    sizes = [f"{math(Formula(size.name))} = {math(kind.formula(size.formula))}" for size in kind.sizes]
    lines += [f"Sizes: {', '.join(sizes)}.\n"] if sizes else []
    if kind.training and kind.training.source:
        lines += [*broken(f"Training: {_plain(kind.training.source)}.").split("\n"), ""]
    for part in [shared] if shared else [_form(kind, form) for form in kind.forms]:
        lines += part
    return "\n".join(lines).rstrip() + "\n"


def _notation(kind: Kind) -> list[str]:
    spelling = kind.spelling
    words = [f"`{word.word}` {kind.symbols[word.sets[0]].inline_meaning}{_apart(word)}" for word in spelling.words]
    for flag, (name, value) in spelling.flags.items():
        words.append(f"`{flag}` {kind.symbols[name].words.get(value, kind.symbols[name].inline_meaning)}")
    if spelling.listed:
        words.append(f"a list with `{spelling.separator}` between: {kind.symbols[spelling.listed[0]].inline_meaning}")
    if spelling.pattern:
        words.append(spelling.pattern)
    return ["Words:\n", *(f"- {word}" for word in words), ""] if words else []


def _apart(word: Word) -> str:
    """The words for the axes of a window by themselves, where there are several."""
    return f"; `{'`, `'.join(word.split)}` for one axis each" if len(word.split) > 1 else ""


def _meaning(symbol: Symbol) -> str:
    said = "; ".join(f"{value} {text}" for value, text in symbol.words.items())
    default = "" if symbol.default is None else f", {math(Formula(symbol.default))} by default"
    place = f" (input {symbol.place})" if symbol.place else ""
    return f"{symbol.meaning}{place}{f' ({said})' if said else ''}{default}"


def _common(kind: Kind) -> list[str]:
    """What holds for all forms of a kind whose output has its inputs' shape, printed once over X (or Y); else nothing."""
    if len(kind.forms) == 1 or not all(form.on and _keeps_shape(form) for form in kind.forms):
        return []
    forms = ", ".join(form.on for form in kind.forms[:-1]) + f" or {kind.forms[-1].on}"
    inputs = len(kind.forms[0].inputs)
    if inputs == 1:
        shape = f"{math(Formula('X'))} elements → {math(Formula('X'))} elements of the same shape ({forms})\n"
    else:
        shape = f"{inputs} tensors of {math(Formula('Y'))} elements → {math(Formula('Y'))} elements of the same shape ({forms})\n"
    uses_channels = any("c" in kind.count(name).symbols for name in QUANTITIES)
    legend = [f"{math(Formula('c'))} is the number of channels.\n"] if uses_channels else []
    counts = {words: kind.count(name) for name, words in QUANTITIES.items() if not name.startswith("elements_")}
    return [shape, *legend, *_listed(counts), "", *_training(kind, None)]


def _keeps_shape(form: Form) -> bool:
    """Whether each input is a tensor of the output's own axes."""
    return all(
        tuple(axis.name if isinstance(axis, Symbol) else str(axis) for axis in axes) == form.output for axes in form.inputs
    )


def _form(kind: Kind, form: Form) -> list[str]:
    """The shapes of one form and its quantities."""
    inputs = " and ".join(
        " × ".join(math(Formula(axis.name)) if isinstance(axis, Symbol) else str(axis) for axis in axes) for axes in form.inputs
    )
    output = " × ".join(math(Formula(text)) for text in form.output)
    lines = [f"{inputs or 'nothing'} → {output}{f' ({form.on})' if form.on else ''}\n"]
    counts = {words: kind.quantity(name, form, inline_sizes=False) for name, words in QUANTITIES.items()}
    return [*lines, *_listed(counts), "", *_training(kind, form)]


def _listed(counts: dict[str, Formula]) -> list[str]:
    listed = [f"- {words}: {math(formula)}" for words, formula in counts.items() if formula.source != "0"]
    return listed or ["- nothing is computed or stored"]


def _training(kind: Kind, form: Form | None) -> list[str]:
    """Training costs in one form, or over X in all; a forward pass that does what it does at inference is left out."""
    if kind.training is None:
        return []

    def resolved(name: str) -> Formula:
        formula = kind.formula(name) if form else kind.count(name)
        return kind.resolved(formula, form, inline_sizes=False) if form else formula

    lines = []
    for part, said in PASSES.items():
        if part == "forward" and kind.training.forward is None:
            continue
        names = {name: operation for name, (of, operation) in TRAINED.items() if of == part}
        formulas = {QUANTITIES[what]: resolved(name) for name, what in names.items()}
        counted = [f"{words} {math(formula)}" for words, formula in formulas.items() if formula.source != "0"]
        lines += [f"- {said}: {', '.join(counted)}"] if counted else []
    extra = resolved(SAVED)
    kept = [*(WHAT_IS_SAVED[name] for name in sorted(kind.training.saves)), *([math(extra)] if extra.source != "0" else [])]
    lines += [f"- kept for the backward pass: {' and '.join(kept)}"] if kept else []
    return ["For B samples:", "", *lines, ""] if lines else []


def math(formula: Formula) -> str:
    """A formula as GitHub sets it."""
    return f"${formula.show('latex')}$"
