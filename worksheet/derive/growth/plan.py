"""What is asked of growing networks: which columns by which conventions, over which ranges; worked out chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from worksheet.conventions import Convention
from worksheet.conventions import convention as convention_named
from worksheet.derive.closed import Closed
from worksheet.derive.comparison import Side
from worksheet.derive.comparison import side as side_of
from worksheet.derive.growth.curves import Curve
from worksheet.derive.growth.ranges import Range, common_step, looked_at, ranges, shown_sizes, written
from worksheet.derive.growth.sums import Grown, grown
from worksheet.errors import Collector, NetworkError, WorksheetError, nearest
from worksheet.formula import Exact
from worksheet.network import Network
from worksheet.varied import BATCH, SizeVariable, size_variables, with_sizes

COUNTING = "textbook"  # where a network says no other
MOST_CURVES = 8  # in one picture
Progress = Callable[[Sequence["Job"]], Iterable["Job"]]


@dataclass(frozen=True)
class Job:
    """A network under one convention over one range; ``samples`` is the batch where that does not vary."""

    network: Network
    convention: Convention
    span: Range
    samples: int

    def done(self) -> Grown:
        """Raises WorksheetError where the network takes none of the sizes, or what it costs is no formula of them."""
        try:
            found = grown(Closed(self.network, [self.span.name], self.convention, samples=self.samples), self.span)
        except NetworkError as fault:
            raise NetworkError(
                f"{self.network.name} does not grow with {self.span.name}: {fault.message}", None, fault.hint
            ) from None
        if not found.values:
            reason = next(iter(found.faults.values()), "no size of the range fits")
            raise NetworkError(f"{self.network.name} takes no {self.span.name} from {self.span}: {reason}")
        return found


@dataclass(frozen=True)
class Chapter:
    """One range: every network under every convention, and the curves that share a picture, by its heading."""

    span: Range
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
        """Those of the tables: some network takes each."""
        fitting = sorted({size for found in self.every for size in found.values})
        unit = common_step([found.variable.step for found in self.every])
        return shown_sizes(self.span, fitting, unit, self.period, self.every[0].own, self.points)

    @cached_property
    def period(self) -> int:
        """Of the first network's roundings; none where it has too many to tell apart."""
        try:
            return self.every[0].period
        except WorksheetError:
            return 1


class Plan:
    """What is asked. Raises WorksheetError with all faults."""

    def __init__(
        self, networks: Sequence[Network], given: Mapping[str, str], conventions: Sequence[Convention | str],
        columns: Sequence[str], points: int,
    ) -> None:  # fmt: skip
        faults = Collector()
        self.points = points
        self.spans: list[Range] = []
        with faults.catching():
            self.spans = ranges(given)
        self.groups: dict[str, list[Side]] = {}
        with faults.catching():
            self.groups = grouped(conventions or default(networks), columns)
        many = len(networks) * max(map(len, self.groups.values()), default=0)
        if many > MOST_CURVES:
            faults.add(
                WorksheetError(f"{many} curves in one picture", hint=f"at most {MOST_CURVES} networks and ways of counting")
            )
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
        self.networks = [self.told(network) for network in networks]
        self.varying = varying

    def told(self, network: Network) -> Network:
        """The network with the sizes that are only set."""
        found = size_variables(network, self.fixed)
        return with_sizes(network, dict(zip(found, self.fixed.values(), strict=True)))

    @property
    def conventions(self) -> list[Convention]:
        every = {side.convention.name: side.convention for sides in self.groups.values() for side in sides}
        return list(every.values())

    def jobs(self) -> list[Job]:
        return [
            Job(network, convention, span, self.samples)
            for span in self.varying
            for convention in self.conventions
            for network in self.networks
        ]

    def chapters(self, progress: Progress) -> list[Chapter]:
        """Everything worked out. Raises WorksheetError with all faults."""
        faults = Collector()
        found: dict[tuple[str, str, int], Grown] = {}
        failed: set[tuple[str, int]] = set()  # under one convention as under another
        for job in progress(self.jobs()):
            if (job.span.name, id(job.network)) in failed:
                continue
            failed.add((job.span.name, id(job.network)))
            with faults.catching():
                found[job.span.name, job.convention.name, id(job.network)] = job.done()
                failed.remove((job.span.name, id(job.network)))
        faults.raise_any()
        return [self.chapter(span, found) for span in self.varying]

    def chapter(self, span: Range, found: Mapping[tuple[str, str, int], Grown]) -> Chapter:
        groups = {
            heading: tuple(
                Curve(found[span.name, side.convention.name, id(network)], side, self.label(network, side, sides))
                for network in self.networks
                for side in sides
            )
            for heading, sides in self.groups.items()
        }
        every = [found[span.name, convention.name, id(network)] for convention in self.conventions for network in self.networks]
        return Chapter(span, tuple(every), groups, self.points)

    def label(self, network: Network, side: Side, sides: Sequence[Side]) -> str:
        """What tells a curve from the others of its picture."""
        names = [title_of(network)] if len(self.networks) > 1 else []
        names += [side.label] if len(sides) > 1 else []
        return ", ".join(names) or plain(side.column.heading)


def title_of(network: Network) -> str:
    return network.heading.title or network.name


def plain(heading: str) -> str:
    """A column's heading inside a sentence: without the sign for a number.

    >>> plain("# MACs")
    'MACs'
    """
    return heading.removeprefix("#").strip()


def default(networks: Sequence[Network]) -> list[str]:
    return list(dict.fromkeys(network.heading.convention or COUNTING for network in networks))


def grouped(conventions: Sequence[Convention | str], columns: Sequence[str]) -> dict[str, list[Side]]:
    """The columns that share a picture, by its heading: those of one name; the main ones of several conventions together.

    A convention is a name, ``name:column``, the path of a YAML file or a Convention. Raises WorksheetError with all faults.
    """
    faults = Collector()
    asked: list[tuple[Convention, str]] = []
    for given in conventions:
        with faults.catching():
            asked.append(_convention(given))
    faults.raise_any()
    _check_columns([found for found, _ in asked], columns)
    sides: list[Side] = []
    for found, column in asked:
        has = [one.name for one in found.columns]
        names = [column] if column else [name for name in columns if name in has] or ([""] if len(asked) > 1 else has)
        sides += [side_of(found, name) for name in names]
    if len(asked) > 1 and not columns:
        return {"What is counted": list({(side.convention.name, side.column.name): side for side in sides}.values())}
    groups: dict[str, list[Side]] = {}
    for one in sides:
        groups.setdefault(one.column.name, []).append(one)
    return {plain(group[0].column.heading): group for group in groups.values()}


def _convention(given: Convention | str) -> tuple[Convention, str]:
    if not isinstance(given, str):
        return given, ""
    name, colon, column = given.rpartition(":")
    found = convention_named(name if colon and name else given)
    return found, side_of(found, column).column.name if colon and name else ""


def _check_columns(conventions: Sequence[Convention], columns: Sequence[str]) -> None:
    faults = Collector()
    known = {column.name for found in conventions for column in found.columns}
    for name in columns:
        if name not in known:
            said = ", ".join(found.name for found in conventions)
            faults.add(WorksheetError(f"{said} has no column {name!r}", hint=nearest(name, known)))
    faults.raise_any()


def check(network: Network, span: Range) -> None:
    """Refuse a range that this network's sizes do not have. Raises WorksheetError."""
    [variable] = size_variables(network, [span.name])
    kind = "whole numbers" if variable.step == 1 else f"multiples of {written(variable.step)}"
    broken = [
        size for size in (span.listed or (span.least, span.most)) if Fraction(size / Fraction(variable.step)).denominator > 1
    ]
    strict = span.listed or span.is_single or variable.step == 1
    if broken and strict:
        sizes = ", ".join(map(written, broken))
        raise NetworkError(f"{variable.name} of {network.name} cannot be {sizes}", hint=f"it takes {kind}")
    if span.least < variable.least:
        hint = f"from {written(variable.least)} on"
        raise NetworkError(f"{variable.name} of {network.name} cannot be {written(span.least)}", hint=hint)
    if not looked_at(span, variable.step):
        raise NetworkError(f"{span} holds no {variable.name} that {network.name} takes", hint=f"it takes {kind}")
