"""The padding that "same" finds: torch's ``_reversed_padding_repeated_twice`` of the same layers says how it is shared."""

import pytest

import worksheet as ws

# kernel, stride, dilation, input; by torch: Conv2d(3, 8, 7, padding="same") has 3 and 3, and so on.
CASES = [
    (7, 1, 1, 31, 6, "3 on each side"),
    (3, 1, 2, 31, 4, "2 on each side"),
    (4, 1, 1, 31, 3, "1 on one side, 2 on the other"),
    (1, 1, 1, 31, 0, "0 on each side"),
    # With a stride, as TensorFlow's SAME: 16 windows of 3 at steps of 2 reach over 33 = 31 + 2.
    (3, 2, 1, 31, 2, "1 on each side"),
    (1, 2, 1, 32, 0, "0 on each side"),
]


@pytest.mark.parametrize(("kernel", "stride", "dilation", "side", "padding", "shared"), CASES)
def test_the_padding_is_worked_out(kernel: int, stride: int, dilation: int, side: int, padding: int, shared: str) -> None:
    layer = ws.layer("Conv2d", c=8, w=kernel, s=stride, d=dilation, same=True)
    row = ws.derive(ws.network("n", (3, side, side), layer)).rows[0]
    step = row.sizes[0]
    assert (step.symbols, step.value, step.remark) == (("P_w", "P_h"), padding, shared)
    assert row.output == (8, -(-side // stride), -(-side // stride))
    assert not any(name.startswith("p_") for names, _ in row.values for name in names)
    assert "0p" not in row.spec


def test_pooling_finds_it_too() -> None:
    row = ws.derive(ws.network("n", (3, 31, 31), ws.layer("MaxPool2d", w=3, s=2, same=True))).rows[0]
    assert (row.sizes[0].value, row.output) == (2, (3, 16, 16))
