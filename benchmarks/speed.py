"""Measures the promises on speed, as ratios within one run: python benchmarks/speed.py [--check]."""

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from timing import process, timed

import worksheet as ws

EXAMPLE = Path(__file__).parent.parent / "examples" / "ai61002.sheet"
RUNS = 15
LAYERS = 500
FORMATS = ("md", "tex", "html", "txt", "json")


def seconds(*actions: Callable[[], object], runs: int = RUNS) -> list[list[float]]:
    """Each action's times, the actions taken in turn so that a noisy machine hits all alike."""
    times: list[list[float]] = [[] for _ in actions]
    for run in range(runs + 1):
        for i, action in enumerate(actions):
            taken = timed(action)
            if run:  # the first round warms up
                times[i].append(taken)
    return times


def deep_network() -> ws.Network:
    """Five hundred layers as networks have them: blocks of convolution, ReLU, convolution, ReLU, pooling now and then."""
    layers = []
    for block in range(LAYERS // 5):
        width = 16 * (1 + block // 10)
        layers += [
            ws.layer("Conv2d", c=width, w=3, p=1),
            ws.layer("ReLU"),
            ws.layer("Conv2d", c=width, w=1),
            ws.layer("ReLU"),
            ws.layer("MaxPool2d", w=3, s=1, p=1),
        ]
    return ws.network("deep", (3, 56, 56), *layers)


def measure() -> list[tuple[str, float, list[float]]]:
    """Name, bound and the ratios to importing sympy in a process of its own."""
    deep = deep_network()

    def solve(suffix: str) -> Callable[[], object]:
        return process("-m", "worksheet.cli", "solve", EXAMPLE, "-o", Path(folder) / f"x.{suffix}")

    listed = process("-m", "worksheet.cli", "--help")

    def in_process(format: str) -> Callable[[], object]:
        return lambda: ws.render(ws.derive(deep), format)

    with tempfile.TemporaryDirectory() as folder:
        whole = (process("-c", "import sympy"), process("-c", "pass"), solve("md"), solve("pdf"), listed)
        sympy, nothing, md, pdf, help, *inside = seconds(*whole, *map(in_process, FORMATS))
    bare = [a - b for a, b in zip(sympy, nothing, strict=True)]  # the import alone, without starting Python
    rows = [
        ("solve -o x.md, whole process / python -c 'import sympy'", 0.9, md, sympy),
        ("solve -o x.pdf, whole process / python -c 'import sympy'", 1.3, pdf, sympy),
        ("worksheet --help, whole process / python -c 'import sympy'", 0.8, help, sympy),
        *(
            (f"derive and print {LAYERS} layers as {format} / import sympy", 1 / 3, mine, bare)
            for format, mine in zip(FORMATS, inside, strict=True)
        ),
    ]
    return [(name, bound, [a / b for a, b in zip(mine, other, strict=True)]) for name, bound, mine, other in rows]


def main() -> None:
    print(f"{'ratio':<62} {'bound':>6} {'median':>7} {'least':>6} {'most':>6}")
    slow = 0
    for name, bound, ratios in measure():
        median = statistics.median(ratios)
        slow += median > bound
        print(f"{name:<62} {bound:6.2f} {median:7.2f} {min(ratios):6.2f} {max(ratios):6.2f}{'  over' if median > bound else ''}")
    sys.exit(1 if slow and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
