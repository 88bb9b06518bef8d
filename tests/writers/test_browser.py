"""The HTML document in a real browser: printed, and on a phone."""

import re
import subprocess
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES, PRINTED_TOTALS, ROWS
from tests.test_ai61002 import pdf_text, squeezed

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync", "--disable-quic"]


def chromium(folder: Path, *words: str) -> bytes:
    line = [*CHROMIUM, f"--user-data-dir={folder / 'profile'}", *words]
    return subprocess.run(line, capture_output=True, check=True, timeout=120).stdout


@pytest.mark.browser
@pytest.mark.poppler
def test_the_printed_page_holds_every_figure(solution: ws.Derivation, tmp_path: Path) -> None:
    ws.write(solution, tmp_path / "x.html")
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'x.pdf'}", f"file://{tmp_path / 'x.html'}")
    text = squeezed(pdf_text((tmp_path / "x.pdf").read_bytes(), tmp_path))
    for row in ROWS:
        assert squeezed(f"{row.no}{row.layer}{row.output}{row.params}{row.flops}") in text
    assert all(total in text for total in PRINTED_TOTALS)
    assert "Rollno.:" in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 800, 1200])
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.sheet")), ids=lambda p: p.stem)
def test_no_page_is_wider_than_its_screen(path: Path, width: int, tmp_path: Path) -> None:
    page = ws.derive(ws.read(path))._repr_html_().replace("width: 100%; height: 40rem", f"width: {width}px; height: 900px")
    measure = "onload = () => { document.title = frames[0].document.documentElement.scrollWidth }"
    (tmp_path / "frame.html").write_text(f"<!DOCTYPE html><body>{page}<script>{measure}</script>")
    dom = chromium(tmp_path, "--dump-dom", f"file://{tmp_path / 'frame.html'}").decode()
    assert int(re.search(r"<title>(\d+)</title>", dom)[1]) <= width
