"""The manual's pages on the ways of counting are what the program has; the list and the pages print in every format."""

import pytest

import worksheet as ws
from tests.conventions.pages import FOLDER, pages

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str) -> None:
    assert (FOLDER / name).read_text() == PAGES[name], "run python -m tests.conventions.pages"


def test_no_page_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("form", ["md", "tex", "txt", "html", "typ", "json", "pdf"])
def test_formats(form: str) -> None:
    assert ws.render(ws.convention_list(), form)
    assert ws.render(ws.convention_page("ai61002"), form)


def test_a_page_lists_what_has_no_rule() -> None:
    text = ws.render(ws.convention_page("ai61002"), "txt").decode()
    assert "No rule, and listed where they occur: " in text
    assert "LSTM" in text.split("No rule, and listed")[1]
