"""How a course or a tool counts: a formula for every column and kind of layer, over the layer's symbols and quantities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from worksheet.derivation import Statement
from worksheet.formula import Formula
from worksheet.layers import Kind


@dataclass(frozen=True)
class Column:
    """One counted figure: its name in data, its heading in print, what it asks for in words, and a rule for each kind."""

    name: str
    heading: str
    asks: str
    rules: Mapping[str, Formula]
    remarks: Mapping[str, str]  # a word beside the value, by kind
    otherwise: str = ""  # the rule of every kind that has none of its own; empty where such a kind is not counted
    once: bool = False  # stored numbers: what a layer that runs several times, or shares its numbers, has once

    def rule(self, kind: Kind) -> Formula | None:
        """The rule for a kind of layer; None where the column does not count it."""
        return self.rules.get(kind.name) or (kind.formula(self.otherwise) if self.otherwise else None)


@dataclass(frozen=True)
class Convention:
    """A way of counting. ``rules`` are its sentences for the reader; ``reference`` builds the formulas up, by kind."""

    name: str
    title: str
    cite: str
    unit: str
    digits: str
    rules: tuple[str, ...]
    columns: tuple[Column, ...]
    reference: Mapping[str, tuple[Statement, ...]]
