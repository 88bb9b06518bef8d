"""The JSON schemas and the manual's lists of keys are made from the tables that read the files, and agree with the readers."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

import worksheet as ws
from tests.sheet_facts import EXAMPLES, ROOT
from tools.schemas import FILES, pages
from worksheet.conventions import FOLDER as CONVENTIONS
from worksheet.conventions import read_convention
from worksheet.conventions.optimisers import FOLDER as OPTIMISERS
from worksheet.errors import WorksheetError
from worksheet.hardware import FOLDER as PROCESSORS
from worksheet.hardware import read_hardware
from worksheet.hardware.energy import TABLE, energies
from worksheet.readers.sheet.front_matter import closing_line
from worksheet.schema import Field, Record, read_file
from worksheet.schema.json_schema import FOLDER

SHEETS = [*EXAMPLES.glob("*.sheet"), *(ROOT / "tests").rglob("*.sheet")]
SHIPPED = {
    "assignment": [*EXAMPLES.glob("homework*.yaml")],
    "convention": [*CONVENTIONS.glob("*.yaml"), *EXAMPLES.glob("*-counting.yaml")],
    "processor": [*PROCESSORS.glob("*.yaml"), *EXAMPLES.glob("*-processor.yaml")],
    "energies": [TABLE],
    "front-matter": SHEETS,
    "optimisers": [OPTIMISERS / "optimisers.yaml"],
    "precisions": [OPTIMISERS / "precisions.yaml"],
}


@cache
def validator(name: str):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def data(text: str, *, is_sheet: bool = False) -> object:
    """A YAML file, or a sheet's front matter, as an editor hands it to a schema."""
    lines = text.split("\n")
    return yaml.safe_load("\n".join(lines[1 : closing_line(lines) - 1]) if is_sheet else text)


def test_what_is_shipped_is_made_from_the_tables() -> None:
    stale = [path.name for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    assert not stale, f"python -m tools.pages makes {', '.join(stale)} anew"
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in FILES}


def test_the_page_on_editors_names_every_schema() -> None:
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    for name in FILES:
        assert f"{name}.schema.json`" in page


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, paths in SHIPPED.items() for path in paths],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_shipped_file_fits_its_schema(name: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not list(validator(name).iter_errors(data(text, is_sheet=path.suffix == ".sheet")))


@pytest.mark.parametrize("name", FILES)
def test_every_schema_is_tried_on_a_shipped_file(name: str) -> None:
    assert SHIPPED[name]


def fields(type: object) -> list[Field]:
    return list(type.fields) if isinstance(type, Record) else []


@pytest.mark.parametrize(
    "field", [pytest.param(field, id=f"{name} {field.name}") for name, file in FILES.items() for field in fields(file.type)]
)
def test_every_key_says_what_it_means(field: Field) -> None:
    assert field.says.endswith((".", ")", "`"))
    assert not field.default.endswith(".")


# What is wrong is refused by both

READERS: dict[str, Callable[[Path], object]] = {
    "convention": read_convention,
    "processor": read_hardware,
    "energies": energies.__wrapped__,
    "front-matter": ws.read,
    "optimisers": lambda path: read_file(path, FILES["optimisers"].type),
    "precisions": lambda path: read_file(path, FILES["precisions"].type),
}
GOOD = {
    "convention": "title: T\ncolumns: {flops: {Conv2d: macs}}\n",
    "processor": "processors: 4 cores\nclock: 1 GHz\nper_cycle: {fp32: 4 fma}\nbandwidth: 10 GB/s\n",
    "energies": TABLE.read_text(encoding="utf-8"),
    "front-matter": "---\ninput: 3x8x8\n---\nReLU\n",
    "optimisers": "sgd: {title: T, source: S, steps: [p = p - r*g], state: 0}\n",
    "precisions": "a: {title: T, source: S, weights: fp32, gradients: fp32, activations: fp32, copy: none, state: fp32}\n",
}
WRONG = [  # what is replaced, by what
    ("convention", "title: T", "titel: T"),
    ("convention", "title: T", "title: [T]"),
    ("convention", "Conv2d", "Conv2D"),
    ("convention", "macs", "[macs]"),
    ("convention", "{flops: {Conv2d: macs}}", "{}"),
    ("convention", "title: T", "title: T\nuncounted: ignored"),
    ("convention", "title: T", "title: T\nsizes: letters"),
    ("convention", "title: T", "title: T\nonce: flops"),
    ("convention", "title: T", "title: T\nscales: {flops: {base: 10}}"),
    ("convention", "title: T", "title: T\nscales: {flops: {unit: B}}"),
    ("convention", "title: T", "title: T\nremarks: {flops: {ReLu: no}}"),
    ("convention", "title: T", "title: T\nreference: {Conv2d: {a: macs}}"),
    ("processor", "processors", "processor"),
    ("processor", "fp32", "fp31"),
    ("processor", "{fp32: 4 fma}", "{}"),
    ("processor", "clock: 1 GHz", "clock: [1 GHz]"),
    ("processor", "clock: 1 GHz", "clock: {fp3: 1 GHz}"),
    ("processor", "bandwidth: 10 GB/s", ""),
    ("energies", "cite:", "quote:"),
    ("energies", "access_bytes: 8", "access_bytes: 0"),
    ("energies", "int8: 0.2", "int9: 0.2"),
    ("front-matter", "input:", "inputt: 3\ninput:"),
    ("front-matter", "input:", "brackets: sometimes\ninput:"),
    ("front-matter", "input:", "convention: ai6102\ninput:"),
    ("front-matter", "input:", "inputs: [3x8x8]\ninput:"),
    ("front-matter", "3x8x8", "[3, 8, 8]"),
    ("optimisers", "state: 0", ""),
    ("optimisers", "state: 0", "state: -1"),
    ("optimisers", "state: 0", "state: 0, decay: {multiplications: 1}"),
    ("optimisers", "[p = p - r*g]", "p = p - r*g"),
    ("precisions", "weights: fp32", "weights: fp31"),
    ("precisions", "copy: none", "copies: none"),
]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_is_taken_by_both(name: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.sheet" if name == "front-matter" else "a.yaml")
    path.write_text(GOOD[name])
    assert READERS[name](path)
    assert not list(validator(name).iter_errors(data(GOOD[name], is_sheet=path.suffix == ".sheet")))


@pytest.mark.parametrize(("name", "old", "new"), WRONG)
def test_what_is_wrong_is_refused_by_both(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = GOOD[name].replace(old, new)
    assert text != GOOD[name]
    path = tmp_path / ("a.sheet" if name == "front-matter" else "a.yaml")
    path.write_text(text)
    with pytest.raises(WorksheetError) as caught:
        READERS[name](path)
    assert all(fault.where.file == str(path) and fault.where.line for fault in caught.value.faults)
    assert list(validator(name).iter_errors(data(text, is_sheet=path.suffix == ".sheet")))


def test_homework_in_front_matter_has_a_schema_too() -> None:
    good = {"input": "3x8x8", "homework": {"ask": ["output"]}}
    assert not list(validator("front-matter").iter_errors(good))
    for wrong in ({"network": "a.sheet"}, {"aks": ["output"]}):
        assert list(validator("front-matter").iter_errors({**good, "homework": wrong}))


# Optimisers, precisions and energies give all their faults at once


def test_all_faults_of_the_optimisers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: {titel: T, source: S, steps: [x], state: x}\nb: {title: T, source: S, steps: x, state: 0, roots: 1001}\n")
    with pytest.raises(WorksheetError) as caught:
        read_file(path, FILES["optimisers"].type)
    places = [(fault.where.line, fault.where.column) for fault in caught.value.faults]
    assert places == [(1, 4), (1, 5), (1, 45), (2, 33), (2, 53)]
    assert (caught.value.faults[1].hint or "").startswith("did you mean title")


def test_energies_name_data_types(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        TABLE.read_text().replace("int8: 0.2 pJ", "int9: 0.2 pJ").replace("1.3 nJ", "1.3 nW").replace("bytes: 8", "bytes: x")
    )
    with pytest.raises(WorksheetError) as caught:
        energies.__wrapped__(path)
    lines = path.read_text().splitlines()
    assert [lines[fault.where.line - 1][fault.where.column - 1 :].split()[0] for fault in caught.value.faults] == [
        "int9:",
        "x",
        "1.3",
    ]


def test_a_context_without_names_checks_none(tmp_path: Path) -> None:
    """Where the columns cannot be read, what names them is not blamed."""
    path = tmp_path / "a.yaml"
    path.write_text("title: T\ncolumns: [flops]\nmain: flop\n")
    with pytest.raises(WorksheetError) as caught:
        read_convention(path)
    assert [fault.where.line for fault in caught.value.faults] == [2]
