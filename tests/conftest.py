"""Shared means of the suite: running the command, and what a machine may not have."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import worksheet as ws
from tests.sheet_facts import SHEET

# A slow or busy machine finds nothing wrong with the program: how long an example takes is bounded where a test says so.
settings.register_profile("suite", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

TOOLS = {"tex": ("latexmk", "pdflatex", "xelatex"), "poppler": ("pdftotext", "pdfinfo"), "browser": ("chromium",)}
MODULES = {"torch": "torch", "onnx": "onnx", "pandas": "pandas"}
# On a machine that has to have them (CI), what is missing is a failure, not a skip: WORKSHEET_REQUIRE=tex,poppler,browser,torch
REQUIRED = set(filter(None, os.environ.get("WORKSHEET_REQUIRE", "").split(",")))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark, programs in TOOLS.items():
        missing = [program for program in programs if not shutil.which(program)]
        if item.get_closest_marker(mark) and missing:
            if mark in REQUIRED:
                pytest.fail(f"{', '.join(missing)} must be on this machine")
            pytest.skip(f"{', '.join(missing)} not on this machine")
    for mark, module in MODULES.items():
        if item.get_closest_marker(mark) and importlib.util.find_spec(module) is None:
            if mark in REQUIRED:
                pytest.fail(f"{module} must be installed")
            pytest.skip(f"{module} is not installed")


class Result:
    def __init__(self, run: subprocess.CompletedProcess[bytes]) -> None:
        self.code, self.bytes = run.returncode, run.stdout
        self.out, self.err = run.stdout.decode(errors="replace"), run.stderr.decode()


@pytest.fixture
def command(tmp_path: Path):
    """Run the command in a process of its own, in an empty folder."""

    def run(*words: object, **environment: str) -> Result:
        line = [sys.executable, "-m", "worksheet.cli", *map(str, words)]
        env = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"} | environment
        return Result(subprocess.run(line, capture_output=True, cwd=tmp_path, env=env, check=False, timeout=120))

    return run


@pytest.fixture(scope="session")
def solution() -> ws.Derivation:
    return ws.derive(ws.read(SHEET))


@pytest.fixture
def sheet(tmp_path: Path):
    """Write a sheet's text to a file."""

    def write(text: str | bytes, name: str = "bad.sheet") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
