"""The command: every format, pictures as files, faults with exit code 2 and nothing written, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

READY = "from worksheet.cli import main; print('ready', flush=True); main()"
KEYS = ["networks", "batch", "set", "growth"]
CHAPTER = ["of", "symbol", "meaning", "from", "to", "sizes", "refused", "curves"]
CURVE = ["network", "convention", "column", "text", "class", "limit", "values", "kinds", "leading", "doublings"]


def test_json_has_stable_keys_and_whole_numbers(command) -> None:
    run = command("grow", "zoo:mobilenet-v1", "--width", "0.25..1", "--side", "128..224", "-f", "json")
    assert run.code == 0
    data = json.loads(run.out, parse_float=pytest.fail)
    assert list(data) == KEYS
    for chapter in data["growth"]:
        assert list(chapter) == CHAPTER
        for one in chapter["curves"]:
            assert list(one) == CURVE
            assert len(one["values"]) == len(chapter["sizes"])


@pytest.mark.parametrize("format", ["md", "tex", "txt", "html", "typ"])
def test_every_format(format: str, command) -> None:
    run = command("grow", "zoo:vit-b-16", "--side", "112..336", "-f", format)
    assert run.code == 0
    assert "86,567,656" in run.out.replace("{,}", ",")  # its published parameters, and its MACs as torch counts them, at 224
    assert "17,563,828,224" in run.out.replace("{,}", ",")
    assert run.err == ""


def test_pictures_as_files(command, tmp_path: Path) -> None:
    run = command("grow", "zoo:gpt2", "--length", "64..1024", "--pictures", "figures", "-o", "growth.pdf")
    assert run.code == 0
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {"gpt2-macs-L.svg", "gpt2-macs-L.png", "gpt2-macs-L-log.svg", "gpt2-macs-L-kinds.svg"} <= names
    assert (tmp_path / "growth.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        (("zoo:gpt2", "--side", "112..672"), 1),
        (("zoo:resnet-5", "nofile.sheet", "--side", "9..1"), 3),
        (("zoo:resnet50-caffe", "--side", "9..1", "--batch", "x", "--width", "0..1"), 3),
        (("zoo:resnet50-caffe", "--vary", "conv1"), 2),
        (("zoo:resnet50-caffe",), 1),
        (("zoo:resnet50-caffe", "--side", "224..448", "-c", "nope"), 1),
        (("zoo:resnet50-caffe", "--side", "224..448", "--column", "nope"), 1),
    ],
)
def test_faults_end_with_2_and_write_nothing(words: tuple[str, ...], faults: int, command, tmp_path: Path) -> None:
    run = command("grow", *words, "-o", "growth.md", "--pictures", "figures")
    assert run.code == 2
    assert run.err.count("error:") == faults
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    """Swin lays its windows in another way for each size: there is time to change one's mind."""
    line = [sys.executable, "-c", READY, "grow", "zoo:swin-t", "--side", "112..672", "-o", "growth.md"]
    run = subprocess.Popen(
        line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert run.stdout
    assert run.stdout.readline() == "ready\n"
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(0.5)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())
