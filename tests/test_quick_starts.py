"""Every command of the README and of the pages of docs runs as it stands, in a copy of examples/."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.sheet_facts import EXAMPLES, ROOT

README = ROOT / "README.md"
SHELL = re.compile(r"(<!-- \w+ -->\n)?```sh\n(.*?)```", re.DOTALL)
INDENTED = re.compile(r"^    (?:\$ )?(worksheet .+)$", re.MULTILINE)
COMMENT = re.compile(r"\s{2,}#.*")
READERS_OWN = (
    "deploy.prototxt",
    "train_val.prototxt",
    "model.onnx",
    "dynamic.onnx",
    "models.py",
)  # files of whoever reads the page
NOT_RIGHT = re.compile(r"worksheet check ")  # says with its exit code whether the answer is right
SECONDS = 300
VISION = "WORKSHEET_TEST_VISION"


class Shown(NamedTuple):
    page: str
    line: str


def shell_lines() -> list[str]:
    """The lines of the README's shell blocks, except those below a mark, which sessions of noxfile.py run."""
    blocks = [text for mark, text in SHELL.findall(README.read_text()) if not mark]
    return [COMMENT.sub("", line).strip() for block in blocks for line in block.splitlines()]


def commands() -> list[Shown]:
    shown = [Shown("README.md", line) for line in shell_lines() if line.startswith("worksheet ")]
    for path in sorted((ROOT / "docs").glob("*.md")):
        if path.name != "manual.md":  # whose commands show each option, on files of every kind
            lines = (COMMENT.sub("", line).strip() for line in INDENTED.findall(path.read_text()))
            shown += [Shown(path.name, line) for line in lines if not any(own in line for own in READERS_OWN)]
    return list({each.line: each for each in reversed(shown)}.values())[::-1]


COMMANDS = commands()


def reads_torchvision(line: str) -> bool:
    return " torchvision.models:" in line


def needs(line: str) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.torch] if "torchvision" in line.split("zoo:", maxsplit=1)[0] else []
    marks += [pytest.mark.tex] if "--engine latex" in line else []
    return [*marks, pytest.mark.onnx] if ".onnx" in line else marks


CASES = [pytest.param(each.line, id=f"{each.page}: {each.line}", marks=needs(each.line)) for each in COMMANDS]


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command as an installation has it."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "worksheet"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m worksheet.cli "$@"\n')
    script.chmod(0o755)
    if importlib.util.find_spec("torchvision"):  # whose compiled part is not needed, and not for every build of torch there
        text = f"import os\nif os.environ.get('{VISION}'):\n    from tests.readers.vision import vision\n    vision()\n"
        (folder / "sitecustomize.py").write_text(text)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the pages show a POSIX shell")
@pytest.mark.parametrize("line", CASES)
def test_a_command_that_a_page_shows_runs(line: str, binary: Path, tmp_path: Path) -> None:
    env = os.environ | {"PATH": f"{binary}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": f"{binary}{os.pathsep}{ROOT}"}
    if reads_torchvision(line):
        if not importlib.util.find_spec("torchvision"):
            pytest.skip("torchvision is not installed")
        env |= {VISION: "yes"}
    folder = shutil.copytree(EXAMPLES, tmp_path / "examples")
    run = subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=SECONDS)
    assert run.returncode in ((0, 1) if NOT_RIGHT.match(line) else (0,)), run.stderr
    assert "Traceback" not in run.stderr


def test_the_readme_says_how_the_command_is_found() -> None:
    """Right after the installation, before the first command that needs it."""
    lines = [line for line in shell_lines() if line]
    assert lines[:2] == [". .venv/bin/activate", "cd examples"]
    assert [line for line in lines[2:] if not line.startswith("worksheet ")] == []
    text = README.read_text()
    assert text.index("<!-- run -->") < text.index(lines[0]) < text.index("```sh\nworksheet ")


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) < 190
    assert len([each for each in COMMANDS if each.page == "README.md"]) > 20
