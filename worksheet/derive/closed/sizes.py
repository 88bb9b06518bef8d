"""Prints for which sizes closed forms hold: how roundings repeat, which sizes are refused, the polynomials of every class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worksheet.derive.closed.cases import Closed
from worksheet.derive.closed.classes import Bounds, Classes, Group
from worksheet.derive.closed.residues import Residue
from worksheet.derive.reference import listed
from worksheet.formula import Digits, Exact
from worksheet.report import Block, Table, Text, Title
from worksheet.varied import SizeVariable

MOST_LINES = 40  # of a table of classes
UNTOLD = "so classes of sizes are not told apart, and the forms above keep their brackets"
UNROUNDED = "The forms hold for all of these sizes: nothing is rounded."
UNROUNDED_COLUMN = "{}: nothing is rounded; the form above holds in every class."
ELSEWHERE = "With {}, layers work in another way than in the form above: what holds there is the polynomial of the table."
WRONG = "Layers work in another way for other sizes. Of those tried, the forms are right at {right}, and wrong at {wrong}."
LEFT_OUT = "{} more polynomials are left out; the JSON output has every class."


def said(value: Exact, digits: Digits) -> str:
    """A value of a symbol: a fraction as one, since the multiples of 1/32 are meant."""
    return digits.operand(value) if isinstance(value, int) else str(value)


def domain(variable: SizeVariable, which: int, classes: Classes, digits: Digits) -> str:
    """The values that a symbol takes, as far as one pair of bounds tells them."""
    found = classes.bounds[which] if classes.bounds and classes.bounds[which].same else Bounds(None, None, same=True)
    least = variable.least if found.least is None else found.least
    whole = "whole numbers" if variable.step == 1 else f"multiples of {variable.step}"
    return f"{whole} from {said(least, digits)} " + ("on" if found.most is None else f"to {said(found.most, digits)}")


def sizes(closed: Closed, classes: Classes, names: Mapping[str, str], digits: Digits) -> Iterator[Block]:
    """The section on the sizes for which the forms hold. ``names`` are the headings of the columns."""
    yield Title("For which sizes")
    yield from _Sizes(closed, classes, names, digits).blocks()


class _Sizes:
    """Prints one such section."""

    def __init__(self, closed: Closed, classes: Classes, names: Mapping[str, str], digits: Digits) -> None:
        self.closed = closed
        self.classes = classes
        self.names = names
        self.digits = digits
        self.variables = closed.variables
        self.rounded = [i for i, period in enumerate(classes.periods) if period > 1]
        self.uneven = [i for i, bounds in enumerate(classes.bounds) if not bounds.same]

    def blocks(self) -> Iterator[Block]:
        if self.classes.fault:
            yield Text(f"{self.classes.fault[0].upper()}{self.classes.fault[1:]}, {UNTOLD}. {self.sampled()}")
            return
        yield Text(self.period() if self.classes.many else UNROUNDED)
        yield from map(Text, self.refused())
        yield from map(Text, self.classes.outside())
        if self.classes.many:
            for name in self.closed.main.totals:
                yield from self.column(name)

    def sampled(self) -> str:
        """What exact counts say of forms whose classes are not told apart."""
        right, wrong = self.classes.sampled()
        if wrong:
            return WRONG.format(right="; ".join(right) or "none", wrong="; ".join(wrong))
        return f"Held against exact counts at {len(right)} further sizes, up to {right[-1]}, they are equal." if right else ""

    def period(self) -> str:
        """How the roundings repeat, in words."""
        symbols = self.classes.all[0].symbols
        parts = [f"{self.variables[i].symbol} = {self.steps(i)}{symbols[i]} + {self.remainder(i)}" for i in self.rounded]
        return (
            f"With {listed(parts)}, every rounding gives a whole number that only Q decides: in each of the "
            f"{self.digits.operand(len(self.classes.all))} classes of sizes every total is a polynomial."
        )

    def steps(self, which: int) -> str:
        """The size of a period."""
        size = self.classes.periods[which] * self.variables[which].step
        return str(size) if isinstance(size, int) else f"({size})"

    def remainder(self, which: int) -> str:
        return f"r_{self.variables[which].symbol.replace('_', '')}" if len(self.rounded) > 1 else "r"

    def remainders(self, group: Group) -> str:
        """The remainders of a group of classes: r = 1 to 15."""
        each = group.remainders()
        if len(each) < len(self.variables):
            return each[0]
        return ", ".join(f"{self.remainder(i)} = {each[i]}" for i in self.rounded)

    def refused(self) -> Iterator[str]:
        """The classes of which there are no networks, with the reason."""
        found: dict[str, list[Residue]] = {}
        for residue in self.classes.all:
            found.setdefault(residue.refusal, []).append(residue)
        for reason, members in found.items():
            if reason:
                where = self.remainders(Group(tuple(members), None, reason))
                yield f"There is no such network with {where}, for example: {reason}."

    def column(self, name: str) -> Iterator[Block]:
        """The polynomials of one column by class."""
        exceptions = self.classes.exceptions(name)
        if not exceptions and not self.closed.main.formula(self.closed.main.totals[name]).rounds():
            yield Text(UNROUNDED_COLUMN.format(self.names[name]))
            return
        groups = [group for group in self.classes.groups(name) if group.formula]
        ends = [heading for i in self.uneven for heading in (f"{self.variables[i].symbol} from", "to")]
        lines = tuple((self.remainders(group), *self.ends(group), group.formula) for group in groups[:MOST_LINES])
        yield Table(("Remainder", *ends, self.names[name]), lines, flat=True)
        if len(groups) > MOST_LINES:
            yield Text(LEFT_OUT.format(self.digits.operand(len(groups) - MOST_LINES)))
        if exceptions:
            yield Text(ELSEWHERE.format(self.remainders(Group(tuple(exceptions), None, ""))), note=True)

    def ends(self, group: Group) -> Iterator[str]:
        """From where to where a group holds, in each symbol where that differs from class to class."""
        for i in self.uneven:
            found = self.classes.bounds_of(group.classes, i)
            yield said(self.variables[i].least if found.least is None else found.least, self.digits)
            yield "" if found.most is None else said(found.most, self.digits)
