"""What a layer is: its symbols, the shapes it takes and gives, what it computes, and how each format spells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from worksheet.formula import Formula
from worksheet.layers.traits import AxisSlice, Pooling, Role, Window, Writes

Shape = tuple[int, ...]  # from the outermost axis inwards, without the batch: channels, height, width

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
    "logarithms": "logarithms",
    "error_functions": "error functions (erf)",
    "elements_in": "elements of the input",
    "elements_out": "elements of the output",
}
STORED = frozenset({"weights", "biases", "buffers"})  # the same however often a layer runs
OPERATIONS = tuple(name for name in QUANTITIES if name not in STORED | {"elements_in", "elements_out"})
PASSES = {  # of training, over a whole batch: their words before the name of an operation make a quantity: input_macs
    "forward": "the forward pass in training",
    "input": "the gradient with respect to the input",
    "inner": "of that, what leads to the weights",
    "weights": "the gradient with respect to the weights",
}
TRAINED = {f"{part}_{name.replace('_', '')}": (part, name) for part in PASSES for name in OPERATIONS}  # a name has one subscript
INPUT_KIND = "Input"  # the name of the kind that stands for an input of the network
SAVED = "saved"  # the quantity of numbers that a layer keeps for its backward pass beside inputs and output


@dataclass(frozen=True)
class Symbol:
    """A letter of a layer's formulas, with its meaning and domain (whole numbers from ``least`` on)."""

    name: str
    meaning: str
    least: int = 1
    group: str = ""  # symbols of one group and value are written together: w = h = 11
    default: str | None = None  # a formula over the layer's other hyperparameters; None where it must be given
    neutral: int | None = None  # the value at which the symbol is left out of the formulas
    words: Mapping[int, str] = field(default_factory=dict, hash=False)  # a yes-or-no fact: how each value is said
    rest: bool = False  # the product of any number of leading axes: rows of a table, tokens of a sequence

    @property
    def inline_meaning(self) -> str:
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


Axes = tuple[Symbol | int, ...]  # of one input; a number where the axis must have that size
REPEATS = Symbol("R", "Number of times that the layer runs (regions, windows)", rest=True)
ROWS = Symbol("L", "Number of rows (tokens)", rest=True)
# The fact by which a layer that flattens maps works on each row by itself instead.
PER_ROW = Symbol("r", "Rows", least=0, default="0", words={1: "each row by itself", 0: "a map is flattened"})


@dataclass(frozen=True, eq=False)
class Form:
    """How a kind meets inputs of certain ranks. Shapes run from the outermost axis inwards: channels, height, width.

    A symbol that stands at several axes must have one size there. A symbol of ``rest`` stands first and takes all
    leading axes; in ``output`` its name gives them back.
    """

    inputs: tuple[Axes, ...]
    output: tuple[str, ...]  # a formula for each axis
    X: str  # number of input elements, of all inputs, in the order in which the course writes it; for one run
    Y: str  # number of output elements, for one run
    on: str = ""  # where a kind has several forms: "a map", "a vector"
    repeats: str = ""  # the symbol of the leading axes, where the layer runs once for each of their indices

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """The inputs' symbols, inner axis first."""
        axes = [axis for axes in self.inputs for axis in reversed(axes) if isinstance(axis, Symbol)]
        return tuple({axis.name: axis for axis in axes}.values())

    def repeated(self, by: Symbol) -> Form:
        """The same for inputs with further leading axes: the layer runs once for each of their indices."""
        inputs = tuple((by, *axes) for axes in self.inputs)
        return replace(self, inputs=inputs, output=(by.name, *self.output), repeats=by.name)


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
    """A kind in the sheet notation: words, flags, an arrow ``9216->4096``, a list ``256x6x6`` and free text."""

    words: tuple[Word, ...] = ()
    flags: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # nobias: b = 0
    arrow: tuple[str, str] | None = None
    listed: tuple[str, ...] = ()  # symbols that a list fills from the left; those it does not reach keep their default
    separator: str = "x"  # of the list: x for a shape, a comma for positions
    pattern: str = ""  # what the free text is, where the kind takes one: "an equation such as ij,jk->ik"
    example: str = ""
    beside: tuple[str, ...] = ()  # input shapes at which the example works, where a map or a vector alone will not do


@dataclass(frozen=True)
class Training:
    """What a kind costs in training: operations by their names, as formulas for a whole batch of ``B`` samples.

    The gradient of the output is given, and so is what the forward pass has saved. ``input`` is the gradient with respect to
    all inputs, ``inner`` what of it is needed for the weights even where nobody wants the gradient of the inputs (of a layer
    whose weights lie before inner operations), ``weights`` that of all stored numbers that are learnt, ``forward`` the forward
    pass where it does not do what it does in inference (then all of its operations). A layer that runs once for each of R rows
    works as on B*R samples, so every formula names B. ``saves`` says which arrays the backward pass reads again: ``input`` (all
    of them), ``input_1``, ``input_2``, ``output``; ``extra`` is the number of further ones that are kept for it: statistics,
    positions, masks.
    """

    input: Mapping[str, str] = field(default_factory=dict)
    inner: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    forward: Mapping[str, str] | None = None
    saves: frozenset[str] = frozenset()
    extra: str = "0"
    source: str = ""  # where it differs from the derivative of the kind's own formulas

    def count(self, part: str, operation: str) -> str | None:
        """The formula of one of OPERATIONS in one of PASSES; None for a forward pass that is inference's."""
        counts = {"input": self.input, "inner": self.inner, "weights": self.weights, "forward": self.forward}[part]
        return None if counts is None else counts.get(operation, "0")


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of layer. All formulas are texts over its symbols; ``count`` and ``formula`` parse them on first use.

    ``specialise`` makes the kind fit its inputs where a table of forms cannot: it gets the shapes, the hyperparameters and the
    free text and returns a Kind (of the same name) whose forms serve. It raises NetworkError where they do not fit.
    """

    name: str
    title: str
    source: str  # where the formulas come from
    forms: tuple[Form, ...]  # the first that fits the inputs serves
    hyperparameters: tuple[Symbol, ...] = ()
    sizes: tuple[Size, ...] = ()
    counts: Mapping[str, str] = field(default_factory=dict)  # of QUANTITIES; what is absent is 0
    checks: tuple[Check, ...] = ()
    flattens: int = 0  # an input of this rank or more is flattened to a vector first, unless PER_ROW forbids it
    repeats: Symbol | None = REPEATS  # inputs with further leading axes: the layer runs once for each of their indices
    spelling: Spelling = Spelling()
    specialise: Callable[[tuple[Shape, ...], Mapping[str, int], str], Kind] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # symbols of further forms: what they are in a form without them
    training: Training | None = None  # None where it has not been worked out
    writes: Writes = Writes.NEW
    width: str = ""  # the hyperparameter that sets the output's width and that a width multiplier scales; "" without one
    window: Window | None = None
    pooling: Pooling | None = None
    axis_slice: AxisSlice | None = None  # of a kind that takes positions of one axis and nothing else
    gates: int = 0  # of a recurrent layer; 0 for all other kinds
    differentiable: bool = True  # whether gradients flow back through it
    role: Role | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        """One of the table stays that very object in another process: what is worked out for a kind is kept by identity."""
        from worksheet.layers import kind_named, kinds

        return (kind_named, (self.name,)) if kinds().get(self.name) is self else super().__reduce_ex__(protocol)

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Every symbol: those of the inputs, inner axis first, then the hyperparameters."""
        inputs = [symbol for form in self.forms for symbol in form.symbols]
        repeats = [self.repeats] if self.repeats else []
        return {symbol.name: symbol for symbol in (*inputs, *self.hyperparameters, *repeats)}

    @cached_property
    def repeated_forms(self) -> tuple[Form, ...]:
        """The forms for inputs with further leading axes."""
        return tuple(form.repeated(self.repeats) for form in self.forms if not _has_rest(form)) if self.repeats else ()

    @cached_property
    def least(self) -> dict[str, int]:
        """The smallest value of every symbol."""
        known = {name: symbol.least for name, symbol in self.symbols.items()}
        return dict.fromkeys(["B", *self.elsewhere, *(size.name for size in self.sizes)], 1) | known

    @property
    def is_source(self) -> bool:
        """Whether the layer reads no input: a stored array."""
        return self.forms[0].inputs == ()

    @property
    def sets_channels(self) -> bool:
        """Whether the width is an axis of the output, as it is of kernels and nodes; not where directions multiply it."""
        return self.width in self.forms[0].output

    @property
    def works_only_in_training(self) -> bool:
        """Whether the layer passes its input on at inference, but works in training: dropout."""
        return self.writes is Writes.NOTHING and self.training is not None and self.training.forward is not None

    @cached_property
    def _formulas(self) -> dict[str, Formula]:
        return {}

    def formula(self, text: str) -> Formula:
        """A formula over this kind's symbols, parsed once."""
        if text not in self._formulas:
            self._formulas[text] = Formula(text, self.least)
        return self._formulas[text]

    def count(self, quantity: str) -> Formula:
        """The formula of one of QUANTITIES; of one of TRAINED or SAVED where the kind has them."""
        if quantity in TRAINED or quantity == SAVED:
            return self.trained(quantity)
        standard = {"elements_in": "X", "elements_out": "Y"}
        return self.formula(self.counts.get(quantity, standard.get(quantity, "0")))

    def trained(self, quantity: str) -> Formula:
        """The formula of one of TRAINED or SAVED, for a batch of B samples. Raises KeyError where nobody has worked it out."""
        if self.training is None:
            raise KeyError(quantity)
        if quantity == SAVED:
            return self.formula(self.training.extra)
        part, operation = TRAINED[quantity]
        text = self.training.count(part, operation)
        if text is not None:
            return self.formula(text)
        inference = self.count(operation)
        return inference if inference.source == "0" else self.formula("B*x").inlined(x=inference)

    def resolved(self, formula: Formula, form: Form, *, inline_sizes: bool = True, once: bool = False) -> Formula:
        """A formula with quantities, X and Y, and the sizes of the output put in place of their names.

        In a form that repeats it is the cost of all R runs, but for what counts ``once``: stored numbers. A formula of what
        training costs is one for B samples already, each with R rows.
        """
        trains = [name for name in formula.symbols if name in TRAINED or name == SAVED]
        counts = {name: self.count(name) for name in (*QUANTITIES, *trains) if name in formula.symbols}
        elements = {"X": self.formula(form.X), "Y": self.formula(form.Y)}
        sizes = {size.name: self.formula(size.formula) for size in self.sizes}
        own = {symbol.name for symbol in form.symbols}
        others = {name: self.formula(text) for name, text in self.elsewhere.items() if name not in own}
        plain = formula.inlined(**counts).inlined(**elements).inlined(**others)
        plain = plain.inlined(**sizes) if inline_sizes else plain
        if not form.repeats or once or plain.source == "0":
            return plain
        if trains:  # R rows are further samples
            return plain.inlined(B="B*R").inlined(R=form.repeats)
        return self.formula("R*x").inlined(R=form.repeats, x=plain)

    def quantity(self, name: str, form: Form, *, inline_sizes: bool = True) -> Formula:
        """The resolved formula of one of QUANTITIES in one form."""
        return self.resolved(self.count(name), form, inline_sizes=inline_sizes, once=name in STORED)

    def vocabulary(self) -> frozenset[str]:
        """Every name that a rule for this kind may use."""
        trained = {*TRAINED, SAVED} if self.training else set()
        sizes = {size.name for size in self.sizes}
        return frozenset({*self.symbols, *self.elsewhere, *QUANTITIES, "X", "Y", *sizes, *trained})


def _has_rest(form: Form) -> bool:
    return any(symbol.rest for symbol in form.symbols)
