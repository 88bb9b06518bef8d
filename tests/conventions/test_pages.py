"""The list of conventions and the page of each print in every format."""

import pytest

import worksheet as ws
from worksheet.layers import kinds


@pytest.mark.parametrize("form", ["md", "tex", "txt", "html", "typ", "json", "pdf"])
def test_formats(form: str) -> None:
    assert ws.render(ws.convention_list(), form)
    assert ws.render(ws.convention_page("ai61002"), form)


def page(name: str) -> str:
    return ws.render(ws.convention_page(name), "txt").decode()


def test_a_page_says_what_becomes_of_the_kinds_that_it_does_not_name() -> None:
    assert "Every other kind: no rule; listed where it occurs." in page("ai61002")
    assert "Every other kind: 0." in page("fvcore")
    assert "Every kind" in page("textbook")


def test_a_kind_without_a_rule_of_its_own_is_on_no_page() -> None:
    """So a new kind changes none of them."""
    for name in ws.conventions.names():
        own = {kind for column in ws.convention(name).columns for kind in column.rules}
        rules = page(name).partition("Facts that the rules use")[0].partition("What is wrong with it")[0]
        table = {line.split()[0] for line in rules.splitlines() if line.strip() and line.split()[0] in kinds()}
        assert table <= own, name
