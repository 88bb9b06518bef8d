"""The worked figures of training with checkpoints: a chain of equal layers in closed form, and the network in its segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from worksheet.counting.gradients import Gradients
from worksheet.counting.run import Run
from worksheet.derivation import Derivation, Figure, Step
from worksheet.derive.training.checkpointing import Cost, LayerChain, Segment, best_segments
from worksheet.formula import Digits, Exact, Formula, in_bytes
from worksheet.language import N_, _, either
from worksheet.network import Network

CLOSED = N_(
    "A chain of L equal layers, each of which keeps one tensor for the backward pass. With n segments only the n tensors at the "
    "beginnings are kept; a segment's own tensors, L/n of them, are recomputed when its turn comes. One more segment costs "
    "one tensor and saves L/n − L/(n + 1) = L/(n(n + 1)): it pays while n(n + 1) < L, so the best n is near √L, and "
    "2√L tensors are kept instead of L. Every segment except the last runs forward again: at most one more forward pass."
)
CUT = N_(
    "The layers in their order, cut into segments of about equal size: where a single tensor is passed on, or anywhere else if "
    "that keeps less. Each segment is run again from its input tensors, just before its backward pass; what the last "
    "one kept is still in memory."
)
BETWEEN = N_(
    "n = {n} would be best if all layers were equal: n(n + 1) is {here}, and {fewer} with one segment fewer: L = {layers} "
    "lies between. L counts the stretches between the places where this network passes on a single tensor, and treats them "
    "as equal; they are not, so the figure of the network itself is computed below."
)
GREATEST = N_(
    "C: the tensors from which the segments up to segment {no} are run again; A: what segment {no} keeps inside, for which "
    "the sum is greatest. Without checkpoints, {bytes} are kept. The segments are {segments}."
)
FORWARD = "forward"


def checkpoints(
    network: Network, flow: Gradients, derivation: Derivation, memory: Derivation, run: Run, count: int
) -> list[Figure]:
    """The figures of training with ``count`` segments; none for 0. Raises ConventionError for an impossible number."""
    if not count:
        return []
    chain = LayerChain(network.nodes, flow, _cost(memory, flow, run))
    segments = chain.segments(count)
    return [_equal_layers(len(chain.cuts) + 1, count), _network_figure(memory, segments), *_second_forward(derivation, segments)]


def _cost(memory: Derivation, flow: Gradients, run: Run) -> Cost:
    """The bytes of each tensor, and of what each layer keeps for itself, from the worked column of what is kept."""
    arrays, own = {}, {}
    each = run.training.precision.bytes("activations")
    for row in memory.rows:
        samples = 1 if row.name in flow.input_independent else run.batch
        arrays[row.name] = each * samples * prod(row.output or ())
        own[row.name] = int(row.columns[-1].value or 0) - (arrays[row.name] if row.name in flow.kept else 0)
    return Cost(arrays, own)


def _equal_layers(layers: int, count: int) -> Figure:
    """The chain of one layer more than the network has places to cut it; or of as many as segments if that is more."""
    layers = max(layers, count)
    n = best_segments(layers)
    label, note = _("Tensors, n = {n}"), _(BETWEEN).format(n=n, here=n * (n + 1), fewer=(n - 1) * n, layers=layers)
    steps = (
        _step("chain", label.format(n=count), "n + ceil(L/n)", {"n": count, "L": layers}),
        _step("best", label.format(n=n), "n + ceil(L/n)", {"n": n, "L": layers}, note),
    )
    return Figure(_("Checkpoints in a chain of equal layers"), _(CLOSED), steps, bytes=False)


def _network_figure(memory: Derivation, segments: Sequence[Segment]) -> Figure:
    """What this network keeps: all that segments are given, and what is kept inside the one where the sum is greatest."""
    digits = Digits(memory.digits)
    kept = int(memory.totals[memory.headings[-1].name] or 0)
    at, top = max(enumerate(segments, 1), key=lambda pair: pair[1].bytes)
    spans = [
        _("{no}: No. {first} to {last}").format(no=no, first=part.start + 1, last=part.end) for no, part in enumerate(segments, 1)
    ]
    values = {"C": top.before + top.given, "A": top.inside}
    note = _(GREATEST).format(no=at, bytes=in_bytes(kept, digits)[0], segments=_("; ").join(spans))
    step = _step("checkpointed", _("Activations"), "C + A", values, note, in_bytes(top.bytes, digits))
    return Figure(_("Checkpoints in this network"), _(CUT), (step,))


def _second_forward(derivation: Derivation, segments: Sequence[Segment]) -> list[Figure]:
    """The forward pass of the segments that run again, if the convention has a forward pass."""
    if FORWARD not in derivation.totals:
        return []
    column = [heading.name for heading in derivation.headings].index(FORWARD)
    last = segments[-1].start
    forward = int(derivation.totals[FORWARD] or 0)
    second = sum(int(row.columns[column].value or 0) for row in derivation.rows if 0 < row.no <= last)
    values = {"F": forward, "F_s": forward - second}
    note = _("F: the forward pass; F_s: that of the last segment.")
    step = _step("again", _("Second forward pass"), "F - F_s", values, note)
    return [Figure(_("Recomputed"), "", (step,), bytes=False)]


def _step(name: str, label: str, text: str, values: Mapping[str, Exact], note: str = "", units: Sequence[str] = ()) -> Step:
    formula = Formula(text)
    return Step(name, label, (), formula, values, int(formula.at(values)), remark=either(units), note=note)
