"""Prints a formula's tree in a dialect, with symbols or numbers, as pieces between which a line may be broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from worksheet.formula.dialects import DIGIT, FLAT, GREEK, GROUP, LETTER, STACK, SUBSCRIPT, VALUE, WORD, Dialect
from worksheet.formula.digits import GROUPED_OPERAND
from worksheet.formula.parse import BINDING, BRACKETS, POWER, PRODUCT, SUM
from worksheet.formula.pieces import SLOT, Extent, Piece
from worksheet.formula.tree import Call, Exact, Name, Negative, Node, Number, Operation, factors
from worksheet.frozen import frozen

ATOM = POWER + 1  # never needs parentheses


# Lengths in half ems, rather long than short: measured against Computer Modern.
LETTER_LENGTH, SIGN_LENGTH, GLUE_LENGTH, BRACKETS_LENGTH, TALL_LENGTH = 1.4, 2.6, 0.2, 1.7, 2.6


@frozen
class PrintedNode:
    """A printed node: its pieces, and what decides how it joins its neighbours."""

    pieces: tuple[Piece, ...]
    holds: int
    head: str
    tail: str
    tall: bool = False
    valued: bool = False  # contains a number substituted for a symbol

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def extent(self) -> Extent:
        return sum((piece.extent for piece in self.pieces), Extent())


def show(node: Node, dialect: Dialect, values: Mapping[str, bool]) -> tuple[Piece, ...]:
    """The pieces of a tree. ``values`` names the symbols that numbers replace; True where the number needs parentheses."""
    return _Printer(dialect, values).node(node).pieces


def _leaf(text: str, kind: str, extent: Extent, valued: bool = False) -> PrintedNode:
    return PrintedNode((Piece(text, text, extent),), ATOM, kind, kind, valued=valued)


class _Printer:
    def __init__(self, dialect: Dialect, values: Mapping[str, bool]) -> None:
        self.dialect = dialect
        self.values = values

    def node(self, node: Node) -> PrintedNode:
        match node:
            case Number(value):
                return self.constant(value)
            case Name(name):
                if name in self.values:
                    shown = _leaf(f"{SLOT}{name}{SLOT}", VALUE, Extent(0, (name,)), valued=True)
                    return self.wrap(shown) if self.values[name] else shown
                return self.symbol(name)
            case Negative(operand):
                return self.negative(self.held(operand, PRODUCT))
            case Operation():
                return self.chain(node)
            case Call(function, arguments):
                return self.call(function, [self.node(argument) for argument in arguments])
        raise TypeError(f"not a part of a formula: {node!r}")

    def chain(self, node: Operation) -> PrintedNode:
        """A run of operations of one precedence, from left to right, without recursion."""
        run: list[Operation] = [node]
        while isinstance(left := run[-1].left, Operation) and BINDING[left.sign] == BINDING[node.sign] != POWER:
            run.append(left)
        first = run[-1].left
        shown = self.term(first, SUM) if node.sign in "+-" else self.node(first)
        for operation in reversed(run):
            shown = OPERATIONS[operation.sign](self, shown, operation)
        return shown

    def constant(self, value: Exact) -> PrintedNode:
        text = str(value)
        if isinstance(value, int) and value < GROUPED_OPERAND:
            return _leaf(self.dialect.number(text), DIGIT, Extent(len(text)))
        return _leaf(f"{SLOT}{text}{SLOT}", DIGIT, Extent(0, (text,)))

    def symbol(self, name: str) -> PrintedNode:
        base, _, index = name.partition("_")
        text = self.spell(base)
        if index:
            inner = self.dialect.number(index) if index.isdigit() else self.spell(index)
            return _leaf(self.dialect.subscript.format(text, inner), SUBSCRIPT, Extent(LETTER_LENGTH + 0.9 * len(index)))
        kind = LETTER if len(base) == 1 or base in GREEK else WORD
        return _leaf(text, kind, Extent(LETTER_LENGTH if kind == LETTER else 1.1 * len(base)))

    def spell(self, word: str) -> str:
        if word in GREEK:
            return self.dialect.letter.format(self.dialect.greek(word))
        return (self.dialect.letter if len(word) == 1 else self.dialect.word).format(word)

    def negative(self, inner: PrintedNode) -> PrintedNode:
        text = self.dialect.negative.format(inner.text)
        return PrintedNode((Piece(text, text, inner.extent + 2),), SUM, FLAT, inner.tail, inner.tall, inner.valued)

    def held(self, node: Node, needed: int) -> PrintedNode:
        """A node, in parentheses where it binds less strongly than ``needed``."""
        return self.hold(self.node(node), needed)

    def hold(self, shown: PrintedNode, needed: int) -> PrintedNode:
        return shown if shown.holds >= needed else self.wrap(shown)

    def wrap(self, shown: PrintedNode) -> PrintedNode:
        template = self.dialect.tall if shown.tall else self.dialect.parentheses
        text = template.format(shown.text)
        length = TALL_LENGTH if shown.tall else BRACKETS_LENGTH
        piece = Piece(text, text, shown.extent + length, self.opened("", shown.pieces))
        return PrintedNode((piece,), ATOM, GROUP, GROUP, shown.tall, shown.valued)

    def opened(self, brackets: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """The pieces inside brackets, the outer ones carrying the brackets, where there is more than one."""
        if len(pieces) < 2:
            return ()
        before, after = self.dialect.opened[brackets]
        first, *middle, last = pieces
        return (_join(before, first, ""), *middle, _join("", last, after))

    def sum(self, template: str, a: PrintedNode, right: Node) -> PrintedNode:
        b = self.term(right, PRODUCT)
        pieces = (*a.pieces, _put_sign(b.pieces[0], template, SIGN_LENGTH), *b.pieces[1:])
        return PrintedNode(pieces, SUM, a.head, b.tail, a.tall or b.tall, a.valued or b.valued)

    def term(self, node: Node, needed: int) -> PrintedNode:
        """A term of a sum; a product of bare numbers is grouped, a coefficient is put in front of its number: 2(3)."""
        shown = self.held(node, needed)
        if not (self.dialect.coefficient and shown.valued and isinstance(node, Operation) and node.sign == "*"):
            return shown
        parts = factors(node)
        if not all(map(self.is_bare, parts)):
            return shown
        if len(parts) == 2 and isinstance(parts[0], Number) and isinstance(parts[1], Name):
            return self.coefficient(self.node(parts[0]), self.node(parts[1]))
        return self.wrap(shown)

    def is_bare(self, node: Node) -> bool:
        """Whether a factor prints as a number, a power of one, or a quotient of them."""
        match node:
            case Number():
                return True
            case Name(name):
                return self.values.get(name) is False
            case Operation("/", left, right):
                return self.is_bare(left) and self.is_bare(right)
            case Operation("**", base, _):
                return self.is_bare(base)
        return False

    def coefficient(self, number: PrintedNode, value: PrintedNode) -> PrintedNode:
        text = number.text + self.dialect.parentheses.format(value.text)
        piece = Piece(text, text, number.extent + value.extent + BRACKETS_LENGTH)
        return PrintedNode((piece,), PRODUCT, DIGIT, GROUP, valued=True)

    def product(self, left: PrintedNode, right: Node) -> PrintedNode:
        a, b = self.hold(left, PRODUCT), self.held(right, POWER)
        glued = (a.tail, b.head) in self.dialect.glue
        template = self.dialect.adjoin if glued else self.dialect.times
        first, *rest = b.pieces
        if glued and b.head != GROUP:  # letters side by side stay on one line
            last = a.pieces[-1]
            text = template.format("", first.text)
            joined = Piece(last.text + text, last.fresh + text, last.extent + first.extent + GLUE_LENGTH)
            pieces = (*a.pieces[:-1], joined, *rest)
        else:
            length = GLUE_LENGTH if glued else SIGN_LENGTH
            pieces = (*a.pieces, _put_sign(first, template, length, self.dialect.break_times), *rest)
        return PrintedNode(pieces, PRODUCT, a.head, b.tail, a.tall or b.tall, a.valued or b.valued)

    def quotient(self, left: PrintedNode, right: Node) -> PrintedNode:
        below = self.node(right)
        flat = self.on_one_line(self.hold(left, PRODUCT), self.hold(below, POWER))
        if not self.dialect.stacked:
            return flat
        text = self.dialect.fraction.format(left.text, below.text)
        wider = max(left.extent, below.extent, key=Extent.usual)
        kind = VALUE if flat.valued else STACK
        piece = Piece(text, text, wider + 1, flat.pieces)
        return PrintedNode((piece,), PRODUCT, kind, kind, tall=True, valued=flat.valued)

    def on_one_line(self, a: PrintedNode, b: PrintedNode) -> PrintedNode:
        """A quotient with a slash: in flat dialects, and for fractions that are wider than the page."""
        text = self.dialect.slash.format(b.text)
        pieces = (*a.pieces, Piece(text, text, b.extent + 1))
        return PrintedNode(pieces, PRODUCT, a.head, FLAT, a.tall or b.tall, a.valued or b.valued)

    def power(self, left: PrintedNode, right: Node) -> PrintedNode:
        base = self.hold(left, ATOM)
        if self.dialect.raised and isinstance(right, Number):
            exponent = self.dialect.raised(str(right.value))
            text, extent = base.text + exponent, base.extent + len(exponent)
        else:
            shown = self.node(right) if self.dialect.stacked else self.held(right, ATOM)
            text, extent = self.dialect.power.format(base.text, shown.text), base.extent + shown.extent
        kind = VALUE if base.valued or base.tail == DIGIT else base.tail
        piece = Piece(text, text, extent)
        return PrintedNode((piece,), POWER, kind, FLAT if not self.dialect.stacked else kind, base.tall, base.valued)

    def call(self, function: str, arguments: list[PrintedNode]) -> PrintedNode:
        template = self.dialect.calls[function]
        text = template.format(self.dialect.comma.join(argument.text for argument in arguments))
        extent = sum((argument.extent + TALL_LENGTH for argument in arguments), Extent(len(arguments)))
        kind = GROUP if function in BRACKETS else WORD
        valued, tall = any(a.valued for a in arguments), any(a.tall for a in arguments)
        piece = Piece(text, text, extent, self.opened(function, self.list_pieces(arguments)))
        return PrintedNode((piece,), ATOM, kind, GROUP, tall, valued)

    def list_pieces(self, arguments: list[PrintedNode]) -> tuple[Piece, ...]:
        """The pieces of a list of arguments, with a comma after each but the last."""
        run: list[Piece] = []
        for argument in arguments[:-1]:
            run += [*argument.pieces[:-1], _join("", argument.pieces[-1], self.dialect.comma)]
        return (*run, *arguments[-1].pieces)


def _put_sign(piece: Piece, template: str, length: float, fresh: str | None = None) -> Piece:
    """A piece with a sign in front; ``fresh`` is the template for the start of a line, where it differs."""
    text = template.format("", piece.text)
    start = fresh.format(piece.text) if fresh else text.lstrip()
    opened = piece.opened and (_put_sign(piece.opened[0], template, length, fresh), *piece.opened[1:])
    return Piece(text, start, piece.extent + length, opened)


def _join(before: str, piece: Piece, after: str) -> Piece:
    """A piece with text attached at both ends, in its smaller pieces too."""
    opened = piece.opened
    if len(opened) > 1:
        opened = (_join(before, opened[0], ""), *opened[1:-1], _join("", opened[-1], after))
    extent = piece.extent + BRACKETS_LENGTH
    return Piece(before + piece.text + after, before + piece.fresh + after, extent, opened)


OPERATIONS: dict[str, Callable[[_Printer, PrintedNode, Operation], PrintedNode]] = {
    "+": lambda printer, left, node: printer.sum(printer.dialect.plus, left, node.right),
    "-": lambda printer, left, node: printer.sum(printer.dialect.minus, left, node.right),
    "*": lambda printer, left, node: printer.product(left, node.right),
    "/": lambda printer, left, node: printer.quotient(left, node.right),
    "**": lambda printer, left, node: printer.power(left, node.right),
}


def needs_parentheses(text: str) -> bool:
    """Whether a printed number is itself an expression: negative, or a quotient."""
    return text[:1] in "-−" or "/" in text
