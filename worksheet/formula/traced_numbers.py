"""Whole numbers and fractions of a concolic run: operations make polynomials, comparisons record guards. See ``traced``."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

from worksheet.formula.polynomial import Polynomial
from worksheet.formula.tree import Exact


class Recorder(Protocol):
    """What a number needs of its run; ``traced.Trace`` is one."""

    values: dict[int, Exact]

    def guard(self, polynomial: Polynomial, relation: str) -> bool: ...

    def whole(self, polynomial: Polynomial) -> int: ...

    def ratio(self, polynomial: Polynomial) -> Any: ...

    def floor(self, polynomial: Polynomial) -> int: ...

    def divisor(self, polynomial: Polynomial, other: int) -> int: ...


class _TracedNumber:
    """The order and the arithmetic that traced whole numbers and fractions share."""

    polynomial: Polynomial
    trace: Recorder

    def _operand(self, other: Any) -> Polynomial | None:
        """The polynomial of an operand; None where it is not a number, or belongs to another run."""
        if isinstance(other, (Traced, Ratio)):
            return other.polynomial if other.trace is self.trace else None
        return Polynomial.of(other) if isinstance(other, (int, Fraction)) else None

    def _compare(self, other: Any, relation: str, sign: int) -> Any:
        polynomial = self._operand(other)
        return NotImplemented if polynomial is None else self.trace.guard((self.polynomial - polynomial).times(sign), relation)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, "> 0", -1)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, ">= 0", -1)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, "> 0", 1)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, ">= 0", 1)

    def __eq__(self, other: object) -> Any:
        polynomial = self._operand(other)
        return False if polynomial is None else self.trace.guard(self.polynomial - polynomial, "= 0")

    def __ne__(self, other: object) -> Any:
        return not self == other

    def __hash__(self) -> int:
        return hash((id(self.trace), self.polynomial))  # not the value's: numbers that are equal by chance are different keys

    def __bool__(self) -> bool:
        return self.trace.guard(self.polynomial, "!= 0")

    def _result(self, polynomial: Polynomial, other: Any) -> Any:
        """A sum or product; of whole numbers it is whole."""
        is_whole = isinstance(self, int) and isinstance(other, int)
        return self.trace.whole(polynomial) if is_whole else self.trace.ratio(polynomial)

    def _apply(self, other: Any, operation: Callable[[Polynomial, Polynomial], Polynomial]) -> Any:
        polynomial = self._operand(other)
        return NotImplemented if polynomial is None else self._result(operation(self.polynomial, polynomial), other)

    def __add__(self, other: Any) -> Any:
        return self._apply(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._apply(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._apply(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._apply(other, lambda a, b: a * b)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self._result(-self.polynomial, self)

    def __pow__(self, exponent: Any, modulus: Any = None) -> Any:
        return self._result(self.polynomial ** self._fix(exponent), self)

    def __rpow__(self, base: Any, modulus: Any = None) -> Any:
        return base ** self._fix(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def _fix(self, number: Any) -> int:
        """The plain number of an exponent, which no polynomial can hold: its value, guarded, so for these sizes only."""
        if not isinstance(number, Traced):
            return int(number)
        value = number.polynomial.at(self.trace.values)
        self.trace.guard(number.polynomial - Polynomial.of(value), "= 0")
        return int(value)

    def _divide(self, above: Polynomial, below: Polynomial) -> Any:
        """An exact quotient; where the division leaves a remainder, by the divisor's value, guarded, so for these sizes only."""
        quotient = above.over(below)
        if quotient is not None:
            return self.trace.ratio(quotient)
        value = below.at(self.trace.values)
        self.trace.guard(below - Polynomial.of(value), "= 0")
        return self.trace.ratio(above.times(Fraction(1) / value))

    def __truediv__(self, other: Any) -> Any:
        polynomial = self._operand(other)
        return NotImplemented if polynomial is None else self._divide(self.polynomial, polynomial)

    def __rtruediv__(self, other: Any) -> Any:
        polynomial = self._operand(other)
        return NotImplemented if polynomial is None else self._divide(polynomial, self.polynomial)

    def __floordiv__(self, other: Any) -> Any:
        return _floor(self.__truediv__(other))

    def __rfloordiv__(self, other: Any) -> Any:
        return _floor(self.__rtruediv__(other))

    def __mod__(self, other: Any) -> Any:
        return self - self // other * other

    def __rmod__(self, other: Any) -> Any:
        return other - other // self * self

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __floor__(self) -> int:
        return self.trace.floor(self.polynomial)

    def __ceil__(self) -> int:
        return -self.trace.floor(-self.polynomial)

    def common_divisor(self, other: Any) -> int:
        """The gcd with a number; with another traced one by that one's value, guarded, so for these sizes only."""
        if isinstance(other, Traced):
            number = other.polynomial.at(self.trace.values)
            self.trace.guard(other.polynomial - Polynomial.of(number), "= 0")
            other = int(number)
        return 1 if other == 1 else self.trace.divisor(self.polynomial, other)


class Traced(_TracedNumber, int):
    """A traced whole number."""

    def __new__(cls, polynomial: Polynomial, trace: Recorder) -> Traced:
        number = super().__new__(cls, int(polynomial.at(trace.values)))
        number.polynomial, number.trace = polynomial, trace
        return number


class Ratio(_TracedNumber):
    """A traced number that may be a fraction."""

    def __init__(self, polynomial: Polynomial, trace: Recorder) -> None:
        self.polynomial, self.trace = polynomial, trace

    def __str__(self) -> str:
        return str(Fraction(self.numerator, self.denominator))

    @property
    def numerator(self) -> int:
        return self.polynomial.at(self.trace.values).numerator

    @property
    def denominator(self) -> int:
        return self.polynomial.at(self.trace.values).denominator

    def simplest(self) -> Traced | Ratio:
        """As a whole number where it is one at the run's values; a guard records which it is."""
        is_whole = self.trace.guard(self.polynomial - polynomial_of(self.trace.floor(self.polynomial)), "= 0")
        return Traced(self.polynomial, self.trace) if is_whole else self


def _floor(value: Any) -> Any:
    return value.__floor__() if isinstance(value, (int, Fraction, Ratio)) else value


def polynomial_of(value: Any) -> Polynomial:
    """The polynomial of a number, traced or not."""
    return value.polynomial if isinstance(value, (Traced, Ratio)) else Polynomial.of(value)
