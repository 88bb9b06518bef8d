"""Measures the counters of PyTorch networks and worksheet side by side: python benchmarks/counters.py [--quick | --write PAGE].

Every figure comes from this one run. A round takes each tool in turn, in a fresh process, so that a noisy machine hits all
alike; tools that are not installed are named. --write puts the tables between two marks of a page; --quick is one small round.
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from one_count import NONE, TOOLS
from timing import one_count, process, timed

import worksheet as ws

NETWORKS = {"resnet50": "ResNet-50", "resnet152": "ResNet-152"}
ROUNDS = 3
REPEATS = {"meta": 3, NONE: 3, "cpu": 1}  # later counts in a process; on the CPU the network runs
MARKS = "<!-- measured -->", "<!-- /measured -->"
BASE = "torchinfo", "meta"
HEADS = ("tool", "device", "its total", "whole process, s", "to torchinfo", "first count, ms", "later counts, ms", "to torchinfo")


@dataclass
class Cell:
    """A tool with a network on a device: what it counted and its times in seconds, or why it cannot."""

    tool: str
    network: str
    device: str
    total: dict[str, int] = field(default_factory=dict)
    whole: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    fault: str = ""

    def run(self, folder: str, repeats: int | None = None) -> None:
        """One more fresh process; a command is a second one, and its own time the whole."""
        answer: dict[str, Any] = {}
        later = REPEATS[self.device] if repeats is None else repeats
        whole = timed(lambda: answer.update(one_count(self.tool, self.network, self.device, later)))
        self.fault = answer.get("fault", "")
        if self.fault:
            return
        if command := TOOLS[self.tool].command:
            whole = timed(process(*(word.format(network=self.network, folder=folder) for word in command)))
        else:
            whole -= sum(answer["later"])
        self.total = answer["total"]
        self.whole.append(whole)
        self.first.append(answer["first"])
        self.later += answer["later"]


def missing() -> dict[str, list[str]]:
    """The tools that cannot be run here, and the packages that they lack."""
    lacks = {name: [p for p in tool.packages if importlib.util.find_spec(p) is None] for name, tool in TOOLS.items()}
    return {name: packages for name, packages in lacks.items() if packages}


def measure(networks: list[str], devices: tuple[str, ...], rounds: int) -> list[Cell]:
    present = [name for name in TOOLS if name not in missing()]
    cells = [Cell(t, n, d) for n in networks for t in present for d in TOOLS[t].devices if d in (*devices, NONE)]
    with tempfile.TemporaryDirectory() as folder:
        if rounds > 1:  # the first process of a tool compiles its modules and reads them from the disk
            for tool in present:
                Cell(tool, networks[0], TOOLS[tool].devices[0]).run(folder, 0)
        for i in range(rounds):
            for cell in cells:
                print(
                    f"\r{i + 1}/{rounds} {cell.tool} {cell.network} {cell.device}".ljust(60), end="", file=sys.stderr, flush=True
                )
                if not cell.fault:
                    cell.run(folder)
    print(file=sys.stderr)
    return cells


def ratio(mine: list[float], base: list[float]) -> str:
    return f"{statistics.median(mine) / statistics.median(base):.2f}" if base else "–"


def spread(seconds: list[float], unit: int, form: str) -> str:
    """The median, the least and the most."""
    median, least, most = (format(unit * value, form) for value in (statistics.median(seconds), min(seconds), max(seconds)))
    return median if least == most else f"{median} ({least} to {most})"


def row(cell: Cell, base: Cell | None) -> list[str]:
    name = [TOOLS[cell.tool].title, cell.device]
    if cell.fault:
        reason = cell.fault.splitlines()[0].split(". ")[0].replace("|", "\\|")
        return [*name, f"does not run: {reason}", *["–"] * 5]
    total = "<br>".join(f"{value:,} {name}" for name, value in cell.total.items())
    whole, first, later = spread(cell.whole, 1, ".2f"), spread(cell.first, 1000, ",.0f"), spread(cell.later, 1000, ",.0f")
    bases = (base.whole, base.later) if base else ([], [])
    return [*name, total, whole, ratio(cell.whole, bases[0]), first, later, ratio(cell.later, bases[1])]


def table(cells: list[Cell]) -> str:
    base = next((cell for cell in cells if (cell.tool, cell.device) == BASE and not cell.fault), None)
    rows = [HEADS, [*["---"] * 3, *["---:"] * 5], *(row(cell, base) for cell in cells)]
    return "\n".join(f"| {' | '.join(words)} |" for words in rows)


def disagreements(cells: list[Cell]) -> list[str]:
    """Tools that count differently by the device that they are run on."""
    found = []
    for one in cells:
        for other in cells:
            if (one.tool, one.device, other.device) == (other.tool, "meta", "cpu") and one.total and other.total:
                found += [
                    f"{TOOLS[one.tool].title} gives {abs(value - other.total[unit]):,} {unit} "
                    f"{'more' if value > other.total[unit] else 'fewer'} on the meta device than on the CPU."
                    for unit, value in one.total.items()
                    if value != other.total[unit]
                ]
    return found


def processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()


def version(package: str) -> str:
    if package == "worksheet":
        return ws.__version__
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of an unknown version"


def machine(load: float) -> str:
    packages = dict.fromkeys(package for name, tool in TOOLS.items() if name not in missing() for package in tool.packages)
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"Measured on {processor()}, {len(os.sched_getaffinity(0))} cores, load average {load:.1f} at the start; "
        f"Python {platform.python_version()}, {versions}."
    )


def absent() -> list[str]:
    return [f"Not measured: {TOOLS[name].title}, for want of {' and '.join(packages)}." for name, packages in missing().items()]


def page(cells: list[Cell], load: float, minutes: float) -> str:
    """The measured part of the page, in Markdown."""
    rounds = max(len(cell.whole) for cell in cells)
    times = (
        f"The run took {minutes:.0f} minutes. Medians (least to most): fresh processes {rounds} each, later counts "
        f"{rounds * REPEATS['meta']} each, {rounds * REPEATS['cpu']} on the CPU."
    )
    parts = [f"{machine(load)} {times}", *absent()]
    for network, title in NETWORKS.items():
        if mine := [cell for cell in cells if cell.network == network]:
            parts += [f"## {title}", table(mine), *disagreements(mine)]
    return "\n\n".join(parts)


def put(path: Path, text: str) -> None:
    """Sets the measured part of a page between its marks."""
    before, _, rest = path.read_text("utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        sys.exit(f"{path}: the marks {MARKS[0]} and {MARKS[1]} are missing")
    path.write_text(f"{before}{MARKS[0]}\n{text}\n{end}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="The counters and worksheet side by side.")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--quick", action="store_true", help="one round of ResNet-50 on the meta device")
    way.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the marks of this page")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often everything is measured ({ROUNDS})")
    options = parser.parse_args()
    load, start = os.getloadavg()[0], time.perf_counter()
    cells = measure(["resnet50"], ("meta",), 1) if options.quick else measure(list(NETWORKS), ("meta", "cpu"), options.rounds)
    text = page(cells, load, (time.perf_counter() - start) / 60)
    if options.write:
        put(options.write, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
