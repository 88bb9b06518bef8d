"""Prints for which sizes closed forms hold: how roundings repeat, which sizes are rejected, the polynomials of every class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worksheet.derive.arranging import group_by
from worksheet.derive.closed.cases import Closed
from worksheet.derive.closed.classes import Classes, Group, SizeInterval
from worksheet.document import Block, Table, Text, Title
from worksheet.formula import Digits, Exact
from worksheet.language import listed
from worksheet.varied import SizeVariable

MAX_LINES = 40  # of a table of classes
INDISTINCT = "so classes of sizes are not distinguished, and the forms above keep their brackets"
UNROUNDED = "The forms hold for all of these sizes: nothing is rounded."
UNROUNDED_COLUMN = "{}: nothing is rounded; the form above holds in every class."
ELSEWHERE = "With {}, layers work in another way than in the form above: what holds there is the polynomial of the table."
WRONG = "Layers work in another way for other sizes. Of those tried, the forms are right at {right}, and wrong at {wrong}."
LEFT_OUT = "{} more polynomials are left out; the JSON output has every class."


def size_text(value: Exact, digits: Digits) -> str:
    """A value of a symbol; a fraction stays one, since it is a multiple of 1/32 or the like."""
    return digits.operand(value) if isinstance(value, int) else str(value)


def domain(variable: SizeVariable, which: int, classes: Classes, digits: Digits) -> str:
    """The values of a symbol in words, with the bounds that all classes have in common."""
    interval = classes.bounds[which] if classes.bounds and classes.bounds[which].same else SizeInterval(None, None, same=True)
    least = variable.least if interval.least is None else interval.least
    kind = "whole numbers" if variable.step == 1 else f"multiples of {variable.step}"
    return f"{kind} from {size_text(least, digits)} " + (
        "on" if interval.most is None else f"to {size_text(interval.most, digits)}"
    )


def domain_section(closed: Closed, classes: Classes, names: Mapping[str, str], digits: Digits) -> Iterator[Block]:
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
            yield Text(f"{self.classes.fault[0].upper()}{self.classes.fault[1:]}, {INDISTINCT}. {self.sample()}")
            return
        yield Text(self.period() if self.classes.are_several else UNROUNDED)
        yield from map(Text, self.refused())
        yield from map(Text, self.classes.outside())
        if self.classes.are_several:
            for name in self.closed.main.totals:
                yield from self.column(name)

    def sample(self) -> str:
        """How forms compare with exact counts where their classes cannot be distinguished."""
        right, wrong = self.classes.sample()
        if wrong:
            return WRONG.format(right="; ".join(right) or "none", wrong="; ".join(wrong))
        return f"They equal the exact counts at {len(right)} further sizes, up to {right[-1]}." if right else ""

    def period(self) -> str:
        """How the roundings repeat, in words."""
        symbols = self.classes.all[0].symbols
        parts = [f"{self.variables[i].symbol} = {self.steps(i)}{symbols[i]} + {self.remainder(i)}" for i in self.rounded]
        return (
            f"With {listed(parts)}, every rounding gives a whole number that only Q decides: in each of the "
            f"{self.digits.operand(len(self.classes.all))} classes of sizes every total is a polynomial."
        )

    def steps(self, which: int) -> str:
        """The length of a period, as a factor."""
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
        """The classes without a network, with the reason."""
        for reason, members in group_by(self.classes.all, lambda residue: residue.refusal).items():
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
        lines = tuple((self.remainders(group), *self.ends(group), group.formula) for group in groups[:MAX_LINES])
        yield Table(("Remainder", *ends, self.names[name]), lines, flat=True)
        if len(groups) > MAX_LINES:
            yield Text(LEFT_OUT.format(self.digits.operand(len(groups) - MAX_LINES)))
        if exceptions:
            yield Text(ELSEWHERE.format(self.remainders(Group(tuple(exceptions), None, ""))), note=True)

    def ends(self, group: Group) -> Iterator[str]:
        """The interval in which a group holds, for each symbol whose intervals differ from class to class."""
        for i in self.uneven:
            interval = self.classes.bounds_of(group.classes, i)
            yield size_text(self.variables[i].least if interval.least is None else interval.least, self.digits)
            yield "" if interval.most is None else size_text(interval.most, self.digits)
