"""Measures closed forms against the numeric solution within one run: python benchmarks/symbolic.py [--check]."""

import statistics
import sys
from collections.abc import Callable

from timing import timed

import worksheet as ws
from worksheet.derive.closed import Closed, residues
from worksheet.zoo import model

NETWORK, SYMBOLS, CONVENTION = "resnet152-caffe", ("M",), "textbook"
BOUND = 15
RUNS = 9


def numeric() -> object:
    return ws.derive(model(NETWORK).network(), CONVENTION).totals


def totals() -> object:
    closed = Closed(model(NETWORK).network(), SYMBOLS, CONVENTION)
    return [closed.main.formula(form).source for form in closed.main.totals.values()]


def classes() -> object:
    return residues(Closed(model(NETWORK).network(), SYMBOLS, CONVENTION))


def document() -> object:
    return ws.symbolic(model(NETWORK).network(), SYMBOLS, CONVENTION)


def main(arguments: list[str]) -> None:
    actions: dict[str, tuple[Callable[[], object], int | None]] = {
        "totals with their floors": (totals, BOUND),
        "totals in every residue class": (classes, BOUND),
        "the whole document": (document, None),
    }
    times: dict[str, list[float]] = {name: [] for name in ("numeric", *actions)}
    for run in range(RUNS + 1):
        taken = {"numeric": timed(numeric), **{name: timed(action) for name, (action, _) in actions.items()}}
        for name, seconds in taken.items():
            if run:  # the first round warms up
                times[name].append(seconds)
    print(f"{NETWORK}, numeric solution: {1000 * statistics.median(times['numeric']):.0f} ms")
    ratios = {name: statistics.median(a / b for a, b in zip(times[name], times["numeric"], strict=True)) for name in actions}
    for name, (_, bound) in actions.items():
        promise = f" (at most {bound})" if bound else ""
        print(f"{name}: {1000 * statistics.median(times[name]):.0f} ms, {ratios[name]:.2f} times the numeric solution{promise}")
    if "--check" in arguments and any(bound and ratios[name] > bound for name, (_, bound) in actions.items()):
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
