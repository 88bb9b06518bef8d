"""The page on templates names what templates see: every view, every field, every name of a document."""

import dataclasses
import re

import pytest

import worksheet as ws
from tests.sheet_facts import ROOT
from worksheet.writers import html, latex, markdown, text, typst
from worksheet.writers.view import view
from worksheet.writers.views import View, Viewed

PAGE = (ROOT / "docs" / "templates.md").read_text()
EVERY = sorted({*View.__subclasses__(), *Viewed.__args__} - {View}, key=lambda each: (each.__name__, each.__module__))
GIVEN = PAGE[: PAGE.index("## Moving")]


def row_of(name: str) -> str:
    """The page's row of a block or part."""
    (row,) = re.findall(rf"^\| {name} \| (.*) \|$", GIVEN, re.MULTILINE)
    return str(row)


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.__name__)
def test_the_page_names_every_field_of_a_view_and_no_other(each: type[View]) -> None:
    name = each.__name__.removesuffix("View").lower()
    fields = {field.name for field in dataclasses.fields(each)}
    named = set(re.findall(r"`(\w+)`", row_of(name)))
    assert fields <= named, f"{name} in docs/templates.md lacks {fields - named}"
    assert named <= fields, f"{name} in docs/templates.md names {named - fields}, which no template sees"


@pytest.mark.parametrize("writer", [html, latex, markdown, text, typst], ids=lambda writer: writer.__name__)
def test_the_page_names_what_every_template_may_use(writer, solution: ws.Derivation) -> None:
    from worksheet.document.solution import laid_out

    for name in view(laid_out(solution), writer.SETTING):
        assert f"`{name}`" in GIVEN, name


def test_views_cannot_be_changed_by_a_template() -> None:
    assert all(each.__dataclass_params__.frozen for each in EVERY)  # type: ignore[attr-defined]


def test_old_names_are_on_the_page() -> None:
    from worksheet.writers.templating import MOVED

    moving = PAGE[PAGE.index("## Moving") :]
    for old, new in MOVED.items():
        assert re.search(rf"`(html/)?{old}`", moving), old
        assert re.search(rf"`(html/)?{new}`", moving), new


def test_all_old_names_are_refused_at_once_and_pictures_may_have_them(tmp_path) -> None:
    for name in ("md/row.md", "md/blocks/title.md", "typst/table.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    with pytest.raises(ws.WorksheetError) as refused:
        ws.render(ws.convention_list(), "md", template=tmp_path)
    assert [fault.message for fault in refused.value.faults] == [
        "this template is called blocks/layer.md now",
        "this template is called blocks/chapter.md now",
    ]
