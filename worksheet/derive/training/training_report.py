"""The worked costs of a step of training: both passes, the update, and their memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.conventions.optimisers import NONE, Optimiser, Precision
from worksheet.counting.gradients import Gradients
from worksheet.counting.graph_facts import gradients
from worksheet.counting.run import Run, training_run
from worksheet.derivation import Derivation, Figure, Section, Statement, Step, spans
from worksheet.derive.training.segments import checkpoints
from worksheet.derive.worked_solution import derive_run
from worksheet.formula import Exact, Formula, in_bytes
from worksheet.language import listed
from worksheet.layers import INPUT_KIND, QUANTITIES
from worksheet.network import Network

STANDARD = "training"  # the convention where none is named
MEMORY = "training-memory"
PASSES = {"I": "input_gradient", "W": "weight_gradient", "S": "gradient_sums"}  # backward, by the symbol of the total
UPDATE = "update"
STEP = (
    "The two passes and the update, for the whole batch. F is the total of the forward pass, I that of the gradients with "
    "respect to the inputs, W of those with respect to the parameters, S of the sums of gradients, U of the update."
)
KEPT = (
    "What is in memory when the backward pass begins: n parameters, s running statistics, and the tensors that the backward pass "
    "reads again, each once."
)
SYMBOLS = {  # of the optimisers' steps
    "p": "the parameter",
    "g": "its gradient",
    "m": "moving average of the gradient, the momentum",
    "v": "moving average of the squared gradient",
    "n": "m, corrected for its start at zero",
    "w": "v, corrected for its start at zero",
    "t": "number of the step, from 1",
    "r": "learning rate",
    "mu": "momentum factor",
    "a": "decay rate of m",
    "b": "decay rate of v",
    "d": "weight decay",
    "epsilon": "a small number that keeps the divisor from zero",
}
MAX_KINDS = 8


def train(
    network: Network, optimiser: str = "sgd", convention: Convention | str | None = None, *, batch: int = 1, precision: str = "",
    segments: int = 0, digits: str | None = None, fold: bool | None = None,
) -> Derivation:  # fmt: skip
    """The worked solution of what one step of training costs a network.

    ``optimiser`` is one of ``conventions.optimisers``, ``precision`` one of its precisions (fp32 by default). ``convention``
    must count training: ``training`` (the default; operations), ``training-macs``, ``training-memory``, or a YAML file.
    ``segments`` adds what is kept with checkpoints between that many segments. ``batch``, ``digits``, ``fold``: as of ``derive``.
    Raises WorksheetError.
    """
    convention = conventions.convention(convention or STANDARD)
    run = training_run(convention, batch, optimiser, precision)
    derivation = derive_run(network, convention, run, digits=digits, fold=fold)
    memory = derivation if convention.name == MEMORY else derive_run(network, conventions.convention(MEMORY), run)
    flow = gradients(network)
    figures = (*_step(derivation), _memory(memory, run), *checkpoints(network, flow, derivation, memory, run, segments))
    notes = (*derivation.notes, *_partial_gradients(flow))
    rules = (*derivation.rules, _describe_optimiser(run.training.optimiser), _describe_precision(run.training.precision))
    reference = (_update(run.training.optimiser), *derivation.reference)
    return replace(derivation, rules=rules, notes=notes, figures=figures, reference=reference)


# In words


def _describe_optimiser(optimiser: Optimiser) -> str:
    counts = {QUANTITIES[name]: count for name, count in optimiser.operations.items() if count}
    operations = listed([f"{count} {words if count > 1 else words[:-1]}" for words, count in counts.items()])
    kept = f"{optimiser.state} numbers are" if optimiser.state != 1 else "1 number is"
    return (
        f"{optimiser.title} updates each parameter p by its gradient g, as under Formulas: {operations}; {kept} kept for each. "
        f"Source: {optimiser.source}."
    )


def _update(optimiser: Optimiser) -> Section:
    """The steps of an optimiser as formulas: each gives a symbol its new value."""
    steps = [(name.strip(), Formula(text)) for name, _, text in (step.partition("=") for step in optimiser.steps)]
    used = {symbol for name, formula in steps for symbol in (name, *formula.symbols)}
    symbols = tuple(((symbol,), meaning) for symbol, meaning in SYMBOLS.items() if symbol in used)
    lines = tuple(Statement(f"Step {no}", formula, (name,)) for no, (name, formula) in enumerate(steps, 1))
    return Section("", f"{optimiser.title}: one step", symbols, lines)


def _describe_precision(precision: Precision) -> str:
    kept = [f"{what} {name}" for what, name in precision.types.items() if name != NONE]
    return f"Precision {precision.name}: {precision.title} ({', '.join(kept)}). Source: {precision.source}."


def _partial_gradients(flow: Gradients) -> list[str]:
    """A sentence on layers that need the gradient of some of their inputs alone."""
    costly = [
        no
        for no, node in enumerate(flow.nodes, 1)
        if flow.wants_some(node) and node.kind.training and any(text != "0" for text in node.kind.training.input.values())
    ]
    if not costly:
        return []
    return [f"No. {spans(costly)}: only the gradients of some inputs are needed; those of all inputs are counted."]


# Figures


def _step(derivation: Derivation) -> list[Figure]:
    """The whole step, where the convention has a forward pass."""
    totals = {name: int(value or 0) for name, value in derivation.totals.items()}
    if "forward" not in totals:
        return []
    parts = {letter: totals[name] for letter, name in PASSES.items() if name in totals}
    back, forward = sum(parts.values()), totals["forward"]
    note = f"{_decimal(back, forward)} times the forward pass." if forward else ""
    backward = Step("backward", "Backward pass", (), Formula(" + ".join(parts)), parts, back, note=note)
    whole = {"F": forward, "D": back} | ({"U": totals[UPDATE]} if UPDATE in totals else {})
    total = sum(whole.values())
    share = f"{_decimal(100 * totals[UPDATE], total)} %" if total and UPDATE in totals else "nothing"
    update = f" The update is {share} of the step." if UPDATE in totals else ""
    step = Step("step", "One step", (), Formula(" + ".join(whole)), whole, total, note=f"D: the backward pass.{update}")
    return [Figure("One step of training", STEP, (backward, step), bytes=False)]


def _decimal(value: int, by: int) -> str:
    """A quotient to two decimals, a half rounded up."""
    hundredths = (200 * value + by) // (2 * by)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _memory(memory: Derivation, run: Run) -> Figure:
    """The memory of training, each kind of numbers by itself, and the bytes of one parameter."""
    optimiser, precision = run.training
    weights, gradients, state, activations = (int(memory.totals[h.name] or 0) for h in memory.headings)
    each = {what: precision.bytes(what) for what in precision.types}
    n = gradients // each["gradients"]
    kept = _kept_text(optimiser, each)
    kept = f"({kept})*n" if "+" in kept else f"{kept}*n" if kept else "0"
    inputs = sum(int(row.columns[-1].value or 0) for row in memory.rows if row.no < 1)
    values = {"beta_w": each["weights"], "beta_g": each["gradients"], "n": n, "s": weights // each["weights"] - n}
    parts = {"P": weights, "G": gradients, "O": state, "K": activations}
    return Figure(
        "Memory of training",
        KEPT,
        (
            _bytes("weights", "Weights", "beta_w*(n + s)", values, weights),
            _bytes("gradients", "Gradients", "beta_g*n", values, gradients),
            _bytes("state", "Optimiser", kept, values, state, _state(optimiser, each["copy"])),
            _bytes("kept", "Activations", "I + A", {"I": inputs, "A": activations - inputs}, activations, _kinds(memory)),
            _bytes("training", "Total", "P + G + O + K", parts, sum(parts.values()), "P, G, O and K: the figures above."),
            _one_parameter(optimiser, each),
        ),
    )


def _state(optimiser: Optimiser, copy: int) -> str:
    state = f"{optimiser.state} numbers" if optimiser.state != 1 else "1 number"
    return f"{state} for each parameter" + (", and its exact copy." if copy else "; no exact copy is kept.")


def _kept_text(optimiser: Optimiser, each: Mapping[str, int]) -> str:
    """What the optimiser keeps of one parameter, as the text of a formula: the exact copy, then its own numbers."""
    own = f"{optimiser.state}*{each['state']}" if optimiser.state > 1 else str(each["state"]) if optimiser.state else ""
    return " + ".join(filter(None, [str(each["copy"]) if each["copy"] else "", own]))


def _one_parameter(optimiser: Optimiser, each: Mapping[str, int]) -> Step:
    text = " + ".join(filter(None, ["beta_w", "beta_g", _kept_text(optimiser, each)]))
    values = {"beta_w": each["weights"], "beta_g": each["gradients"]}
    value = each["weights"] + each["gradients"] + each["copy"] + optimiser.state * each["state"]
    note = "Weight, gradient, exact copy, and what the optimiser keeps; without activations."
    return _bytes("parameter", "One parameter", text, values, value, note)


def _kinds(memory: Derivation) -> str:
    """Whose rows hold the kept tensors, the largest first."""
    name = memory.headings[-1].name
    held = sorted(((int(part.totals[name] or 0), part.title) for part in memory.kinds), key=lambda pair: -pair[0])
    shown = [f"{title} {in_bytes(value)[0]}" for value, title in held if value and title != INPUT_KIND]
    left = len(shown) - MAX_KINDS
    listed = ", ".join(shown[:MAX_KINDS]) + (f" and {left} more kinds" if left > 0 else "")
    return f"I: the network's inputs that are read again; A: what layers hold: {listed}." if listed else "No tensor is kept."


def _bytes(name: str, label: str, text: str, values: Mapping[str, Exact], value: int, note: str = "") -> Step:
    formula = Formula(text)
    used = {name: values[name] for name in formula.symbols}
    return Step(name, label, (), formula, used, value, remark=" or ".join(in_bytes(value)) if value > 999 else "", note=note)
