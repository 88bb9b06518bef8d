"""The report: its JSON, its words, every format, the command."""

import json
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

import worksheet as ws
from tests.sheet_facts import EXAMPLES, ROOT
from worksheet.cli import app
from worksheet.document import Document, Relations, Table, Text
from worksheet.zoo import model

RUNNER = CliRunner()
PAGE = (ROOT / "docs" / "find.md").read_text()
COMMANDS = [line.strip() for line in PAGE.splitlines() if line.startswith("    worksheet find")]
QUESTIONS = {
    "chain": ("resnet50-caffe", ["conv1.p"], ["conv1.output = 112"], ()),
    "rising": ("mobilenet-v1", ["alpha"], ["macs <= 50 % of now"], ()),
    "several": ("resnet50-caffe", ["conv1.w", "conv1.p"], ["conv1.output = 112"], ("conv1.w=1..9",)),
    "none": ("resnet50-caffe", ["conv1.p"], ["conv1.output = conv1.input"], ()),
    "depth": ("resnet50-caffe", ["res4.depth"], ["params <= 1.2 of now"], ("res4.depth=1..12",)),
    "pieces": ("resnet50-caffe", ["M"], ["macs <= 10G", "pool1.output > 56"], ("M=200..400",)),
}


def asked(name: str) -> Document:
    network, unknowns, conditions, ranges = QUESTIONS[name]
    return ws.find(model(network).network(), unknowns, conditions, "textbook", ranges=ranges)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("format", ["md", "tex", "html", "txt", "typ", "json"])
def test_every_format_prints_it(name: str, format: str) -> None:
    assert ws.render(asked(name), format)


def test_a_pdf(tmp_path: Path) -> None:
    ws.write(asked("chain"), tmp_path / "answer.pdf")
    assert (tmp_path / "answer.pdf").read_bytes().startswith(b"%PDF")


def test_the_json() -> None:
    data = json.loads(ws.render(asked("chain"), "json"))
    assert data["unknowns"] == ["conv1.p"]
    assert data["solutions"] == [{"conv1.p": 3}]
    assert data["complete"] is True
    assert data["searched"] == {"ranges": {"conv1.p": [0, 16]}, "cells": 17}
    halves = json.loads(ws.render(asked("rising"), "json"))["solutions"]
    assert halves[-1] == {"alpha": "11/16"}


def test_the_inequality_is_solved() -> None:
    text = ws.render(asked("chain"), "txt").decode()
    for line in ("111 ≤ (224 − 7 + 2p_conv1)/2", "222 ≤ 224 − 7 + 2p_conv1", "5 ≤ 2p_conv1", "5/2 ≤ p_conv1"):
        assert line in text
    assert "of 0 to 16, this leaves 3." in text


def test_both_neighbours_prove_the_end() -> None:
    text = ws.render(asked("rising"), "txt").decode()
    assert "alpha = 11/16\n" in text
    assert "alpha = 23/32: no solution" in text


def test_the_proof_that_there_is_none() -> None:
    report = asked("none")
    assert any("None of the 17 possibilities" in block.text for block in report.blocks if isinstance(block, Text))
    [relations] = [block for block in report.blocks if isinstance(block, Relations)]
    assert len(relations.rows) > 3
    assert any("none of 0 to 16 lies there" in block.text for block in report.blocks if isinstance(block, Text))
    [table] = [block for block in report.blocks if isinstance(block, Table)]
    assert {row[1] for row in table.rows} == {"no solution"}


def test_the_whole_range_is_told() -> None:
    """The stretches of the table follow upon one another from end to end."""
    tables = [block for block in asked("pieces").blocks if isinstance(block, Table)]
    places = [place for row in tables[-1].rows if row[0] for place in [str(row[0]).split(" to ")]]
    ends = [(int(place[0]), int(place[-1])) for place in places]
    assert ends[0][0] == 200
    assert ends[-1][1] == 400
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(command: str) -> None:
    result = RUNNER.invoke(app, [*shlex.split(command)[1:], "-f", "json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["complete"] is True


def test_faults_end_with_exit_code_2() -> None:
    command = [sys.executable, "-m", "worksheet.cli", "find", "zoo:lenet-5", "--unknown", "M", "--so-that", "nothing <= 3"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "so-that:1:1: " in ended.stderr
    assert "^^^^^^^" in ended.stderr


def test_symbols_are_explained_and_stay_out_of_sentences() -> None:
    network = ws.read(EXAMPLES / "ai61002.sheet")
    report = ws.find(network, ["conv2d_1.p"], ["conv2d_1.output = 56"])
    text = ws.render(report, "txt").decode()
    assert report.title == "Worksheet 2: conv2d_1.p"
    assert "p_conv2d1 conv2d_1.p, the padding of conv2d_1; now 2. Searched from 0 to 16." in text
    assert "conv2d_1.p is a whole number: of 0 to 16, this leaves 2 to 3." in text
