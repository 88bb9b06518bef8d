"""What the benchmarks share: the time of an action, and processes as a user starts them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ONE_COUNT = Path(__file__).parent / "one_count.py"


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def output(*words: object) -> str:
    """What a Python process prints. It keeps compiled modules, whatever the machine's habit: a user's second run finds them."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, env=usual, check=False)
    if run.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))} failed:\n{run.stderr[-2000:]}")
    return run.stdout


def process(*words: object) -> Callable[[], object]:
    return lambda: output(*words)


def one_count(tool: str, network: str, device: str, repeats: int) -> dict[str, Any]:
    """What the program of this name answers, from a process of its own."""
    answer: dict[str, Any] = json.loads(output(ONE_COUNT, tool, network, device, repeats))
    return answer
