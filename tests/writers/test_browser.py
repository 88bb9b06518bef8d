"""The HTML documents in a real browser: printed on both papers, on a screen, on a phone."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import worksheet as ws
from tests.browser import PHONE, Browser
from tests.sheet_facts import EXAMPLES, PRINTED_TOTALS, ROWS
from tests.test_ai61002 import pdf_text, squeezed
from tests.writers.every_document import DOCUMENTS

pytestmark = pytest.mark.browser
FIGURES = "[...document.querySelectorAll('td')].filter(cell => !cell.querySelector('math, input')).map(cell => cell.textContent)"
WIDTH = "document.documentElement.scrollWidth"
# Figures of a row, in CSS pixels: how far to the right and to the left they reach.
REACH = """[...document.querySelectorAll('.stacked td:not(.text)')].map(cell => cell.getBoundingClientRect()).filter(
  box => box.width).reduce((most, box) => [Math.min(most[0], box.left), Math.max(most[1], box.right)], [0, 0])"""
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
TITLE = 14.0  # points: the height of a title's letters
NUMBER = re.compile(r"\d[\d,.]*\d")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


def page(name: str, folder: Path, paper: str = "a4") -> Path:
    """A document's page, made once."""
    path = folder / f"{name}-{paper}.html"
    if not path.exists():
        ws.write(DOCUMENTS[name](), path, paper=paper)
    return path


@pytest.mark.poppler
def test_the_printed_page_holds_every_figure(solution: ws.Derivation, browser: Browser, tmp_path: Path) -> None:
    ws.write(solution, tmp_path / "x.html")
    browser.open(tmp_path / "x.html")
    text = squeezed(pdf_text(browser.pdf(), tmp_path))
    for row in ROWS:
        assert squeezed(f"{row.no}{row.layer}{row.output}{row.params}{row.flops}") in text
    assert all(total in text for total in PRINTED_TOTALS)
    assert "Rollno.:" in text


@pytest.mark.poppler
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_kind_of_document_prints_whole(name: str, paper: str, browser: Browser, folder: Path) -> None:
    """Each number of each table is on a page, as often as in the tables; no word reaches over the edge of its page.

    No page is made smaller so that a wide one fits: the title is as tall as everywhere.
    """
    browser.screen(1280)
    browser.open(page(name, folder, paper))
    pdf = folder / f"{name}-{paper}.pdf"
    pdf.write_bytes(browser.pdf())
    boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True, text=True).stdout
    printed: Counter[str] = Counter()
    sizes, tallest = set(), 0.0
    for sheet in boxes.split("<page ")[1:]:
        size = re.match(r'width="(.+?)" height="(.+?)"', sheet)
        assert size
        width, height = map(float, size.groups())
        sizes.add((round(min(width, height)), round(max(width, height))))
        for left, top, right, bottom, word in WORD.findall(sheet):
            assert float(left) > 0 < float(top), word
            assert float(right) < width, word
            assert float(bottom) < height, word
            tallest = max(tallest, float(bottom) - float(top))
            printed.update(NUMBER.findall(word))
    assert sizes <= {(595, 842), (596, 842)} if paper == "a4" else sizes == {(612, 792)}
    assert tallest > TITLE
    wanted = Counter(number for cell in browser.measure(FIGURES) for number in NUMBER.findall(cell))
    assert not wanted - printed


@pytest.mark.poppler
def test_a_total_is_printed_once(browser: Browser, folder: Path) -> None:
    browser.open(page("named", folder))
    text = pdf_text(browser.pdf(), folder)
    assert text.count("\f") > 3
    assert len(re.findall(r"^ *Total", text, re.MULTILINE)) == 1


@pytest.mark.poppler
def test_wide_tables_turn_the_page(browser: Browser, folder: Path) -> None:
    """The six columns of training are on pages that lie across; the pages of steps stand upright."""
    browser.open(page("training", folder))
    (folder / "training.pdf").write_bytes(browser.pdf())
    sizes = subprocess.run(["pdfinfo", "-l", "9", folder / "training.pdf"], capture_output=True, check=True, text=True).stdout
    turned = [float(width) > float(height) for width, height in re.findall(r"size: +([\d.]+) x ([\d.]+)", sizes)]
    assert turned[0] is False
    assert {True, False} <= set(turned[1:])


@pytest.mark.parametrize("width", [PHONE[0], 800, 1024])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_scrolls_sideways(name: str, width: int, browser: Browser, folder: Path) -> None:
    browser.screen(width)
    browser.open(page(name, folder))
    assert browser.measure(WIDTH) <= width


@pytest.mark.parametrize("name", DOCUMENTS)
def test_on_a_phone_the_figures_are_on_the_screen(name: str, browser: Browser, folder: Path) -> None:
    browser.screen(*PHONE)
    browser.open(page(name, folder))
    browser.measure("document.querySelectorAll('.fold').forEach(fold => { fold.checked = true })")
    left, right = browser.measure(REACH)
    assert left >= 0
    assert right <= PHONE[0]


@pytest.mark.parametrize("name", ["feedback", "compare"])
def test_on_a_phone_a_row_ends_with_one_line(name: str, browser: Browser, folder: Path) -> None:
    """Not with a piece of line under each of the cells of the last row."""
    cells = "[...document.querySelectorAll('.stacked tbody:last-child tr:last-child > *')]"
    browser.screen(*PHONE)
    browser.open(page(name, folder))
    assert set(browser.measure(f"{cells}.map(cell => getComputedStyle(cell).borderBottomWidth)")) == {"0px"}


def test_headings_stay_in_sight(browser: Browser, folder: Path) -> None:
    """With the first stage unfolded, a row far down has the headings of the table above it, at the top of the screen."""
    tops = "[...document.querySelectorAll('#table thead th')].map(cell => Math.round(cell.getBoundingClientRect().top))"
    for width in (PHONE[0], 1280):
        browser.screen(width)
        browser.open(page("named", folder))
        browser.measure("document.querySelectorAll('.fold').forEach(fold => { fold.checked = innerWidth < 600 })")
        browser.measure("document.querySelectorAll('#table tbody tr')[40].scrollIntoView({block: 'center'})")
        assert all(0 <= top < 60 for top in browser.measure(tops))


def test_stages_fold_and_are_printed_whole(browser: Browser, folder: Path) -> None:
    shown = "[...document.querySelectorAll('#table tbody tr:not(.stage)')].filter(row => row.offsetHeight).length"
    browser.screen(1280)
    browser.open(page("named", folder))
    rows = browser.measure(shown)
    assert rows == browser.measure("document.querySelectorAll('#table tbody tr:not(.stage)').length") > 60
    whole = len(re.findall("Conv2d", pdf_text(browser.pdf(), folder)))
    browser.measure("document.querySelectorAll('.fold').forEach(fold => fold.click())")
    browser.measure("document.querySelectorAll('details').forEach(part => { part.open = false })")
    assert browser.measure(shown) == 0
    assert len(re.findall("Conv2d", pdf_text(browser.pdf(), folder))) == whole
    browser.screen(*PHONE)
    browser.open(page("named", folder))
    assert browser.measure(shown) == 0  # a phone begins with the sums of the stages


@pytest.mark.parametrize("width", [360, 800, 1200])
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.sheet")), ids=lambda p: p.stem)
def test_no_page_is_wider_than_its_frame(path: Path, width: int, browser: Browser, tmp_path: Path) -> None:
    frame = ws.derive(ws.read(path))._repr_html_().replace("width: 100%; height: 40rem", f"width: {width}px; height: 900px")
    (tmp_path / "frame.html").write_text(f"<!DOCTYPE html><body>{frame}")
    browser.screen(1280)
    browser.open(tmp_path / "frame.html")
    assert browser.measure("frames[0].document.documentElement.scrollWidth") <= width
