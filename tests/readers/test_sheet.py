"""The sheet notation, read."""

import worksheet as ws

FRONT = "---\ninput: 3 x 32 x 32\n---\n"


def hyperparameters(sheet, line: str) -> dict[str, int]:
    return dict(ws.read(sheet(FRONT + line + "\n")).nodes[0].hyperparameters)


def test_letters(sheet) -> None:
    got = hyperparameters(sheet, "Conv2d: 6c 5w 3h 2s 1p 2d 3g nobias")
    wanted = {"k": 6, "w": 5, "h": 3, "s_w": 2, "s_h": 2, "p_w": 1, "p_h": 1, "d_w": 2, "d_h": 2, "g": 3, "b": 0}
    assert got.items() >= wanted.items()


def test_axes_apart_whatever_the_order(sheet) -> None:
    for line in ("Conv2d: 6c 5w 2s 1sh", "Conv2d: 6c 1sh 5w 2s", "Conv2d: 1s_h 2s_w 6c 5w"):
        got = hyperparameters(sheet, line)
        assert (got["s_w"], got["s_h"]) == (2, 1)


def test_arrows(sheet) -> None:
    assert hyperparameters(sheet, "Linear: 3072->10") == {"n": 3072, "k": 10, "b": 1, "r": 0}
    assert hyperparameters(sheet, "Linear: 3072 → 10 nobias") == {"n": 3072, "k": 10, "b": 0, "r": 0}
    assert hyperparameters(sheet, "Linear: -> 10") == {"k": 10, "b": 1, "r": 0}


def test_front_matter(sheet) -> None:
    net = ws.read(sheet("---\ntitle: T\ncourse: C\ninput: 784\nquestion: >\n  Two\n  lines\n---\nLinear: ->10\n", "mlp.sheet"))
    assert (net.name, net.input, net.heading.title, net.heading.question) == ("mlp", (784,), "T", "Two lines")


def test_the_input_can_be_given(sheet) -> None:
    path = sheet("ReLU\n")
    assert ws.read(path, "3x8x8").input == ws.read(path, (3, 8, 8)).input == (3, 8, 8)
    assert ws.read(sheet(FRONT + "ReLU\n"), input="3x8x9").input == (3, 8, 9)


def test_width_and_height_stand_apart(sheet) -> None:
    net = ws.read(sheet("---\ninput: 1 x 7 x 12\n---\nConv2d: 2c 5w 3h 1pw\n"))
    (row,) = ws.derive(net).rows
    # height 7 - 3 + 1 = 5, width 12 - 5 + 2 + 1 = 10
    assert row.output == (2, 5, 10)
    assert row.values[:2] == ((("M",), 12), (("N",), 7))
    assert [step.symbols for step in row.sizes] == [("W",), ("H",)]


def test_a_convention_of_ones_own_stands_beside_the_sheet(sheet, tmp_path) -> None:
    sheet("title: Mine\ncolumns: {ops: {ReLU: 3*X}}\n", "mine.yaml")
    net = ws.read(sheet("---\ninput: 2x2x2\nconvention: mine.yaml\n---\nReLU\n"))
    assert ws.derive(net).totals == {"ops": 24}
