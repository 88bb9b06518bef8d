"""The sheet of a student: every cell is there, wrong ones explained with the right step, strangers' texts are texts."""

import json
import re
import statistics
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import worksheet as ws
from tests.grading.made_up import HOSTILE, TWO, hostile, mark, paper, solution, students
from tests.limits import slowness
from worksheet.document import Table, Text, Working
from worksheet.grading.mark import DOES_NOT_FOLLOW, ROUNDED, MarkedPaper, Verdict
from worksheet.grading.results.feedback import Feedback

SAYS = {"par-no-bias": "You forgot the bias.", "par-no-channels": "You forgot the channels.", "slip-x10": "A digit is lost."}
CELLS = {cell.key: cell for cell in paper().shown}
RIGHT = {  # of the AI61002 sheet
    (1, "params"): "23,296",
    (1, "flops"): "7,30,56,256",
    (2, "flops"): "4,01,408",
    ("total", "params"): "6,11,00,840",
    ("total", "flops"): "79,34,00,040",
}


def sheet(*marks, **more) -> ws.derive.__class__:
    return Feedback("Worksheet 2", "AI61002", SAYS, **more).report(MarkedPaper("20CS1", "Ana", marks), solution())


def text(*marks) -> str:
    return " ".join(ws.render(sheet(*marks), "txt").decode().replace("\u00a0", " ").split())


def wrong(key, verdict: Verdict = Verdict.WRONG, typed: str = "7", **more) -> str:
    return text(mark(CELLS[key], verdict, 7, typed, **more))


@pytest.mark.parametrize("key", RIGHT)
def test_the_right_step_stands_beside_a_wrong_line(key) -> None:
    said = wrong(key)
    assert "You wrote 7." in said
    assert f"= {RIGHT[key]}" in said
    assert "0 of 2 points" in said


def test_a_total_is_written_out() -> None:
    assert re.search(r"# Params = 23,296 \+ 3,07,392 \+ .* \+ 40,97,000 = 6,11,00,840", wrong(("total", "params")))


def test_the_right_size_of_an_output_is_said() -> None:
    assert "The right answer is 64 × 56 × 56." in wrong((1, "output"))
    assert "The right answer is 64 × 56 × 56." in wrong((2, "output"))  # a layer that has no step for it


def test_a_formula_has_its_step() -> None:
    assert "# Flops, formula: wrong" in wrong((1, "flops.formula"))
    assert "= 7,30,56,256" in wrong((1, "flops.formula"))


SENTENCES = {
    Verdict.MISTAKE: [
        "You forgot the bias.",
        "Another explanation of the same answer: You forgot the channels. And: A digit is lost.",
    ],
    Verdict.CONVENTION: ["This is right under torchinfo", "here the convention is AI61002, Spring 2020."],
    Verdict.WRONG: ["no known mistake explains it"],
    Verdict.UNREADABLE: ["No grouping of digits fits."],
    Verdict.BLANK: ["left blank (0 of 2 points)", "= 7,30,56,256"],
    Verdict.UNMARKED: ["could not be marked", "This costs no points", "– of 2"],
    Verdict.CARRIED: ["Right from your own earlier values", "row 1, Output, row 2, Output", "1.5 of 2", "7,30,56,256"],
}


@pytest.mark.parametrize("verdict", SENTENCES)
def test_every_verdict_is_said_in_words(verdict: Verdict) -> None:
    said = wrong((1, "flops"), verdict)
    for sentence in SENTENCES[verdict]:
        assert sentence in said, said


def test_mistakes_on_own_values_and_counter_examples() -> None:
    assert "From your own earlier values: You forgot the bias." in wrong((1, "flops"), Verdict.MISTAKE, own=True)
    assert "For w = 3 it gives 5." in wrong((1, "flops.formula"), says="for w = 3 it gives 5")


def test_flags_speak_to_the_student() -> None:
    said = text(mark(CELLS[1, "flops"], Verdict.RIGHT, flags=(ROUNDED,)))
    assert "row 1, # Flops: right to the digits that are written" in said
    assert "What to look at again" not in said


def test_flags_for_assistants_are_not_for_students() -> None:
    said = text(mark(CELLS[1, "flops"], Verdict.RIGHT, flags=(DOES_NOT_FOLLOW,)))
    assert "does not follow" not in said
    assert "with a remark" not in said


def test_one_convention_is_named_and_the_others_are_counted() -> None:
    said = text(mark(CELLS[2, "flops"], Verdict.CONVENTION, conventions=("fvcore", "thop", "torchinfo")))
    assert "and 2 others; here the convention is" in said
    assert "torchinfo" not in said


def test_a_mistake_of_several_rows_is_in_the_summary() -> None:
    wrong = [mark(CELLS[row, "params"], Verdict.MISTAKE, labels=("par-no-bias",)) for row in (1, 4, 7)]
    assert "Rows 1, 4, 7: " in text(*wrong)
    assert "Rows" not in text(wrong[0])


def test_a_perfect_paper_is_one_table() -> None:
    report = sheet(*(mark(cell, Verdict.RIGHT) for cell in paper().shown))
    assert [type(block) for block in report.blocks] == [Text, Table, Table]  # more than three columns take two
    assert "124 of 124" not in ws.render(report, "txt").decode()
    many = 2 * len(paper().shown)
    assert f"Ana (20CS1): {many} of {many} points (100 %)." in ws.render(report, "txt").decode()


def test_every_answer_is_there() -> None:
    for marked in students(10):
        report = Feedback("", says=SAYS).report(marked, solution())
        said = ws.render(report, "txt").decode()
        for each in marked.marks:
            assert each.answer in said
        steps = [block for block in report.blocks if isinstance(block, Working)]
        worked = [m for m in marked.marks if m.verdict not in {Verdict.RIGHT, Verdict.CARRIED, Verdict.BLANK}]
        assert len(steps) >= len(worked)


def test_who_was_not_marked_is_told_so() -> None:
    said = ws.render(Feedback("W").report(MarkedPaper("a", "", (), "KeyError"), solution()), "txt").decode()
    assert "not marked yet. This costs no points" in said
    assert "KeyError" not in said


def test_its_json_is_the_students_part() -> None:
    data = json.loads(ws.render(sheet(mark(CELLS[1, "flops"], Verdict.MISTAKE)), "json"))
    assert data["id"] == "20CS1"
    assert data["points"] == 0.5
    assert data["cells"][0]["labels"] == ["par-no-bias", "par-no-channels", "slip-x10"]


# What strangers typed


def flat(printed: str) -> str:
    return "".join(printed.split())


RUNS = {  # what would be more than text
    "html": r"<script|<[^>]*javascript",
    "tex": r"\\input\{/etc|(?<!\\)\$\(rm|`id`",
    "typ": r"(^|[\[\n])#(include|read)",
    "md": r"(?<!\\)<script|(?<!\\)\]\(javascript|\n# b|\n===|\| b \|",
    "txt": "[\x1b\x00]",
    "json": "[\x1b\x00]",
}


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("form", ["md", "html", "tex", "typ", "txt", "json"])
def test_strangers_texts_are_texts(typed: str, form: str) -> None:
    printed = ws.render(Feedback("W", "C", SAYS).report(hostile(typed), solution()), form).decode()
    assert not re.search(RUNS[form], printed)


@pytest.mark.parametrize("typed", [text for text in HOSTILE if text.isprintable()])
def test_markdown_and_html_show_what_was_typed(typed: str) -> None:
    from html.parser import HTMLParser

    from markdown_it import MarkdownIt

    class Shown(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.text, self.tags = "", set()

        def handle_data(self, data: str) -> None:
            self.text += data

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tags.add(tag)

    report = Feedback("W", "C", SAYS).report(hostile(typed), solution())
    html = ws.render(report, "html").decode()
    from_markdown = MarkdownIt("commonmark").enable("table").render(ws.render(report, "md").decode())
    for page in (html[html.index("<body") :], from_markdown):
        shown = Shown()
        shown.feed(page)
        assert flat(typed) in flat(shown.text)
        assert "script" not in shown.tags
        assert "a" not in shown.tags


@pytest.mark.parametrize("typed", HOSTILE)
def test_markdown_tables_keep_their_columns(typed: str) -> None:
    printed = ws.render(Feedback("W", "C", SAYS).report(hostile(typed), solution()), "md").decode()
    first = [line for line in printed.splitlines() if line.startswith("|")][: 2 + 21]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in first} == {7}


@pytest.mark.poppler
def test_pdf_shows_what_was_typed(tmp_path: Path) -> None:
    import subprocess

    for typed in HOSTILE[:8]:
        ws.write(Feedback("W", "C", SAYS).report(hostile(typed), solution()), tmp_path / "f.pdf")
        shown = subprocess.run(
            ["pdftotext", "-layout", str(tmp_path / "f.pdf"), "-"], capture_output=True, check=True
        ).stdout.decode()
        assert flat(typed) in flat(shown)


@pytest.mark.tex
def test_latex_sets_what_was_typed(tmp_path: Path) -> None:
    cells = paper().shown
    marks = tuple(replace(mark(cell, Verdict.WRONG), answer=HOSTILE[i % len(HOSTILE)]) for i, cell in enumerate(cells))
    report = Feedback("W", "C", SAYS).report(MarkedPaper(HOSTILE[0], HOSTILE[5], marks), solution())
    ws.write(report, tmp_path / "f.pdf", engine="latex")
    assert (tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")


# Speed


def test_a_sheet_takes_milliseconds() -> None:
    """Ten times the bound of a quiet machine: a mistake to slower by an order of magnitude is what this finds."""
    feedback, took, usual = Feedback("W", "C", SAYS), [], 1 / slowness()
    for marked in students(30):
        start = time.process_time()
        ws.render(feedback.report(marked, solution()), "md")
        took.append((time.process_time() - start) * usual)
    assert statistics.median(took) < 0.05


def test_marks_need_not_be_worth_two() -> None:
    worth = replace(mark(CELLS[1, "flops"], Verdict.WRONG), max=Fraction(1, 2))
    assert "0 of 0.5 points" in text(worth)
    assert TWO == 2


SIGNS = {
    Verdict.RIGHT: "✓ ",
    Verdict.CARRIED: "(✓) 7 (carried)",
    Verdict.CONVENTION: "(✓) 7 (another convention)",
    Verdict.MISTAKE: "✗ 7 (mistake)",
    Verdict.WRONG: "✗ 7 (wrong)",
    Verdict.UNREADABLE: "? 7 (unreadable)",
    Verdict.BLANK: "– (blank)",
    Verdict.UNMARKED: "? 7 (not marked)",
}


@pytest.mark.parametrize("verdict", Verdict)
def test_a_sign_says_how_an_answer_was_judged(verdict: Verdict) -> None:
    """Colour is not needed to see it: the sign is there in every format."""
    document = sheet(mark(CELLS[1, "params"], verdict, 7, "7"))
    for form in ("txt", "md", "html", "typ", "tex"):
        shown = ws.render(document, form).decode().replace("\u00a0", " ").replace("~", " ").replace("--", "–")
        shown = shown.replace(r"\ding{51}", "✓").replace(r"\ding{55}", "✗").replace(r"\textendash{}", "–")
        assert SIGNS[verdict] in shown, form


def test_answers_are_coloured_by_their_verdict() -> None:
    page = ws.render(sheet(*[mark(CELLS[1, "params"], verdict, 7, "7") for verdict in (Verdict.WRONG,)]), "html").decode()
    assert '<td class="text wrong">' in page
    assert r"\textcolor[HTML]{B3261E}" in ws.render(sheet(mark(CELLS[1, "params"], Verdict.WRONG)), "tex").decode()
    assert 'fill: rgb("b3261e")' in ws.render(sheet(mark(CELLS[1, "params"], Verdict.WRONG)), "typ").decode()
