"""Names, branches, stages, further inputs and blocks of the sheet notation."""

import pytest

import worksheet as ws
from worksheet.errors import WorksheetError

FRONT = "---\ninput: 4 x 8 x 8\nconvention: textbook\n---\n"


def nodes(sheet, body: str, front: str = FRONT):
    return [(node.name, node.inputs) for node in ws.read(sheet(front + body)).nodes]


def test_a_layer_reads_the_one_above_or_those_it_names(sheet) -> None:
    assert nodes(sheet, "a = Conv2d: 4c 3w 1p\nReLU\nb = Conv2d: 4c 1w <- a\nAdd <- relu_1, b\nReLU <- input\n") == [
        ("a", ("input",)),
        ("relu_1", ("a",)),
        ("b", ("a",)),
        ("add_1", ("relu_1", "b")),
        ("relu_2", ("input",)),
    ]


def test_counted_names_pass_over_given_ones(sheet) -> None:
    assert [name for name, _ in nodes(sheet, "relu_1 = ReLU\nReLU\n")] == ["relu_1", "relu_2"]


def test_further_inputs(sheet) -> None:
    front = "---\ninput: 4 x 8 x 8\ninputs:\n  other: 4 x 8 x 8\n---\n"
    net = ws.read(sheet(front + "Add <- input, other\n"))
    assert net.further == {"other": (4, 8, 8)}
    assert ws.derive(net, "textbook").rows[0].inputs == ((4, 8, 8), (4, 8, 8))


def test_stages(sheet) -> None:
    net = ws.read(sheet(FRONT + "== One ==\nReLU\n== Two: the rest ==\nReLU\nReLU\n"))
    assert [node.stage for node in net.nodes] == ["One", "Two: the rest", "Two: the rest"]
    parts = ws.derive(net).parts
    assert [(part.title, part.rows) for part in parts] == [("One", (1,)), ("Two: the rest", (2, 3))]


BLOCK = "block res(k):\n  Conv2d: {k}c 3w 1p\n  side = ReLU\n  Add <- side, input\nend\n"


def test_a_block_is_used_with_numbers(sheet) -> None:
    assert nodes(sheet, BLOCK + "res(4)\nlast = res(4) <- input\n") == [
        ("res_1.conv2d_1", ("input",)),
        ("res_1.side", ("res_1.conv2d_1",)),
        ("res_1.add_1", ("res_1.side", "input")),
        ("last.conv2d_1", ("input",)),
        ("last.side", ("last.conv2d_1",)),
        ("last.add_1", ("last.side", "input")),
    ]


def test_a_block_is_repeated(sheet) -> None:
    layers = nodes(sheet, BLOCK + "deep = res(4) x 3\nReLU <- deep\n")
    assert [name for name, _ in layers if name.endswith("add_1")] == ["res_1.add_1", "res_2.add_1", "deep.add_1"]
    assert layers[-1] == ("relu_1", ("deep.add_1",))
    assert layers[3] == ("res_2.conv2d_1", ("res_1.add_1",))


def test_numbers_of_a_block_may_be_reckoned_with(sheet) -> None:
    body = "block b(k, s):\n  Conv2d: {4*k - 2}c {s + 1}w\nend\nblock twice(k):\n  b({k}, 0)\n  b({2*k}, 2)\nend\ntwice(3)\n"
    net = ws.read(sheet(FRONT + body))
    assert [(n.hyperparameters["k"], n.hyperparameters["w"]) for n in net.nodes] == [(10, 1), (22, 3)]


def test_a_block_with_two_inputs(sheet) -> None:
    body = "block join():\n  Add <- input, input_2\nend\na = ReLU\njoin() <- a, input\n"
    assert nodes(sheet, body)[-1] == ("join_1.add_1", ("a", "input"))


def test_weights_are_shared(sheet) -> None:
    net = ws.read(sheet(FRONT + "first = Conv2d: 4c 3w 1p\nReLU\nConv2d: 4c 3w 1p @first\n"))
    d = ws.derive(net)
    assert d.totals == {"params": 4 * (4 * 9 + 1), "macs": 2 * 4 * 4 * 9 * 64}
    assert d.rows[2].columns[0].remark == "shared with No. 1, counted there"
    assert d.rows[2].counts["weights"] == 0
    assert d.rows[2].counts["macs"] == 4 * 4 * 9 * 64


FAULTS = [  # lines below the front matter, line, column, message
    ("ReLU <- nope\n", 5, 9, "there is no layer 'nope' above"),
    ("a = ReLU\na = ReLU\n", 6, 1, "two layers are called 'a'"),
    ("input = ReLU\n", 5, 1, "two layers are called 'input'"),
    ("ReLU <-\n", 5, 8, "a name is missing after the arrow"),
    ("ReLU <- a b\n", 5, 9, "'a b' is not the name of a layer"),
    ("block b(k):\n  ReLU\n", 5, 1, "the block has no end"),
    ("block b k:\n  ReLU\nend\nReLU\n", 5, 1, "cannot read 'block b k:'"),
    ("block b(k):\nend\nReLU\n", 5, 1, "a block needs names for its numbers, and at least one layer"),
    ("block ReLU(k):\n  ReLU\nend\nReLU\n", 5, 7, "a block or layer called ReLU exists already"),
    ("block b(k):\n  ReLU\nend\nb(1, 2)\n", 8, 1, "b takes 1 number, not 2"),
    ("block b(k):\n  ReLU\nend\nb(x)\n", 8, 1, "there is no number 'x' here"),
    ("block b(k):\n  ReLU\nend\nb(1/2)\n", 8, 1, "'1/2' is 1/2, not a whole number"),
    ("block b(k):\n  Conv2d: {m}c 1w\nend\nb(1)\n", 6, 11, "there is no number 'm' here"),
    ("block b(k):\n  Conv2d: {k}c 1w 3z\nend\nb(1) x 3\n", 6, 17, "Conv2d has no 'z'"),
    ("b(1)\n", 5, 1, "there is no block 'b'"),
    ("block b():\n  b()\nend\nb()\n", 6, 3, "blocks are nested at most 10 deep"),
    ("block b():\n  ReLU\nend\nb() x 99999\n", 6, 3, "more than 20,000 layers"),
    ("Conv2d: 4c 1w @nope\n", 5, 15, "there is no layer 'nope' above"),
    ("x = Add <- input, input\nAdd\n", 6, 1, "Add"),
]


@pytest.mark.parametrize(("body", "line", "column", "message"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_faults_are_named_with_their_place(sheet, body: str, line: int, column: int, message: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        ws.read(sheet(FRONT + body))
    (fault,) = caught.value.faults
    assert message in fault.message
    assert (fault.where.line, fault.where.column) == (line, column)


def test_blocks_in_blocks_stay_bounded(sheet) -> None:
    body = "".join(f"block b{i}():\n  {'ReLU' if i == 0 else f'b{i - 1}() x 99'}\nend\n" for i in range(9)) + "b8() x 99\n"
    with pytest.raises(WorksheetError, match="more than 20,000 layers"):
        ws.read(sheet(FRONT + body))


def test_what_stands_behind_a_fault_is_not_blamed(sheet) -> None:
    with pytest.raises(WorksheetError) as caught:
        ws.read(sheet(FRONT + "a = Conv2d: 4c\nMaxPool2d: 99w\nAdd <- a, input\nLinear: 3->4\n"))
    assert [fault.where.line for fault in caught.value.faults] == [5]


def test_resnet18_as_published() -> None:
    """11,689,512 parameters as torchvision publishes them; 1,814,073,344 MACs by deepspeed's profiler and torch's own counter."""
    from tests.sheet_facts import EXAMPLES

    d = ws.derive(ws.read(EXAMPLES / "resnet18.sheet"))
    assert d.totals == {"params": 11_689_512, "macs": 1_814_073_344}
