"""Rewrites a formula in its author's order: numbers folded in, names replaced, floors dropped where a division is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from worksheet.errors import FormulaError
from worksheet.formula.exact import check_size, divide, evaluator
from worksheet.formula.parse import BRACKETS, MAX_DIGITS
from worksheet.formula.tree import ONE, ZERO, Call, Exact, Name, Negative, Node, Number, Operation, factors, rebuild, terms, walk

MAX_NODES = 600  # also bounds the depth of the tree
MAX_DECIMALS = 6
TOO_LONG = 10**MAX_DIGITS  # a number that could not be read back


def replace(node: Node, new: Mapping[str, Node]) -> Node:
    """Symbols replaced by trees, all at once; the parts that change are folded."""

    def visit(part: Node) -> Node:
        if isinstance(part, Name):
            return new.get(part.id, part)
        changed = rebuild(part, visit)
        return part if changed is part else fold(changed)

    grown = {name: size(part) - 1 for name, part in new.items()}
    names = [part.id for part in walk(node) if isinstance(part, Name)]
    if size(node) + sum(grown.get(name, 0) for name in names) > MAX_NODES:
        raise FormulaError(f"the formula grows beyond {MAX_NODES} parts")
    return visit(node)


def rename(node: Node, new: Mapping[str, Node]) -> Node:
    """Other names or trees for the symbols; nothing is folded."""
    if isinstance(node, Name):
        return new.get(node.id, node)
    return rebuild(node, lambda part: rename(part, new))


def size(node: Node) -> int:
    """The number of nodes of the tree; shared ones count each time."""
    match node:
        case Operation(_, left, right):
            return 1 + size(left) + size(right)
        case Negative(operand):
            return 1 + size(operand)
        case Call(_, arguments):
            return 1 + sum(map(size, arguments))
    return 1


def fold(node: Node) -> Node:
    """One node simplified: no ``+ 0``, ``* 1``, ``- 1 + 1``; constants evaluated, nested chains joined.

    The node stays as it is where the result would contain a number that is too long for the parser.
    """
    folded = _folded(node)
    return node if folded is not node and any(isinstance(n, Number) and n.value >= TOO_LONG for n in walk(folded)) else folded


def _folded(node: Node) -> Node:
    match node:
        case Operation("+" | "-"):
            return _fold_sum(node)
        case Operation("*"):
            return _fold_product(node)
        case Operation("/", left, right):
            return _fold_quotient(node, left, right)
        case Operation("**", base, exponent):
            return _fold_power(node, base, exponent)
        case Negative(Negative(operand)):
            return operand
        case Negative(Number(0)):
            return ZERO
        case Call() if not any(isinstance(part, Name) for part in walk(node)):
            return constant(evaluator(node)({}))
        case Call("floor" | "ceil", (inner,)) if not any(isinstance(n, Operation) and n.sign == "/" for n in walk(inner)):
            return inner  # symbols are whole numbers, so without a division there is nothing to round
    return node


def _flat_terms(node: Node, sign: int = 1) -> list[tuple[int, Node]]:
    """The signed terms of a chain, with those of nested sums."""
    flat: list[tuple[int, Node]] = []
    for outer, term in terms(node):
        total = sign * outer
        match term:
            case Operation("+" | "-") if term is not node:
                flat += _flat_terms(term, total)
            case Negative(operand):
                flat += _flat_terms(operand, -total)
            case _:
                flat.append((total, term))
    return flat


def _fold_sum(node: Node) -> Node:
    """Constants are added up at the place of the first one with the sign of their sum; equal terms of opposite sign cancel."""
    flat = _without_opposites(_flat_terms(node))
    total: Exact = sum(sign * term.value for sign, term in flat if isinstance(term, Number))
    kept: list[tuple[int, Node]] = []
    for sign, term in flat:
        if not isinstance(term, Number):
            kept.append((sign, term))
        elif total and sign * total > 0:
            kept.append((sign, Number(abs(total))))
            total = 0
    return _chain(kept)


def _without_opposites(flat: list[tuple[int, Node]]) -> list[tuple[int, Node]]:
    kept: list[tuple[int, Node]] = []
    for sign, term in flat:
        if not isinstance(term, Number) and (-sign, term) in kept:
            kept.remove((-sign, term))
        else:
            kept.append((sign, term))
    return kept


def _chain(flat: list[tuple[int, Node]]) -> Node:
    """A sum of signed terms as a tree; a positive term comes first where there is one."""
    if not flat:
        return ZERO
    lead = next((i for i, (sign, _) in enumerate(flat) if sign > 0), None)
    if lead is None:
        return _negative(_chain([(1, term) for _, term in flat]))
    node = flat[lead][1]
    for sign, term in flat[:lead] + flat[lead + 1 :]:
        node = Operation("+" if sign > 0 else "-", node, term)
    return node


def _negative(node: Node) -> Node:
    return fold(Negative(node))


def _fold_product(node: Node) -> Node:
    flat = [inner for factor in factors(node) for inner in factors(factor)]
    if ZERO in flat:
        return ZERO
    coefficient: Exact = 1
    sign = 1
    rest: list[Node] = []
    for factor in flat:
        sign = -sign if isinstance(factor, Negative) else sign
        positive: Node = factor.operand if isinstance(factor, Negative) else factor
        if isinstance(positive, Number):
            coefficient *= positive.value
        else:
            rest.append(positive)
    return _product(sign * coefficient, rest)


def _product(coefficient: Exact, rest: list[Node]) -> Node:
    if not rest:
        return constant(coefficient)
    magnitude = -coefficient if coefficient < 0 else coefficient
    chain = rest if magnitude == 1 else [Number(magnitude), *rest]
    node = chain[0]
    for factor in chain[1:]:
        node = Operation("*", node, factor)
    return Negative(node) if coefficient < 0 else node


def _fold_quotient(node: Operation, left: Node, right: Node) -> Node:
    if right == ONE:
        return left
    if right == ZERO:
        raise FormulaError("division by zero")
    if left == ZERO:
        return ZERO
    a, b = _value(left), _value(right)
    if a is None or b is None:
        return node
    value = divide(a, b)
    return constant(value) if isinstance(value, int) else node


def _fold_power(node: Operation, base: Node, exponent: Node) -> Node:
    if exponent == ZERO:
        return ONE
    if exponent == ONE or base in (ZERO, ONE):
        return base
    if _value(base) is not None and isinstance(exponent, Number):
        return constant(evaluator(node)({}))
    return node


def _value(node: Node) -> Exact | None:
    match node:
        case Number(value):
            return value
        case Negative(Number(value)):
            return -value
    return None


def settle(node: Node, whole: Sequence[Node]) -> Node:
    """Every ``floor`` and ``ceil`` of one of the ``whole`` nodes replaced by that node."""

    def visit(part: Node) -> Node:
        changed = rebuild(part, visit)
        if isinstance(part, Call) and any(part.arguments[0] is inside for inside in whole):
            return changed.arguments[0] if isinstance(changed, Call) else changed
        return changed

    return visit(node)


def evaluate_brackets(node: Node, value: Callable[[Node], Exact]) -> Node:
    """The inside of every floor and ceiling evaluated: ``floor((M - w)/s) + 1`` becomes ``floor(54.25) + 1``."""

    def visit(part: Node) -> Node:
        if isinstance(part, Call) and part.function in BRACKETS:
            return Call(part.function, (decimal(value(part.arguments[0])),))
        return rebuild(part, visit)

    return visit(node)


def constant(value: Exact) -> Node:
    """A number as a tree; a fraction as a quotient of whole numbers."""
    check_size(value)
    if value < 0:
        return Negative(constant(-value))
    if isinstance(value, int):
        return Number(value)
    return Operation("/", Number(value.numerator), Number(value.denominator))


def decimal(value: Exact) -> Node:
    """A number to be printed: as decimals where it has few of them, such as 54.25."""
    return Number(value) if value >= 0 and 10**MAX_DECIMALS % value.denominator == 0 else constant(value)
