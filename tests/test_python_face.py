"""The package at a prompt and in a notebook: short reprs, public names, records, networks read from texts."""

import builtins
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.derive.comparison import compare_sides, read_side
from worksheet.errors import WorksheetError
from worksheet.zoo import models

SHEET = EXAMPLES / "lenet5.sheet"


def test_every_repr_is_short() -> None:
    network = ws.read("zoo:resnet50")
    solution = ws.derive(network)
    long = ws.network("n" * 500, (3, 8, 8), ws.layer("Conv2d", k=2, w=3, name="l" * 500), title="t" * 500)
    things = [
        network, network.nodes[0], network.nodes[0].kind, solution, solution.rows[0], solution.rows[0].columns[0],
        ws.compare(network, ["macs", "torchinfo"]), ws.formulas(), ws.convention("torchinfo"), ws.burden("zoo:lenet-5"),
        compare_sides(network, [read_side("macs")]), ws.zoo_list(["resnet18-torchvision"])[0], models()["resnet18"],
        ws.assignment(EXAMPLES / "homework.yaml"), ws.Builder("b" * 500, (3, 8, 8)), long, long.nodes[0],
        ws.derive(long, "operations"),
        ws.blank(solution), ws.tabulate(solution),
    ]  # fmt: skip
    assert {type(thing).__name__: len(repr(thing)) for thing in things if len(repr(thing)) >= 200} == {}


def reached(roots: list[object]) -> list[object]:
    """Every object of the package that these lead to; tuples and mappings are what they hold."""
    met: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in met:
            continue
        met[id(thing)] = thing
        if isinstance(thing, (tuple, list, set, frozenset)):
            waiting += thing
        elif isinstance(thing, Mapping):
            waiting += thing.values()
        elif type(thing).__module__.startswith("worksheet"):
            waiting += [getattr(thing, each.name) for each in fields(thing)] if is_dataclass(thing) else vars_of(thing)
    objects = [thing for thing in met.values() if not isinstance(thing, (tuple, Mapping))]
    return [thing for thing in objects if type(thing).__module__.startswith("worksheet")]


def vars_of(thing: object) -> list[object]:
    return list(getattr(thing, "__dict__", {}).values())


def test_every_repr_is_short_however_deep(tmp_path: Path) -> None:
    """A forgotten semicolon prints a line or two, whatever a solution, a document or a marked class is asked for."""
    for name in ("homework.yaml", "ai61002.sheet"):
        shutil.copy(EXAMPLES / name, tmp_path)
    homework, roster = tmp_path / "homework.yaml", EXAMPLES / "class.csv"
    network = ws.read("zoo:resnet18")
    roots = [
        network, ws.derive(network, "operations"), ws.compare(network, ["macs", "fvcore"]), ws.compare(network), ws.zoo_list(),
        ws.burden(network), ws.train(network), ws.timing(network, "a100"), ws.symbolic(network, ["M"]), ws.formulas(),
        ws.transformer("zoo:gpt2"), ws.grow(network, {"batch": "1..4"}), ws.find("zoo:lenet-5", ["C1.p"], ["C1.output = 28"]),
        ws.assignment(homework), ws.generate(homework, tmp_path / "out", roster=roster, formats=["html"], forms=["csv"]),
        ws.mark(homework, EXAMPLES / "answers.csv", roster=roster), ws.check(homework, 1, "params", "5", student="S02"),
        ws.convention("convnet-burden"), ws.kinds(), ws.Digits("en_IN"), ws.Fragment("c" * 500, "l" * 500),
        ws.Formula(" + ".join("abcdefgh" * 20)),
    ]  # fmt: skip
    things = reached(roots)
    assert {"Step", "Table", "Mark", "Column", "Form", "Section"} <= {type(thing).__name__ for thing in things}
    assert {type(thing).__name__ for thing in things if len(repr(thing)) >= 200} == set()


def test_a_repr_says_what_it_is() -> None:
    assert repr(ws.derive("zoo:resnet18", "macs")) == (
        "<Derivation 'ResNet-18': 69 layers, 'macs', params 11,689,512, macs 1,814,073,344>"
    )
    assert repr(ws.Digits("en_IN")) == "Digits('en_IN')"
    assert repr(ws.read("zoo:resnet18")) == "<Network 'ResNet-18': input 3 × 224 × 224, 69 layers>"


def test_dir_lists_the_public_names_and_no_others() -> None:
    listed = set(dir(ws))
    assert {name for name in listed if not name.startswith("__")} == set(ws.__all__)
    assert all(hasattr(ws, name) for name in ws.__all__)
    assert {"grow", "symbolic", "transformer", "find", "timing", "zoo_table", "table", "tabulate"} <= listed
    script = "import worksheet; print(*dir(worksheet))"
    fresh = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout.split()
    assert set(fresh) == listed
    assert not any(name in listed for name in ("Any", "TYPE_CHECKING", "import_module"))


@pytest.mark.parametrize("source", ["zoo:lenet-5", str(SHEET), SHEET], ids=["zoo", "file", "path"])
def test_a_source_is_read_wherever_a_network_is_expected(source) -> None:
    network = ws.read(source)
    assert ws.derive(source, "macs").totals == ws.derive(network, "macs").totals
    assert ws.compare(source, ["macs", "fvcore"]).data == ws.compare(network, ["macs", "fvcore"]).data
    assert ws.explain(source, "1K").data == ws.explain(network, "1K").data
    assert ws.table([source, network]).data["rows"][0] == ws.table(network).data["rows"][0]
    assert ws.symbolic(source, ["B"], "macs").title == ws.symbolic(network, ["B"], "macs").title
    assert ws.train(source).totals == ws.train(network).totals
    assert ws.timing(source, "a100").data == ws.timing(network, "a100").data
    assert ws.grow([source], {"batch": "1..4"}).data == ws.grow(network, {"batch": "1..4"}).data
    assert ws.derive(network=source).network == network.name  # type: ignore[call-arg]
    assert ws.burden(source).title


@pytest.mark.parametrize("source", ["zoo:lenet-5", SHEET, ws.read("zoo:lenet-5")], ids=["zoo", "path", "network"])
def test_a_network_is_solved_wherever_a_solution_is_expected(source, tmp_path: Path) -> None:
    solution = ws.derive(source)
    assert ws.render(source, "md") == ws.render(solution, "md")
    assert ws.tabulate(source, by="kind").data == ws.tabulate(solution, by="kind").data
    assert ws.blank(source).totals == ws.blank(solution).totals
    assert ws.select(source, "1").chosen == ws.select(solution, "1").chosen
    assert ws.summary(source).rows == ws.summary(solution).rows
    ws.write(source, tmp_path / "solution.md")
    assert (tmp_path / "solution.md").read_bytes() == ws.render(solution, "md")
    assert ws.draw(source, tmp_path / "pictures")


def test_the_report_on_a_network_of_the_zoo_is_the_published_one() -> None:
    """As before: burden knows the published variant by its name."""
    assert "resnet18-burden" in ws.render(ws.burden("zoo:resnet18"), "txt").decode()
    assert ws.burden("resnet18").data == ws.burden("zoo:resnet18").data


def test_a_source_that_is_none_is_a_fault_in_words() -> None:
    with pytest.raises(WorksheetError):
        ws.compare("zoo:no-such-network", ["macs", "fvcore"])
    with pytest.raises(WorksheetError):
        ws.grow(["zoo:lenet-5", "no-such-file.sheet"], {"batch": "1..4"})


def test_records_are_plain_numbers() -> None:
    records = ws.derive("zoo:resnet18", "macs").to_records()
    assert sum(record["params"] for record in records) == 11_689_512  # torchvision's
    assert records[0]["output"] == "64 × 112 × 112"
    stages = ws.tabulate(ws.derive("zoo:resnet18", "macs"), by="stage", unit="G").to_records()
    assert round(sum(record["macs"] for record in stages), 1) == 1.8


def test_without_pandas_the_reason_is_said(monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *rest):
        if name.partition(".")[0] == "pandas":
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(WorksheetError, match="needs pandas") as fault:
        ws.derive("zoo:lenet-5").to_dataframe()
    assert "pip install pandas" in (fault.value.hint or "")


@pytest.mark.pandas
def test_a_data_frame_has_the_table() -> None:
    frame = ws.derive("zoo:resnet18", "macs").to_dataframe()
    assert frame["params"].sum() == 11_689_512
    assert list(frame.columns)[-2:] == ["params", "macs"]


def test_networks_solutions_and_reports_show_themselves_in_a_notebook(tmp_path: Path) -> None:
    network = ws.read("zoo:lenet-5")
    for thing in (network, ws.derive(network), ws.burden("zoo:lenet-5"), ws.table(network)):
        assert thing._repr_html_().startswith("<iframe")
    misfit = ws.network("n", (3,), ws.layer("MaxPool2d", w=2), title="<script>")
    assert "receives 3" in misfit._repr_html_()
    assert "<script" not in misfit._repr_html_()
