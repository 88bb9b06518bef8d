"""The generated pages are what the program has; the rest of docs can be found from its entrance."""

import re
import runpy
from pathlib import Path

import pytest

from tests.sheet_facts import ROOT
from tools import pages, prose, site
from tools.generated import COMMAND

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_generated_page_is_what_the_program_has() -> None:
    names = sorted(str(path.relative_to(ROOT)) for path in pages.outdated())
    assert not names, f"run {COMMAND}, which remakes: {', '.join(names)}"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_page_that_cannot_be_made_empties_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.layers.proofs import proofs
    from tools import layers

    before = {path: path.read_bytes() for path in DOCS.rglob("*.md")}
    lacking = {name: proof for name, proof in proofs().items() if name != "Tanh"}
    monkeypatch.setattr(layers, "proofs", lambda: lacking)
    monkeypatch.setattr("sys.argv", ["tools.pages"])
    with pytest.raises(SystemExit, match="1"):
        runpy.run_module("tools.pages", run_name="__main__")
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


def test_the_entrance_names_every_page_once() -> None:
    lists = [line for line in (DOCS / "README.md").read_text().splitlines() if line.startswith(("- ", "  "))]
    named = [target for line in lists for target in LINK.findall(line)]
    assert len(named) == len(set(named)), "a page is named twice"
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"} | {"layers/README.md", "conventions/README.md"}
    assert set(named) == pages


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


def test_files_that_pages_name_exist() -> None:
    """A path with a folder in it, such as ``grading/marker.py``, is one of the project's."""
    folders = [ROOT, *(ROOT / name for name in ("worksheet", "tests", "docs", "examples"))]
    made = re.compile(r"(out|marks|key|forms|sheets)/")  # what commands write
    gone = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in [*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
        for name in re.findall(r"`([\w.-]+/[\w./-]+\.(?:py|yaml|md|json|csv))`", path.read_text())
        if not made.match(name) and not any((folder / name).exists() for folder in folders)
    ]
    assert not gone


# Prose in semantic lines


@pytest.mark.parametrize("path", [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_sentence_a_line(path: Path) -> None:
    text = re.sub(r"<!-- (measured|counts) -->.*?<!-- /\1 -->", "", path.read_text(), flags=re.DOTALL)  # made by benchmarks
    wrong = [line for line in prose.paragraphs(text) if len(prose.sentences(line)) > 1]
    assert not wrong, "end the line with the sentence: " + " / ".join(wrong)


# Pictures


def test_pictures_are_small_and_described_in_words() -> None:
    used = set()
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md"]:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", path.read_text()):
            assert len(words.split()) > 4, f"{path.name}: say in words what is to be seen on {target}"
            used.add((path.parent / target).resolve())
    for picture in (DOCS / "images").iterdir():
        assert picture.stat().st_size < 150_000, picture.name
        assert picture in used or picture.name.startswith("ai61002"), f"no page shows {picture.name}"
        assert picture.suffix != ".svg" or "@font-face" not in picture.read_text()


def test_every_picture_is_made_by_a_command() -> None:
    from tools.pictures import PICTURES

    assert {picture.stem for picture in (DOCS / "images").iterdir()} == set(PICTURES)


# The site


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    text = (ROOT / "mkdocs.yml").read_text()
    for path in DOCS.glob("*.md"):
        assert f": {path.name}\n" in text, f"add {path.name} to nav in mkdocs.yml"


@pytest.mark.parametrize(
    ("name", "text", "address"),
    [
        ("a.html", '<script async src="https://x.org/a.js"></script>', "https://x.org/a.js"),
        ("a.html", "<link href='//x.org/a.css' rel='stylesheet'>", "//x.org/a.css"),
        ("a.html", '<a href="https://x.org/a.js">a link to follow</a>', None),
        ("a.html", '<img src="../images/a.png"><link rel="stylesheet" href="../a.css">', None),
        ("a.css", "@font-face { src: url('https://x.org/a.woff2') }", "https://x.org/a.woff2"),
        ("a.css", '@import "//x.org/a.css";', "//x.org/a.css"),
        ("a.css", "a { background: url(data:image/png;base64,AA) }", None),
        ("a.js", 'load("https://unpkg.com/mermaid@12/dist/mermaid.min.js")', "https://unpkg.com/mermaid@12/dist/mermaid.min.js"),
        ("a.svg", "<style>@font-face { src: url(https://x.org/a.woff) }</style>", "https://x.org/a.woff"),
    ],
)
def test_what_a_browser_would_load_from_another_host(tmp_path: Path, name: str, text: str, address: str | None) -> None:
    (tmp_path / name).write_text(text)
    assert [found for _, found in site.fetched_from_elsewhere(tmp_path)] == ([address] if address else [])


def test_the_site_builds_and_loads_nothing_from_elsewhere() -> None:
    pytest.importorskip("zensical", reason="the extra docs is not installed")
    assert site.main() == 0
    page = (site.SITE / "layers" / "convolution" / "index.html").read_text()
    assert "<math" in page
    assert "\\frac" not in page


def test_a_kind_that_keeps_the_shape_of_its_input_is_printed_once() -> None:
    """Over X, and not once more for each of a map, a vector and rows."""
    text = (DOCS / "layers" / "activation.md").read_text()
    for name in ("ReLU", "Tanh", "PReLU"):
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section.count("→") == 1
        assert "$X$" in section
