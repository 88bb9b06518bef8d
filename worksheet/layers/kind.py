"""What a layer is: its symbols, the shapes it takes and gives, what it computes, and how each format spells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from worksheet.formula import Formula

# The vocabulary between layers and conventions: facts about the textbook algorithm, for one sample.
QUANTITIES = {
    "weights": "weights",
    "biases": "biases",
    "buffers": "buffers",
    "multiplications": "multiplications",
    "additions": "additions",
    "macs": "multiply-accumulates",
    "comparisons": "comparisons",
    "assignments": "assignments",
    "divisions": "divisions",
    "exponentials": "exponentials",
    "roots": "square roots",
    "elements_in": "elements of the input",
    "elements_out": "elements of the output",
}


@dataclass(frozen=True)
class Symbol:
    """A letter of a layer's formulas, with its meaning and domain (whole numbers from ``least`` on)."""

    name: str
    meaning: str
    least: int = 1
    group: str = ""  # symbols of one group and value are written together: w = h = 11
    default: str | None = None  # a formula over the layer's other hyperparameters; None where it must be given
    neutral: int | None = None  # the value at which the symbol is left out of the formulas
    words: Mapping[int, str] = field(default_factory=dict)  # a yes-or-no fact: how each value is said

    @property
    def said(self) -> str:
        """The meaning inside a sentence."""
        return self.meaning[0].lower() + self.meaning[1:]

    def is_folded(self, value: int) -> bool:
        """Whether a formula shows the number itself instead of the symbol."""
        return bool(self.words) or value == self.neutral


@dataclass(frozen=True)
class Size:
    """A size of the output that has a symbol of its own and a formula."""

    name: str
    meaning: str
    formula: str


@dataclass(frozen=True)
class Form:
    """How a kind meets inputs of one rank. Shapes run from the outermost axis inwards: channels, height, width."""

    input: tuple[Symbol, ...]
    output: tuple[str, ...]  # a formula for each axis
    X: str  # number of input elements, in the order in which the course writes it
    Y: str  # number of output elements
    on: str = ""  # where a kind has several forms: "a map", "a vector"


@dataclass(frozen=True)
class Check:
    """What must hold of a layer: the formula is not negative, or is whole. The message may name symbols in braces."""

    formula: str
    message: str
    whole: bool = False


@dataclass(frozen=True)
class Word:
    """A number with a letter behind it, as on the sheet: ``11w``. ``split`` spells the axes apart."""

    word: str
    sets: tuple[str, ...]
    split: tuple[str, ...] = ()
    quiet: bool = False  # left out where it has its neutral value


@dataclass(frozen=True)
class Spelling:
    """A kind in the sheet notation: words, flags and an arrow ``9216->4096``."""

    words: tuple[Word, ...] = ()
    flags: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # nobias: b = 0
    arrow: tuple[str, str] | None = None
    example: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of layer. All formulas are texts over its symbols; ``count`` and ``formula`` parse them on first use."""

    name: str
    title: str
    source: str  # where the formulas come from
    forms: Mapping[int, Form]  # by the rank of the input, without the batch
    hyperparameters: tuple[Symbol, ...] = ()
    sizes: tuple[Size, ...] = ()
    counts: Mapping[str, str] = field(default_factory=dict)  # of QUANTITIES; what is absent is 0
    checks: tuple[Check, ...] = ()
    flattens: bool = False  # an input of a rank without a form is flattened to a vector first
    spelling: Spelling = Spelling()

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Every symbol: those of the inputs, inner axis first, then the hyperparameters."""
        inputs = [symbol for form in self.forms.values() for symbol in reversed(form.input)]
        return {symbol.name: symbol for symbol in (*inputs, *self.hyperparameters)}

    @cached_property
    def least(self) -> dict[str, int]:
        """The smallest value of every symbol."""
        return {name: symbol.least for name, symbol in self.symbols.items()} | {size.name: 1 for size in self.sizes}

    @cached_property
    def _formulas(self) -> dict[str, Formula]:
        return {}

    def formula(self, text: str) -> Formula:
        """A formula over this kind's symbols, parsed once."""
        if text not in self._formulas:
            self._formulas[text] = Formula(text, self.least)
        return self._formulas[text]

    def count(self, quantity: str) -> Formula:
        """The formula of one of QUANTITIES."""
        standard = {"elements_in": "X", "elements_out": "Y"}
        return self.formula(self.counts.get(quantity, standard.get(quantity, "0")))

    def resolved(self, formula: Formula, form: Form, inline_sizes: bool = True) -> Formula:
        """A formula with quantities, X and Y, and the sizes of the output put in place of their names."""
        counts = {name: self.count(name) for name in QUANTITIES if name in formula.symbols}
        elements = {"X": self.formula(form.X), "Y": self.formula(form.Y)}
        sizes = {size.name: self.formula(size.formula) for size in self.sizes}
        plain = formula.inlined(**counts).inlined(**elements)
        return plain.inlined(**sizes) if inline_sizes else plain

    def vocabulary(self) -> frozenset[str]:
        """Every name that a rule for this kind may use."""
        return frozenset({*self.symbols, *QUANTITIES, "X", "Y", *(size.name for size in self.sizes)})
