"""Layers whose formulas depend on their inputs: equal layers share one kind, and what does not fit is refused in words."""

import pytest

from worksheet.errors import WorksheetError
from worksheet.layers import Kind
from worksheet.network import INPUT, Network, layer
from worksheet.sizes import Sized, sized

Shapes = tuple[tuple[int, ...], ...]


def meet(kind: str, shapes: Shapes, pattern: str = "", **words: int) -> Sized:
    further = {f"input_{i}": shape for i, shape in enumerate(shapes[1:], 2)}
    node = layer(kind, "x", (INPUT, *further)[: len(shapes)], pattern=pattern, **words)
    return sized(Network("n", shapes[0], (node,), further=further))[0]


def kind_at(kind: str, shapes: Shapes, pattern: str = "", **words: int) -> Kind:
    return meet(kind, shapes, pattern, **words).kind


@pytest.mark.parametrize(
    ("kind", "first", "second", "words"),
    [
        ("Add", ((3, 4, 5),) * 3, ((64, 7, 7),) * 3, {}),
        ("Mul", ((3, 4, 5), (3, 1, 1)), ((64, 7, 7), (64, 1, 1)), {}),
        ("MatMul", ((2, 4, 5), (5, 6)), ((8, 9, 7), (7, 3)), {}),
        ("MatMul", ((3, 1, 4, 5), (1, 2, 5, 6)), ((8, 1, 3, 2), (1, 9, 2, 7)), {}),
        ("Softmax", ((3, 4, 5),), ((6, 7, 8),), {"a": 2}),
        ("BatchNorm", ((300, 8, 7, 7),), ((200, 9, 7, 7),), {"i": 2}),
        ("LayerNorm", ((3, 4, 5),), ((6, 7, 8),), {"l": 3}),
        ("Mean", ((3, 4, 5),), ((6, 7, 8),), {"a_1": 2, "a_2": 3}),
        ("Scale", ((3, 4),), ((6, 7),), {}),
        ("PReLU", ((2, 3, 4, 5),), ((3, 3, 4, 5),), {"a": 3, "i": 2}),
        ("Power", ((3, 4, 5),), ((6, 7, 8),), {"e": 2}),
    ],
)
def test_layers_that_meet_their_inputs_alike_share_their_kind(kind: str, first: Shapes, second: Shapes, words) -> None:
    assert kind_at(kind, first, **words) is kind_at(kind, second, **words)


def test_an_equation_is_read_once() -> None:
    assert kind_at("Einsum", ((3, 4), (4, 5)), "ij,jk->ik") is kind_at("Einsum", ((6, 7), (7, 8)), "ij, jk -> ik")


def test_equal_maps_share_the_formulas_of_a_sum_whatever_their_size() -> None:
    row = meet("Add", ((64, 56, 56),) * 3)
    assert (row.kind.quantity("additions", row.form).source, row.kind.quantity("elements_in", row.form).source) == (
        "2*c*M*N",
        "3*c*M*N",
    )


REFUSED: list[tuple[str, Shapes, str, dict[str, int], str]] = [
    ("Add", ((3, 4, 5), (3, 4, 6)), "", {}, "Add cannot combine 3 x 4 x 5 and 3 x 4 x 6: sizes 5 and 6"),
    ("Add", ((3, 4, 5),), "", {}, "combines two tensors or more, but receives 1"),
    ("Sub", ((3,), (3,), (3,)), "", {}, "combines two tensors, but receives 3"),
    ("Add", ((3,),) * 1001, "", {}, "at most 1,000"),
    ("Add", ((2,) * 13, (1,) * 12 + (2,)), "", {}, "a tensor with 13 axes"),
    ("MatMul", ((4, 5), (6, 7)), "", {}, "cannot multiply 4 x 5 by 6 x 7: rows of 5 by columns of 6"),
    ("MatMul", ((2, 4, 5), (3, 5, 6)), "", {}, "MatMul cannot combine 2 and 3"),
    ("MatMul", ((4, 5),), "", {}, "it reads 2 inputs, not 1"),
    ("Einsum", ((4, 5),), "ij", {}, "'ij' is not an equation"),
    ("Einsum", ((4, 5),), "i" * 10**6, {}, "is not an equation"),
    ("Einsum", ((4, 4),), "ii->i", {}, "an index occurs twice in 'ii'"),
    ("Einsum", ((4, 5),), "ij->ik", {}, "index k of the output does not occur in an input"),
    ("Einsum", ((4, 5),), "ij,jk->ik", {}, "the equation has 2 inputs, not 1"),
    ("Einsum", ((4, 5), (4,)), "ij,jk->ik", {}, "the input of indices j, k is 4"),
    ("Einsum", ((4, 5), (6, 7)), "ij,jk->ik", {}, "index j is 5 in one input, 6 in another"),
    ("Mean", ((4, 5),), "", {"a_1": 3}, "over axis 3 receives 4 x 5"),
    ("Mean", ((4, 5),), "", {"a_1": 1, "a_2": 1}, "names an axis twice: 1, 1"),
    ("Softmax", ((4, 5),), "", {"a": 3}, "works along axis 3, but receives 4 x 5"),
    ("Softmax", ((2,) * 5,), "", {"a": 1}, "at most 3 axes may follow it"),
    ("LayerNorm", ((4, 5),), "", {"l": 3}, "over 3 axes receives 4 x 5"),
    ("GroupNorm", ((4, 5, 5),), "", {"g": 3}, "4 channels cannot be split into 3 groups"),
    ("InstanceNorm", ((4, 5, 5),), "", {"i": 3}, "needs places after the channels"),
    ("PReLU", ((4, 5, 5),), "", {"a": 3}, "3 slopes for 4 channels"),
    ("BatchNorm", ((2,) * 5,), "", {}, "BatchNorm takes"),
]


@pytest.mark.parametrize(("kind", "shapes", "pattern", "words", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused(kind: str, shapes: Shapes, pattern: str, words: dict[str, int], said: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        meet(kind, shapes, pattern, **words)
    assert said in str(caught.value)
