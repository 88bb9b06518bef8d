"""Leaves out the brackets that round down where a row's divisions are exact, as keys and worked steps print such a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.formula.exact import evaluator
from worksheet.formula.tree import Call, Node, rebuild, walk
from worksheet.grading.diagnosis.domain_points import derive_sizes
from worksheet.grading.paper.cells import SIZES, Asked

DOWN = "floor"


def unrounded(asked: Asked, values: Mapping[str, Exact]) -> tuple[Asked, Callable[[Formula], Formula]]:
    """What is asked without the brackets that change nothing in a row with these values, and how to leave them out of an answer.

    The same object for equal brackets; what is asked itself if every bracket is needed. One formula of an output is for all of
    its axes, so none of them may need its bracket.
    """
    everything = {**derive_sizes(asked, values), **values}
    calls = [call for formula in (*asked.formulas, *asked.sizes.values()) for call in _rounded_down(formula)]
    exact = frozenset(call for call in calls if _is_whole(call, everything))
    is_needed = not exact or (asked.role == SIZES and not exact.issuperset(calls))
    return asked if is_needed else _without(asked, exact), lambda formula: _unbracketed(formula, everything)


@lru_cache(maxsize=512)
def _without(asked: Asked, exact: frozenset[Call]) -> Asked:
    formulas = tuple(_leave_out(formula, exact) for formula in asked.formulas)
    return replace(asked, formulas=formulas, sizes={name: _leave_out(size, exact) for name, size in asked.sizes.items()})


def _unbracketed(formula: Formula, values: Mapping[str, Exact]) -> Formula:
    exact = frozenset(call for call in _rounded_down(formula) if _is_whole(call, values))
    return _leave_out(formula, exact) if exact else formula


def _rounded_down(formula: Formula) -> list[Call]:
    return [node for node in walk(formula.tree) if isinstance(node, Call) and node.function == DOWN]


def _is_whole(call: Call, values: Mapping[str, Exact]) -> bool:
    try:
        return isinstance(evaluator(call.arguments[0])(values), int)
    except (FormulaError, KeyError):
        return False


def _leave_out(formula: Formula, exact: frozenset[Call]) -> Formula:
    def change(node: Node) -> Node:
        inner = rebuild(node, change)
        return inner.arguments[0] if isinstance(inner, Call) and node in exact else inner

    return Formula.of(change(formula.tree))
