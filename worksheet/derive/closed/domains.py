"""Prints for which sizes closed forms hold: how roundings repeat, which sizes are rejected, the polynomials of every class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worksheet.derive.arranging import group_by
from worksheet.derive.closed.cases import Closed
from worksheet.derive.closed.classes import Classes, Group, SizeInterval
from worksheet.document import Block, Table, Text, Title
from worksheet.formula import Digits, Exact
from worksheet.language import N_, _, capital, listed, ngettext
from worksheet.varied import SizeVariable

MAX_LINES = 40  # of a table of classes
VALUES = {  # of a symbol, by whether they are all whole numbers and whether they end
    (True, False): N_("whole numbers from {least} on"),
    (True, True): N_("whole numbers from {least} to {most}"),
    (False, False): N_("multiples of {step} from {least} on"),
    (False, True): N_("multiples of {step} from {least} to {most}"),
}
PERIOD = N_(
    "With {sizes}, every rounding gives a whole number that only Q decides: in each of the {count} classes of sizes every "
    "total is a polynomial."
)
INDISTINCT = N_("{reason}, so classes of sizes are not distinguished, and the forms above keep their brackets.")
UNROUNDED = N_("The forms hold for all of these sizes: nothing is rounded.")
UNROUNDED_COLUMN = N_("{column}: nothing is rounded; the form above holds in every class.")
ELSEWHERE = N_(
    "With {remainders}, layers work in another way than in the form above: what holds there is the polynomial of the table."
)
WRONG = N_("Layers work in another way for other sizes. Of those tried, the forms are right at {right}, and wrong at {wrong}.")
LEFT_OUT = N_("{count} more polynomials are left out; the JSON output has every class.")


def size_text(value: Exact, digits: Digits) -> str:
    """A value of a symbol; a fraction stays one, since it is a multiple of 1/32 or the like."""
    return digits.operand(value) if isinstance(value, int) else str(value)


def domain(variable: SizeVariable, which: int, classes: Classes, digits: Digits) -> str:
    """The values of a symbol in words, with the bounds that all classes have in common."""
    interval = classes.bounds[which] if classes.bounds and classes.bounds[which].same else SizeInterval(None, None, same=True)
    least = variable.least if interval.least is None else interval.least
    bounded = interval.most is not None
    text = VALUES[variable.step == 1, bounded]
    most = size_text(interval.most, digits) if interval.most is not None else ""
    return _(text).format(step=variable.step, least=size_text(least, digits), most=most)


def domain_section(closed: Closed, classes: Classes, names: Mapping[str, str], digits: Digits) -> Iterator[Block]:
    """The section on the sizes for which the forms hold. ``names`` are the headings of the columns."""
    yield Title(_("For which sizes"))
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
            yield Text(_(INDISTINCT).format(reason=capital(self.classes.fault)))
            if compared := self.sample():
                yield Text(compared)
            return
        yield Text(self.period() if self.classes.are_several else _(UNROUNDED))
        yield from map(Text, self.refused())
        yield from map(Text, self.classes.outside())
        if self.classes.are_several:
            for name in self.closed.main.totals:
                yield from self.column(name)

    def sample(self) -> str:
        """How forms compare with exact counts where their classes cannot be distinguished."""
        right, wrong = self.classes.sample()
        if wrong:
            between = _("; ")
            return _(WRONG).format(right=between.join(right) or _("none"), wrong=between.join(wrong))
        if not right:
            return ""
        text = ngettext(
            "They equal the exact counts at {count} further size, {last}.",
            "They equal the exact counts at {count} further sizes, up to {last}.",
            len(right),
        )
        return text.format(count=len(right), last=right[-1])

    def period(self) -> str:
        """How the roundings repeat, in words."""
        symbols = self.classes.all[0].symbols
        parts = [f"{self.variables[i].symbol} = {self.steps(i)}{symbols[i]} + {self.remainder(i)}" for i in self.rounded]
        return _(PERIOD).format(sizes=listed(parts), count=self.digits.operand(len(self.classes.all)))

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
            return f"({', '.join(map(self.remainder, range(len(self.variables))))}) = {each[0]}"
        return _(", ").join(f"{self.remainder(i)} = {each[i]}" for i in self.rounded)

    def refused(self) -> Iterator[str]:
        """The classes without a network, with the reason."""
        for reason, members in group_by(self.classes.all, lambda residue: residue.refusal).items():
            if reason:
                where = self.remainders(Group(tuple(members), None, reason))
                text = _("There is no such network with {remainders}, for example: {reason}.")
                yield text.format(remainders=where, reason=reason)

    def column(self, name: str) -> Iterator[Block]:
        """The polynomials of one column by class."""
        exceptions = self.classes.exceptions(name)
        if not exceptions and not self.closed.main.formula(self.closed.main.totals[name]).rounds():
            yield Text(_(UNROUNDED_COLUMN).format(column=self.names[name]))
            return
        groups = [group for group in self.classes.groups(name) if group.formula]
        ends = [heading for i in self.uneven for heading in (_("{symbol} from").format(symbol=self.variables[i].symbol), _("to"))]
        lines = tuple((self.remainders(group), *self.ends(group), group.formula) for group in groups[:MAX_LINES])
        yield Table((_("Remainder"), *ends, self.names[name]), lines, flat=True)
        if len(groups) > MAX_LINES:
            yield Text(_(LEFT_OUT).format(count=self.digits.operand(len(groups) - MAX_LINES)))
        if exceptions:
            remainders = self.remainders(Group(tuple(exceptions), None, ""))
            yield Text(_(ELSEWHERE).format(remainders=remainders), note=True)

    def ends(self, group: Group) -> Iterator[str]:
        """The interval in which a group holds, for each symbol whose intervals differ from class to class."""
        for i in self.uneven:
            interval = self.classes.bounds_of(group.classes, i)
            yield size_text(self.variables[i].least if interval.least is None else interval.least, self.digits)
            yield "" if interval.most is None else size_text(interval.most, self.digits)
