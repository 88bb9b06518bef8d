"""A student's network is a pure function of the assignment and the id, always valid, and keeps to the teacher's ranges."""

import subprocess
import sys
from dataclasses import replace
from math import gcd
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worksheet as ws
from tests.sheet_facts import EXAMPLES, SHEET
from worksheet.errors import WorksheetError
from worksheet.grading.policy import Policy
from worksheet.homework.assignment.assignment import VARIED, Assignment, Variants
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.variants.ranges import ladder, near_kernels, near_paddings, near_sides, near_strides
from worksheet.homework.variants.stream import Stream
from worksheet.homework.variants.variants import check_unique, fingerprint, variant
from worksheet.network import Builder, Network, layer, network
from worksheet.readers import read
from worksheet.sizes import sized

STUDENTS = [f"20CS{number}" for number in range(30001, 30501)]
FEW = STUDENTS[:40]


def assignment(net: Network, **variants: object) -> Assignment:
    """The AI61002 homework about another network, with other variants."""
    shipped = read_assignment(EXAMPLES / "homework.yaml")
    return replace(shipped, network=net, policy=Policy(), variants=Variants(seed=7, **variants))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sheet() -> Assignment:
    return read_assignment(EXAMPLES / "homework.yaml")


@pytest.fixture(scope="module")
def class_of_500(sheet: Assignment) -> list[Network]:
    return [variant(sheet, student) for student in STUDENTS]


def lenet() -> Network:
    return network(
        "lenet", (1, 32, 32),
        layer("Conv2d", c=6, w=5), layer("ReLU"), layer("MaxPool2d", w=2), layer("Conv2d", c=16, w=5), layer("ReLU"),
        layer("MaxPool2d", w=2), layer("Linear", k=120, n=400), layer("ReLU"), layer("Linear", k=84, n=120), layer("ReLU"),
        layer("Linear", k=10, n=84),
    )  # fmt: skip


def branching() -> Network:
    """A stem, a residual block with a shortcut of its own, two branches laid on top of each other, a classifier."""
    net = Builder("branching", (3, 64, 64))
    net.add("Conv2d", c=32, w=7, s=2, p=3)
    stem = net.add("MaxPool2d", w=3, s=2, p=1)
    net.add("Conv2d", c=64, w=3, s=2, p=1)
    trunk = net.add("Conv2d", c=64, w=3, p=1)
    shortcut = net.add("Conv2d", stem, c=64, w=1, s=2)
    net.add("Add", trunk, shortcut)
    added = net.add("ReLU")
    one = net.add("Conv2d", added, c=32, w=3, p=1)
    two = net.add("Conv2d", added, c=64, w=5, p=2)
    net.add("Concat", one, two)
    net.add("GlobalAvgPool")
    net.add("Linear", k=10, n=96)
    return net.network()


# A pure function


def test_the_same_in_another_process(sheet: Assignment) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from worksheet.homework.assignment.assignment_file import read_assignment as read\n"
        "from worksheet.homework.variants.variants import fingerprint, variant\n"
        "a = read(Path(sys.argv[1])); print(*(fingerprint(variant(a, s)) for s in reversed(sys.argv[2:])))"
    )
    expected = [fingerprint(variant(sheet, student)) for student in reversed(FEW)]
    for seed in ("0", "12345"):
        command = [sys.executable, "-c", program, str(EXAMPLES / "homework.yaml"), *FEW]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        assert printed.split() == expected


def test_the_numbers_drawn_are_those_of_the_standard() -> None:
    """SHAKE-256 of the words with their lengths in front, worked out by openssl: the first numbers never change."""
    words = b"\0\0\0\0\0\0\0\x017\0\0\0\0\0\0\0\x01x" + bytes(8)
    command = ["openssl", "dgst", "-shake256", "-xoflen", "1024", "-binary"]
    try:
        digest = subprocess.run(command, input=words, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here")
    stream = Stream("7", "x")
    drawn = [stream.below(1000) for _ in range(5)]
    assert drawn == [int.from_bytes(digest[4 * i : 4 * i + 4], "big") * 1000 // 2**32 for i in range(5)]


def test_words_of_a_stream_are_kept_apart() -> None:
    assert [Stream("ab", "c").below(2**32)] != [Stream("a", "bc").below(2**32)]
    assert Stream("\udcff").below(10) in range(10)  # whatever a roster may hold


@settings(max_examples=25)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4), st.text(max_size=12))
def test_another_student_changes_nobody(others: list[str], student: str) -> None:
    """Neither in the same process nor with whatever has been remembered of others."""
    shared, fresh = assignment(lenet()), assignment(lenet())
    for other in others:
        variant(shared, other)
    assert variant(shared, student) == variant(fresh, student)


def test_what_a_teacher_mends_leaves_the_networks(sheet: Assignment) -> None:
    """Marks, title, questions and the way of counting may change after the sheets are out."""
    mended = replace(sheet, title="Mended", policy=Policy(), text="other", ask=replace(sheet.ask, totals=()))
    assert [variant(mended, student) for student in FEW] == [variant(sheet, student) for student in FEW]


def test_seed_and_settings_count(sheet: Assignment) -> None:
    assert sheet.variants is not None
    for other in (replace(sheet.variants, seed=8), replace(sheet.variants, vary=("input", "kernel"))):
        assert variant(replace(sheet, variants=other), "x") != variant(sheet, "x")


def test_without_variants_everyone_has_the_same(sheet: Assignment) -> None:
    plain = replace(sheet, variants=None)
    assert variant(plain, "x") is plain.network
    assert check_unique(plain, ["a", "b", "c"]) == [("a", "b", "c")]


# Valid and sensible


def test_500_variants_of_the_sheet(sheet: Assignment, class_of_500: list[Network]) -> None:
    own = [layer.kind.name for layer in sized(sheet.network)]
    for net in class_of_500:
        rows = sized(net)
        assert [row.kind.name for row in rows] == own
        assert rows[-1].output == (1000,)  # the classes stay
        assert all("n" not in row.node.hyperparameters for row in rows)  # 9216-> is no longer said
        assert 182 <= net.input[1] == net.input[2] <= 272 and net.input[0] == 3
        assert all(min(row.output) >= 3 for row in rows)
    assert check_unique(sheet, STUDENTS) == []


def test_one_kernel_of_a_sheet_is_oblong_and_maps_stay_square(class_of_500: list[Network]) -> None:
    for net in class_of_500:
        rows = sized(net)
        assert sum(row.values.get("w") != row.values.get("h") for row in rows if "w" in row.values) == 1
        assert all(len(row.output) != 3 or row.output[1] == row.output[2] for row in rows)


def test_groups_and_channels_hide_nothing(class_of_500: list[Network]) -> None:
    for net in class_of_500[:100]:
        convolutions = [row for row in sized(net) if row.kind.name == "Conv2d"]
        assert sum(row.values["g"] > 1 for row in convolutions) >= 3
        assert sum(row.values["c"] == row.values["k"] for row in convolutions) <= 1


def test_small_chain() -> None:
    homework = assignment(lenet())
    nets = [variant(homework, student) for student in STUDENTS]
    assert all(sized(net)[-1].output == (10,) for net in nets)
    assert len({fingerprint(net) for net in nets}) > 450


def test_branches_stay_valid() -> None:
    homework = assignment(branching())
    nets = [variant(homework, student) for student in STUDENTS]
    for net in nets:
        sized(net)
    assert len({fingerprint(net) for net in nets}) > 300
    changed = {name for net in nets for name in _changed(homework.network, net)}
    assert {"conv2d_1", "conv2d_2", "conv2d_3", "conv2d_5", "conv2d_6"} <= changed


def _changed(old: Network, new: Network) -> set[str]:
    pairs = zip(old.nodes, new.nodes, strict=True)
    return {a.name for a, b in pairs if a.hyperparameters != b.hyperparameters and a.kind.name == "Conv2d"}


@pytest.mark.parametrize("vary", [("input",), VARIED], ids=["input", "all"])
def test_resnet_18(vary: tuple[str, ...]) -> None:
    homework = assignment(read("zoo:resnet18"), vary=vary)
    for student in FEW:
        net = variant(homework, student)
        assert sized(net)[-1].output == (1000,)
        if vary == ("input",):
            assert [node.hyperparameters for node in net.nodes] == [node.hyperparameters for node in homework.network.nodes]
    assert len({variant(homework, student).input for student in FEW}) > 10


def test_depthwise_layers_stay_depthwise() -> None:
    homework = assignment(
        network(
            "depthwise", (3, 32, 32), layer("Conv2d", c=16, w=3, p=1), layer("Conv2d", c=16, w=3, p=1, g=16), layer("Linear", k=5)
        )
    )
    for student in FEW:
        row = sized(variant(homework, student))[1]
        assert row.values["g"] == row.values["c"] == row.values["k"]


def test_a_network_that_allows_nothing_stays_as_it_is() -> None:
    homework = assignment(network("fixed", (8,), layer("Linear", k=4)), vary=("kernel", "groups"))
    assert [node.hyperparameters for node in variant(homework, "x").nodes] == [{"k": 4, "b": 1, "r": 0}]


# Ranges


def test_values_around_the_originals() -> None:
    assert ladder(64) == (48, 56, 64, 72, 80, 88)
    assert all(value % 2 == 0 for value in ladder(6))
    assert min(near_sides(227)) == 182 and max(near_sides(227)) == 272 and 227 in near_sides(227)
    assert near_kernels(3, pool=False) == (3, 5) and near_kernels(2, pool=True) == (2, 3) and near_kernels(1, pool=False) == (1,)
    assert near_strides(1) == (1, 2) and near_strides(2) == (2, 3) and near_strides(4) == (3, 4, 5)
    assert max(near_paddings(2, 5)) == 2 and near_paddings(0, 1) == (0,)


def test_the_teachers_values_are_kept(sheet: Assignment) -> None:
    ranges = {
        "kernel": (3, 5),
        "stride": (1, 2),
        "padding": (0, 1, 2),
        "channels": (32, 48, 96),
        "groups": (1, 2),
        "input": (201, 243),
    }
    homework = assignment(sheet.network, ranges=ranges)
    for student in FEW:
        net = variant(homework, student)
        rows = sized(net)
        assert net.input[1] in ranges["input"] and net.input[1] == net.input[2]
        for row in rows:
            values = row.node.hyperparameters
            assert all(values[name] in ranges["kernel"] for name in ("w", "h") if name in values)
            assert all(values[name] in ranges["stride"] for name in ("s_w", "s_h") if name in values)
            assert all(values[name] in ranges["padding"] for name in ("p_w", "p_h") if name in values)
            assert values.get("g", 1) in ranges["groups"]
            assert row is rows[-1] or values.get("k", 32) in ranges["channels"]
            assert gcd(row.values.get("c", 1), values.get("k", 1)) % values.get("g", 1) == 0


def test_what_is_not_varied_stays(sheet: Assignment) -> None:
    for net in (variant(assignment(sheet.network, vary=("padding",)), student) for student in FEW[:10]):
        assert net.input == sheet.network.input
        for old, new in zip(sized(sheet.network), sized(net), strict=True):
            names = [name for name in new.node.hyperparameters if not name.startswith("p_")]
            assert [old.node.hyperparameters[name] for name in names] == [new.node.hyperparameters[name] for name in names]


@pytest.mark.parametrize(
    ("ranges", "said"),
    [({"stride": (9,)}, "fits"), ({"kernel": (99,)}, "fits"), ({"groups": (7,)}, "groups"), ({"input": (3,)}, "fits")],
    ids=["stride", "kernel", "groups", "input"],
)
def test_ranges_that_leave_nothing(sheet: Assignment, ranges: dict[str, tuple[int, ...]], said: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        variant(assignment(sheet.network, ranges=ranges), "x")
    assert "leave no valid network" in caught.value.message and said in caught.value.message
    assert Path(caught.value.where.file or "").name == "homework.yaml"
    assert next(iter(ranges)) in (caught.value.hint or "")


def test_the_same_network_is_found(sheet: Assignment) -> None:
    few = assignment(sheet.network, vary=("input",), ranges={"input": (201, 227)})
    groups = check_unique(few, FEW)
    assert sorted(student for group in groups for student in group) == sorted(FEW) and len(groups) == 2
    assert SHEET.exists()


# The teacher's own symbols


def _symbols(nets: list[Network]) -> tuple[set[int], set[bool]]:
    """The numbers of groups in some networks, and whether their kernels are square."""
    values = [node.hyperparameters for net in nets for node in net.nodes if node.kind.name == "Conv2d"]
    return {each["g"] for each in values}, {each["w"] == each["h"] for each in values}


def test_a_student_needs_no_symbol_that_the_teachers_network_has_not(sheet: Assignment) -> None:
    usual = assignment(sheet.network)
    assert _symbols([variant(usual, student) for student in FEW]) == ({1}, {True})


def test_groups_and_rectangles_on_request(sheet: Assignment) -> None:
    asked = assignment(sheet.network, vary=VARIED)
    groups, square = _symbols([variant(asked, student) for student in FEW])
    assert len(groups) > 1
    assert square == {True, False}
    by_range = assignment(sheet.network, ranges={"groups": (1, 2)})
    assert _symbols([variant(by_range, student) for student in FEW])[0] == {1, 2}


def test_groups_of_the_teacher_vary() -> None:
    net = network(
        "grouped", (3, 32, 32), layer("Conv2d", c=16, w=3, p=1), layer("Conv2d", c=32, w=3, p=1, g=2), layer("Linear", k=5)
    )
    groups, square = _symbols([variant(assignment(net), student) for student in FEW])
    assert len(groups) > 1
    assert square == {True}


@pytest.mark.parametrize(("student", "first"), [("S001", "88c 13w 3s 3p"), ("S003", "72c 13w 9h 3s 3pw 1ph")])
def test_networks_of_version_0_5_are_those_of_every_choice(tmp_path: Path, student: str, first: str) -> None:
    """Sheets that are out: 0.5 always varied groups and rectangles. The first layers were read off version 0.5."""
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    path = tmp_path / "homework.yaml"
    every = "[input, channels, kernel, stride, padding, groups, rectangles]"
    path.write_text(f"title: A\nnetwork: ai61002.sheet\nask: [output]\nvariants: {{seed: 7, vary: {every}}}\n")
    network = variant(ws.assignment(path), student)
    assert network.input == (3, 224, 224)
    assert ws.derive(network, "ai61002").rows[0].spec.replace(" 0p", "") == first
