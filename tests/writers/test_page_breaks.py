"""Where pages of a PDF end: never just before a total, nor just below the heading of a stage."""

from pathlib import Path

import pytest

import worksheet as ws
from tests.test_ai61002 import pdf_text
from worksheet.document import Bullets, Document, Table, Text, Title
from worksheet.writers import ENGINES

pytestmark = pytest.mark.poppler
LENGTHS = range(46, 53)  # rows of a table: a page holds some 49
ENGINE = [pytest.param(engine, marks=[pytest.mark.tex] if engine == "latex" else []) for engine in ENGINES]


def pages(document: ws.Document | ws.Derivation, engine: str, folder: Path) -> list[list[str]]:
    """The lines of each page, without its foot."""
    text = pdf_text(ws.render(document, "pdf", engine=engine), folder)
    lines = [[line.strip() for line in page.splitlines() if line.strip()] for page in text.split("\f")]
    return [[line for line in page if not line.startswith("Page ")] for page in lines if page]


@pytest.mark.parametrize("engine", ENGINE)
def test_a_total_is_below_a_row(engine: str, tmp_path: Path) -> None:
    """Tables of such lengths that they fill a page, or leave a line or two for the next."""
    ends = []
    for many in LENGTHS:
        rows = tuple((f"row {i}", 1000 + i) for i in range(many))
        found = pages(Document("Table", (Table(("Layer", "Figure"), rows, ("Total", 7)),)), engine, tmp_path)
        ends.append(len(found))
        total = next(i for i, line in enumerate(found[-1]) if line.startswith("Total"))
        assert found[-1][total - 1].startswith("row"), many
    assert {1, 2} == set(ends)


@pytest.mark.parametrize("engine", ENGINE)
@pytest.mark.parametrize("name", ["zoo:resnet18", "zoo:vit-b-16", "zoo:googlenet"])
def test_the_line_of_a_stage_is_above_its_first_row(name: str, engine: str, tmp_path: Path) -> None:
    solution = ws.derive(ws.read(name))
    prefix = "encoder.layers." if "vit" in name else ""
    titles = {f"{prefix if 'encoder_layer' in part.title else ''}{part.title}" for part in solution.parts}
    ends = [page[-1].split()[0] for page in pages(ws.summary(solution), engine, tmp_path)]
    assert not titles & set(ends)


def test_names_that_begin_alike_fit_on_a_line(tmp_path: Path) -> None:
    """ViT-B/16 has 144 layers in 14 stages; a page has room for 60 lines and more, the first one for 30."""
    solution = ws.derive(ws.read("zoo:vit-b-16"))
    text = pdf_text(ws.render(solution, "pdf"), tmp_path)
    table = text[: text.index("Total")]
    assert table.count("encoder.layers.encoder_layer_") == 12
    assert table.count("\f") == 3


@pytest.mark.parametrize("engine", ENGINE)
def test_a_short_list_is_on_one_page(engine: str, tmp_path: Path) -> None:
    for lines in range(38, 54, 3):
        blocks = [Text(f"Paragraph {i}") for i in range(lines)]
        found = pages(Document("List", (*blocks, Bullets(("first point", "second point")))), engine, tmp_path)
        (page,) = [page for page in found if any("first point" in line for line in page)]
        assert any("second point" in line for line in page)
        if engine == "latex":
            break


@pytest.mark.parametrize("engine", ENGINE)
def test_no_heading_is_the_last_line_of_a_page(engine: str, tmp_path: Path) -> None:
    """ "Training" of a transformer's costs and "Notes" of a comparison stood alone."""
    for report in (ws.transformer("zoo:gpt2"), ws.compare(ws.read("zoo:resnet18"), ["torchinfo", "fvcore"])):
        titles = {block.text for block in report.blocks if isinstance(block, Title)}
        assert titles
        assert not titles & {page[-1] for page in pages(report, engine, tmp_path)}
