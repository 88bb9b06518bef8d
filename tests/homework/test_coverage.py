"""The coverage report counts what can be seen: shares by mistake and row, what never shows, digits over the class."""

from dataclasses import replace

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.document import Document, NetworkStrip, Table
from worksheet.grading.paper.paper_maker import ANY, Ask
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.variants.coverage import coverage
from worksheet.homework.variants.variants import variant
from worksheet.network import Network, layer, network

CLASS = [f"student {number}" for number in range(80)]


@pytest.fixture(scope="module")
def sheet() -> Assignment:
    return read_assignment(EXAMPLES / "homework.yaml")


@pytest.fixture(scope="module")
def networks(sheet: Assignment) -> list[Network]:
    return [variant(sheet, student) for student in CLASS]


@pytest.fixture(scope="module")
def report(sheet: Assignment, networks: list[Network]) -> Document:
    return coverage(sheet, networks)


def entry(report: Document, mistake: str, row: int | str) -> tuple[int, int, int]:
    """On how many sheets a mistake can be made in a row, is visible, is distinct."""
    found = next(each for each in report.data["mistakes"][mistake] if each["row"] == row)
    return found["sheets"], found["visible"], found["distinct"]


def test_by_hand() -> None:
    """A 3-wide kernel with stride 2 on 8 places: floor(5/2) + 1 = 3. Padding does not matter where there is none."""
    shipped = read_assignment(EXAMPLES / "homework.yaml")
    net = network("one", (3, 8, 8), layer("Conv2d", c=4, w=3, s=2))
    found = coverage(replace(shipped, network=net, variants=None, ask=Ask({ANY: ("output",)})), [net])
    assert entry(found, "out-no-pad", 1) == (1, 0, 0)
    assert entry(found, "out-no-plus1", 1) == (1, 1, 1)  # 2
    assert entry(found, "out-no-stride", 1) == (1, 1, 1)  # 6
    assert entry(found, "out-plus1-inside", 1) == (1, 0, 0)  # floor(6/2) = 3
    for collision in ("out-ceil", "out-same-tf"):  # ceil(5/2) + 1 = ceil(8/2) = 4
        assert entry(found, collision, 1)[1:] == (1, 0)
    assert "out-swap-wh" in found.data["never"]


def test_what_the_sheet_itself_cannot_show(sheet: Assignment) -> None:
    """Every division of the sheet is exact, its kernels are square and it has one group: known from the reference."""
    own = coverage(replace(sheet, variants=None), [sheet.network]).data
    assert {"out-ceil", "pool-ceil", "par-no-groups", "out-swap-wh"} <= set(own["never"])


def test_variants_show_more(report: Document) -> None:
    """Of 138 pairs the sheet's own network hides 39, so 28 %; of the variants' the dilation that no layer has, above all."""
    data = report.data
    assert set(data["never"]) == {"out-no-dilation", "out-dil-dw"}
    hidden, before = 1 - data["visible"], 1 - data["own"]["visible"]
    assert hidden < 0.65 * before
    assert data["distinct"] > data["own"]["distinct"] + 0.08


def test_difficulty_is_equal(report: Document) -> None:
    assert all(abs(each[end] - each["own"]) <= 1 for each in report.data["digits"] for end in ("least", "most"))
    assert {each["row"] for each in report.data["digits"]} == {*range(1, 21), "total"}


def test_shares_are_those_of_the_counts(report: Document) -> None:
    rows = [each for rows in report.data["mistakes"].values() for each in rows]
    assert all(0 <= each["distinct"] <= each["visible"] <= each["sheets"] <= len(CLASS) for each in rows)
    for word in ("visible", "distinct"):
        assert report.data[word] == round(sum(each[word] for each in rows) / sum(each["sheets"] for each in rows), 4)
    assert report.data["pairs"] == len(rows) and report.data["networks"] == len(CLASS)


def test_what_is_asked_for_is_revealed(sheet: Assignment) -> None:
    assert sheet.variants is not None
    wanted = ("out-ceil", "pool-ceil", "pool-div")
    narrow = replace(sheet, variants=replace(sheet.variants, reveal=wanted))
    nets = [variant(narrow, student) for student in CLASS]
    found, usual = coverage(narrow, nets), coverage(narrow, [variant(sheet, student) for student in CLASS])
    assert set(found.data["mistakes"]) == set(wanted)
    assert found.data["visible"] > usual.data["visible"]


def test_tables_have_an_entry_for_every_heading(report: Document) -> None:
    tables = [block for block in report.blocks if isinstance(block, Table)]
    assert tables and all(len(row) == len(table.headings) <= 9 for table in tables for row in table.rows)


def test_without_networks_the_teachers_own_is_measured(sheet: Assignment) -> None:
    assert coverage(sheet, []).data["networks"] == 1


def test_reports_on_a_homework_begin_with_its_network() -> None:
    """The report on the class and the page on coverage show the layers that their rows speak of."""
    marked = ws.mark(EXAMPLES / "homework.yaml", EXAMPLES / "answers.csv", roster=EXAMPLES / "class.csv")
    strip = marked.report.blocks[0]
    assert isinstance(strip, NetworkStrip)
    assert (len(strip.layers), strip.input) == (20, (3, 227, 227))
