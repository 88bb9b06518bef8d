"""Explains where brackets round a size: what they hold, what they make of it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from worksheet.derivation import Step
from worksheet.formula import Digits, Exact, Formula
from worksheet.formula.tree import Call, walk
from worksheet.language import N_, _, paragraph

KERNEL = frozenset({"w", "h", "t"})  # where a size's formula knows them, a window moves over the padded input
ROUNDED = {  # by whether the brackets round up
    False: N_("{value} is not whole; rounded down: {whole}."),
    True: N_("{value} is not whole; rounded up: {whole}."),
}
REASONS = {
    "floor": N_("With one more step the kernel would leave the padded input."),
    "ceil": N_("The last window reaches beyond the padded input."),
    "min": N_("A window that would start beyond the input is left out."),
}


def explained(steps: Iterable[Step], digits: Digits, *, of_windows: bool = True) -> tuple[Step, ...]:
    """Steps of one layer's sizes with a note below each that rounds; a reason that holds for several is given once.

    ``of_windows``: a size that a kernel decides on counts the places of a window, which is a reason.
    """
    given = set() if of_windows else set(REASONS.values())
    return tuple([_explained(step, digits, given) for step in steps])


def _explained(step: Step, digits: Digits, given: set[str]) -> Step:
    roundings = step.formula.roundings(step.values) if step.formula else {}
    if not (step.formula and roundings):
        return step
    sentences = [_rounded(value, whole, digits) for value, whole in roundings.items()]
    reason = _reason(step.formula, roundings)
    if reason and reason not in given:
        given.add(reason)
        sentences.append(_(reason))
    return replace(step, stages=(step.formula.quotients(step.values),), note=paragraph(sentences))


def _rounded(value: Exact, whole: Exact, digits: Digits) -> str:
    return _(ROUNDED[whole > value]).format(value=_in_digits(value, digits), whole=digits.operand(whole))


def _in_digits(value: Exact, digits: Digits) -> str:
    """55.25, or 906/7 ≈ 129.43 where the decimals do not end."""
    text = digits.operand(value)
    return f"{text} ≈ {digits.operand(round(Fraction(value), 2))}" if "/" in text else text


def _reason(formula: Formula, roundings: Mapping[Exact, Exact]) -> str:
    """Why a window's places are rounded as they are; empty where no window moves."""
    if KERNEL.isdisjoint(formula.symbols):
        return ""
    if any(isinstance(node, Call) and node.function == "min" for node in walk(formula.tree)):
        return REASONS["min"]
    return REASONS["ceil" if all(whole > value for value, whole in roundings.items()) else "floor"]
