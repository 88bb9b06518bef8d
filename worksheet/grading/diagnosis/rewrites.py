"""The ways in which a mistake changes a formula; tables of mistakes are written with them.

All of them yield nothing if nothing changes, so a mistake is found only where it is visible. Letters are those of the layers:
M, N, D the sizes of the input, w, h, t of the kernel, W, H, T of the output; p_w, s_w, d_w, q_w, o_w belong to the width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from worksheet.conventions.facts import BATCH
from worksheet.errors import FormulaError
from worksheet.formula import Formula
from worksheet.formula.parse import BRACKETS
from worksheet.formula.rewrite import fold
from worksheet.formula.tree import ONE, ZERO, Call, Name, Node, Operation, rebuild
from worksheet.grading.diagnosis.mistake import Family, Formulas, Rewrite
from worksheet.grading.paper.cells import PARAMETER_MEMORY, PARAMETERS, Asked, value_at
from worksheet.layers.kind import Kind
from worksheet.layers.windows import AXES, WindowAxis

Change = Callable[[Asked, Formula], Formula]
STORED = frozenset({PARAMETERS, PARAMETER_MEMORY})
BATCHES = (2, 4, 8, 16, 32, 64, 100, 128, 256)  # that people multiply by when no batch size is given
PRIMES = tuple(n for n in range(47, 2_000) if all(n % d for d in range(2, 46)))
STARTED_FROM = Name("F")
TRIALS, APART = 3, 67  # points at which two formulas are compared; how far apart they begin in PRIMES, the most letters


# Whether anything changes


def differ(old: Formulas, new: Formulas) -> bool:
    """Whether two rows of formulas differ: in their text, and then in some value, for letters as arbitrary whole numbers."""
    apart = [(a, b) for a, b in zip(old, new, strict=True) if a.tree != b.tree]
    names = sorted({name for pair in apart for formula in pair for name in formula.symbols})
    points = (dict(zip(names, PRIMES[trial * APART :], strict=False)) for trial in range(TRIALS))
    return any(value_at(a, point) != value_at(b, point) for point in points for a, b in apart)


def is_nothing(formulas: Formulas) -> bool:
    """Whether a cell counts nothing: its formulas are 0."""
    return all(formula.tree == ZERO for formula in formulas)


# Changes of any formula that the student starts from


def each(change: Change) -> Rewrite:
    """The same change to every formula of a cell."""

    def rewrite(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
        try:
            new = tuple([change(asked, formula) for formula in formulas])
        except FormulaError:  # a division by zero, or a formula that becomes too long
            return
        if new != formulas if asked.is_total else differ(formulas, new):
            yield new

    return rewrite


def either(*rewrites: Rewrite) -> Rewrite:
    """Several ways to make one mistake, without repetition."""

    def rewrite(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
        yield from dict.fromkeys(new for one in rewrites for new in one(asked, formulas))

    return rewrite


def on(kinds: Family, rewrite: Rewrite) -> Rewrite:
    """A mistake that is made this way on one family of kinds."""

    def narrowed(asked: Asked, formulas: Formulas) -> Iterable[Formulas]:
        return rewrite(asked, formulas) if asked.kind and asked.kind in kinds else ()

    return narrowed


def where(letter: str, rewrite: Rewrite) -> Rewrite:
    """A mistake that can be made only if the formulas contain a letter."""

    def narrowed(asked: Asked, formulas: Formulas) -> Iterable[Formulas]:
        return rewrite(asked, formulas) if any(letter in formula.symbols for formula in formulas) else ()

    return narrowed


def without(letter: str, rewrite: Rewrite) -> Rewrite:
    """A mistake that can be made only if the formulas do not contain a letter."""

    def narrowed(asked: Asked, formulas: Formulas) -> Iterable[Formulas]:
        return () if any(letter in formula.symbols for formula in formulas) else rewrite(asked, formulas)

    return narrowed


def putting(**new: str) -> Rewrite:
    """Letters replaced: ``putting(b="0")`` forgets the bias."""
    return each(_substitution({name: Formula(text) for name, text in new.items()}))


def along_axes(**new: str) -> Rewrite:
    """The same along every axis of a window, written for the width without its subscript: ``along_axes(p="p/2")``."""
    parts = {along(axis)[name]: Formula(text).renamed(**along(axis)) for axis in AXES for name, text in new.items()}
    return each(_substitution(parts))


def along(axis: WindowAxis) -> dict[str, str]:
    """What the letters of a rule for the width become along another axis."""
    return {"M": axis.input.name, "w": axis.letter, "W": axis.output} | {x: f"{x}_{axis.letter}" for x in "psdqo"}


def _substitution(parts: Mapping[str, Formula]) -> Change:
    def change(_: Asked, formula: Formula) -> Formula:
        if isinstance(formula.tree, Call) and formula.tree.function in BRACKETS:
            # Rewriting takes letters for whole numbers, and would drop a bracket around parts of bytes.
            inner = Formula.of(formula.tree.arguments[0], formula.least).inlined(**parts)
            return Formula.of(Call(formula.tree.function, (inner.tree,)), {**formula.least, **inner.least})
        return formula.inlined(**parts)

    return change


def turned(text: str) -> Rewrite:
    """A formula over F, the formula that the student starts from: ``turned("2*F")``. ``spelt`` lists further words."""

    def change(asked: Asked, formula: Formula) -> Formula:
        outer = spelt(asked, text)
        of_layer = set(outer.symbols) > {STARTED_FROM.id}  # a total has no letters except its rows
        return formula if asked.is_total and of_layer else around(outer, formula)

    return each(change)


def around(outer: Formula, inner: Formula) -> Formula:
    """A formula over F with F replaced by another formula, unchanged: a sum of many rows is not searched."""

    def visit(node: Node) -> Node:
        return inner.tree if node == STARTED_FROM else rebuild(node, visit)

    return Formula.of(visit(outer.tree), {**outer.least, **inner.least})


def restructured(change: Callable[[Node], Node]) -> Rewrite:
    """A change of a formula's whole tree."""
    return each(lambda _, formula: Formula.of(change(formula.tree), formula.least))


def rounding(function: str) -> Rewrite:
    """Another bracket instead of rounding down; without a function none at all."""

    def change(node: Node) -> Node:
        changed = rebuild(node, change)
        if not isinstance(changed, Call) or changed.function not in (("floor",) if function else BRACKETS):
            return changed
        return Call(function, changed.arguments) if function else changed.arguments[0]

    return restructured(change)


def one_less(node: Node) -> Node:
    """A size without its ``+ 1``."""
    match node:
        case Operation("+", size, last) if last == ONE:
            return size
    return node


def one_inside(node: Node) -> Node:
    """A size whose ``+ 1`` is in the dividend."""
    match node:
        case Operation("+", Call(function, (Operation("/", dividend, divisor),)), last) if last == ONE:
            return Call(function, (Operation("/", fold(Operation("+", dividend, ONE)), divisor),))
    return node


def batched(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    """A batch included where one sample is asked for: the run's batch, or a size that people think of."""
    if BATCH.name in asked.symbols or is_nothing(formulas):
        return
    for batch in (BATCH.name, *BATCHES):
        yield tuple([around(_times(batch), formula) for formula in formulas])


@cache
def _times(batch: int | str) -> Formula:
    return Formula(f"{batch}*F")


# Another formula instead of the right one. A second mistake may follow, but these follow no other.


def instead(text: str, then: Rewrite | None = None) -> Rewrite:
    """Another count instead of the right one, if there is anything to count; ``then`` is applied after another mistake."""
    first = _replacement(text, of_nothing=False)

    def rewrite(asked: Asked, formulas: Formulas) -> Iterable[Formulas]:
        return then(asked, formulas) if then and formulas != asked.formulas else first(asked, formulas)

    return rewrite


def of_nothing(text: str) -> Rewrite:
    """A count of something that counts nothing."""
    return _replacement(text, of_nothing=True)


def _replacement(text: str, *, of_nothing: bool) -> Rewrite:
    def rewrite(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
        if asked.kind is None or formulas != asked.formulas or is_nothing(formulas) != of_nothing:
            return
        new = (spelt(asked, text),)
        if _letters(asked) >= set(new[0].symbols) and differ(formulas, new):
            yield new

    return rewrite


def _letters(asked: Asked) -> set[str]:
    """The letters that a layer has values for."""
    assert asked.kind is not None and asked.form is not None
    others = {symbol.name for symbol in asked.kind.hyperparameters} | {size.name for size in asked.kind.sizes}
    return {symbol.name for symbol in asked.form.symbols} | others | asked.symbols


def each_axis(text: str) -> Rewrite:
    """Another size along every axis of a window, written for the width: ``each_axis("floor(M/s)")``."""

    def rewrite(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
        if asked.kind is None or formulas != asked.formulas:
            return
        new = list(formulas)
        for place, axis in enumerate(axes(asked.kind), 1):
            if axis.letter in formulas[-place].symbols:
                new[-place] = _on(text, axis)
        if differ(formulas, tuple(new)):
            yield tuple(new)

    return rewrite


@cache
def _on(text: str, axis: WindowAxis) -> Formula:
    return Formula(text).renamed(**along(axis))


def spelt(asked: Asked, text: str) -> Formula:
    """A text as a formula for this kind and form: {kernel} is w*h, {inputs} M*N, {outputs} W*H; X and Y are the elements of the
    input and of the output. It counts all runs and samples if the right formula does."""
    if asked.kind is None or asked.form is None:
        return Formula(text)
    form = asked.form
    windows = axes(asked.kind)
    words = {
        "kernel": "*".join(axis.letter for axis in windows) or "1",
        "inputs": "*".join(axis.input.name for axis in windows) or "1",
        "outputs": "*".join(axis.output for axis in windows) or "1",
    }
    formula = asked.kind.formula(text.format_map(words))
    once = asked.role in STORED or "F" in formula.symbols
    resolved = asked.kind.resolved(formula, form, inline_sizes=False, once=once)
    if once or BATCH.name not in asked.symbols:
        return resolved
    return Formula("B*x").inlined(x=resolved)


def axes(kind: Kind) -> tuple[WindowAxis, ...]:
    """The axes along which a kind's window slides, the innermost first."""
    sizes = {size.name for size in kind.sizes}
    return tuple(axis for axis in AXES if axis.output in sizes and axis.letter in kind.symbols)
