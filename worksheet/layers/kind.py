"""What a layer is: its symbols, the shapes it takes and gives, what it computes, and how each format spells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from worksheet.formula import Formula
from worksheet.frozen import frozen, short_repr
from worksheet.layers.quantities import QUANTITIES, SAVED, STORED, TRAINED, Training
from worksheet.layers.traits import AxisSlice, Drawing, KindFamily, Pooling, Role, Window, Writes

Shape = tuple[int, ...]  # from the outermost axis inwards, without the batch: channels, height, width


def shape_text(shape: Iterable[int]) -> str:
    """A shape in a message: ``3 x 224 x 224``."""
    return " x ".join(map(str, shape)) or "a single number"


INPUT_KIND = "Input"  # the name of the kind whose layers are the inputs of the network


@frozen
class Symbol:
    """A letter of a layer's formulas, with its meaning and domain (whole numbers from ``least`` on)."""

    name: str
    meaning: str
    least: int = 1
    group: str = ""  # symbols of one group and value are written together: w = h = 11
    default: str | None = None  # a formula over the layer's other hyperparameters; None where it must be given
    neutral: int | None = None  # the value at which the symbol is left out of the formulas
    words: Mapping[int, str] = field(default_factory=dict, hash=False)  # a choice: each of its values in words
    place: int = 0  # of the input that it is a size of, where a layer has several
    rest: bool = False  # the product of any number of leading axes: rows of a table, tokens of a sequence

    @property
    def inline_meaning(self) -> str:
        """The meaning as it reads inside a sentence."""
        return self.meaning[0].lower() + self.meaning[1:]

    def is_folded(self, value: int) -> bool:
        """Whether a formula shows the number itself instead of the symbol."""
        return bool(self.words) or value == self.neutral


@frozen
class Size:
    """A size of the output with its own symbol and its formula."""

    name: str
    meaning: str
    formula: str


Axes = tuple[Symbol | int, ...]  # of one input; a number where the axis must have that size
REPEATS = Symbol("R", "Number of times that the layer runs (regions, windows)", rest=True)
ROWS = Symbol("L", "Number of rows (tokens)", rest=True)
# The hyperparameter by which a layer that flattens feature maps works row by row instead.
PER_ROW = Symbol("r", "Rows", least=0, default="0", words={1: "each row by itself", 0: "a map is flattened"})


@short_repr
@dataclass(frozen=True, eq=False)
class Form:
    """The shapes of a kind for inputs of certain ranks. Shapes run from the outermost axis inwards: channels, height, width.

    All axes with the same symbol must have the same size. A symbol of ``rest`` comes first and stands for all leading
    axes; its name in ``output`` stands for them again.
    """

    inputs: tuple[Axes, ...]
    output: tuple[str, ...]  # a formula for each axis
    X: str  # number of elements of all inputs, with the factors in the order of the course; for one run
    Y: str  # number of output elements, for one run
    on: str = ""  # where a kind has several forms: "a map", "a vector"
    repeats: str = ""  # the symbol of the leading axes, where the layer runs once for each of their indices

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """The inputs' symbols, inner axis first."""
        axes = [axis for axes in self.inputs for axis in reversed(axes) if isinstance(axis, Symbol)]
        return tuple({axis.name: axis for axis in axes}.values())

    def repeated(self, by: Symbol) -> Form:
        """The form for inputs with further leading axes: the layer runs once for each of their indices."""
        inputs = tuple((by, *axes) for axes in self.inputs)
        return replace(self, inputs=inputs, output=(by.name, *self.output), repeats=by.name)


@frozen
class Check:
    """A condition on a layer: the formula is not negative, or is whole. The message may name symbols in braces."""

    formula: str
    message: str
    whole: bool = False


@frozen
class Word:
    """A number followed by a letter, as on the sheet: ``11w``. ``split`` has a word for each axis."""

    word: str
    sets: tuple[str, ...]
    split: tuple[str, ...] = ()
    quiet: bool = False  # omitted at its neutral value
    says: str = ""  # its meaning with the number: "{n} kernels"; by default that of its symbols
    apart: tuple[str, ...] = ()  # the same for the words of ``split``
    common: str = ""  # what its symbols are together: "Padding"; by default the meaning of the first


ARROW = "->"


@short_repr
@frozen
class Spelling:
    """A kind in the sheet notation: words, flags, an arrow ``9216->4096``, a list ``256x6x6`` and free text."""

    words: tuple[Word, ...] = ()
    flags: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # nobias: b = 0
    arrow: tuple[str, str] | None = None
    listed: tuple[str, ...] = ()  # symbols that a list sets from the left; the others keep their defaults
    separator: str = "x"  # of the list: x for a shape, a comma for positions
    pattern: str = ""  # what the free text is, where the kind takes one: "an equation such as ij,jk->ik"
    example: str = ""
    says: str = ""  # what the arrow means, as for a word
    beside: tuple[str, ...] = ()  # input shapes for the example, where neither a feature map nor a vector fits
    also: tuple[str, ...] = ()  # what other programs and people call the layer
    call: Mapping[str, str] = field(default_factory=dict)  # PyTorch's arguments in their order, each as a word: "{}c", or ""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of layer. All formulas are texts over its symbols, which ``count`` and ``formula`` parse on first use.

    ``specialise`` fits the kind to its inputs where a table of forms cannot: it gets the shapes, the hyperparameters and the
    free text, and returns a Kind of the same name with matching forms. It raises NetworkError for shapes that do not fit.
    """

    name: str
    title: str
    source: str  # where the formulas come from
    forms: tuple[Form, ...]  # the first one that fits the inputs is used
    hyperparameters: tuple[Symbol, ...] = ()
    sizes: tuple[Size, ...] = ()
    paddings: tuple[Size, ...] = ()  # of both sides together, where they follow from the sizes
    counts: Mapping[str, str] = field(default_factory=dict)  # by names of QUANTITIES; 0 where absent
    checks: tuple[Check, ...] = ()
    flattens: int = 0  # an input of this rank or more is flattened to a vector first, unless PER_ROW forbids it
    repeats: Symbol | None = REPEATS  # inputs with further leading axes: the layer runs once for each of their indices
    spelling: Spelling = Spelling()  # noqa: RUF009 - it is frozen
    specialise: Callable[[tuple[Shape, ...], Mapping[str, int], str], Kind] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # symbols of further forms: their formulas in a form without them
    training: Training | None = None  # None where it is not known
    writes: Writes = Writes.NEW
    width: str = ""  # the hyperparameter that sets the output's width and that a width multiplier scales; "" without one
    window: Window | None = None
    pooling: Pooling | None = None
    axis_slice: AxisSlice | None = None  # of a kind that takes positions of one axis and nothing else
    gates: int = 0  # of a recurrent layer; 0 for all other kinds
    differentiable: bool = True  # whether gradients flow back through it
    role: Role | None = None
    drawing: Drawing | None = None  # beside its formulas

    def __repr__(self) -> str:
        return f"<Kind {self.name}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A kind of the table stays the same object in another process, since results for a kind are kept by identity."""
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
        own = {name: symbol.least for name, symbol in self.symbols.items()}
        return dict.fromkeys(["B", *self.elsewhere, *(size.name for size in self.sizes)], 1) | own

    @property
    def is_source(self) -> bool:
        """Whether the layer reads no input: a stored tensor."""
        return self.forms[0].inputs == ()

    @property
    def sets_channels(self) -> bool:
        """Whether the width is an axis of the output, as it is of kernels and nodes; not where directions multiply it."""
        return self.width in self.forms[0].output

    @property
    def family(self) -> KindFamily:
        """What the kind does, coarsely."""
        if self.window:
            return KindFamily.POOLING if self.pooling else KindFamily.CONVOLUTION
        if self.gates or self.drawing in {Drawing.PRODUCTS, Drawing.HEADS}:
            return KindFamily.SEQUENCE
        return KindFamily.LINEAR if "macs" in self.counts else KindFamily.PLAIN

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
        """The formula of one of TRAINED or SAVED, for a batch of B samples. Raises KeyError where it is not known."""
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
        """A formula with the names of quantities, of X and Y and of the output's sizes replaced by their formulas.

        In a form that repeats, the result is for all R runs, except for what counts ``once``: stored elements. A formula of
        training is for B samples already, each with R rows.
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
