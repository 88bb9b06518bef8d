"""Closed, full and narrow output streams: a message and exit code 2, never a traceback; what cannot be shown is replaced."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sheet_facts import EXAMPLES

SHEET = EXAMPLES / "ai61002.sheet"
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
WORDS = [
    f"solve {SHEET} -f md",
    f"solve {SHEET}",
    "formulas Conv2d",
    "conventions",
    "zoo vgg16",
    "--version",
    "--help",
    "solve --help",
    f"mark {EXAMPLES / 'homework.yaml'} {EXAMPLES / 'answers.csv'} -f json",
    f"check {EXAMPLES / 'homework.yaml'} --student S01 --row 1 --params 3",
]


def run(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = ["bash", "-c", f'"$PYTHON" -m worksheet.cli {line}']
    env = os.environ | {"PYTHON": sys.executable, "COLUMNS": "100", "NO_COLOR": "1"} | environment
    return subprocess.run(command, capture_output=True, cwd=folder, env=env, check=False, timeout=120)


@FULL
@pytest.mark.parametrize("words", WORDS)
def test_a_full_stream(words: str, tmp_path: Path) -> None:
    told = run(f"{words} > /dev/full", tmp_path)
    assert told.returncode == 2
    assert told.stderr.decode() == "error: standard output: cannot be written: No space left on device\n"


@pytest.mark.parametrize("words", WORDS)
def test_a_closed_stream(words: str, tmp_path: Path) -> None:
    told = run(f"{words} >&-", tmp_path)
    assert told.returncode == 2
    assert told.stderr.decode() == "error: standard output: cannot be written: it is closed\n"


def test_a_closed_stream_does_not_matter_where_nothing_is_printed(tmp_path: Path) -> None:
    assert run(f"solve {SHEET} -o x.md >&-", tmp_path).returncode == 0
    assert (tmp_path / "x.md").stat().st_size > 1000


def test_a_closed_error_stream(tmp_path: Path) -> None:
    assert run("solve nothing.sheet 2>&-", tmp_path).returncode == 2


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    told = run("solve zoo:resnet152 | head -n 1; exit ${PIPESTATUS[0]}", tmp_path)
    assert (told.returncode, told.stderr) == (141, b"")
    assert told.stdout == b"ResNet-152\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_signs_that_an_encoding_does_not_have_are_written_with_those_that_it_has(encoding: str, tmp_path: Path) -> None:
    told = run(f"solve {SHEET}", tmp_path, PYTHONIOENCODING=encoding)
    assert (told.returncode, told.stderr) == (0, b"")
    text = told.stdout.decode(encoding)
    times = "x" if encoding == "ascii" else "×"
    assert f"(4096 + 1) {times} 1000 = 40,97,000" in text
    assert "(227 - 11 + 2(2))/4 + 1" in text


def test_a_plain_locale(tmp_path: Path) -> None:
    told = run(f"solve {SHEET}", tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (told.returncode, told.stderr) == (0, b"")


NEEDING_ITSELF = [
    '{% include "md/document.md" %}',
    '{% import "md/document.md" as again %}',
    '{% extends "md/document.md" %}',
    "{% macro more() %}{{ more() }}{% endmacro %}{{ more() }}",
]


@pytest.mark.parametrize("text", NEEDING_ITSELF)
def test_a_template_that_needs_itself(text: str, command, tmp_path: Path) -> None:
    template = tmp_path / "own" / "md" / "document.md"
    template.parent.mkdir(parents=True)
    template.write_text(f"\n{text}\n")
    told = command("solve", SHEET, "-f", "md", "--template", "own")
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: own/md/document.md:2: the template needs itself: it includes, imports or calls itself\n"


def test_a_sheet_of_faults_is_read_up_to_a_hundred(command, sheet) -> None:
    """20,000 unknown layers, each with a search for a name that is close, took minutes."""
    path = sheet("---\ninput: 3x32x32\n---\n" + "".join(f"Z{i}\n" for i in range(19_000)))
    told = command("solve", path)
    assert told.code == 2
    assert told.err.count("error: ") == 101
    assert told.err.endswith("there are more faults; reading stopped here\n")


def test_a_document_that_does_not_fit_into_memory_is_refused(command, sheet) -> None:
    path = sheet("---\ninput: 3x16x16\n---\n" + "Conv2d: 3c 3w 1p\n" * 20_000)
    told = command("solve", path, "-o", "long.pdf")
    assert told.code == 2
    assert "this document is too long for Typst: it would need more than 1 GB of memory" in told.err
    assert "--engine latex needs less" in told.err
