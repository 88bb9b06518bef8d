"""Large and branching networks in print: folded rows, stages, contents, selections, summaries, pictures."""

import json
import re
from xml.etree import ElementTree

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.errors import WorksheetError

FORMATS = ("md", "txt", "html", "typ", "tex", "json")


@pytest.fixture(scope="module")
def resnet() -> ws.Derivation:
    return ws.derive(ws.read(EXAMPLES / "resnet18.sheet"))


def test_rows_that_are_alike_are_worked_once(resnet) -> None:
    same = {row.no: row.same_as for row in resnet.rows if row.same_as}
    assert same[8] == same[12] == same[15] == 5  # the 3 x 3 convolutions of stage 1, 64 to 64 channels at 56 x 56
    assert 5 not in same
    for no, first in same.items():
        a, b = resnet.rows[no - 1], resnet.rows[first - 1]
        assert (a.kind, a.spec, a.inputs, a.output, a.values) == (b.kind, b.spec, b.inputs, b.output, b.values)
    text = ws.render(resnet, "txt").decode()
    assert "The same layer with the same numbers: No. 8, 12, 15." in text
    assert "No. 8: " not in text


def test_every_row_can_be_worked() -> None:
    net = ws.read(EXAMPLES / "resnet18.sheet")
    assert not any(row.same_as for row in ws.derive(net, fold=False).rows)
    assert "No. 8: " in ws.render(ws.derive(net, fold=False), "txt").decode()
    short = ws.derive(ws.read(EXAMPLES / "ai61002.sheet"))
    assert not any(row.same_as for row in short.rows)
    assert any(row.same_as for row in ws.derive(ws.read(EXAMPLES / "ai61002.sheet"), fold=True).rows)


def test_stages_add_up(resnet) -> None:
    titles = [part.title for part in resnet.parts]
    assert titles[:2] == ["Stem", "Stage 1, 64 channels"]
    for column, total in resnet.totals.items():
        assert sum(part.totals[column] for part in resnet.parts) == total
        assert sum(part.totals[column] for part in resnet.kinds) == total
    assert resnet.parts[0].totals == {"params": 64 * 147 + 128, "macs": 64 * 147 * 112 * 112}
    assert sorted(no for part in resnet.kinds for no in part.rows) == list(range(1, 69))


@pytest.mark.parametrize("format", ["md", "html"])
def test_links_lead_to_rows_and_stages(resnet, format: str) -> None:
    page = ws.render(resnet, format).decode()
    targets = set(re.findall(r"\(#([\w-]+)\)" if format == "md" else r'href="#([\w-]+)"', page))
    anchors = set(re.findall(r'id="([\w-]+)"', page)) | ({"table", "formulas", "worked-solution"} if format == "md" else set())
    assert targets <= anchors
    assert {"row-5", "part-2"} <= targets


def test_a_short_solution_has_no_contents(solution) -> None:
    assert "Contents" not in ws.render(solution, "md").decode()
    assert "outline(" not in ws.render(solution, "typ").decode()


def test_some_rows_alone(resnet) -> None:
    chosen = ws.select(resnet, "3-7, 68")
    assert [row.no for row in chosen.rows] == [3, 4, 5, 6, 7, 68]
    assert chosen.totals == resnet.totals
    assert chosen.chosen == {"params": 36_864 + 128 + 513_000, "macs": 36_864 * 56 * 56 + 512_000}
    assert {section.kind for section in chosen.reference} == {"Conv2d", "BatchNorm", "MaxPool2d", "Linear"}
    text = ws.render(chosen, "txt").decode()
    assert re.search(r"Rows shown +549,992 +116,117,504", text)
    assert re.search(r"Whole network +11,689,512 +1,814,073,344", text)
    for format in FORMATS:
        assert ws.render(chosen, format)


def test_rows_of_a_kind_alone(resnet) -> None:
    chosen = ws.select(resnet, kinds=["Linear", "MaxPool2d"])
    assert [row.no for row in chosen.rows] == [4, 68]
    assert [row.kind for row in ws.select(resnet, "1-4", ["Conv2d"]).rows] == ["Conv2d"]


@pytest.mark.parametrize(
    ("rows", "kinds", "message"),
    [
        ("3-", [], "'3-' names no rows"),
        ("a", [], "'a' names no rows"),
        ("7-3", [], "there are no rows '7-3'"),
        ("0", [], "there are no rows '0'"),
        ("69", [], "there are no rows '69'"),
        ("9999999999999999999", [], "names no rows"),
        ("", ["Conv2D"], "no layer is a 'Conv2D'"),
        ("68", ["Conv2d"], "no row of '68' is a Conv2d"),
    ],
)
def test_selections_that_name_nothing(resnet, rows: str, kinds: list[str], message: str) -> None:
    with pytest.raises(WorksheetError, match=re.escape(message)):
        ws.select(resnet, rows, kinds)


def test_a_summary_has_the_tables_alone(resnet, command) -> None:
    page = ws.render(ws.summary(resnet), "md").decode()
    assert "## Formulas" not in page
    assert "Worked solution" not in page
    assert "| Conv2d | 20 | 11,166,912 | 1,813,561,344 |" in page
    assert "**11,689,512**" in page
    result = command("solve", EXAMPLES / "resnet18.sheet", "--summary", "--rows", "1-3", "-f", "txt")
    assert result.code == 0
    assert "Rows shown" in result.out
    assert "No. 1:" not in result.out


def test_the_command_says_what_is_wrong_with_a_selection(command) -> None:
    result = command("solve", EXAMPLES / "resnet18.sheet", "--rows", "70-80")
    assert (result.code, result.out) == (2, "")
    assert "there are no rows '70-80'" in result.err


def test_json_tells_the_graph(resnet) -> None:
    data = json.loads(ws.render(resnet, "json"))
    row = data["rows"][9]
    assert (row["kind"], row["sources"], row["inputs"]) == ("Add", [9, 4], [[64, 56, 56], [64, 56, 56]])
    assert data["stages"][1]["rows"] == list(range(5, 19))


# Pictures


def boxes(page: str) -> list[tuple[str, ...]]:
    """The texts of every picture, checked to be well-formed."""
    found = []
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        tree = ElementTree.fromstring(svg)
        found.append(tuple(text.text or "" for text in tree.iter("{http://www.w3.org/2000/svg}text")))
    return found


def test_a_picture_shows_every_layer_and_size(resnet) -> None:
    pictures = boxes(ws.render(resnet, "html").decode())
    texts = [text for picture in pictures for text in picture]
    numbers = set()
    for text in texts:
        if span := re.search(r"^(?:the same .*: )?No\. (\d+)(?: to (\d+))?$", text):
            numbers |= set(range(int(span[1]), int(span[2] or span[1]) + 1))
    assert numbers == set(range(1, 69))
    assert {"3 × 224 × 224", "64 × 112 × 112", "64 × 56 × 56", "512 × 7 × 7", "1000"} <= set(texts)


def test_arrows_end_at_their_boxes_and_boxes_stand_apart(resnet) -> None:
    for svg in re.findall(r"<svg.*?</svg>", ws.render(resnet, "html").decode(), re.DOTALL):
        found = re.findall(r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)" rx', svg)
        rects = [tuple(map(float, numbers)) for numbers in found]
        if not rects:  # the strip
            continue
        for i, (x, y, w, h) in enumerate(rects):
            for other_x, other_y, other_w, other_h in rects[:i]:
                assert x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
        for path in re.findall(r'<path d="([^"]+)"', svg):
            tip_x, tip_y = map(float, re.findall(r"L(\S+?) (\S+?)L", path)[-1])
            assert any(abs(tip_y - y) < 0.2 and x <= tip_x <= x + w for x, y, w, _ in rects)


def test_a_chain_has_a_picture_only_where_it_is_asked_for(command) -> None:
    assert 'id="graph"' not in command("solve", EXAMPLES / "lenet5.sheet", "-f", "html").out
    assert 'id="graph"' not in command("solve", EXAMPLES / "resnet18.sheet", "-f", "html", "--no-picture").out


def test_a_picture_on_demand(command) -> None:
    assert 'id="graph"' in command("solve", EXAMPLES / "lenet5.sheet", "-f", "html", "--picture").out


def test_hostile_names_stay_text(sheet) -> None:
    net = ws.network(
        "<script>alert(1)</script>", (3, 8, 8), ws.layer("ReLU", "</svg><b>"), ws.layer("Add", inputs=["</svg><b>", "input"])
    )
    page = ws.render(ws.derive(net, "textbook"), "html").decode()
    assert "<script>alert" not in page
    assert len(boxes(page)) == 2  # the strip and the picture
    assert ws.render(ws.derive(net, "textbook"), "pdf").startswith(b"%PDF")


@pytest.mark.poppler
def test_a_large_pdf_is_a_book_of_its_pages(tmp_path) -> None:
    import subprocess

    d = ws.derive(ws.read(EXAMPLES / "resnet18.sheet"))
    path = tmp_path / "book.pdf"
    ws.write(d, path)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")
    listed = int(
        re.findall(r"\d+", next(line for line in pages[0].splitlines() if "Stage 2, 128 channels" in line and ". . ." in line))[
            -1
        ]
    )
    assert "Stage 2, 128 channels" in pages[listed - 1]
    for page in pages[1:-1]:
        assert len(page.strip()) > 60  # no page is left nearly empty but for its number


# Print of many kinds


def derived(sheet, text: str) -> ws.Derivation:
    return ws.derive(ws.read(sheet(f"---\nconvention: textbook\n{text}")))


def test_a_large_network_without_stages_links_its_rows(sheet) -> None:
    d = derived(sheet, "input: 3 x 8 x 8\n---\n" + "".join(f"Conv2d: {4 + i}c 1w 1s 0p\n" for i in range(35)))
    assert len(d.parts) == 1
    assert ws.render(d, "pdf").startswith(b"%PDF")


@pytest.mark.tex
def test_a_row_without_an_input_says_so_and_labels_have_room(sheet) -> None:
    d = derived(sheet, "input: 3 x 8 x 8 x 8\n---\npool = MaxPool3d: 2w\narray = Parameter: 3x4x4x4\nAdd <- pool, array\n")
    pages = {format: ws.render(d, format).decode() for format in FORMATS}
    assert "(Input) none → (Parameter)" in pages["txt"]
    assert 'class="hole"' not in pages["html"]
    assert float(re.search(r"label-column = (\S+)em", pages["typ"])[1]) >= 6  # ems: W = H = T
    assert ws.render(d, "pdf", engine="latex").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        ("Conv2d: 8c 3w 2s same", "31.5 is not whole; rounded up: 32."),
        ("Interp: 4s", "15.5 is not whole; rounded down: 15."),
        ("Conv2d: 8c 4w 2s 0p", "29.5 is not whole; rounded down: 29."),
        ("MaxPool2d: 2w 2s ceil", "30.5 is not whole; rounded up: 31."),
    ],
)
def test_the_reason_for_rounding_speaks_of_windows_only_where_there_are_some(sheet, layer: str, reason: str) -> None:
    (row,) = derived(sheet, f"input: 3 x 63 x 63\n---\n{layer}\n").rows
    note = row.sizes[-1].note
    assert reason in note
    assert ("padded input" in note) == ("w" in row.sizes[-1].formula.symbols)
    assert not any("padded input" in step.note for step in row.sizes[:-1])


def test_the_reference_says_each_thing_once(sheet) -> None:
    lines = ["Concat: 1a <- input, b", "Concat: 1a <- input, b, b", "Concat: 2a <- input, b", "MaxPool2d: 2w same <- input"]
    lines += ["MaxPool2d: 3w 2s ceil <- input", "MaxPool2d: 3w 2s <- input", "Concat: 1a <- b, b"]
    d = derived(sheet, "input: 3 x 9 x 9\ninputs:\n  b: 3 x 9 x 9\n---\n" + "\n".join(lines) + "\n")
    titles = [section.title for section in d.reference]
    assert len(set(titles)) == len(titles)
    assert titles[:2] == ["Concatenation, No. 1, 2, 7", "Concatenation, No. 3"]
    assert [s.formula.source for s in d.reference[0].statements] == ["c_1 + c_2 + c_3"]


# Pictures of networks of the zoo


@pytest.mark.parametrize(
    ("name", "most"),
    [("googlenet", 4), ("densenet121", 4), ("gpt2", 3), ("swin-t", 16), ("unet", 5), ("ssd-pascal-vggvd-300", 4)],
)
def test_pictures_of_known_networks_are_few_and_fit_a_page(name: str, most: int) -> None:
    from worksheet.writers.graph import pictures

    d = ws.derive(ws.read(f"zoo:{name}"), "textbook")
    drawn = pictures(d.rows, d.title)
    assert 1 <= len(drawn) <= most
    assert max(picture.width for picture in drawn) < 900  # points: the type stays above 4.5 points on a page
    for picture in drawn:
        (left, _, width, _) = map(float, re.search(r'viewBox="([^"]+)"', picture.svg)[1].split())
        for x, text in re.findall(r'<text x="(\S+)"[^>]*>(.*?)</text>', picture.svg):
            assert left <= float(x) <= left + width, text
        assert "No. 0" not in picture.svg


def test_a_block_that_repeats_is_drawn_once() -> None:
    _, first, second, *_ = boxes(ws.render(ws.derive(ws.read("zoo:gpt2"), "textbook"), "html").decode())
    at = second.index("No. 5 to 27, 11 times more:")
    assert second[at + 1] == "No. 28 to 280"
    assert not {text for text in (*first, *second) if text.startswith("No. 50")}
