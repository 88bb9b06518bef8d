"""What a network of the zoo is: its name, its builder, where its definition comes from, what was published about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial

from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import Network


@frozen
class Model:
    """A built-in network. ``errors`` are published ones, in percent; ``regions`` how many a detector's heads run over."""

    name: str
    title: str
    input: Shape
    build: Callable[..., Network]  # of the name and the input's shape; of a detector also of the number of regions
    source: str  # of the definition: paper, file or library
    errors: Mapping[str, float] = field(default_factory=dict)  # "top-1": 24.6
    errors_source: str = ""
    twist: str = ""  # what sets a variant apart from the plain network
    regions: int | None = None

    def __repr__(self) -> str:
        return f"<Model {self.name!r}: {self.title}>"

    def network(self, input: Shape | None = None, regions: int | None = None) -> Network:
        """The network, for another input or number of regions where one is given. Raises NetworkError."""
        sizes = (input or self.input,) if self.regions is None else (input or self.input, regions or self.regions)
        network = self.build(self.name, *sizes)
        again = partial(self.network, regions=regions)
        return replace(network, heading=replace(network.heading, title=self.title), made_for=again, cite=self.source)
