"""The catalogue of known mistakes as it is typed in, and an evaluator of its formulas that shares nothing with the package."""

from __future__ import annotations

import ast
import csv
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

FACTS = Path(__file__).parents[1] / "facts" / "misconceptions.csv"
OPERATORS: dict[type, Callable[..., Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS = {"floor": math.floor, "ceiling": math.ceil}


class Entry(NamedTuple):
    """A line of the catalogue."""

    id: str
    target: str
    correct: str
    wrong: str
    documented: bool


def catalogue() -> list[Entry]:
    with FACTS.open(encoding="utf-8", newline="") as lines:
        return [Entry(*row[:4], row[4] == "D") for row in list(csv.reader(lines))[1:]]


def evaluated(text: str, values: Mapping[str, int | Fraction]) -> Fraction:
    """The exact value of a formula of the catalogue."""

    def value(node: ast.AST) -> Fraction:
        match node:
            case ast.Expression(body):
                return value(body)
            case ast.BinOp(left, sign, right):
                return OPERATORS[type(sign)](value(left), value(right))
            case ast.Call(ast.Name(function), [argument]):
                return Fraction(FUNCTIONS[function](value(argument)))
            case ast.Name(name):
                return Fraction(values[name])
            case ast.Constant(number):
                assert isinstance(number, int)
                return Fraction(number)
        raise AssertionError(ast.dump(node))

    return value(ast.parse(text, mode="eval"))
