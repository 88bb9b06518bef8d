"""A formula: one line of text that is evaluated exactly, printed in several notations, rewritten, and given to sympy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from worksheet.errors import FormulaError, shown
from worksheet.formula import rewrite
from worksheet.formula.dialects import LATEX, SOURCE, Dialect, dialect_named
from worksheet.formula.digits import Digits, digits_named
from worksheet.formula.exact import Evaluator, check_size, evaluator, is_whole, simplest, sympy_arithmetic
from worksheet.formula.parse import BRACKETS, is_name, parse
from worksheet.formula.pieces import Piece, Printed, SlotTexts, fill
from worksheet.formula.show import needs_parentheses, show
from worksheet.formula.tree import Call, Exact, Name, Node, walk
from worksheet.memo import Bounded

if TYPE_CHECKING:
    import sympy


MAX_KEPT = 256  # rewritten formulas that a formula remembers
MAX_LETTERS = 150  # in a repr


class Formula:
    """A formula in textbook order, such as ``k*(c*w*h + 1)``.

    ``text`` may hold ``+ - * / **``, parentheses, whole numbers, names with one subscript (``p_w``, Greek letters spelled
    out) and ``floor ceil max min gcd``. Everything else raises FormulaError with its position. ``least`` gives the smallest
    value of a symbol (more than 0 makes it positive for sympy, 0 nonnegative); symbols are whole numbers, except for those
    whose least value is a fraction.

    >>> f = Formula("(c*w*h + b)*k")
    >>> f.symbols, f.evaluate(c=3, w=11, h=11, b=1, k=64)
    (('c', 'w', 'h', 'b', 'k'), 23296)
    >>> print(f.given(b=1).show(), "=", f.given(b=1).show("text", {"c": 3, "w": 11, "h": 11, "k": 64}))
    (cwh + 1)k = ((3 × 11 × 11) + 1) × 64
    """

    def __init__(self, text: str, least: Mapping[str, Exact] | None = None) -> None:
        if not isinstance(text, str):
            raise FormulaError(f"a formula is a text, not {type(text).__name__}")
        self._fill(parse(text), least or {})

    @classmethod
    def of(cls, tree: Node, least: Mapping[str, Exact] | None = None) -> Formula:
        """A formula from a tree, which is trusted to be one that the parser could have made."""
        formula = cls.__new__(cls)
        formula._fill(tree, least or {})  # noqa: SLF001
        return formula

    def _fill(self, tree: Node, least: Mapping[str, Exact]) -> None:
        self.tree = tree
        self.least = least
        self._pieces: dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[Piece, ...]] = {}

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The names in the order of their first occurrence."""
        return tuple(dict.fromkeys(node.id for node in walk(self.tree) if isinstance(node, Name)))

    @cached_property
    def source(self) -> str:
        """The text that parses to this formula."""
        return self.show(SOURCE)

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Formula({shown(self.source, MAX_LETTERS)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.tree == other.tree

    def __reduce__(self) -> tuple[Any, ...]:
        return Formula.of, (self.tree, dict(self.least))

    def __hash__(self) -> int:
        return hash(self.source)

    # Value

    def evaluate(self, /, **values: int) -> Exact:
        """The exact value: an int, or a Fraction where a division leaves one.

        Values of other names are ignored. Raises FormulaError for a missing or inexact value and for a division by zero.
        """
        for name in self.symbols:
            if name not in values:
                raise FormulaError(f"no value for {name} in {self.source}")
            self._check(name, values[name])
        return self.at(values)

    def _check(self, name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
            raise FormulaError(f"{name} = {value!r} is not a whole number (in {self.source})")
        check_size(value)

    def at(self, values: Mapping[str, Exact]) -> Exact:
        """The exact value, without the checks of ``evaluate``: there is a whole number or a Fraction for every symbol."""
        return check_size(simplest(self._run(values)))

    @cached_property
    def _run(self) -> Evaluator:
        return evaluator(self.tree)

    # sympy

    @cached_property
    def expr(self) -> sympy.Expr:
        """The sympy expression, by the same code that computes the value."""
        import sympy

        run = evaluator(self.tree, sympy_arithmetic())
        return sympy.sympify(run({name: self._symbol(name) for name in self.symbols}))

    def _symbol(self, name: str) -> sympy.Symbol:
        import sympy

        least = self.least.get(name, -1)
        domain = "integer" if isinstance(least, int) else "rational"
        if least < 0:
            return sympy.Symbol(name, **{domain: True})
        return sympy.Symbol(name, **{domain: True, "positive" if least else "nonnegative": True})

    def _sympy_(self) -> sympy.Expr:
        return self.expr

    def _latex(self, _printer: object, **_: object) -> str:
        return self.show(LATEX)

    # Print

    def show(
        self, dialect: Dialect | str = "text", values: Mapping[str, Exact] | None = None, digits: Digits | str = "none"
    ) -> str:
        """The formula in the author's order, in one of ``latex typst mathml text words source``.

        Symbols in ``values`` are printed as numbers, with the ``digits`` of a locale such as ``en_IN``, or ``none``.
        """
        dialect = dialect_named(dialect)
        numbers = self._numbers(values, digits)
        texts = SlotTexts(dialect, numbers, _digits(digits))
        return "".join([fill(piece.text, texts) for piece in self._template(dialect, numbers)])

    def printed(
        self, dialect: Dialect | str, values: Mapping[str, Exact] | None = None, digits: Digits | str = "none"
    ) -> list[Printed]:
        """What ``show`` prints, in pieces between which a long line may be broken."""
        dialect = dialect_named(dialect)
        numbers = self._numbers(values, digits)
        texts = SlotTexts(dialect, numbers, _digits(digits))

        def with_numbers(piece: Piece) -> Printed:
            text = fill(piece.text, texts)
            fresh = text if piece.text == piece.fresh else fill(piece.fresh, texts)
            return Printed(
                text, fresh, piece.extent.with_numbers(numbers), lambda: [with_numbers(inner) for inner in piece.opened]
            )

        return [with_numbers(piece) for piece in self._template(dialect, numbers)]

    def _numbers(self, values: Mapping[str, Exact] | None, digits: Digits | str) -> dict[str, str]:
        """The numbers as printed, by symbol."""
        if not values:
            return {}
        operand = _digits(digits).operand
        numbers = {}
        for name in self.symbols:
            if name in values:
                self._check(name, values[name])
                numbers[name] = operand(values[name])
        return numbers

    def _template(self, dialect: Dialect, numbers: Mapping[str, str]) -> tuple[Piece, ...]:
        """The pieces with slots for numbers; made once for each dialect and set of symbols that numbers replace."""
        bracketed = tuple([name for name, text in numbers.items() if needs_parentheses(text)])
        key = (dialect.name, tuple(numbers), bracketed)
        if key not in self._pieces:
            self._pieces[key] = show(self.tree, dialect, {name: name in bracketed for name in numbers})
        return self._pieces[key]

    # Rewrites

    def given(self, /, **facts: int) -> Formula:
        """The formula with numbers substituted for some symbols, simplified where that leaves ``* 1``, ``+ 0`` and the like.

        >>> Formula("k*(c*w*h - 1 + b)").given(b=1).source, Formula("k*(c*w*h + b)").given(b=0).source
        ('k*c*w*h', 'k*c*w*h')
        """
        for name, value in facts.items():
            if isinstance(value, bool) or not isinstance(value, int):
                raise FormulaError(f"a fact is a whole number, not {name} = {value!r}")
        known = {name: value for name, value in facts.items() if name in self.symbols}
        if not known:
            return self
        numbers = {name: rewrite.constant(value) for name, value in known.items()}
        return self._rewritten(("given", *known.items()), lambda: rewrite.replace(self.tree, numbers))

    @cached_property
    def _rewrites(self) -> Bounded[tuple[object, ...], Formula]:
        return Bounded(MAX_KEPT)

    def _rewritten(self, key: tuple[object, ...], tree: Callable[[], Node]) -> Formula:
        """The formula of another tree, made once for each key."""
        found = self._rewrites.get(key)
        if found is None:
            found = self._rewrites[key] = Formula.of(tree(), self.least)
        return found

    def renamed(self, /, **names: str) -> Formula:
        """The formula with other names for its symbols.

        >>> Formula("c*w*h").renamed(w="h", h="w").source
        'c*h*w'
        """
        for name in names.values():
            if not is_name(name):
                raise FormulaError(f"{name!r} cannot name a symbol")
        return Formula.of(rewrite.rename(self.tree, {old: Name(new) for old, new in names.items()}), self._least(names))

    def _least(self, names: Mapping[str, str]) -> dict[str, Exact]:
        return {names.get(name, name): least for name, least in self.least.items()}

    def inlined(self, /, **formulas: Formula | str) -> Formula:
        """The formula with whole formulas substituted for symbols, all at once.

        >>> Formula("k*(c*w*h + 1)*W").inlined(W="(M - w)/s + 1").source
        'k*(c*w*h + 1)*((M - w)/s + 1)'
        """
        parts = {name: f if isinstance(f, Formula) else Formula(f) for name, f in formulas.items() if name in self.symbols}
        if not parts:
            return self
        least = {**self.least}
        for part in parts.values():
            least |= part.least
        new = rewrite.replace(self.tree, {name: part.tree for name, part in parts.items()})
        return Formula.of(new, least)

    def settled(self, values: Mapping[str, Exact]) -> Formula:
        """The formula without the floors and ceilings that these numbers do not need, since the division inside is exact."""
        places = tuple([place for place, (_, inside, _) in enumerate(self._brackets) if is_whole(inside(values))])
        return self._without_brackets(places) if places else self

    def roundings(self, values: Mapping[str, Exact]) -> dict[Exact, Exact]:
        """What the floors and ceilings hold where it is not whole, in their order, and what they make of it.

        >>> Formula("floor(M/2) + 1").roundings({"M": 223})
        {Fraction(223, 2): 111}
        """
        rounded = {simplest(inside(values)): simplest(outside(values)) for _, inside, outside in self._brackets}
        return {value: whole for value, whole in rounded.items() if not is_whole(value)}

    def unrounded(self) -> Formula:
        """The formula without any floor or ceiling."""
        return self._without_brackets(tuple(range(len(self._brackets)))) if self._brackets else self

    def _without_brackets(self, places: tuple[int, ...]) -> Formula:
        """The formula without some of its brackets, which are counted from the left."""
        return self._rewritten(
            ("settled", *places), lambda: rewrite.settle(self.tree, tuple(self._brackets[place][0] for place in places))
        )

    @cached_property
    def pattern(self) -> Node:
        """The tree with its symbols numbered in order: equal for formulas that differ only in names.

        >>> Formula("(M - w)/s").pattern == Formula("(N - h)/t").pattern
        True
        """
        return rewrite.rename(self.tree, {name: Name(f"x_{i}") for i, name in enumerate(self.symbols)})

    def rounds(self) -> bool:
        """Whether the formula holds a floor or a ceiling."""
        return bool(self._brackets)

    @cached_property
    def _brackets(self) -> list[tuple[Node, Evaluator, Evaluator]]:
        """The argument of each floor and ceiling, its evaluator and that of the whole bracket."""
        calls = [n for n in walk(self.tree) if isinstance(n, Call) and n.function in BRACKETS]
        return [(call.arguments[0], evaluator(call.arguments[0]), evaluator(call)) for call in calls]

    def quotients(self, values: Mapping[str, Exact]) -> Formula:
        """The formula with the inside of each floor and ceiling evaluated: ``floor(54.25) + 1``."""
        return Formula.of(rewrite.evaluate_brackets(self.tree, lambda node: simplest(evaluator(node)(values))), self.least)


def _digits(digits: Digits | str) -> Digits:
    return digits_named(digits) if isinstance(digits, str) else digits
