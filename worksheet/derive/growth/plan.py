"""The plan of a growth report: which columns by which conventions over which ranges, evaluated chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from worksheet.conventions import STANDARD, Convention
from worksheet.conventions import convention as convention_named
from worksheet.derive.arranging import group_by
from worksheet.derive.closed import Closed
from worksheet.derive.comparison import Side, split_column
from worksheet.derive.comparison import side as side_of
from worksheet.derive.growth.cost_curves import Curve
from worksheet.derive.growth.kind_sums import Grown, grow_over
from worksheet.derive.growth.size_ranges import SizeRange, common_step, evaluated_sizes, read_ranges, shown_sizes, size_text
from worksheet.errors import Collector, NetworkError, WorksheetError, nearest
from worksheet.formula import Exact
from worksheet.frozen import frozen
from worksheet.language import N_, _
from worksheet.network import Network
from worksheet.varied import BATCH, SizeVariable, size_variables, with_sizes

MAX_CURVES = 8  # in one picture
COUNTED = N_("What is counted")  # the picture of several conventions
Progress = Callable[[Sequence["GrowthJob"]], Iterable["GrowthJob"]]


@frozen
class GrowthJob:
    """A network by one convention over one range; ``samples`` is the batch if that does not vary."""

    network: Network
    convention: Convention
    span: SizeRange
    samples: int

    def run(self) -> Grown:
        """Raises WorksheetError where the network accepts none of the sizes, or its cost is not a formula of them."""
        try:
            grown = grow_over(Closed(self.network, [self.span.name], self.convention, samples=self.samples), self.span)
        except NetworkError as fault:
            raise NetworkError(
                f"{self.network.name} does not grow with {self.span.name}: {fault.message}", None, fault.hint
            ) from None
        if not grown.values:
            reason = next(iter(grown.faults.values()), "no size of the range fits")
            raise NetworkError(f"{self.network.name} takes no {self.span.name} from {self.span}: {reason}")
        return grown


@frozen
class GrowthChapter:
    """One range: every network by every convention, and the curves that share a picture, by its heading."""

    span: SizeRange
    every: tuple[Grown, ...]
    groups: Mapping[str, tuple[Curve, ...]]
    points: int

    @property
    def variable(self) -> SizeVariable:
        return self.every[0].variable

    @cached_property
    def curves(self) -> list[Curve]:
        return [curve for group in self.groups.values() for curve in group]

    @cached_property
    def sizes(self) -> list[Exact]:
        """Those of the tables: each is accepted by some network."""
        fitting = sorted({size for grown in self.every for size in grown.values})
        unit = common_step([grown.variable.step for grown in self.every])
        return shown_sizes(self.span, fitting, unit, self.period, self.every[0].own, self.points)

    @cached_property
    def period(self) -> int:
        """The period of the first network's roundings; 1 if it has too many classes."""
        try:
            return self.every[0].period
        except WorksheetError:
            return 1


class Plan:
    """What was asked for. Raises WorksheetError with all faults."""

    def __init__(
        self,
        networks: Sequence[Network],
        ranges: Mapping[str, str],
        conventions: Sequence[Convention | str],
        columns: Sequence[str],
        points: int,
    ) -> None:
        faults = Collector()
        self.points = points
        self.spans: list[SizeRange] = []
        with faults.catching():
            self.spans = read_ranges(ranges)
        self.groups: dict[str, list[Side]] = {}
        with faults.catching():
            self.groups = group_sides(conventions or default_conventions(networks), columns)
        curves = len(networks) * max(map(len, self.groups.values()), default=0)
        if curves > MAX_CURVES:
            hint = f"at most {MAX_CURVES} networks and conventions"
            faults.add(WorksheetError(f"{curves} curves in one picture", hint=hint))
        varying = [span for span in self.spans if not span.is_single]
        if self.spans and not varying:
            faults.add(WorksheetError("nothing varies: every range is a single size", hint="such as 112..672"))
        for network in networks:
            for span in self.spans:
                with faults.catching():
                    check(network, span)
        faults.raise_any()
        fixed = {span.name: span.least for span in self.spans if span.is_single}
        self.samples = int(fixed.pop(BATCH, 1))
        self.fixed = fixed
        self.networks = [self.set_up(network) for network in networks]
        self.varying = varying

    def set_up(self, network: Network) -> Network:
        """The network with the sizes that are set."""
        return with_sizes(network, dict(zip(size_variables(network, self.fixed), self.fixed.values(), strict=True)))

    @property
    def conventions(self) -> list[Convention]:
        by_name = {side.convention.name: side.convention for sides in self.groups.values() for side in sides}
        return list(by_name.values())

    def jobs(self) -> list[GrowthJob]:
        return [
            GrowthJob(network, convention, span, self.samples)
            for span in self.varying
            for convention in self.conventions
            for network in self.networks
        ]

    def chapters(self, progress: Progress) -> list[GrowthChapter]:
        """All jobs run. Raises WorksheetError with all faults."""
        faults = Collector()
        results: dict[tuple[str, str, int], Grown] = {}
        failed: set[tuple[str, int]] = set()  # whatever the convention
        for job in progress(self.jobs()):
            if (job.span.name, id(job.network)) in failed:
                continue
            failed.add((job.span.name, id(job.network)))
            with faults.catching():
                results[job.span.name, job.convention.name, id(job.network)] = job.run()
                failed.remove((job.span.name, id(job.network)))
        faults.raise_any()
        return [self.chapter(span, results) for span in self.varying]

    def chapter(self, span: SizeRange, results: Mapping[tuple[str, str, int], Grown]) -> GrowthChapter:
        groups = {
            heading: tuple(
                Curve(results[span.name, side.convention.name, id(network)], side, self.label(network, side, sides))
                for network in self.networks
                for side in sides
            )
            for heading, sides in self.groups.items()
        }
        every = [results[span.name, convention.name, id(network)] for convention in self.conventions for network in self.networks]
        return GrowthChapter(span, tuple(every), groups, self.points)

    def label(self, network: Network, side: Side, sides: Sequence[Side]) -> str:
        """What distinguishes a curve from the others of its picture."""
        names = [network.title] if len(self.networks) > 1 else []
        names += [side.label] if len(sides) > 1 else []
        return ", ".join(names) or plain(side.column.heading)


def plain(heading: str) -> str:
    """A column's heading inside a sentence, in the language that is spoken: without the sign for a number.

    >>> plain("# MACs")
    'MACs'
    """
    return _(heading).removeprefix("#").strip()


def in_file_name(heading: str) -> str:
    """A column's heading in the name of a picture's file, the same in every language."""
    return heading.removeprefix("#").strip().lower().replace(" ", "-")


def default_conventions(networks: Sequence[Network]) -> list[str]:
    return list(dict.fromkeys(network.heading.convention or STANDARD for network in networks))


def group_sides(conventions: Sequence[Convention | str], columns: Sequence[str]) -> dict[str, list[Side]]:
    """The columns that share a picture, by its heading: those of one name; the main ones of several conventions together.

    A convention is a name, ``name:column``, the path of a YAML file or a Convention. Raises WorksheetError with all faults.
    """
    faults = Collector()
    asked: list[tuple[Convention, str]] = []
    for convention in conventions:
        with faults.catching():
            name, column = split_column(convention)
            asked.append((side_of(convention_named(name), column).convention, column))
    faults.raise_any()
    _check_columns([convention for convention, __ in asked], columns)
    sides: list[Side] = []
    for chosen, column in asked:
        has = [each.name for each in chosen.columns]
        names = [column] if column else [name for name in columns if name in has] or ([""] if len(asked) > 1 else has)
        sides += [side_of(chosen, name) for name in names]
    if len(asked) > 1 and not columns:
        return {COUNTED: list({(side.convention.name, side.column.name): side for side in sides}.values())}
    groups = group_by(sides, lambda side: side.column.name)
    return {group[0].column.heading: group for group in groups.values()}


def _check_columns(conventions: Sequence[Convention], columns: Sequence[str]) -> None:
    faults = Collector()
    existing = {column.name for convention in conventions for column in convention.columns}
    for name in columns:
        if name not in existing:
            names = ", ".join(convention.name for convention in conventions)
            faults.add(WorksheetError(f"{names} has no column {name!r}", hint=nearest(name, existing)))
    faults.raise_any()


def check(network: Network, span: SizeRange) -> None:
    """Raises WorksheetError where a network cannot have the sizes of a range."""
    [variable] = size_variables(network, [span.name])
    kind = "whole numbers" if variable.step == 1 else f"multiples of {size_text(variable.step)}"
    broken = [
        size for size in (span.listed or (span.least, span.most)) if Fraction(size / Fraction(variable.step)).denominator > 1
    ]
    strict = span.listed or span.is_single or variable.step == 1
    if broken and strict:
        sizes = ", ".join(map(size_text, broken))
        raise NetworkError(f"{variable.name} of {network.name} cannot be {sizes}", hint=f"it takes {kind}")
    if span.least < variable.least:
        hint = f"from {size_text(variable.least)} on"
        raise NetworkError(f"{variable.name} of {network.name} cannot be {size_text(span.least)}", hint=hint)
    if not evaluated_sizes(span, variable.step):
        raise NetworkError(f"{span} holds no {variable.name} that {network.name} takes", hint=f"it takes {kind}")
