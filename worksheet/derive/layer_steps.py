"""The steps by which a layer is worked, whether its sizes are numbers or forms in symbols."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from worksheet.conventions.convention import Column
from worksheet.derivation import Step
from worksheet.formula import Exact, Formula
from worksheet.language import _
from worksheet.layers.shapes import FLATTENED
from worksheet.sizes import Sized

NOTHING = Formula("0")
ALWAYS = "always"  # the heading's word for brackets that are written even where the division is exact


class LayerSteps(ABC):
    """Works layers. ``numbers`` are those of their rows, by name; ``always``: brackets stay where the division is exact."""

    numbers: Mapping[str, int]
    always: bool

    @abstractmethod
    def form(self, value: Any) -> Any:
        """A size as it is compared and given to ``step``."""

    @abstractmethod
    def step(self, blank: Step, formula: Formula, values: Mapping[str, Exact], result: Any) -> Step:
        """A step that is asked, with its formula, the values of its symbols and its result."""

    def size(self, blank: Step, formula: Formula, values: Mapping[str, Exact], result: Any) -> Step:
        """The step of a size of an output."""
        return self.step(blank, formula, values, result)

    def flattening(self, layer: Sized) -> Iterator[Step]:
        """The step by which a feature map reaches a layer that takes vectors: n = cMN."""
        if layer.received is layer.inputs or len(layer.received[0]) not in FLATTENED:
            return
        formula, axes = FLATTENED[len(layer.received[0])]
        (symbol,) = layer.form.symbols
        values = dict(zip(axes, layer.received[0], strict=True))
        yield self.step(Step(symbol.name, "", (symbol.name,)), formula, values, self.form(layer.inputs[0][0]))

    def output_sizes(self, sizes: Iterable[tuple[str, Formula]], values: Mapping[str, Exact]) -> Iterator[Step]:
        """A step for each size of the output; sizes that come about alike share one, W = H."""
        alike: dict[object, tuple[Formula, list[str]]] = {}
        for name, formula in sizes:
            shown = self.drop_brackets(formula, values)
            key = (shown.pattern, *[self.form(values[symbol]) for symbol in shown.symbols])
            alike.setdefault(key, (shown, []))[1].append(name)
        for shown, names in alike.values():
            yield self.size(Step(names[0], "", tuple(names)), shown, values, self.form(values[names[0]]))

    def left_out(self, column: Column, shares: str) -> Step:
        """The step of a figure that is counted in the row of a layer whose parameters are shared, or not at all."""
        if not shares:
            return Step(column.name, _(column.heading), value=0, remark=_("not counted"))
        remark = _("shared with No. {no}, counted there").format(no=self.numbers[shares])
        return Step(column.name, _(column.heading), (), NOTHING, {}, 0, remark=remark)

    def drop_brackets(self, formula: Formula, values: Mapping[str, Exact]) -> Formula:
        """Without the brackets that no size needs."""
        return formula if self.always else formula.settled(values)
