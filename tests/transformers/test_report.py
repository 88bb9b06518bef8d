"""The report on a transformer: every step gives its value, texts read back, pictures, refusals; the command."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import worksheet as ws
from worksheet.cli import app
from worksheet.document import Document, Table, Text
from worksheet.errors import WorksheetError
from worksheet.zoo.language import TRANSFORMERS

NAMES = [transformer.name for transformer in TRANSFORMERS]


@cache
def report(name: str) -> Document:
    return ws.transformer(f"zoo:{name}", prompt=7, batch=3, dtype="weights=int4,activations=fp16")


@pytest.mark.parametrize("name", NAMES)
def test_every_step_gives_its_value(name: str) -> None:
    for step in report(name).steps:
        assert step.formula is not None
        value = step.formula.at(step.values)
        assert value == step.value or (step.rounded and abs(value - Fraction(step.value or 0)) <= Fraction(1, 20_000)), step


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_read_back(name: str) -> None:
    data = report(name).data
    sizes = data["sizes"]
    entries = [data["parameters"], *data["forward"].values(), *data["training"].values(), *(data["generation"] or {}).values()]
    for estimate in data["estimates"]:
        entries += [estimate["exact"], estimate["error"], *estimate["causes"].values()]
    assert len(entries) > 30
    for entry in entries:
        assert ws.Formula(entry["text"]).at(sizes) == entry["value"]


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_drawings(name: str) -> None:
    pictures = report(name).pictures
    assert len(pictures) == (1 if name == "bert-base" else 2)
    for picture in pictures:
        assert ET.fromstring(picture.svg).tag.endswith("svg")


def test_memory_of_the_cache() -> None:
    """Llama 3 8B: 128 KiB for a token in 16 bits (32 blocks, 8 heads of 128, keys and values), 1 GiB for 8,192 tokens."""
    steps = {step.name: step for step in ws.transformer("llama-3-8b").steps}
    assert steps["S"].value == 2**30
    assert "1.00 GiB" in steps["S"].remark
    assert {step.name: step for step in report("llama-3-8b").steps}["S"].value == 3 * 2**30


def test_networks_that_read_both_ways_do_not_generate() -> None:
    assert report("bert-base").data["generation"] is None
    assert any("the network does not generate" in block.text for block in report("bert-base").blocks if isinstance(block, Text))


def test_side_by_side() -> None:
    found = ws.transformers(length=256)
    assert [network["network"] for network in found.data["networks"]] == NAMES
    tables = [block for block in found.blocks if isinstance(block, Table)]
    assert all(len(table.headings) == 1 + len(NAMES) for table in tables)
    own = ws.transformer("gpt2", length=256).data["estimates"]
    assert found.data["networks"][NAMES.index("gpt2")]["estimates"] == own


@pytest.mark.parametrize("format", ["md", "tex", "html", "typ", "txt", "json"])
def test_formats(format: str) -> None:
    for found in (report("llama-3-8b"), ws.transformers()):
        assert ws.render(found, format)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zoo:gtp2"], "did you mean gpt2"),
        (["zoo:resnet50-caffe"], "is not a language model of the zoo"),
        (["gpt2", "--length", "1025"], "positions for 1,024 tokens, not 1,025"),
        (["gpt2", "--length", "0"], "positive whole numbers"),
        (["gpt2", "--prompt", "1024"], "a prompt of 1024 tokens in a text of 1024"),
        (["gpt2", "--width", "1000"], "--width 996"),
        (["gpt2", "--blocks", "0", "--wide", "-3"], "--wide = -3"),
        (["llama-3-8b", "--heads", "30"], "30 heads cannot share 8 heads"),
        (["llama-2-7b", "--width", "96"], "cannot be split into pairs"),
        (["gpt2", "--dtype", "fp17"], "unknown data type"),
        (["gpt2", "--vocabulary", "10000000000"], "--vocabulary = 10000000000"),
        (["--blocks", "3"], "no network is named for these sizes"),
    ],
)
def test_refusals(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    from worksheet.cli import main

    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
        patch.setattr("sys.argv", ["worksheet", "transformer", *words])
        main()
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_the_command(tmp_path: Path) -> None:
    found = tmp_path / "gpt.json"
    words = ["transformer", "zoo:gpt2", "--length", "64", "--blocks", "3", "-o", str(found), "--pictures", str(tmp_path / "p")]
    assert CliRunner().invoke(app, words).exit_code == 0
    data = json.loads(found.read_text())
    assert data["sizes"]["n"] == 3
    assert {path.suffix for path in (tmp_path / "p").iterdir()} == {".svg", ".png"}


@pytest.mark.parametrize("heads", [6, 12, 16, 24])
def test_the_number_of_heads_leaves_the_width_and_the_parameters(heads: int) -> None:
    """GPT-2 small has 124,439,808 parameters; W_Q, W_K, W_V and W_O are 768 x 768 however they are split."""
    data = json.loads(ws.render(ws.transformer("zoo:gpt2", heads=heads), "json"))
    assert (data["sizes"]["d"], data["sizes"]["h"]) == (768, heads)
    assert data["parameters"]["value"] == 124_439_808


def test_heads_that_do_not_split_the_width_are_refused() -> None:
    with pytest.raises(WorksheetError, match="a width of 768 cannot be split into 5 heads"):
        ws.transformer("zoo:gpt2", heads=5)
