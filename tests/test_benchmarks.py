"""The page of measured times: its arithmetic, and that the totals which the real tools printed there are those we derive."""

import importlib
import re
import sys
from types import ModuleType

import pytest

import worksheet as ws
from tests.sheet_facts import ROOT

PAGE = (ROOT / "docs" / "performance.md").read_text()
COLUMNS = {  # the tool's name on the page, its unit there: our way of counting, its column
    ("torchinfo", "mult-adds"): ("torchinfo", "mult_adds"),
    ("fvcore", "flops"): ("fvcore", "flops"),
    ("thop", "macs"): ("thop", "macs"),
    ("ptflops", "macs"): ("ptflops", "macs"),
    ("calflops", "flops"): ("calflops", "flops"),
    ("calflops", "macs"): ("calflops", "macs"),
    ("FlopCounterMode", "flops"): ("torch-flop-counter", "flops"),
}


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    return importlib.import_module("counters")


@pytest.mark.parametrize("network", [50, 152])
@pytest.mark.parametrize(("tool", "unit"), COLUMNS)
def test_the_totals_on_the_page_are_ours(network: int, tool: str, unit: str) -> None:
    name, column = COLUMNS[tool, unit]
    section = PAGE.partition(f"## ResNet-{network}\n")[2].partition("\n## ")[0]
    [line] = [line for line in section.splitlines() if line.startswith(f"| {tool} | cpu |")]
    [printed] = re.findall(rf"([\d,]+) {unit}\b", line)
    solution = ws.derive(ws.read(f"zoo:resnet{network}-torchvision"), name)
    assert int(printed.replace(",", "")) == solution.totals[column]


def test_medians_and_ratios(counters: ModuleType) -> None:
    base = counters.Cell("torchinfo", "resnet50", "meta", {"mult-adds": 4000}, [4.0, 9.0, 2.0], [0.5], [0.1, 0.2, 0.3])
    mine = counters.Cell("summary", "resnet50", "–", {"macs": 3000}, [1.0, 1.5, 0.5], [0.25], [0.02, 0.05, 0.9])
    fails = counters.Cell("fvcore", "resnet50", "meta", fault="TypeError: a | b. More\nof it")
    lines = counters.table([base, mine, fails]).splitlines()
    assert lines[2] == "| torchinfo | meta | 4,000 mult-adds | 4.00 (2.00 to 9.00) | 1.00 | 500 | 200 (100 to 300) | 1.00 |"
    assert (
        lines[3] == "| **worksheet**, zoo, summary | – | 3,000 macs | 1.00 (0.50 to 1.50) | 0.25 | 250 | 50 (20 to 900) | 0.25 |"
    )
    assert lines[4] == r"| fvcore | meta | does not run: TypeError: a \| b | – | – | – | – | – |"
    assert "| 1.00 (0.50 to 1.50) | – | 250 | 50 (20 to 900) | – |" in counters.table(
        [mine]
    )  # without torchinfo there is nothing to compare with


def test_a_tool_that_differs_by_the_device_is_told(counters: ModuleType) -> None:
    cells = [counters.Cell("ptflops", "resnet50", device, {"macs": n}) for device, n in (("meta", 1500), ("cpu", 500))]
    assert counters.disagreements(cells) == ["ptflops gives 1,000 macs more on the meta device than on the CPU."]


def test_tools_that_are_missing_are_named(counters: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"torch", "torchvision", "transformers", "worksheet", "thop"}
    monkeypatch.setattr(counters.importlib.util, "find_spec", lambda name: name if name in here else None)
    lines = counters.absent()
    assert "Not measured: torchinfo, for want of torchinfo." in lines
    assert "Not measured: calflops, for want of calflops and accelerate." in lines
    assert not any("thop" in line or "worksheet" in line for line in lines)


def test_the_tables_go_between_the_marks(counters: ModuleType, tmp_path) -> None:
    path = tmp_path / "page.md"
    path.write_text("a\n<!-- measured -->\nold\n<!-- /measured -->\nb\n")
    counters.put(path, "new")
    assert path.read_text() == "a\n<!-- measured -->\nnew\n<!-- /measured -->\nb\n"
    path.write_text("a page\n")
    with pytest.raises(SystemExit, match="marks"):
        counters.put(path, "new")
    assert path.read_text() == "a page\n"
