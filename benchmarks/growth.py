"""Measures what growth costs, as ratios within one run: python benchmarks/growth.py [--check] [--runs N].

ResNet-152 grown over a hundred sides, with all its pictures, against one side: the network built and worked out. Both in one
process and in turn, by the time of the processor, since others on the machine may be at work.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import worksheet as ws
from worksheet.document import Document
from worksheet.zoo import model

NAME, SPAN, POINTS = "resnet152-caffe", "196..592", 101
BOUND = 3.0
RUNS = 15


def seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def one_size() -> ws.Derivation:
    return ws.derive(model(NAME).network(), "textbook")


def hundred_sizes() -> Document:
    report = ws.grow(model(NAME).network(), {"side": SPAN}, points=POINTS)
    [chapter] = report.data["growth"]
    assert len(chapter["sizes"]) >= 100
    return report


def measure(runs: int) -> list[float]:
    """The ratios; the first round warms up."""
    return [seconds(hundred_sizes) / seconds(one_size) for _ in range(runs + 1)][1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where the bound is not kept")
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    ratios = measure(given.runs)
    ratio = statistics.median(ratios)
    print(f"grow over 100 sizes / one size: {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), at most {BOUND:g}")
    if given.check and ratio > BOUND:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
