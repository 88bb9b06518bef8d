"""Processors: their peaks against the figures that their makers print, ridge points against published ones."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.complete import complete
from tests.sheet_facts import EXAMPLES
from worksheet import hardware
from worksheet.errors import WorksheetError
from worksheet.hardware import own
from worksheet.hardware.units import plain, read, said, significant

# The peaks as printed, in units of 10**12 operations per second (dense), and the bandwidth in GB/s, typed from the sources that
# the files name. The digits say how far the product must agree.
PUBLISHED = {
    "gtx-580": ({"fp32": "1.581"}, 192.4),
    "p100": ({"fp64": "5.3", "fp32": "10.6", "fp16": "21.2"}, 732),
    "v100": ({"fp64": "7.8", "fp32": "15.7", "fp16": "125"}, 900),
    "t4": ({"fp32": "8.1", "fp16": "65", "int8": "130", "int4": "260"}, 320),
    "a100": (
        {"fp64": "19.5", "fp32": "19.5", "tf32": "156", "fp16": "312", "bf16": "312", "int8": "624", "int4": "1248"},
        1555,
    ),
    "h100": (
        {"fp64": "66.9", "fp32": "66.9", "tf32": "494.7", "fp16": "989.4", "bf16": "989.4", "fp8": "1978.9", "int8": "1978.9"},
        3352,
    ),
    "rtx-3090": ({"fp32": "35.6", "tf32": "35.6", "fp16": "142", "bf16": "71", "int8": "285"}, 936),
    "rtx-4090": (
        {
            "fp32": "82.6", "tf32": "82.6", "fp16": "330.3", "bf16": "165.2", "fp8": "660.6", "int8": "660.6", "int4": "1321.2",
        },
        1008,
    ),
    "jetson-nano": ({"fp16": "0.472"}, 25.6),
    "jetson-agx-orin": ({"fp32": "5.3", "int8": "85"}, 204.8),
    "mi100": ({"fp64": "11.5", "fp32": "46.1", "fp16": "184.6", "bf16": "92.3", "int8": "184.6", "int4": "184.6"}, 1228.8),
    "mi300x": (
        {
            "fp64": "163.4", "fp32": "163.4", "tf32": "653.7", "fp16": "1307.4", "bf16": "1307.4", "fp8": "2614.9",
            "int8": "2614.9",
        },
        5300,
    ),
    "tpu-v1": ({"int8": "92"}, 34),
    "tpu-v3": ({"bf16": "123"}, 900),
    "tpu-v4": ({"bf16": "275", "int8": "275"}, 1200),
    "epyc-7742": ({"fp64": "2.3"}, 204.8),
    "xeon-8180": ({"fp64": "2.240"}, 128),
    "opteron-x2": ({"fp64": "0.0176"}, 15),
}  # fmt: skip
UNPUBLISHED = {"raspberry-pi-4": 12.8}  # 32 bits at 3200 MT/s; nobody prints a peak
# Some prints are multiples of a figure that was rounded before: four times 312, four times 65.
MULTIPLES = {("a100", "int4"): 4, ("t4", "int4"): 4}


def test_every_processor_has_its_published_figures() -> None:
    complete({*PUBLISHED, *UNPUBLISHED}, hardware.names(), add="type the published figures into PUBLISHED for")
    for name, bandwidth in [*((name, figures[1]) for name, figures in PUBLISHED.items()), *UNPUBLISHED.items()]:
        assert hardware.hardware(name).bandwidth == Fraction(str(bandwidth)) * 10**9
        assert hardware.hardware(name).cite


@pytest.mark.parametrize(("name", "dtype"), [(name, dtype) for name, (peaks, _) in PUBLISHED.items() for dtype in peaks])
def test_the_product_is_the_published_peak(name: str, dtype: str) -> None:
    printed = Decimal(PUBLISHED[name][0][dtype])
    unit = Fraction(Decimal(1).scaleb(int(printed.as_tuple().exponent))) * MULTIPLES.get((name, dtype), 1)
    peak = hardware.hardware(name).peak(dtype) / 10**12
    assert abs(peak - Fraction(printed)) <= unit / 2


def test_every_type_of_a_processor_is_checked() -> None:
    """But for those whose maker prints no figure: single precision of three CPUs and of the Jetson Nano."""
    unchecked = {
        (name, dtype)
        for name in PUBLISHED
        for dtype in hardware.hardware(name).rates
        if dtype not in PUBLISHED[name][0]
    }  # fmt: skip
    complete(
        {("jetson-nano", "fp32"), ("epyc-7742", "fp32"), ("xeon-8180", "fp32")},
        unchecked,
        add="type the published peak into PUBLISHED for",
        drop="these have a published peak now",
    )
    for name, dtype in unchecked:  # twice the lanes of the double, half of those of the half precision
        found = hardware.hardware(name)
        other, factor = ("fp64", 2) if "fp64" in found.rates else ("fp16", Fraction(1, 2))
        assert found.peak(dtype) == factor * found.peak(other)


# Jouppi et al., In-datacenter performance analysis of a tensor processing unit (2017): the three chips of its table 2, whose
# rooflines have these ridge points, in multiply-accumulates for each byte of weights.
TABLE_2 = {
    "Haswell E5-2699 v3": (18, "2.3 GHz", "32", "51 GB/s", "fp32", 13),
    "K80, one die": (13, "560 MHz", "192 fma", "160 GB/s", "fp32", 9),
    "TPU": (1, "700 MHz", "65536 fma", "34 GB/s", "int8", 1350),
}


@pytest.mark.parametrize("chip", TABLE_2)
def test_published_ridge_points(chip: str) -> None:
    processors, clock, per_cycle, bandwidth, dtype, ridge = TABLE_2[chip]
    found = own(None, dtype, processors=processors, clock=clock, per_cycle=per_cycle, bandwidth=bandwidth)
    assert significant(found.ridge(dtype) / 2, len(str(ridge).rstrip("0"))) == ridge


def test_the_peak_of_the_roofline_paper() -> None:
    """Williams, Waterman and Patterson (2009): 17.6 GFlop/s and 15 GB/s; at 1/4 operation for each byte 3.75 GFlop/s."""
    found = hardware.hardware("opteron-x2")
    assert found.peak("fp64") == Fraction("17.6") * 10**9
    assert found.bandwidth / 4 == Fraction("3.75") * 10**9


def test_energies_are_those_of_the_published_table() -> None:
    """Horowitz (2014), in pJ."""
    table = hardware.energies()
    pico = Fraction(1, 10**12)
    assert {dtype: joules / pico for dtype, joules in table.multiplication.items()} == {
        "int8": Fraction("0.2"), "int32": Fraction("3.1"), "fp16": Fraction("1.1"), "fp32": Fraction("3.7"),
    }  # fmt: skip
    assert {dtype: joules / pico for dtype, joules in table.addition.items()} == {
        "int8": Fraction("0.03"), "int32": Fraction("0.1"), "fp16": Fraction("0.4"), "fp32": Fraction("0.9"),
    }  # fmt: skip
    assert (table.access_least / pico, table.access_most / pico, table.access_bytes) == (1300, 2600, 8)


# Units


@pytest.mark.parametrize(
    ("text", "what", "value"),
    [
        ("1.41GHz", "clock", Fraction(1_410_000_000)),
        ("2000000 Hz", "clock", Fraction(2_000_000)),
        ("1.5 TB/s", "bandwidth", Fraction(15 * 10**11)),
        ("2 GiB/s", "bandwidth", Fraction(2**31)),
        ("0.03 pJ", "energy", Fraction(3, 10**14)),
    ],
)
def test_quantities_are_read_exactly(text: str, what: str, value: Fraction) -> None:
    assert read(text, what) == value


@pytest.mark.parametrize("text", ["1410", "1.41 GB/s", "GHz", "-1 GHz", "1e9 Hz", "0 Hz", "5 THz", "1,4 GHz", "1.4 Gigahertz"])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        read(text, "clock")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(1, 3), "333.3 ms"),
        (Fraction(9999, 10**4) * Fraction(10**-6), "999.9 ns"),
        (Fraction(99996, 10**11), "1.000 µs"),
        (Fraction(12345), "12.34 ks"),
        (Fraction(12345, 10**8), "123.4 µs"),
        (Fraction(12355, 10**8), "123.6 µs"),
        (Fraction(0), "0 s"),
        (Fraction(3, 10**20), "0.03000 as"),
    ],
)
def test_quantities_are_printed_to_four_digits(value: Fraction, printed: str) -> None:
    assert said(value, "s") == printed


def test_plain_numbers() -> None:
    assert [plain(Fraction(text)) for text in ("0.5", "12.53492", "1350", "27000", "1234.5", "0.00012345")] == [
        "0.5000", "12.53", "1350", "27000", "1234", "0.0001234",
    ]  # fmt: skip
    assert plain(Fraction("12.5"), 3, ",") == "12,5"


# Files and numbers of one's own


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "board.yaml"
    path.write_text(
        "processors: 4 cores\nclock: {fp32: 2 GHz, '*': 1 GHz}\nper_cycle: {fp32: 8 FMA, int8: 64}\nbandwidth: 10 GB/s\n"
    )
    found = hardware.hardware(str(path))
    assert (found.name, found.title, found.processor) == ("board", "board", "cores")
    assert (found.peak("fp32"), found.peak("int8")) == (4 * 16 * 2 * 10**9, 4 * 64 * 10**9)
    assert found.ridge("fp32") == Fraction(128, 10)


FAULTY = """titel: Board
processors: many
clock: 1.2 GB/s
per_cycle: {fp31: 8 fma, fp16: eight}
bandwidth: 12
notes: none
"""


def test_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY)
    with pytest.raises(WorksheetError) as caught:
        hardware.hardware(str(path))
    places = [(fault.where.line, fault.where.column, fault.hint) for fault in caught.value.faults]
    assert [place[:2] for place in places] == [(1, 1), (2, 13), (3, 8), (4, 13), (4, 32), (5, 12), (6, 8)]
    assert all(hint for *_, hint in places)
    assert places[0][2].startswith("did you mean title")
    assert "fp32" in places[3][2]
    assert all(fault.where.file == str(path) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        ("", "'processors' is missing"),
        ("processors: 4\nclock: 1 GHz\nper_cycle: {}\nbandwidth: 1 GB/s\n", "0 data types; at least 1"),
        ("processors: 4\nclock: {fp16: 1 GHz}\nper_cycle: {fp32: 8}\nbandwidth: 1 GB/s\n", "no clock for fp32"),
        ("processors: [4]\nclock: 1 GHz\nper_cycle: {fp32: 8}\nbandwidth: 1 GB/s\n", "expected one value"),
        ("processors: 4\nclock: [1 GHz]\nper_cycle: {fp32: 8}\nbandwidth: 1 GB/s\n", "expected one value or a table"),
        ("processors: 4\nclock: 1 GHz\nper_cycle: 8\nbandwidth: 1 GB/s\n", "expected 'key: value'"),
        ("processors: 999999999\nclock: 1 GHz\nper_cycle: {fp32: 8}\nbandwidth: 1 GB/s\n", "number of processors"),
        ("processors: 4\nclock: 1 GHz\nper_cycle: {fp32: 0 fma}\nbandwidth: 1 GB/s\n", "in a cycle"),
    ],
)
def test_faulty_files(text: str, said_of_it: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(text)
    with pytest.raises(WorksheetError) as caught:
        hardware.hardware(str(path))
    assert said_of_it in str(caught.value)


def test_unknown_names() -> None:
    with pytest.raises(WorksheetError, match="unknown hardware 'a10'") as caught:
        hardware.hardware("a10")
    assert caught.value.hint == "did you mean a100?"
    with pytest.raises(WorksheetError, match="no such file"):
        hardware.hardware("nowhere.yaml")


def test_other_numbers_take_the_place_of_a_processors_own() -> None:
    base = hardware.hardware("a100")
    faster = own(base, "fp16", processors=None, clock="2 GHz", per_cycle=None, bandwidth="3 TB/s")
    assert faster.peak("fp16") == 108 * 2 * 1024 * 2 * 10**9
    assert faster.peak("fp32") == base.peak("fp32")
    assert faster.bandwidth == 3 * 10**12
    with pytest.raises(WorksheetError, match="no figure for fp8"):
        own(base, "fp8", processors=None, clock="2 GHz", per_cycle=None, bandwidth=None)
    added = own(base, "fp8", processors=None, clock="2 GHz", per_cycle="4096", bandwidth=None)
    assert added.peak("fp8") == 108 * 4096 * 2 * 10**9


def test_the_example_of_an_own_processor() -> None:
    """4 cores at 1.5 GHz, 4 fused multiply-adds each: 48 GFLOP/s; 64 int8 operations: 384 Gop/s."""
    found = hardware.hardware(str(EXAMPLES / "own-processor.yaml"))
    assert (found.peak("fp32"), found.peak("int8")) == (48 * 10**9, 384 * 10**9)
    assert found.bandwidth == 12_800_000_000
