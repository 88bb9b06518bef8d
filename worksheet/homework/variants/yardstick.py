"""Measures the layers of a variant, whatever the assignment asks: how well mistakes show, and how many digits figures have.

All assignments are measured by the same conventions, so correcting a key, the marks or the questions leaves every student the
network that has been handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from worksheet import conventions
from worksheet.errors import WorksheetError
from worksheet.formula import Exact
from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.paper.cells import OUTPUT, Asked
from worksheet.grading.paper.paper_maker import ANY, Ask, PaperMaker
from worksheet.homework.variants.visibility import Visibility, value_of
from worksheet.layers import Form, Kind, Shape
from worksheet.memo import Bounded
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import Sized, size

COUNTINGS = ("ai61002", conventions.STANDARD)  # the second if the first has no rule for a layer
MAX_KNOWN = 100_000  # layers that are remembered
MAX_KINDS = 10_000  # kinds whose questions are remembered
CHANNELS, KERNELS, SPLIT = 12, 20, 2  # with which windows are compared: channels, kernels and groups that hide no mistake


class Yardstick:
    """Measures single layers, and remembers the results; ``of`` depends only on its arguments."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.visibility = Visibility(mistakes)
        self._asked: Bounded[tuple[Kind, Form], tuple[Asked, ...]] = Bounded(MAX_KINDS)
        self._known: Bounded[object, tuple[Shape | None, int]] = Bounded(MAX_KNOWN)

    @cached_property
    def makers(self) -> tuple[PaperMaker, ...]:
        every = [conventions.convention(name) for name in COUNTINGS]
        return tuple(PaperMaker(one, Ask({ANY: (OUTPUT, *(column.name for column in one.columns))})) for one in every)

    def asked(self, layer: Sized) -> tuple[Asked, ...]:
        """The questions about a layer: its output, its parameters and its operations."""
        key = layer.kind, layer.form
        if key not in self._asked:
            self._asked[key] = self._questions(layer)
        return self._asked[key]

    def _questions(self, layer: Sized) -> tuple[Asked, ...]:
        alone = _as_network(layer)
        for maker in self.makers:
            cells = maker.paper(alone).shown
            if len(cells) > 1:
                break
        return tuple(cell.asked for cell in cells)

    def digits(self, layer: Sized) -> tuple[int, ...]:
        """How many digits each figure of a layer has, its output counted in elements."""
        counted = [value_of(asked.formulas, layer.values) for asked in self.asked(layer)[1:]]
        elements: Exact = 1
        for length in layer.output:
            elements *= length
        return tuple(len(str(value)) for value in (elements, *(value[0] for value in counted if value)))

    def window(self, node: Node, sides: Shape, change: Mapping[str, int]) -> tuple[Shape | None, int]:
        """The sides of a window's output, None if it does not fit; and how well mistakes show."""
        some = {"k": KERNELS, "g": SPLIT} if "k" in node.hyperparameters else {}
        return self.of(node, (CHANNELS, *sides), {**change, **some})

    def of(self, node: Node, received: Shape, change: Mapping[str, int]) -> tuple[Shape | None, int]:
        """The output of a layer with some hyperparameters changed, without its channels, and how well mistakes show."""
        values = {**node.hyperparameters, **change}
        key = (node.kind.name, received, *values.items())
        if key not in self._known:
            self._known[key] = self._measure(Node(node.name, node.kind, values, (INPUT,)), received)
        return self._known[key]

    def _measure(self, node: Node, received: Shape) -> tuple[Shape | None, int]:
        try:
            layer = size(node, (received,))
        except WorksheetError:
            return None, 0
        if layer is None:
            return None, 0
        return layer.output[1:], sum(self.visibility.score(asked, layer.values) for asked in self.asked(layer))


def _as_network(layer: Sized) -> Network:
    """A layer as a separate network."""
    names = [f"{INPUT}_{place}" if place else INPUT for place, _ in enumerate(layer.received)]
    node = Node(layer.node.name, layer.node.kind, layer.node.hyperparameters, tuple(names), pattern=layer.node.pattern)
    further = dict(zip(names[1:], layer.received[1:], strict=True))
    return Network(layer.node.name, layer.received[0] if layer.received else (1,), (node,), further=further)
