"""What is left of a run that fails: nothing. On a full disk, beside another run, and after a run that was killed."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sheet_facts import EXAMPLES
from worksheet.errors import OutputError
from worksheet.files import reserved

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")
HOMEWORK = "title: Worksheet 2\nnetwork: ai61002.sheet\nconvention: ai61002\nask: [output, params, flops]\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    (tmp_path / "homework.yaml").write_text(HOMEWORK)
    (tmp_path / "answers.csv").write_text("student,row,column,answer\na,1,params,23296\nb,1,params,7\n")
    return tmp_path


def started(desk: Path, limit: int | None = None) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "worksheet.cli", "mark", "homework.yaml", "answers.csv", "-o", "marks", "--report", "md"]
    ending = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        words, cwd=desk, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=ending
    )


@pytest.mark.parametrize("limit", [4096, 20_000])
def test_a_full_disk_ends_in_one_message(desk: Path, limit: int) -> None:
    run = started(desk, limit)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "cannot be written: File too large" in err
    assert "Traceback" not in err
    assert err.count("error:") == 1
    assert not list(desk.rglob(".*"))
    assert not (desk / "marks" / "marks.json").exists()


def test_a_second_run_waits_for_its_own_folder(desk: Path) -> None:
    with reserved(desk / "marks"), pytest.raises(OutputError, match="another run is writing"), reserved(desk / "marks"):
        pass
    with reserved(desk / "marks"):
        pass


def test_a_folder_that_a_failing_run_made_is_removed(desk: Path) -> None:
    def fail() -> None:
        with reserved(desk / "marks") as folder:
            (folder / ".x.part").write_text("half")
            raise ValueError("interrupted")

    with pytest.raises(ValueError, match="interrupted"):
        fail()
    assert not (desk / "marks").exists()


def test_what_a_killed_run_left_is_removed(desk: Path) -> None:
    (desk / "marks").mkdir()
    (desk / "marks" / ".x.part").write_text("half")
    (desk / "marks" / ".y.part").mkdir()
    run = started(desk)
    run.communicate(timeout=120)
    assert run.returncode == 0
    assert not list(desk.rglob(".*"))


def test_a_stopped_run_leaves_nothing(desk: Path) -> None:
    run = started(desk)
    while run.poll() is None and not (desk / "marks").exists():
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=120)
    assert not list(desk.rglob(".*"))
