"""ONNX files that are damaged, or meant to do harm: refused in words, in bounded time and memory, all faults at once."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import worksheet as ws
from tests.limits import within
from tests.readers.onnx_graphs import model, node, read, rows
from worksheet.errors import WorksheetError

pytestmark = pytest.mark.onnx


def refused(tmp_path: Path, data: bytes, **options: Any) -> WorksheetError:
    with pytest.raises(WorksheetError) as caught:
        read(tmp_path, data, **options)
    assert str(tmp_path) in str(caught.value.where)
    return caught.value


GOOD: list[tuple[str, str, str]] = [("Conv", "x W", "a"), ("Relu", "a", "b"), ("Conv", "b W2", "y")]


def good() -> bytes:
    return model([node(*each) for each in GOOD], W=(6, 4, 3, 3), W2=(6, 6, 3, 3))


def test_a_missing_file_a_folder_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "empty.onnx").touch()
    for name in ("missing", "folder", "empty"):
        with pytest.raises(WorksheetError):
            ws.read(tmp_path / f"{name}.onnx")


def test_without_the_package_the_hint_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("worksheet.readers.onnx.find_spec", lambda _: None)
    (tmp_path / "any.onnx").touch()
    with pytest.raises(WorksheetError, match="is not installed") as caught:
        ws.read(tmp_path / "any.onnx")
    assert caught.value.hint == "pip install onnx"


def test_every_truncation_is_refused_or_read(tmp_path: Path) -> None:
    data = good()
    for length in range(1, len(data)):
        try:
            read(tmp_path, data[:length])
        except WorksheetError as fault:
            assert fault.message


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_any_byte_may_be_wrong(tmp_path: Path, place: int, byte: int) -> None:
    data = bytearray(good())
    data[place % len(data)] = byte
    try:
        read(tmp_path, bytes(data))
    except WorksheetError as fault:
        assert fault.message


@pytest.mark.parametrize(
    "data", [b"\x00" * 50, b"PK\x03\x04", b"<html>not found</html>", b"version https://git-lfs.github.com/spec/v1"]
)
def test_other_files(tmp_path: Path, data: bytes) -> None:
    refused(tmp_path, data)


def test_a_cycle(tmp_path: Path) -> None:
    fault = refused(
        tmp_path, model([node("Add", "x b", "a", name="first"), node("Relu", "a", "b", name="second"), node("Relu", "b", "y")])
    )
    assert "cycle" in fault.message and "'first', 'second'" in fault.message


def test_names_that_nothing_gives(tmp_path: Path) -> None:
    nodes = [node("Relu", "xx", "a"), node("Add", "a nowhere", "b"), node("Relu", "x", "y")]
    fault = refused(tmp_path, model(nodes))
    assert ["'xx'" in fault.faults[0].message, "'nowhere'" in fault.faults[1].message] == [True, True]
    assert "output" in refused(tmp_path, model([node("Relu", "x", "a")])).where.__str__()


def test_a_name_that_is_given_twice(tmp_path: Path) -> None:
    assert "exists already" in refused(tmp_path, model([node("Relu", "x", "y"), node("Tanh", "x", "y")])).message


def test_all_faults_at_once(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x W", "a", name="one"), node("Foo", "x", "b", name="two"), node("Add", "x C", "c", name="three"),
        node("Concat", "a b c", "y"),
    ]  # fmt: skip
    fault = refused(tmp_path, model(nodes, W=(6, 5, 3, 3), C=(3,)))
    assert [name in str(fault.faults) or name in str(fault) for name in ("one", "two", "three")] == [True] * 3
    assert len(fault.faults) == 3


@pytest.mark.parametrize(
    ("made", "arrays"),
    [
        (("Expand", "x S", "y"), {"S": [10**14, 4, 8, 8]}),
        (("Tile", "x S", "y"), {"S": [10**6] * 4}),
        (("Reshape", "x S", "y"), {"S": [2**62, 2**62]}),
        (("ConstantOfShape", "S", "y"), {"S": [10**9, 10**9]}),
        (("Range", "A S B", "y"), {"A": 0, "S": 10**15, "B": 1}),
        (("Pad", "x S", "y"), {"S": [0, 0, 10**17, 0, 0, 0, 0, 0]}),
        (("Resize", "x - - S", "y"), {"S": [1, 4, 10**12, 10**12]}),
        (("Concat", " ".join(["x"] * 500), "y"), {}),
        (("Split", "x", " ".join(f"y{i}" for i in range(3000))), {}),
        (("Div", "A B", "y"), {"A": [1], "B": [0]}),
        (("Gather", "x S", "y"), {"S": [10**15]}),
        (("Slice", "x S S S", "y"), {"S": [99]}),
        (("Transpose", "x", "y"), {"perm": [0, 0, 1, 9]}),
        (("Flatten", "x", "y"), {"axis": 99}),
        (("Softmax", "x", "y"), {"axis": -99}),
    ],
)  # fmt: skip
def test_sizes_that_cannot_be(tmp_path: Path, made: Any, arrays: dict[str, Any]) -> None:
    attributes = {name: value for name, value in arrays.items() if not name.isupper()}
    stored = {name: value for name, value in arrays.items() if name.isupper()}
    axis = {"axis": 1} if made[0] in {"Concat", "Split"} else {}
    with within(10):
        refused(tmp_path, model([node(*made, **attributes, **axis)], **stored))


@pytest.mark.parametrize("dims", [(10**9,) * 8, (-1, 4), (2,) * 40])
def test_stored_tensors_that_cannot_be(tmp_path: Path, dims: tuple[int, ...]) -> None:
    assert "'W'" in str(refused(tmp_path, model([node("Add", "x W", "y")], W=dims)))


def test_an_input_that_cannot_be(tmp_path: Path) -> None:
    for shape in ((1, 10**15, 10**15), (1, 0, 3), (1, -3, 2), (1, *(2,) * 40)):
        refused(tmp_path, model([node("Relu", "x", "y")], {"x": shape}))


def test_a_tensor_whose_numbers_are_too_few(tmp_path: Path) -> None:
    import onnx

    data = onnx.load_model_from_string(model([node("Reshape", "x S", "y")], S=[0, -1]))
    data.graph.initializer[0].raw_data = b"abc"
    assert "damaged" in refused(tmp_path, data.SerializeToString()).message


@pytest.mark.parametrize(
    ("type", "given"),
    [("Conv", {"strides": 3}), ("Conv", {"pads": [1]}), ("Conv", {"group": "two"}), ("Conv", {"kernel_shape": [0, 0]}),
     ("Conv", {"dilations": [-1, 1]}), ("Conv", {"pads": [-1] * 4}), ("MaxPool", {}), ("MaxPool", {"kernel_shape": [99, 99]}),
     ("Transpose", {"perm": 4}), ("Concat", {"axis": "one"}), ("Elu", {"alpha": "x"})],
)  # fmt: skip
def test_settings_of_another_type_or_length(tmp_path: Path, type: str, given: dict[str, Any]) -> None:
    inputs = "x W" if type == "Conv" else "x"
    try:
        read(tmp_path, model([node(type, inputs, "y", **given)], W=(6, 4, 3, 3)))
    except WorksheetError as fault:
        assert "node 1" in str(fault.where)


def test_functions_that_grow_without_end(tmp_path: Path) -> None:
    """Each function calls the next twice: 2^40 nodes; and one that calls itself."""
    from onnx import helper

    opset = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    doubling = [helper.make_function("f", "F30", ["a"], ["c"], [node("Relu", "a", "c")], opset)]
    for i in range(30):
        twice = [node(f"F{i + 1}", "a", "b", domain="f"), node(f"F{i + 1}", "b", "c", domain="f")]
        doubling.append(helper.make_function("f", f"F{i}", ["a"], ["c"], twice, opset))
    assert "nodes" in refused(tmp_path, model([node("F0", "x", "y", domain="f")], functions=doubling, domains={"f": 1})).message
    itself = helper.make_function("f", "F", ["a"], ["b"], [node("F", "a", "b", domain="f")], opset)
    assert "deep" in refused(tmp_path, model([node("F", "x", "y", domain="f")], functions=[itself], domains={"f": 1})).message


def test_arithmetic_that_would_fill_the_memory(tmp_path: Path) -> None:
    """Ten thousand tables of a hundred thousand numbers: only a few are computed."""
    nodes = [node("Range", "A B C", "t0")] + [node("Add", f"t{i} C", f"t{i + 1}") for i in range(3000)]
    data = model([*nodes, node("Relu", "x", "y")], A=0, B=90_000, C=1)
    with within(20):
        assert rows(read(tmp_path, data)) == [("ReLU", (4, 8, 8))]


def test_an_output_that_is_not_followed_is_named(tmp_path: Path) -> None:
    nodes = [node("MaxPool", "x", "a i", kernel_shape=[2, 2]), node("Relu", "i", "y")]
    assert "output 2 of MaxPool" in refused(tmp_path, model(nodes)).message


def test_old_opsets_are_refused(tmp_path: Path) -> None:
    assert "opset 8" in refused(tmp_path, model([node("Relu", "x", "y")], opset=8)).message


def chain(count: int) -> bytes:
    types = ("Relu", "Mul", "Softmax", "Add", "Sigmoid")
    nodes = [
        node(types[i % 5], f"t{i} x" if i % 5 in {1, 3} else f"t{i}", "y" if i == count - 1 else f"t{i + 1}")
        for i in range(1, count)
    ]
    return model([node("Relu", "x", "t1"), *nodes])


def test_many_nodes_take_linear_time(tmp_path: Path) -> None:
    """The input is read by tens of thousands of nodes, and five times the nodes take about five times as long."""
    taken = {}
    for count in (10_000, 50_000):
        started = time.process_time()
        assert len(read(tmp_path, chain(count)).nodes) > count // 2
        taken[count] = time.process_time() - started
    assert taken[50_000] < 12 * taken[10_000] + 1


def test_too_many_nodes(tmp_path: Path) -> None:
    assert "nodes" in refused(tmp_path, chain(100_010)).message
