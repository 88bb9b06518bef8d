"""Turns a formula's tree into a function: exact on whole numbers and fractions, a sympy expression on sympy symbols."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from operator import truediv
from typing import Any

from worksheet.errors import FormulaError
from worksheet.formula.tree import Call, Exact, Name, Negative, Node, Number, Operation
from worksheet.frozen import frozen

MAX_BITS = 10_000  # of any value: about 3,000 digits, which Python still prints
MAX_POWER = 4_096  # of an exponent that is a symbol

Evaluator = Callable[[Mapping[str, Any]], Any]


@frozen
class Arithmetic:
    """The operations on one kind of number."""

    number: Callable[[Exact], Any]
    divide: Callable[[Any, Any], Any]
    power: Callable[[Any, Any], Any]
    functions: Mapping[str, Callable[..., Any]]


def divide(a: Exact, b: Exact) -> Exact:
    """The exact quotient, an int wherever it is whole."""
    if b == 0:
        raise FormulaError("division by zero")
    if type(a) is int and type(b) is int:
        return a // b if a % b == 0 else Fraction(a, b)
    if type(a) is Fraction and hasattr(b, "trace"):  # it would take a traced number for a plain int
        return multiply(1 / b, a)  # type: ignore[no-any-return]
    quotient = truediv(a, b)  # a Fraction, or a number that knows how to divide exactly
    return divide(int(a), int(b)) if isinstance(quotient, float) else quotient  # whole numbers of a class of their own


def add(a: Any, b: Any) -> Any:
    """A sum. A Fraction must be the right operand, or it would take a traced number for a plain int; likewise below."""
    return b + a if type(a) is Fraction else a + b


def subtract(a: Any, b: Any) -> Any:
    """A difference."""
    return -b + a if type(a) is Fraction else a - b


def multiply(a: Any, b: Any) -> Any:
    """A product."""
    return b * a if type(a) is Fraction else a * b


def power(base: Exact, exponent: Exact) -> Exact:
    """A power of bounded size, so that no formula can fill the memory."""
    if not isinstance(exponent, int) or not 0 <= exponent <= MAX_POWER:
        raise FormulaError(f"an exponent is a whole number from 0 to {MAX_POWER}, not {exponent}")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size * exponent > MAX_BITS:
        raise FormulaError(f"a power of more than {MAX_BITS:,} bits is too large")
    return base**exponent


def common_divisor(a: Exact, b: Exact) -> int:
    """The greatest common divisor of two whole numbers."""
    for one, other in ((a, b), (b, a)):
        if hasattr(one, "common_divisor"):  # a traced number
            return one.common_divisor(other)  # type: ignore[no-any-return]
    if not (isinstance(a, int) and isinstance(b, int)):
        raise FormulaError(f"gcd takes whole numbers, not {a} and {b}")
    return math.gcd(a, b)


def square_root(value: Exact) -> Exact:
    """The square root, where it is exact. Raises FormulaError where it is not."""
    fraction = Fraction(value)
    top, bottom = math.isqrt(max(fraction.numerator, 0)), math.isqrt(fraction.denominator)
    if top**2 != fraction.numerator or bottom**2 != fraction.denominator:
        raise FormulaError(f"the square root of {value} is not a fraction")
    return simplest(Fraction(top, bottom))


EXACT = Arithmetic(
    number=lambda value: value,
    divide=divide,
    power=power,
    functions={
        "floor": math.floor,
        "ceil": math.ceil,
        "max": lambda *values: max(values),
        "min": lambda *values: min(values),
        "gcd": lambda a, b: common_divisor(simplest(a), simplest(b)),
        "root": square_root,
    },
)


@cache
def sympy_arithmetic() -> Arithmetic:
    """The same operations on sympy expressions; sympy is imported here, on first use."""
    import sympy

    def checked_power(base: Any, exponent: Any) -> Any:
        if base.is_Rational and exponent.is_Integer:
            power(Fraction(base.p, base.q), int(exponent))
        return base**exponent

    def checked_divide(a: Any, b: Any) -> Any:
        if b == 0:
            raise FormulaError("division by zero")
        return a / b

    class gcd(sympy.Function):  # type: ignore[misc] # noqa: N801 (sympy prints the name)
        """Unevaluated on symbols: sympy.gcd would treat them as polynomials without a common factor."""

        is_integer = True
        is_nonnegative = True

        @classmethod
        def eval(cls, a: Any, b: Any) -> Any:
            return sympy.igcd(a, b) if a.is_Integer and b.is_Integer else None

    return Arithmetic(
        number=lambda value: sympy.Rational(value.numerator, value.denominator),
        divide=checked_divide,
        power=checked_power,
        functions={
            "floor": sympy.floor,
            "ceil": sympy.ceiling,
            "max": sympy.Max,
            "min": sympy.Min,
            "gcd": gcd,
            "root": sympy.sqrt,
        },
    )


def evaluator(node: Node, arithmetic: Arithmetic = EXACT) -> Evaluator:
    """A function from the symbols' values to the value of the tree. No text is ever executed."""
    match node:
        case Number(value):
            constant = arithmetic.number(value)
            return lambda _: constant
        case Name(name):
            return lambda values: values[name]
        case Negative(operand):
            inner = evaluator(operand, arithmetic)
            return lambda values: -inner(values)
        case Operation(sign, left, right):
            return _operation(sign, evaluator(left, arithmetic), evaluator(right, arithmetic), arithmetic)
        case Call(function, arguments):
            return _call(arithmetic.functions[function], [evaluator(a, arithmetic) for a in arguments])
    raise TypeError(f"not a part of a formula: {node!r}")


def _operation(sign: str, left: Evaluator, right: Evaluator, arithmetic: Arithmetic) -> Evaluator:
    divide, power = arithmetic.divide, arithmetic.power
    table: dict[str, Evaluator] = {
        "+": lambda values: add(left(values), right(values)),
        "-": lambda values: subtract(left(values), right(values)),
        "*": lambda values: multiply(left(values), right(values)),
        "/": lambda values: divide(left(values), right(values)),
        "**": lambda values: power(left(values), right(values)),
    }
    return table[sign]


def _call(apply: Callable[..., Any], parts: list[Evaluator]) -> Evaluator:
    if len(parts) == 1:
        only = parts[0]
        return lambda values: apply(only(values))
    return lambda values: apply(*[part(values) for part in parts])


def simplest(value: Exact) -> Exact:
    """An int wherever the value is whole."""
    if type(value) is int:
        return value
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    return value.simplest() if hasattr(value, "simplest") else value  # a traced number knows whether it is whole


def as_json(value: Exact) -> int | str:
    """A number for JSON: a fraction becomes a text."""
    return value if isinstance(value, int) else str(value)


def is_whole(value: Exact) -> bool:
    """Whether a value is certain to be whole: of a traced number, wherever its run holds."""
    return isinstance(value, int) or (isinstance(value, Fraction) and value.denominator == 1)


def whole(value: Exact) -> int:
    """A number that is used as a size: an int as it is, anything else truncated to one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else int(value)


def check_size(value: Exact) -> Exact:
    """The value itself. Raises FormulaError where it has too many bits."""
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise FormulaError(f"a value of more than {MAX_BITS:,} bits is too large")
    return value
