"""How a course or a tool counts: a formula for every column and kind of layer, over the layer's symbols, quantities, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from worksheet.conventions.facts import FACTS, RUN
from worksheet.derivation import Statement
from worksheet.errors import shown
from worksheet.formula import Formula, Scale
from worksheet.frozen import frozen
from worksheet.layers import INPUT_KIND, SAVED, TRAINED, Kind, Role

ANY = "*"  # every kind without its own rule; every call without one
PLAIN = ""  # a rule that applies however the layer is called
TRAINING = frozenset({*TRAINED, SAVED})  # quantities of kinds whose training cost is known

Table = Mapping[str, Formula]  # rules by the call


class Called(NamedTuple):
    """How a program calls a layer; all empty where no program was read.

    ``sort`` is ``module`` inside a module of torch.nn and in an ONNX file, ``leaf`` inside another module without submodules.
    ``class_name`` is the module's class; in an ONNX file, the operators that the layer replaces (``Add Div Erf Mul Mul``).
    ``call`` is the call itself: ``F.relu``, ``torch.add``, ``Tensor.matmul``, ``+``.
    """

    sort: str = ""
    class_name: str = ""
    call: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What a rule's table is searched for, in this order; a layer without a program counts as a module of torch.nn."""
        called = filter(None, (self.class_name, self.sort, self.call)) if any(self) else ("module",)
        return (PLAIN, *called, ANY)


NO_PROGRAM = Called()  # how a layer is called where no program was read


@frozen
class Column:
    """One counted figure: its name in data, its heading in print, its question in words, and a rule for each kind.

    A rule is for one sample and is multiplied by the batch, unless the column counts parameters and buffers (``once``) or its
    rules include the batch themselves (``batched``).
    """

    name: str
    heading: str
    asks: str
    rules: Mapping[str, Table]  # by kind, then by the call; PLAIN where that does not matter
    remarks: Mapping[str, str] = field(default_factory=dict)  # a remark after the value, by kind
    otherwise: Mapping[str, str] = field(default_factory=dict)  # the rules of every kind without its own
    once: bool = False  # parameters: what a layer that runs several times, or shares them, has once
    again: bool = False  # parameters that several layers share are counted at each of them
    batched: bool = False
    whole: bool = False  # the figure of all runs and samples is rounded up
    unrepeated: frozenset[str] = frozenset()  # kinds that cost the same however often the layer runs
    scale: Scale | None = None

    def rule(self, kind: Kind, called: Called = NO_PROGRAM) -> Formula | None:
        """The rule for a kind of layer that is called in this way; None where the column does not count it."""
        table = self.rules.get(kind.name)
        if table is not None:
            return next((table[key] for key in called.keys if key in table), None)
        if kind.role is Role.INPUT:  # counts only where a rule says so
            return kind.formula("0")
        text = next((self.otherwise[key] for key in called.keys if key in self.otherwise), None)
        rule = None if text is None else kind.formula(text)
        return rule if kind.training or not rule or TRAINING.isdisjoint(rule.symbols) else None

    def formulas(self) -> Iterator[Formula]:
        """Every rule of the column."""
        yield from (rule for table in self.rules.values() for rule in table.values())
        yield from map(Formula, self.otherwise.values())

    @property
    def by_call(self) -> bool:
        """Whether it matters how a layer is called."""
        return any(set(table) > {PLAIN} or PLAIN not in table for table in (*self.rules.values(), self.otherwise) if table)


@frozen
class Convention:
    """A convention. ``rules`` are its sentences for the reader; ``reference`` builds the formulas up, by kind.

    ``faults`` describe what a tool counts wrongly, by kind; ``main`` is the column that the tool is asked for.
    """

    name: str
    title: str
    cite: str
    unit: str
    digits: str
    rules: tuple[str, ...]
    columns: tuple[Column, ...]
    reference: Mapping[str, tuple[Statement, ...]]
    faults: Mapping[str, str] = field(default_factory=dict)
    refuses: bool = False  # a kind without a rule is a fault; otherwise it is listed
    main: str = ""
    inlines: bool = False  # W and H are written out as the formulas of the output's sizes
    memory: str = ""  # the column of stored bytes, if the memory of the whole network is derived too

    def __repr__(self) -> str:
        return f"<Convention {shown(self.name)}: {len(self.columns)} columns, {shown(self.title)}>"

    def column(self, name: str = "") -> Column:
        """A column by its name; the main one without. Raises KeyError."""
        return {column.name: column for column in self.columns}[name or self.main]

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts of layers that some rule uses."""
        return self._used & frozenset(FACTS) - {symbol.name for symbol in RUN}

    @cached_property
    def run(self) -> frozenset[str]:
        """The symbols of the whole run that some rule uses: the batch, the bytes of a number."""
        return self._used & {symbol.name for symbol in RUN}

    @cached_property
    def trains(self) -> bool:
        """Whether some rule counts what training costs."""
        return not self._used.isdisjoint(TRAINING)

    @cached_property
    def _used(self) -> frozenset[str]:
        return frozenset(name for column in self.columns for rule in column.formulas() for name in rule.symbols)

    @cached_property
    def by_call(self) -> bool:
        """Whether it matters how a layer is called."""
        return any(column.by_call for column in self.columns)

    @cached_property
    def counts_inputs(self) -> bool:
        """Whether the network's own inputs are counted."""
        return any(INPUT_KIND in column.rules for column in self.columns)
