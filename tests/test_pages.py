"""The generated pages are what the program has; the rest of docs can be found from its entrance."""

import re
from pathlib import Path

import pytest

from tests.sheet_facts import ROOT
from tools import pages

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_generated_page_is_what_the_program_has() -> None:
    names = sorted(str(path.relative_to(ROOT)) for path in pages.outdated())
    assert not names, f"run {pages.COMMAND}, which remakes: {', '.join(names)}"


def test_a_page_that_cannot_be_made_empties_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.layers.proofs import proofs
    from tools import layers

    before = {path: path.read_bytes() for path in DOCS.rglob("*.md")}
    lacking = {name: proof for name, proof in proofs().items() if name != "Tanh"}
    monkeypatch.setattr(layers, "proofs", lambda: lacking)
    assert pages.main([]) == 1
    assert capsys.readouterr().err == "write a proof in tests/layers/proofs/activation.py for: Tanh\n"
    assert {path: path.read_bytes() for path in DOCS.rglob("*.md")} == before


def test_a_page_is_put_in_place_or_taken_away(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old")
    pages.write({tmp_path / "new" / "a.md": "a", tmp_path / "old.md": None})
    assert [path.name for path in tmp_path.rglob("*.md")] == ["a.md"]
    assert (tmp_path / "new" / "a.md").read_text() == "a"


def linked(page: Path) -> set[Path]:
    """The pages of docs that a page links to."""
    targets = (page.parent / target for target in LINK.findall(page.read_text()) if "://" not in target)
    return {target.resolve() for target in targets if target.suffix == ".md"}


def test_every_page_is_linked_from_the_entrance() -> None:
    entrance = DOCS / "README.md"
    seen = linked(entrance) | {entrance}
    for folder in ("layers", "conventions"):
        assert DOCS / folder / "README.md" in seen
        seen |= linked(DOCS / folder / "README.md")
    missing = sorted(str(path.relative_to(DOCS)) for path in set(DOCS.rglob("*.md")) - seen)
    assert not missing, f"link from docs/README.md: {', '.join(missing)}"


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(DOCS)))
def test_links_and_pictures_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", [*sorted(DOCS.glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name)
def test_anchors_exist(path: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*\.md)?#([^)]+)\)", path.read_text()):
        page = path.parent / target if target else path
        assert anchor in anchors(page), f"{target}#{anchor}"
