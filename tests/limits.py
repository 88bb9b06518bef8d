"""A bound on time that other programs on the machine cannot break: processor time, in seconds of a machine of usual speed."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOP_OF_A_USUAL_MACHINE = 0.005  # seconds that the loop below takes


def slowness() -> float:
    """How many times slower than a usual machine this one is now; at least 1."""
    return max(1.0, statistics.median(loop() for _ in range(3)) / LOOP_OF_A_USUAL_MACHINE)


def loop() -> float:
    start, total = time.process_time(), 0
    for i in range(200_000):
        total += i % 7
    return time.process_time() - start


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the work inside takes longer; waiting for a processor does not count."""
    before, start = slowness(), time.process_time()
    yield
    took = time.process_time() - start
    bound = seconds * max(before, slowness())
    assert took < bound, f"took {took:.2f} s of processor time, {bound:.2f} s are allowed"
