"""What a network of the zoo is: its name, its builder, where its definition comes from, what was published of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from worksheet.layers import Shape
from worksheet.network import Network

COUNTING = "textbook"  # how the networks of the zoo are counted where nothing else is said


@dataclass(frozen=True)
class Model:
    """A built-in network. ``build`` gets the name and the input's shape; ``errors`` are published ones, in per cent."""

    name: str
    title: str
    input: Shape
    build: Callable[[str, Shape], Network]
    source: str  # of the definition: paper, file or library
    errors: Mapping[str, float] = field(default_factory=dict)  # "top-1": 24.6
    errors_source: str = ""
    twist: str = ""  # what sets a variant apart from the plain network

    def network(self, input: Shape | None = None) -> Network:
        """The network, for another input where one is given. Raises NetworkError where it does not fit."""
        return self.build(self.name, input or self.input)
