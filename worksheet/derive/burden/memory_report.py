"""The report on a network's memory and flops: at its own size, at other sizes up to a layer, over its depth; one row worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from worksheet.conventions import Convention
from worksheet.counting.run import check_batch
from worksheet.derivation import Derivation, Row, Step
from worksheet.derive.arranging import group_by, whole
from worksheet.derive.blank import unsolved
from worksheet.derive.burden.profile import Profile, draw_profile
from worksheet.derive.burden.scaled import SIZE, Burden, Scaled, measure_burden, scaled_size
from worksheet.derive.convention_page import introduce
from worksheet.derive.strip import strip_of
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title, Working
from worksheet.drawing.svg import BLUE, GREEN, ORANGE
from worksheet.errors import ConventionError
from worksheet.formula import Digits, Formula, Scale
from worksheet.language import listed
from worksheet.layers import Shape
from worksheet.network import Network
from worksheet.zoo import Published, model
from worksheet.zoo import published as row_of

STANDARD = "convnet-burden"
BATCH = 128
PARAMS, FEATURES, FLOPS = "param_mem", "feat_mem", "flops"  # the convention's columns
SYMBOLS = {PARAMS: "P", FEATURES: "F", FLOPS: "Q"}  # of what one image costs
BATCHED = "B*{}"  # what the images of a batch cost together
ROUNDED = ("floor({} + 1/2)", "ceil({} - 1/2)")
DECIMALS = 2  # of a quotient before it is rounded
DRAWN = {  # name of the file, heading, colour
    PARAMS: ("parameters", "Parameter memory", BLUE),
    FEATURES: ("features", "Feature memory", ORANGE),
    FLOPS: ("flops", "Flops", GREEN),
}
OVER_DEPTH = "A bar for each layer, from the first to the last; the bands are the network's stages."


def burden(
    network: Network | str, *, convention: Convention | str = STANDARD, batch: int = BATCH, until: str = "",
    scales: Iterable[str | Fraction | float] | None = None, published: Published | None = None, digits: str = "en_US",
) -> Document:  # fmt: skip
    """What a network of images costs in memory and flops, as the reports of convnet-burden give it.

    Parameter memory, feature memory and flops of one image at the network's own size; then, for each of the ``scales`` of
    that size (0.5 to 3 by default) and a batch, the size of one layer's features, the memory of all features up to that layer
    and the flops. ``until`` names the layer: by default the one of the published report, else the last whose output is a feature
    map. A text names a network of the zoo (``zoo:vgg16``): the report is on its published variant, if there is one, and shows
    the published figures. ``published`` are those figures for a network that is not a name. Raises WorksheetError.
    """
    check_batch(batch, "images")
    if isinstance(network, str):
        name = network.removeprefix("zoo:")
        published = row_of(name)
        network = (published.model if published else model(name)).network()
    until = until or (published.until if published else "")
    measured = measure_burden(network, convention, scales=scales, until=until)
    return _BurdenReport(measured, batch, published, Digits(digits)).report()


class _BurdenReport:
    """Prints one report."""

    def __init__(self, burden: Burden, batch: int, published: Published | None, digits: Digits) -> None:
        self.burden = burden
        self.batch = batch
        self.digits = digits
        self.solution = burden.solution
        self.columns = {heading.name: i for i, heading in enumerate(self.solution.headings)}
        for name in (PARAMS, FEATURES, FLOPS):
            if name not in self.columns:
                raise ConventionError(f"a report needs the column {name}, which {self.solution.convention} does not have")
        self.labels = {heading.name: heading.label for heading in self.solution.headings}
        self.scales = {heading.name: heading.scale or Scale(1000) for heading in self.solution.headings}
        self.published = published
        self.name = published.name if published else burden.network.name
        self.title = unsolved(burden.network.title)

    def report(self) -> Document:
        blocks = [
            strip_of(self.burden.network),
            *self.whole(),
            *self.profiles(),
            *self.other_sizes(),
            *self.worked_row(self.row_to_work()),
            *self.notes(),
        ]
        return Document(
            f"{self.title}: memory and flops", tuple(blocks), self.data(), digits=self.digits.locale, main=self.sizes_table(),
            citations=self.solution.citations,
        )  # fmt: skip

    def sizes_table(self) -> Table:
        """What a batch costs at each size of the input, exactly."""
        headings = ("Input", f"Features of {self.burden.until}", f"{self.labels[FEATURES]} (B)", self.labels[FLOPS])
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (_by(row.solution.input[1:]), _by(_features(row)), *self.of_batch(row).values()) for row in self.burden.scaled
        )
        return Table(headings, rows, words=2, keys=("input", "feature", "feature_bytes", "flops"))

    def row_to_work(self) -> Scaled:
        """The row that is worked: the one at the network's own size, if there is one."""
        return next((row for row in self.burden.scaled if row.scale == 1), self.burden.scaled[0])

    def in_unit(self, name: str, value: int) -> str:
        return self.scales[name].said(value)

    # The network as a whole

    def whole(self) -> Iterator[Block]:
        network, d = self.burden.network, self.solution
        channels, *sizes = network.input
        counted = introduce(f"Counted by {d.convention_title}", d.unit, d.cite)
        yield Text(f"For one image of {_by(sizes)} (height × width) with {channels} channels. {counted}")
        yield from map(Text, self.of_the_published())
        yield Bullets(d.rules)
        beside = self.published.printed if self.published and network.input == self.published.model.input else {}
        yield Title("In total")
        headings = ("", "Exactly", "In larger units", *(["As published"] if beside else []))
        rows: list[tuple[Cell, ...]] = [
            (self.labels[name], value, self.in_unit(name, value), *([beside[name]] if beside else []))
            for name, value in self.totals(d).items()
        ]
        yield Table(headings, tuple(rows))
        totals = {name: {SYMBOLS[name]: value} for name, value in self.totals(d).items()}
        if steps := [step for name, values in totals.items() for step in self.round_in_unit(name, SYMBOLS[name], values)]:
            yield Working("In larger units", tuple(steps))
        yield Title("By kind of layer")
        yield from self.kinds(d, (PARAMS, FEATURES, FLOPS))

    def of_the_published(self) -> Iterator[str]:
        """What was published about the network in addition to its figures."""
        if self.published is None:
            return
        if self.published.twist:
            yield f"This is {self.published.name} as it was published, zoo:{self.published.model.name}: {self.published.twist}."
        if errors := self.published.model.errors:
            yield f"Published with it: {listed([f'a {name} error of {value:g} %' for name, value in errors.items()])}."

    def totals(self, solution: Derivation) -> dict[str, int]:
        return {name: solution.totals[name] or 0 for name in (PARAMS, FEATURES, FLOPS)}

    def round_in_unit(self, name: str, figure: str, values: Mapping[str, int]) -> list[Step]:
        """A figure, given as a formula, in its larger unit to a whole number: 102,440,864 bytes are 98 MB."""
        scale, value = self.scales[name], int(Formula(figure).at(values))
        unit, per_unit = scale.unit_of(value)
        if per_unit == 1:
            return []
        place = scale.place(value)
        quotient = f"{figure}/{scale.base}**{place}" if place > 1 else f"{figure}/{scale.base}"
        number = round(Fraction(value, per_unit))
        halves = (Formula(text.format(quotient)) for text in ROUNDED)  # half a unit goes to the even number
        formula = next(rounding for rounding in halves if rounding.at(values) == number)
        about = self.digits.operand(round(Fraction(value, per_unit), DECIMALS))
        note = f"Before rounding {about}; {unit} is the largest unit of which there is at least one."
        return [Step(name, self.labels[name], (), formula, values, number, remark=unit, note=note)]

    def kinds(self, solution: Derivation, names: Sequence[str]) -> Iterator[Block]:
        """The total costs of each kind of layer, and the kinds without costs."""
        costing = [part for part in solution.kinds if any(part.totals[name] for name in names)]
        rows: list[tuple[Cell, ...]] = [(part.title, len(part.rows), *(part.totals[name] for name in names)) for part in costing]
        total = ("Total", sum(len(part.rows) for part in costing), *(solution.totals[name] for name in names))
        yield Table(("Kind", "Layers", *(self.labels[name] for name in names)), tuple(rows), total)
        if free := [part.title for part in solution.kinds if part not in costing]:
            yield Text(f"Nothing is counted for {listed(free)}.")

    def profiles(self) -> Iterator[Block]:
        rows = [row for row in self.solution.rows if row.no > 0]
        yield Title("Over the depth of the network")
        for name, (file, heading, colour) in DRAWN.items():
            values = [whole(row.columns[self.columns[name]].value) for row in rows]
            yield draw_profile(Profile(f"{self.name}-{file}", heading, self.scales[name], colour, rows, values), self.title)
        yield Text(OVER_DEPTH)

    # Other sizes, up to a layer

    def other_sizes(self) -> Iterator[Block]:
        until = self.burden.until
        yield Title(f"Up to {until}, {_images(self.batch)}")
        headings = ("Input", f"Features of {until}", self.labels[FEATURES], "", self.labels[FLOPS], "")
        rows = []
        for row in self.burden.scaled:
            figures = self.of_batch(row)
            cells = [cell for name in (FEATURES, FLOPS) for cell in (figures[name], self.in_unit(name, figures[name]))]
            rows.append((_by(row.solution.input[1:]), _by(_features(row)), *cells))
        yield Table(headings, tuple(rows), words=2)
        for sizes, fault in self.burden.without:
            yield Text(f"{_by(sizes[1:])} is left out, it does not fit: {fault.message}.")
        if cut := [_by(row.solution.input[1:]) for row in self.burden.scaled if row.cut_before]:
            yield Text(f"The network as a whole does not take {', '.join(cut)}; its layers up to {until} do.")
        if steps := [step for row in self.burden.scaled for step in self.sizes(row)]:
            yield Working("Sizes of the input that are rounded", tuple(steps))

    def of_batch(self, row: Scaled) -> dict[str, int]:
        return {name: self.batch * whole(row.solution.totals[name]) for name in (FEATURES, FLOPS)}

    def sizes(self, row: Scaled) -> Iterator[Step]:
        """The input's size at a scale, if that is rounded: halves up."""
        height, width = self.burden.network.input[1:]
        sides = {"": height} if height == width else {", height": height, ", width": width}
        for side, size in sides.items():
            if (row.scale * size).denominator == 1:
                continue
            values: Any = {"s": row.scale, "M": size}
            label = f"× {self.digits.operand(row.scale)}{side}"
            yield Step("size", label, (), SIZE, values, scaled_size(size, row.scale), (SIZE.quotients(values),))

    # One row, worked

    def worked_row(self, row: Scaled) -> Iterator[Block]:
        yield Title(f"The row of {_by(row.solution.input[1:])}, worked")
        yield Text(f"One image, as far as {self.burden.until}; below, a layer of each kind step by step.")
        yield from self.kinds(row.solution, (FEATURES, FLOPS))
        for rows in group_by(row.solution.rows, lambda row: row.kind).values():
            costs = [r for r in rows if any(whole(r.columns[self.columns[name]].value) for name in (FEATURES, FLOPS))]
            if costs:
                yield self.layer(costs[0])
        totals = {name: whole(row.solution.totals[name]) for name in (FEATURES, FLOPS)}
        steps = [step for name, value in totals.items() for step in self.batch_steps(name, value)]
        if steps:
            yield Working(f"All layers, {_images(self.batch)}", tuple(steps))

    def layer(self, row: Row) -> Working:
        """The steps of one layer: the size of its output, then what it costs."""
        spec = row.spec.replace("->", " → ")
        flow = [", ".join(map(_by, row.inputs or ())), f"{row.kind}: {spec}" if spec else row.kind, _by(row.output or ())]
        steps = [row.columns[self.columns[name]] for name in (PARAMS, FEATURES, FLOPS)]
        return Working(row.name, (*row.sizes, *(step for step in steps if step.value)), " → ".join(filter(None, flow)))

    def batch_steps(self, name: str, value: int) -> list[Step]:
        """What the batch costs, exactly and in a larger unit."""
        symbol = SYMBOLS[name]
        if self.batch == 1:
            return self.round_in_unit(name, symbol, {symbol: value})
        figure, values = BATCHED.format(symbol), {"B": self.batch, symbol: value}
        exact = Step(name, self.labels[name], (), Formula(figure), values, self.batch * value)
        return [exact, *self.round_in_unit(name, figure, values)]

    # What else there is to know, and the figures as data

    def notes(self) -> Iterator[Block]:
        if self.solution.notes:
            yield Title("Notes")
            yield Bullets(self.solution.notes)

    def data(self) -> dict[str, Any]:
        totals = self.totals(self.solution)
        return {
            "name": self.name,
            "input": list(self.burden.network.input[1:]),
            "batch": self.batch,
            "until": self.burden.until,
            "param_bytes": totals[PARAMS],
            "feature_bytes": totals[FEATURES],
            "flops": totals[FLOPS],
            "scales": [self.entry(row) for row in self.burden.scaled],
        }

    def entry(self, row: Scaled) -> dict[str, Any]:
        figures, features = self.of_batch(row), _features(row)
        printed = {name: self.in_unit(name, value) for name, value in figures.items()}
        return {
            "input": list(row.solution.input[1:]),
            "feature": list(features),
            "feature_bytes": figures[FEATURES],
            "flops": figures[FLOPS],
            "printed": {"feature_size": _by(features, "x"), "feature_mem": printed[FEATURES], "flops": printed[FLOPS]},
        }


def _features(row: Scaled) -> Shape:
    """The size of a layer's features: height, width, channels; a vector is a feature map of one position."""
    output = row.row.output or ()
    return (*output[1:], *output[:1]) if len(output) == 3 else (1, 1, *output) if len(output) == 1 else output


def _by(sizes: Sequence[int], times: str = "×") -> str:
    return f" {times} ".join(map(str, sizes))


def _images(batch: int) -> str:
    return f"{batch:,} images at a time" if batch > 1 else "one image"
