"""The parts of a formula: numbers, names, operations and calls, in the order and grouping in which they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

Exact = int | Fraction


class Number(NamedTuple):
    """A constant. The parser makes integers only; a Fraction occurs only where a step shows a quotient's value."""

    value: Exact


class Name(NamedTuple):
    """A symbol such as ``k``, ``p_w`` or ``alpha``."""

    id: str


class Negative(NamedTuple):
    """The sign in ``-x``."""

    operand: Node


class Operation(NamedTuple):
    """``left sign right`` with one of ``+ - * / **``; chains are left-associative."""

    sign: str
    left: Node
    right: Node


class Call(NamedTuple):
    """One of the known functions applied to its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Negative | Operation | Call

ZERO, ONE = Number(0), Number(1)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, from left to right."""
    match node:
        case Operation():
            return (node.left, node.right)
        case Negative():
            return (node.operand,)
        case Call():
            return node.arguments
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Every node, in the order of the text."""
    match node:
        case Operation():
            yield from walk(node.left)
            yield node
            yield from walk(node.right)
        case _:
            yield node
            for child in children(node):
                yield from walk(child)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with ``change`` applied to its children; the very same node where nothing changed."""
    match node:
        case Operation(sign, left, right):
            new_left, new_right = change(left), change(right)
            same = new_left is left and new_right is right
            return node if same else Operation(sign, new_left, new_right)
        case Negative(operand):
            new = change(operand)
            return node if new is operand else Negative(new)
        case Call(function, arguments):
            changed = tuple(change(argument) for argument in arguments)
            same = all(new is old for new, old in zip(changed, arguments, strict=True))
            return node if same else Call(function, changed)
    return node


def terms(node: Node) -> list[tuple[int, Node]]:
    """A chain of additions and subtractions as (sign, term) pairs: ``a - b + c`` gives (1, a), (-1, b), (1, c)."""
    chain: list[tuple[int, Node]] = []
    while isinstance(node, Operation) and node.sign in "+-":
        chain.append((1 if node.sign == "+" else -1, node.right))
        node = node.left
    return [(1, node), *reversed(chain)]


def factors(node: Node) -> list[Node]:
    """A chain of multiplications: ``a*b*c`` gives a, b, c; a quotient counts as one factor."""
    chain: list[Node] = []
    while isinstance(node, Operation) and node.sign == "*":
        chain.append(node.right)
        node = node.left
    return [node, *reversed(chain)]
