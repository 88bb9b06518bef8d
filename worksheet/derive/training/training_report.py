"""The worked costs of a step of training: both passes, the update, and their memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.conventions.optimisers import NONE, Optimiser, Precision
from worksheet.counting.gradients import Gradients
from worksheet.counting.graph_facts import gradients
from worksheet.counting.run import Run, training_run
from worksheet.derivation import Derivation, Figure, Section, Statement, Step, spans
from worksheet.derive.training.segments import checkpoints
from worksheet.derive.worked_solution import derive_run, language_for
from worksheet.formula import Digits, Exact, Formula, in_bytes
from worksheet.language import N_, Language, _, either, listed, ngettext, speaking
from worksheet.layers import INPUT_KIND
from worksheet.network import Network

STANDARD = "training"  # the convention where none is named
MEMORY = "training-memory"
PASSES = {"I": "input_gradient", "W": "weight_gradient", "S": "gradient_sums"}  # backward, by the symbol of the total
UPDATE = "update"
STEP = N_(
    "The two passes and the update, for the whole batch. F is the total of the forward pass, I that of the gradients with "
    "respect to the inputs, W of those with respect to the parameters, S of the sums of gradients, U of the update."
)
KEPT = N_(
    "What is in memory when the backward pass begins: n parameters, s running statistics, and the tensors that the backward pass "
    "reads again, each once."
)
SYMBOLS = {  # of the optimisers' steps
    "p": N_("the parameter"),
    "g": N_("its gradient"),
    "m": N_("moving average of the gradient, the momentum"),
    "v": N_("moving average of the squared gradient"),
    "n": N_("m, corrected for its start at zero"),
    "w": N_("v, corrected for its start at zero"),
    "t": N_("number of the step, from 1"),
    "r": N_("learning rate"),
    "mu": N_("momentum factor"),
    "a": N_("decay rate of m"),
    "b": N_("decay rate of v"),
    "d": N_("weight decay"),
    "epsilon": N_("a small number that keeps the divisor from zero"),
}
WORDS = {  # of a precision's types
    "weights": N_("weights {type}"),
    "gradients": N_("gradients {type}"),
    "activations": N_("activations {type}"),
    "copy": N_("exact copy {type}"),
    "state": N_("optimiser's numbers {type}"),
}
MAX_KINDS = 8


def train(
    network: Network, optimiser: str = "sgd", convention: Convention | str | None = None, *, batch: int = 1, precision: str = "",
    segments: int = 0, digits: str | None = None, fold: bool | None = None, language: Language | str = "",
) -> Derivation:  # fmt: skip
    """The worked solution of what one step of training costs a network.

    ``optimiser`` is one of ``conventions.optimisers``, ``precision`` one of its precisions (fp32 by default). ``convention``
    must count training: ``training`` (the default; operations), ``training-macs``, ``training-memory``, or a YAML file.
    ``segments`` adds what is kept with checkpoints between that many segments. ``batch``, ``digits``, ``fold``,
    ``language``: as of ``derive``. Raises WorksheetError.
    """
    convention = conventions.convention(convention or STANDARD)
    run = training_run(convention, batch, optimiser, precision)
    with speaking(language_for(language, network.heading)):
        return _trained(network, convention, run, segments, digits=digits, fold=fold)


def _trained(
    network: Network, convention: Convention, run: Run, segments: int, *, digits: str | None, fold: bool | None
) -> Derivation:
    derivation = derive_run(network, convention, run, digits=digits, fold=fold)
    memory = (
        derivation
        if convention.name == MEMORY
        else derive_run(network, conventions.convention(MEMORY), run, digits=derivation.digits)
    )
    flow = gradients(network)
    grouping = Digits(derivation.digits)
    figures = (*_step(derivation), _memory(memory, run, grouping), *checkpoints(network, flow, derivation, memory, run, segments))
    notes = (*derivation.notes, *_partial_gradients(flow))
    rules = (*derivation.rules, _describe_optimiser(run.training.optimiser), _describe_precision(run.training.precision))
    reference = (_update(run.training.optimiser), *derivation.reference)
    return replace(derivation, rules=rules, notes=notes, figures=figures, reference=reference)


# In words


def _describe_optimiser(optimiser: Optimiser) -> str:
    counts = {name: count for name, count in optimiser.operations.items() if count}
    text = ngettext(
        "{optimiser} updates each parameter p by its gradient g, as under Formulas: {operations}; "
        "{count} number is kept for each. Source: {source}.",
        "{optimiser} updates each parameter p by its gradient g, as under Formulas: {operations}; "
        "{count} numbers are kept for each. Source: {source}.",
        optimiser.state,
    )
    return text.format(
        optimiser=_(optimiser.title), operations=listed([_operations(name, count) for name, count in counts.items()]),
        count=optimiser.state, source=optimiser.source,
    )  # fmt: skip


def _operations(name: str, count: int) -> str:
    """A number of operations of an update in words."""
    words = {
        "multiplications": ngettext("{count} multiplication", "{count} multiplications", count),
        "additions": ngettext("{count} addition", "{count} additions", count),
        "divisions": ngettext("{count} division", "{count} divisions", count),
        "roots": ngettext("{count} square root", "{count} square roots", count),
    }
    return words[name].format(count=count)


def _update(optimiser: Optimiser) -> Section:
    """The steps of an optimiser as formulas: each gives a symbol its new value."""
    steps = [(name.strip(), Formula(text)) for name, _, text in (step.partition("=") for step in optimiser.steps)]
    used = {symbol for name, formula in steps for symbol in (name, *formula.symbols)}
    symbols = tuple(((symbol,), _(meaning)) for symbol, meaning in SYMBOLS.items() if symbol in used)
    lines = tuple(Statement(_("Step {no}").format(no=no), formula, (name,)) for no, (name, formula) in enumerate(steps, 1))
    return Section("", _("{optimiser}: one step").format(optimiser=_(optimiser.title)), symbols, lines)


def _describe_precision(precision: Precision) -> str:
    kept = [_(WORDS[what]).format(type=name) for what, name in precision.types.items() if name != NONE]
    return _("Precision {name}: {title} ({types}). Source: {source}.").format(
        name=precision.name, title=_(precision.title), types=_(", ").join(kept), source=_(precision.source)
    )


def _partial_gradients(flow: Gradients) -> list[str]:
    """A sentence on layers that need the gradient of some of their inputs alone."""
    costly = [
        no
        for no, node in enumerate(flow.nodes, 1)
        if flow.wants_some(node) and node.kind.training and any(text != "0" for text in node.kind.training.input.values())
    ]
    if not costly:
        return []
    text = _("No. {rows}: only the gradients of some inputs are needed; those of all inputs are counted.")
    return [text.format(rows=spans(costly))]


# Figures


def _step(derivation: Derivation) -> list[Figure]:
    """The whole step, where the convention has a forward pass."""
    totals = {name: int(value or 0) for name, value in derivation.totals.items()}
    if "forward" not in totals:
        return []
    parts = {letter: totals[name] for letter, name in PASSES.items() if name in totals}
    back, forward = sum(parts.values()), totals["forward"]
    point = Digits(derivation.digits).point
    note = _("{factor} times the forward pass.").format(factor=_decimal(back, forward, point)) if forward else ""
    backward = Step("backward", _("Backward pass"), (), Formula(" + ".join(parts)), parts, back, note=note)
    whole = {"F": forward, "D": back} | ({"U": totals[UPDATE]} if UPDATE in totals else {})
    total = sum(whole.values())
    note = _("D: the backward pass.")
    if total and UPDATE in totals:
        share = _decimal(100 * totals[UPDATE], total, point)
        note = _("D: the backward pass. The update is {share} % of the step.").format(share=share)
    step = Step("step", _("One step"), (), Formula(" + ".join(whole)), whole, total, note=note)
    return [Figure(_("One step of training"), _(STEP), (backward, step), bytes=False)]


def _decimal(value: int, by: int, point: str) -> str:
    """A quotient to two decimals, a half rounded up."""
    hundredths = (200 * value + by) // (2 * by)
    return f"{hundredths // 100}{point}{hundredths % 100:02}"


def _memory(memory: Derivation, run: Run, digits: Digits) -> Figure:
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
    step = partial(_bytes, digits)
    return Figure(
        _("Memory of training"),
        _(KEPT),
        (
            step("weights", _("Weights"), "beta_w*(n + s)", values, weights),
            step("gradients", _("Gradients"), "beta_g*n", values, gradients),
            step("state", _("Optimiser"), kept, values, state, _state(optimiser, each["copy"])),
            step(
                "kept", _("Activations"), "I + A", {"I": inputs, "A": activations - inputs}, activations, _kinds(memory, digits)
            ),
            step("training", _("Total"), "P + G + O + K", parts, sum(parts.values()), _("P, G, O and K: the figures above.")),
            _one_parameter(optimiser, each, digits),
        ),
    )


def _state(optimiser: Optimiser, copy: int) -> str:
    with_copy = ngettext(
        "{count} number for each parameter, and its exact copy.",
        "{count} numbers for each parameter, and its exact copy.",
        optimiser.state,
    )
    alone = ngettext(
        "{count} number for each parameter; no exact copy is kept.",
        "{count} numbers for each parameter; no exact copy is kept.",
        optimiser.state,
    )
    return (with_copy if copy else alone).format(count=optimiser.state)


def _kept_text(optimiser: Optimiser, each: Mapping[str, int]) -> str:
    """What the optimiser keeps of one parameter, as the text of a formula: the exact copy, then its own numbers."""
    own = f"{optimiser.state}*{each['state']}" if optimiser.state > 1 else str(each["state"]) if optimiser.state else ""
    return " + ".join(filter(None, [str(each["copy"]) if each["copy"] else "", own]))


def _one_parameter(optimiser: Optimiser, each: Mapping[str, int], digits: Digits) -> Step:
    text = " + ".join(filter(None, ["beta_w", "beta_g", _kept_text(optimiser, each)]))
    values = {"beta_w": each["weights"], "beta_g": each["gradients"]}
    value = each["weights"] + each["gradients"] + each["copy"] + optimiser.state * each["state"]
    note = _("Weight, gradient, exact copy, and what the optimiser keeps; without activations.")
    return _bytes(digits, "parameter", _("One parameter"), text, values, value, note)


def _kinds(memory: Derivation, digits: Digits) -> str:
    """Whose rows hold the kept tensors, the largest first."""
    name = memory.headings[-1].name
    held = sorted(((int(part.totals[name] or 0), part.title) for part in memory.kinds), key=lambda pair: -pair[0])
    shown = [f"{title} {in_bytes(value, digits)[0]}" for value, title in held if value and title != INPUT_KIND]
    left = len(shown) - MAX_KINDS
    if not shown:
        return _("No tensor is kept.")
    more = [ngettext("{count} more kind", "{count} more kinds", left).format(count=left)] if left > 0 else []
    kinds = listed([*shown[:MAX_KINDS], *more])
    return _("I: the network's inputs that are read again; A: what layers hold: {kinds}.").format(kinds=kinds)


def _bytes(digits: Digits, name: str, label: str, text: str, values: Mapping[str, Exact], value: int, note: str = "") -> Step:
    formula = Formula(text)
    used = {name: values[name] for name in formula.symbols}
    remark = either(in_bytes(value, digits)) if value > 999 else ""
    return Step(name, label, (), formula, used, value, remark=remark, note=note)
