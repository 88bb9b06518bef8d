"""Draws the cost of each layer over the depth of a network: a bar for each layer, its stages as shaded bands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from worksheet.derivation import Row
from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.axes import FIGURES, spacing
from worksheet.drawing.bars import Bars
from worksheet.formula import Scale
from worksheet.frozen import frozen

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 132.0, 34.0, 6.0, 30.0, 20.0  # points: the picture, and what is left around the bars
STAGE = 10  # height of a stage's name above the bars
MAX_NUMBERS = 10  # of layers, below the bars
SEPARATORS = re.compile(r"[\W_]+")  # between the parts of a stage's name
FULL_BARS = 2.0  # points: narrower bars have no gaps


@frozen
class Profile:
    """What is drawn: the name of the file, the heading, the unit, and what each row costs."""

    name: str
    heading: str
    scale: Scale
    colour: str
    rows: Sequence[Row]
    values: Sequence[int]


def draw_profile(profile: Profile, network: str) -> Picture:
    """The picture; ``network`` is the title that its words begin with."""
    return _Depth(profile).picture(network)


class _Depth:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.most = max(profile.values, default=0)
        self.unit, per_unit = profile.scale.unit_of(self.most)
        self.bars = Bars(profile.values, LEFT, svg.WIDTH - RIGHT, TOP, HEIGHT - BOTTOM, per_unit)

    def picture(self, network: str) -> Picture:
        profile, pitch = self.profile, self.bars.pitch
        words = f"{network}: {profile.heading.lower()} of layers 1 to {len(profile.values)}, {self.peak()}"
        bars = self.bars.bars(0.12 * pitch if pitch > FULL_BARS else 0.0, profile.colour)
        parts = [*self.stages(), *self.bars.grid(), *bars, *self.numbers(), *self.heading()]
        return svg.page(parts, words, HEIGHT, name=profile.name)

    def peak(self) -> str:
        """The layer that costs most, in words."""
        if not self.most:
            return "all of them nothing"
        row = self.profile.rows[self.profile.values.index(self.most)]
        return f"at most {self.profile.scale.said(self.most)} in {row.name}"

    def heading(self) -> Iterator[str]:
        yield svg.title(self.profile.heading + (f" in {self.unit}" if self.unit else ""))
        yield svg.text(svg.WIDTH - RIGHT, svg.TITLE, self.peak(), anchor="end")

    def stages(self) -> Iterator[str]:
        """Every other stage is shaded; above it is its name, or the last part of it, if it fits."""
        start, floor = 0, self.bars.floor
        stages = [(stage, len(list(rows))) for stage, rows in groupby(self.profile.rows, key=lambda row: row.stage)]
        for i, (stage, layers) in enumerate(stages if len(stages) > 1 else []):
            left, width = self.bars.x(start), layers * self.bars.pitch
            if i % 2 == 0:
                yield svg.rect(left, TOP - STAGE, width, floor - TOP + STAGE, 'fill-opacity="0.09"')
            names = [name for name in (stage, SEPARATORS.split(stage)[-1]) if svg.text_width(name) < width]
            yield from (svg.text(left + width / 2, TOP - 3, name, svg.SMALL, "middle") for name in names[:1])
            start += layers

    def numbers(self) -> Iterator[str]:
        """The numbers of layers below the bars."""
        layers, floor = len(self.profile.values), self.bars.floor
        step = max(1, int(spacing(Fraction(layers), MAX_NUMBERS)))
        for number in range(step, layers + 1, step):
            x = self.bars.x(number - 0.5)
            yield svg.path(f"M{x:.2f} {floor:g}v3", 'stroke="currentColor" stroke-width="0.5"')
            yield svg.text(x, floor + FIGURES, str(number), svg.SMALL, "middle")
        yield svg.text(LEFT - 4, floor + FIGURES, "No.", svg.SMALL, "end")
