"""Every command whose document has a main table gives it alone: as CSV, as a fragment, with its citations."""

import csv
import io
import sys
from unittest import mock

import pytest

import worksheet as ws
from tests.commands import COMMANDS
from worksheet.cli import main
from worksheet.document.tables import main_table, tables

OPTIONS = {"--fragment", "--caption", "--label", "--bibtex"}
NO_DOCUMENT = {"check", "demo", "generate", "mark", "new"}  # they write files, or say whether an answer is right
NO_TABLE = {"formulas"}
FIND = ("find", "zoo:lenet-5", "--unknown", "C1.p")
WITH_TABLE = {
    "burden": ("burden", "zoo:resnet18", "--scales", "1,2"),
    "compare": ("compare", "zoo:lenet-5", "-c", "fvcore"),
    "conventions": ("conventions",),
    "explain": ("explain", "zoo:lenet-5", "--total", "60K"),
    "find": (*FIND, "--so-that", "C1.output = 28"),
    "grow": ("grow", "zoo:lenet-5", "--batch", "1,2,4"),
    "solve": ("solve", "zoo:lenet-5"),
    "table": ("table", "zoo:lenet-5"),
    "time": ("time", "zoo:lenet-5", "--on", "a100"),
    "transformer": ("transformer",),
    "zoo": ("zoo", "lenet-5", "--table", "-c", "macs"),
}


@pytest.fixture
def run(capfdbinary):
    """What a command writes to standard output, as text."""

    def call(*arguments: str, code: int = 0) -> str:
        with mock.patch.object(sys, "argv", ["worksheet", *arguments]), pytest.raises(SystemExit) as end:
            main()
        out, err = capfdbinary.readouterr()
        assert int(end.value.code or 0) == code, err.decode()
        return (out if code == 0 else err).decode()

    return call


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_command_with_a_document_is_here() -> None:
    assert set(COMMANDS) == set(WITH_TABLE) | NO_TABLE | NO_DOCUMENT


@pytest.mark.parametrize("name", WITH_TABLE)
def test_a_table_alone_is_offered(name: str) -> None:
    assert {option for parameter in COMMANDS[name].params for option in parameter.opts} >= OPTIONS


@pytest.mark.parametrize("name", WITH_TABLE)
def test_a_table_alone_is_given(run, name: str) -> None:
    rows = records(run(*WITH_TABLE[name], "-f", "csv"))
    assert rows
    assert all("" not in row and None not in row for row in rows)
    fragment = run(*WITH_TABLE[name], "--fragment", "-f", "md", "--caption", "What it costs")
    assert fragment.startswith("Table: What it costs")
    assert fragment.count("\n|") >= len(rows) + 2
    assert run(*WITH_TABLE[name], "--bibtex").startswith("@software{nn-worksheet")


@pytest.mark.parametrize("name", ["burden", "compare", "explain", "grow", "solve", "table", "time"])
def test_a_network_is_cited(run, name: str) -> None:
    assert "@misc{worksheet-resnet18" in run(name, "zoo:resnet18", *WITH_TABLE[name][2:], "--bibtex")


@pytest.mark.parametrize("options", [["--fragment", "-f", "md"], ["--caption", "x"], ["--bibtex"]])
def test_the_list_of_the_zoo_is_no_table(run, options: list[str]) -> None:
    assert "--table" in run("zoo", "lenet", *options, code=2)


# What is in them


def test_all_solutions_are_found_in_a_table(run) -> None:
    """A kernel of 5 on 32 pixels: (32 - 5 + 2p)/s + 1, rounded down."""
    assert records(run(*FIND, "--so-that", "C1.output = 28", "-f", "csv")) == [{"C1.p": "0"}]
    several = run(*FIND, "--unknown", "B", "--so-that", "C1.output = 28", "--range", "B=1..3", "-f", "csv")
    assert several == "C1.p,B\n0,1\n0,2\n0,3\n"


def test_no_solution_is_a_table_without_rows(run) -> None:
    text = run(*FIND, "--so-that", "C1.output = 27", "--range", "C1.p=0..3", "-f", "csv")
    assert text == "C1.p\n"


def test_more_solutions_than_a_page_shows() -> None:
    document = ws.find("zoo:lenet-5", ["B"], ["macs >= 1"], ranges=["B=1..300"])
    assert [record["B"] for record in document.to_records()] == list(range(1, 301))


def test_growth_is_one_table_of_numbers(run) -> None:
    """Four samples take four times the multiply-accumulates of one."""
    rows = records(run("grow", "zoo:lenet-5", "zoo:alexnet", "--batch", "1,2,4", "-f", "csv"))
    for name in ("lenet-5", "alexnet"):
        one = ws.derive(f"zoo:{name}", "textbook").totals["macs"]
        assert one is not None
        assert [int(row[f"macs {name}"]) for row in rows] == [one, 2 * one, 4 * one]


def test_growth_says_at_least() -> None:
    """AI61002 has no rule for a BatchNorm: 9*1*2 + 2 = 20 operations at each of M*M places."""
    network = ws.network("n", (1, 8, 8), ws.layer("Conv2d", k=2, w=3, p=1), ws.layer("BatchNorm"))
    document = ws.grow(network, {"side": "8,16"}, ["ai61002"])
    assert document.to_records() == [
        {"M": 8, "flops": 20 * 64, "partial": "flops"},
        {"M": 16, "flops": 20 * 256, "partial": "flops"},
    ]
    text = ws.render(document, "txt").decode()
    assert "at least 5,120" in text
    assert "at least 20." in text  # parameters, the same at all sizes


def test_times_are_in_one_unit(run) -> None:
    """An A100 has 108 processors of 64 fused multiply-adds at 1.41 GHz, and 1,555 GB/s."""
    first, *_ = records(run(*WITH_TABLE["time"], "-f", "csv"))
    operations = 2 * 25 * 28 * 28 * 6
    assert int(first["operations"]) == operations
    assert float(first["compute_ns"]) == pytest.approx(operations / (108 * 64 * 2 * 1.41), rel=1e-3)
    assert float(first["memory_ns"]) == pytest.approx(int(first["bytes"]) / 1555, rel=1e-3)
    assert first["ns"] == max(first["compute_ns"], first["memory_ns"], key=float)


def test_the_zoo_is_exact_in_a_table(run) -> None:
    """torchvision's parameters of ResNet-18, four bytes each; convnet-burden prints 45 MB."""
    burden = next(row for row in records(run("zoo", "resnet18", "--table", "-f", "csv")) if row["network"].startswith("resnet18"))
    assert round(int(burden["param_mem"]) / 2**20) == 45
    macs = {row["network"]: row for row in records(run("zoo", "resnet18", "--table", "-c", "macs", "-f", "csv"))}
    assert int(macs["resnet18"]["params"]) == 11_689_512
    assert "at least" in run("zoo", "resnet18", "--table", "-c", "ai61002", "--fragment", "-f", "tex")


def test_a_comparison_gives_its_kinds() -> None:
    document = ws.compare("zoo:lenet-5", ["textbook", "fvcore"])
    assert list(document.to_records()[0]) == ["kind", "layers", "textbook", "fvcore", "difference"]
    assert sum(table is main_table(document) for table in tables(document)) == 1


def test_a_main_table_that_is_no_block_is_the_first_sheet() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(ws.render(ws.timing("zoo:lenet-5", "a100"), "xlsx")))
    assert [cell.value for cell in next(iter(book.worksheets[0].rows))][:3] == ["No.", "Layer", "Operations"]
    assert len(book.worksheets) > 2
