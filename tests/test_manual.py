"""The manual, the changelog and the examples keep step with the program."""

import re
from pathlib import Path

import pytest

import worksheet as ws
from tests.commands import COMMANDS, EVERY
from tests.complete import complete
from tests.sheet_facts import EXAMPLES, ROOT
from worksheet.layers import QUANTITIES, kinds
from worksheet.network import Heading
from worksheet.readers import readers
from worksheet.writers import writers

MANUAL = (ROOT / "docs" / "manual.md").read_text()
SHEET_PAGE = (ROOT / "docs" / "sheet.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_manual(name: str) -> None:
    start = MANUAL.index(f"## `worksheet {name}")
    section = MANUAL[start : MANUAL.find("\n## ", start + 1)]
    for parameter in COMMANDS[name].params:
        for option in parameter.opts:
            if option.startswith("-") and option != "--help":
                assert f"`{option}" in section or f" {option}" in section, option


def test_every_alias_is_in_the_manual_once() -> None:
    aliases = [name for name, command in EVERY.items() if command.hidden]
    assert sorted(aliases) == ["report", "verify"]
    for alias in aliases:
        assert MANUAL.count(f"`worksheet {alias}`") == 1


def test_formats_conventions_and_kinds_are_in_the_manual() -> None:
    wanted = [*writers(), *ws.conventions.names()]
    complete([name for name in wanted if f"`{name}`" in MANUAL], wanted, add="describe in docs/manual.md")
    layers = "".join(path.read_text() for path in (ROOT / "docs" / "layers").glob("*.md"))
    for kind in kinds().values():
        assert f"\n## {kind.name}\n" in layers
        for word in kind.spelling.words:
            assert f"`{word.word}`" in layers
    for key in Heading.__dataclass_fields__:
        assert f"`{key}`" in SHEET_PAGE
    for quantity in QUANTITIES:
        assert f"`{quantity}`" in (ROOT / "docs" / "counting.md").read_text()


def test_what_is_read_from_each_format_is_described() -> None:
    pages = (ROOT / "docs" / "networks.md").read_text() + SHEET_PAGE
    suffixes = {suffix for reader in readers().values() for suffix in reader.suffixes}
    described = {suffix for suffix in suffixes if f"{suffix}`" in pages}
    complete(described, suffixes, add="describe in docs/networks.md what is read from files that end in")


@pytest.mark.parametrize("path", [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_the_changelog_and_the_citation_have_this_version() -> None:
    """docs/release.md names the places; a version in the making has none of them yet but the first."""
    dates = dict(re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.M))
    citation = (ROOT / "CITATION.cff").read_text()
    assert ws.__version__ in dates, "CHANGELOG.md has no heading for this version: see docs/release.md"
    assert f"\nversion: {ws.__version__}\n" in citation
    assert f'\ndate-released: "{dates[ws.__version__]}"\n' in citation


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.sheet")), ids=lambda p: p.name)
def test_example_sheets(path: Path) -> None:
    d = ws.derive(ws.read(path))
    assert d.rows
    assert ws.render(d, "pdf").startswith(b"%PDF")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda p: p.name)
def test_example_programs(path: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    run = subprocess.run([sys.executable, path], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stderr
    expected = re.search(r"# Prints:\n((?:# .*\n)+)", path.read_text())
    assert expected
    assert run.stdout == "".join(line[2:] + "\n" for line in expected[1].splitlines())


def test_the_example_in_caffes_format() -> None:
    """Worked out by hand: the right branch has the left one's weights."""
    d = ws.derive(ws.read(EXAMPLES / "two_branches.prototxt"))
    assert d.totals == {"params": 16 * 28 + 16 * 145 + 10 * 33, "macs": 1024 * (16 * 27 + 2 * 16 * 144) + 320}
    assert [row.output for row in d.rows if row.kind == "Concat"] == [(32, 32, 32)]


def test_lenet5_as_published() -> None:
    """LeCun et al. 1998, section II: parameters and connections of each layer; C3 is sparse in the paper."""
    d = ws.derive(ws.read(EXAMPLES / "lenet5.sheet"))
    figures = {row.no: tuple(step.value for step in row.columns) for row in d.rows}
    published = {1: (156, 122_304), 2: (12, 5_880), 4: (32, 2_000), 5: (48_120, 48_120), 6: (10_164, 10_164)}
    assert {no: figures[no] for no in published} == published
    assert figures[3] == (16 * (6 * 25 + 1), 16 * (6 * 25 + 1) * 100)
    sparse = 6 * (3 * 25 + 1) + 9 * (4 * 25 + 1) + (6 * 25 + 1)
    assert sparse == 1516
    assert d.totals["params"] - figures[3][0] + sparse - 840 == 60_000
    assert d.totals["connections"] - figures[3][1] + sparse * 100 == 340_908


def test_alexnet_as_a_thread_and_an_article_count_it() -> None:
    thread = ws.derive(ws.read(EXAMPLES / "alexnet-caffe.sheet"))
    assert (thread.totals["weight_ops"], thread.totals["bias_ops"]) == (724_406_816, 659_272)
    article = ws.derive(ws.read(EXAMPLES / "alexnet-article.sheet"))
    assert article.totals["params"] == 62_378_344
    assert article.rows[0].columns[1].value == 105_705_600


def test_alexnet_as_torchvision_publishes_it() -> None:
    d = ws.derive(ws.read(EXAMPLES / "alexnet-224.sheet"))
    assert d.totals["params"] == 61_100_840
    assert [row.output for row in d.rows][:3] == [(64, 55, 55), (64, 55, 55), (64, 27, 27)]


def test_the_example_of_a_way_of_counting() -> None:
    """Two operations a MAC: AlexNet's convolutions and linear layers have 791,392,256 MACs."""
    d = ws.derive(ws.read(EXAMPLES / "ai61002.sheet"), str(EXAMPLES / "own-counting.yaml"))
    macs = sum(row.counts["macs"] for row in d.rows)
    assert macs == sum(
        (
            64 * 363 * 56**2,
            192 * 1600 * 28**2,
            384 * 1728 * 14**2,
            256 * 3456 * 14**2,
            256 * 2304 * 14**2,
            9216 * 4096,
            4096**2,
            4096000,
        )
    )
    assert d.totals == {"params": 61_100_840, "operations": 2 * macs}


def test_the_example_of_templates(tmp_path: Path) -> None:
    d = ws.blank(ws.derive(ws.read(EXAMPLES / "ai61002.sheet")))
    assert "Department" in ws.render(d, "typ", template=EXAMPLES / "templates").decode()
    assert ws.render(d, "pdf", template=EXAMPLES / "templates").startswith(b"%PDF")


TUTORIAL = (ROOT / "docs" / "own-convention.md").read_text()
REFERENCES = (ROOT / "docs" / "references.md").read_text()
SHOWN = re.findall(r"^    \$ worksheet (.+)\n((?:    .+\n)*)", TUTORIAL + REFERENCES, re.MULTILINE)


@pytest.mark.parametrize(("line", "output"), SHOWN, ids=[line for line, _ in SHOWN])
def test_a_page_shows_what_the_program_prints(line: str, output: str, command, tmp_path: Path) -> None:
    for path in [*EXAMPLES.glob("*.sheet"), *EXAMPLES.glob("*.yaml")]:
        (tmp_path / path.name).write_text(path.read_text())
    run = command(*line.split())
    assert run.code == 0
    printed = [" ".join(line.split()) for line in run.out.splitlines()]
    for shown in output.splitlines():
        assert " ".join(shown.split()) in printed


def test_the_tutorial_builds_its_example() -> None:
    """Every rule that the page shows stands in the file."""
    example = (EXAMPLES / "course-counting.yaml").read_text()
    for line in re.findall(
        r"^ {4,}((?:[A-Z]\w+(?:, \w+)*|once|scales|main|unit|title|memory|params): .+)$", TUTORIAL, re.MULTILINE
    ):
        if not line.startswith(("ReLU: 2", "Memory", "No.")):
            assert line.strip() in example, line


def test_the_tutorials_mistake(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text((EXAMPLES / "course-counting.yaml").read_text().replace("ReLU: Y", "ReLU: 2*Q"))
    with pytest.raises(ws.WorksheetError) as caught:
        ws.convention(str(path))
    told = str(caught.value)
    for line in TUTORIAL[TUTORIAL.index("    ReLU has no symbol") :].splitlines()[:3]:
        assert line.strip().split("| ")[-1] in told
