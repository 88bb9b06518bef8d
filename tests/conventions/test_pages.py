"""The list of conventions and the page of each print in every format."""

import pytest

import worksheet as ws
from worksheet.derivation import Section
from worksheet.document import Table
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


@pytest.mark.parametrize("name", ws.conventions.names())
def test_every_symbol_of_a_page_is_explained(name: str) -> None:
    """In one legend, or among the facts; names of quantities are those of the kinds, and the page says so."""
    document = ws.convention_page(name)
    explained = {
        symbol for block in document.blocks if isinstance(block, Section) for names, _ in block.legend for symbol in names
    }
    tables = [block for block in document.blocks if isinstance(block, Table)]
    rows = [row for table in tables for row in table.rows if not str(row[0]).startswith("Every")]
    assert {symbol for row in rows for symbol in row[-1].symbols} <= explained


def test_a_symbol_that_means_different_things_says_in_which_kinds() -> None:
    (symbols,) = [
        block for block in ws.convention_page("fvcore").blocks if isinstance(block, Section) and block.title == "Symbols"
    ]
    meanings = {names[0]: text for names, text in symbols.legend}
    assert meanings["c"] == "Number of channels in input tensor"
    assert "; in Linear: number of output nodes" in meanings["k"]


def test_like_terms_of_a_page_are_added_up_and_quotients_are_on_the_line() -> None:
    text = ws.render(ws.convention_page("thop"), "md").decode() + ws.render(ws.convention_page("onnx-tool"), "md").decode()
    assert r"\frac" not in text
    (row,) = [line for line in text.splitlines() if line.startswith("| TransformerEncoderLayer") and "36 h L^{2}" in line]
    assert row.count("b L n") == 1
    assert "+ 2 L n + 2 (" not in row  # 4Ln² + 2nL² + 2Lnf + 36hL² + 4bLn + 4Ln + ...: Lnf twice, Ln twice
