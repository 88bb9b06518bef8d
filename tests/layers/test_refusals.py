"""Layers that do not fit their inputs are refused in words that say what is wrong with them."""

import pytest

from worksheet.errors import WorksheetError
from worksheet.network import INPUT, Network, layer
from worksheet.sizes import sized

Shapes = list[tuple[int, ...]]
REFUSED: list[tuple[str, Shapes, dict[str, int], str]] = [
    ("Conv1d", [(4, 3)], {"k": 2, "w": 5}, "wider (5) than the padded input (3 + 2 x 0)"),
    ("Conv2d", [(3, 8, 4)], {"k": 2, "w": 3, "d": 2}, "wider (3, dilated by 2) than the padded input (4 + 2 x 0)"),
    ("Conv2d", [(3, 8, 3)], {"k": 2, "w": 5, "q_w": 1}, "wider (5) than the padded input (3 + 2 x 0 + 1)"),
    ("Conv3d", [(3, 2, 8, 8)], {"k": 2, "w": 3}, "deeper (3) than the padded input (2 + 2 x 0)"),
    ("Conv2d", [(3, 8, 8)], {"k": 2, "w": 3, "p": 1, "same": 1}, 'padding of the width is given (1 + 0), but "same" finds it'),
    ("Conv2d", [(4, 8, 8)], {"k": 3, "w": 3, "g": 2}, "3 kernels cannot be split into 2 groups"),
    (
        "MaxPool2d",
        [(3, 8, 8)],
        {"w": 2, "p_w": 1, "q_w": 1},
        "padding of one side (1 + 1) must be smaller than the kernel's width",
    ),
    ("MaxPool2d", [(3, 8, 8)], {"w": 2, "p_w": 2, "q_w": 1}, "padding (2) must be smaller than the kernel's width"),
    ("MaxPool2d", [(3, 2, 2)], {"w": 5, "s": 2, "ceil": 1}, "wider (5) than the padded input (2 + 2 x 0)"),
    ("LPPool2d", [(3, 2, 2)], {"w": 5, "s": 2}, "wider (5) than the input (2)"),
    ("ConvTranspose2d", [(3, 2, 2)], {"k": 2, "w": 2, "o": 3}, "must be smaller than the stride (1) or the dilation (1)"),
    ("ConvTranspose2d", [(3, 2, 2)], {"k": 2, "w": 2, "p": 2}, "leaves nothing of the output's width"),
    ("GlobalAvgPool", [(9,)], {}, "takes c x N x M or c x M or c x D x N x M, but receives 9"),
    ("Upsample", [(3, 8, 8)], {"W": 7, "s": 2}, "a size and a factor"),
    ("Upsample", [(3, 8, 8)], {"H": 2}, "a width of 0 and a height of 2"),
    ("Upsample", [(3, 8)], {"s": 2, "bicubic": 1}, "needs a feature map, not a signal"),
    ("Interp", [(3, 1, 1)], {"z": 2, "pe": 1}, "nothing is left of the width (1)"),
    ("Reshape", [(3, 4)], {"o_1": 5, "o_2": 2}, "5 x 2 has 10 elements, but the input 3 x 4 has 12"),
    ("Reshape", [(3, 4)], {"o_1": 6, "o_3": 2}, "number 2 of the list is missing: 6 x 0 x 2"),
    ("Reshape", [(1,) * 13], {"o_1": 1}, "a tensor with 13 axes"),
    ("Permute", [(3, 4, 5)], {"a_1": 1, "a_2": 2, "a_3": 2}, "1,2,2 is not an order of the axes of the input 3 x 4 x 5"),
    ("Slice", [(3, 4, 5)], {"a": 4, "k": 1}, "works on axis 4, but the input 3 x 4 x 5 has 3"),
    ("Slice", [(3, 4, 5)], {"a": 1, "f": 2, "k": 2}, "positions 2 to 3, but axis 1 of 3 x 4 x 5 ends at 2"),
    ("Crop", [(3, 4, 5)], {}, "needs a width and a height, or a second input"),
    ("Crop", [(3, 4, 5)], {"W": 9}, "cannot take 9 x 9 of the input 3 x 4 x 5"),
    ("Crop", [(3, 4, 5), (3, 4, 9)], {}, "cannot take 3 x 4 x 9 of the input 3 x 4 x 5 from axis 2 on"),
    ("Crop", [(3, 4, 5), (3, 4, 4)], {"W": 2}, "a size and a second input"),
    ("Pad", [(3, 9)], {"t": 1}, "3 x 9 has no axis for the upper part of the border (1)"),
    ("Concat", [(3, 4, 5), (3, 4, 6)], {}, "along axis 1 cannot join 3 x 4 x 5 (input 1) and 3 x 4 x 6 (input 2)"),
    ("Concat", [(3, 4, 5), (3, 4)], {}, "the same number of axes"),
    ("Concat", [(1, 2)] * 200, {}, "joins 1 to 128 inputs, not 200"),
    ("Gather", [(3,)] * 3, {"o_1": 1}, "at most one of positions, not 3"),
    ("PixelShuffle", [(3, 4, 5)], {"r": 2}, "3 channels cannot be laid out in squares of 2 x 2"),
    ("PixelUnshuffle", [(3, 4, 5)], {"r": 2}, "the width (5) cannot be divided by 2"),
    ("ChannelShuffle", [(3, 4, 5)], {"g": 2}, "3 channels cannot be split into 2 groups"),
    ("Parameter", [], {"o_1": 10**9, "o_2": 10**9}, "the output of Parameter would be 1000000000 x 1000000000"),
]


@pytest.mark.parametrize(("kind", "shapes", "words", "said"), REFUSED, ids=range(len(REFUSED)))
def test_a_layer_that_does_not_fit(kind: str, shapes: Shapes, words: dict[str, int], said: str) -> None:
    further = {f"input_{i}": shape for i, shape in enumerate(shapes[1:], 2)}
    node = layer(kind, "x", (INPUT, *further)[: len(shapes)], **words)
    with pytest.raises(WorksheetError) as caught:
        sized(Network("n", shapes[0] if shapes else (1,), (node,), further=further))
    assert said in str(caught.value)
    assert str(caught.value).startswith("x: ")
