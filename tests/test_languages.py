"""Documents in every language: choice, fallback, a teacher's own words, and that nothing remembers a translation."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests.conftest import REQUIRED
from tests.grading.made_up import students
from tests.marking import Marking
from tests.sheet_facts import ROOT, SHEET
from worksheet.derivation import Section
from worksheet.document import Bullets, Table, Text, Title
from worksheet.errors import WorksheetError
from worksheet.grading.results.feedback import Feedback
from worksheet.language import _, catalogue, current, everywhere, language_named, listed, ngettext, speaking
from worksheet.language.catalogue import messages
from worksheet.layers.notation import explain_notation
from worksheet.varied import size_variables
from worksheet.zoo import models

GERMAN = {"No.": "Nr.", "Total": "Summe", "Counting:": "Zählweise:", "No. {no}": "Nr. {no}"}


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """A German of a few words, whatever the catalogue has."""
    for message, text in GERMAN.items():
        monkeypatch.setitem(catalogue("de").texts, message, (text,))


def net(**heading: object) -> ws.Network:
    return ws.network("tiny", (3, 227, 227), ws.layer("Conv2d", k=64, w=11, s=4, p=2), ws.layer("ReLU"), **heading)


# Choosing


@pytest.mark.parametrize(
    ("text", "code"), [("de", "de"), ("de-ch", "de_CH"), ("en_GB", "en_GB"), ("zh-hans", "zh_Hans"), ("de_", "de")]
)
def test_a_language_by_its_code(text: str, code: str) -> None:
    assert language_named(text).code == code


@pytest.mark.parametrize("text", ["pt", "", "german", "d"])
def test_an_unknown_language_is_refused(text: str) -> None:
    with pytest.raises(WorksheetError, match="there are no words in the language") as caught:
        language_named(text)
    assert "one of de, en" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("german", "de"),
        ("Deutsch", "de"),
        ("français", "fr"),
        ("francais", "fr"),
        ("Spanish", "es"),
        ("हिंदी", "hi"),
        ("中文", "zh"),
        ("english", "en"),
    ],
)
def test_the_name_of_a_language_suggests_its_code(name: str, code: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        language_named(name)
    assert (caught.value.hint or "").startswith(f"did you mean {code}?")


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(WorksheetError, match="no such country"):
        language_named("de_XQ")


def test_a_country_falls_back_to_its_language(german: None) -> None:
    with speaking("de_CH"):
        assert _("Total") == "Summe"
    with speaking("en_GB"):
        assert _("Total") == "Total"


def test_india_keeps_the_words_of_the_sheet() -> None:
    text = ws.render(ws.derive(net(language="en_IN"), "ai61002"), "txt").decode()
    assert "S. No." in text
    assert "S. No. 1: " in text
    blank = ws.render(ws.blank(ws.derive(net(language="en_IN"), "ai61002")), "txt").decode()
    assert "Roll no.:" in blank
    assert "Student ID:" in ws.render(ws.blank(ws.derive(net(), "ai61002")), "txt").decode()


@pytest.mark.parametrize(
    ("language", "digits", "convention", "total"),
    [
        ("", None, "ai61002", "7,34,57,664"),  # the convention's own
        ("en", None, "ai61002", "7,34,57,664"),  # plain English belongs to no country
        ("en_US", None, "ai61002", "73,457,664"),
        ("de", None, "textbook", "72.855.552"),
        ("de_CH", None, "textbook", "72'855'552"),
        ("hi", None, "textbook", "7,28,55,552"),
        ("fr", None, "textbook", "72\u202f855\u202f552"),
        ("es", None, "textbook", "72.855.552"),
        ("zh", None, "textbook", "72,855,552"),
        ("de", "en_US", "textbook", "72,855,552"),
        ("hi", "de", "textbook", "72.855.552"),
    ],
)
def test_numbers_are_grouped_as_the_language_does(language: str, digits: str | None, convention: str, total: str) -> None:
    text = ws.render(ws.derive(net(), convention, digits=digits, language=language), "txt").decode()
    assert total in text


# One process, several languages


@pytest.mark.parametrize("order", [("en", "de"), ("de", "en")])
@pytest.mark.parametrize("format", ["txt", "md", "html", "tex", "typ"])
def test_the_same_document_both_ways_round(order: tuple[str, str], format: str, german: None) -> None:
    network = net()
    printed = {code: ws.render(ws.derive(network, "textbook", language=code), format).decode() for code in order}
    again = {code: ws.render(ws.derive(network, "textbook", language=code), format).decode() for code in reversed(order)}
    assert printed == again
    assert "Summe" in printed["de"]
    assert "Total" in printed["en"]
    assert "Summe" not in printed["en"]


def test_a_document_keeps_its_language(german: None) -> None:
    """Made in German and printed later, whatever is spoken then."""
    solution = ws.derive(net(), "textbook", language="de")
    assert current().code == "en"
    assert "Zählweise:" in ws.render(solution, "md").decode()
    with speaking("fr"):
        assert "Zählweise:" in ws.render(solution, "md").decode()


def test_every_format_says_its_language() -> None:
    solution = ws.derive(net(), "textbook", language="de_CH")
    assert '<html lang="de-CH">' in ws.render(solution, "html").decode()
    assert 'lang: "de", region: "CH"' in ws.render(solution, "typ").decode()
    assert "pdflang={de-CH}" in ws.render(solution, "tex").decode()
    assert "{babel}" in ws.render(solution, "tex").decode()


# Scripts with fonts of their own

WORDS = {"hi": {"Total": "कुल योग", "Input": "इनपुट"}, "zh": {"Total": "总计", "Input": "输入，输出"}}
FONTS = {"hi": "NotoSerifDevanagari", "zh": "NotoSerifCJK"}


@pytest.fixture(params=WORDS)
def script(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A language with a script of its own, of a few words at least."""
    for message, text in WORDS[request.param].items():
        monkeypatch.setitem(catalogue(request.param).texts, message, (text,))
    return str(request.param)


def in_script(code: str) -> ws.Derivation:
    return ws.derive(net(title=f"Net {WORDS[code]['Total']}"), "textbook", language=code)


@pytest.mark.parametrize("engine", ["typst", pytest.param("latex", marks=pytest.mark.tex)])
def test_a_pdf_has_the_letters_of_its_language(script: str, engine: str) -> None:
    """In the table, in the title and in the picture; one font for all of them."""
    import pypdf
    import typst

    if not {*language_named(script).fonts} & {*typst.Fonts().families()} and not REQUIRED:
        pytest.skip(f"the fonts of {script} are not on this machine")
    pdf = pypdf.PdfReader(io.BytesIO(ws.render(in_script(script), "pdf", engine=engine)))
    fonts = {str(font["/BaseFont"]) for page in pdf.pages for font in _fonts(page)}
    assert any(FONTS[script] in name for name in fonts)
    assert not any("[U+" in page.extract_text() for page in pdf.pages)
    assert WORDS[script]["Total"] in pdf.metadata.title
    if script == "zh":  # the letters of Hindi are joined, and readers put their pieces together in various ways
        assert {"总计", "输入"} <= set(re.findall("[\u4e00-\u9fff]+", pdf.pages[0].extract_text()))


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


def test_tex_of_such_a_language_is_for_xelatex(script: str) -> None:
    text = ws.render(in_script(script), "tex").decode()
    assert text.startswith("% !TeX program = xelatex\n")
    word = WORDS[script]["Total"].split()[0]
    assert f"{{\\ownscript {word}}}" in text
    assert "fontspec" not in ws.render(ws.derive(net(), "textbook", language="fr"), "tex").decode()


def test_a_picture_names_the_font_where_it_is_needed(script: str) -> None:
    html = ws.render(in_script(script), "html").decode()
    assert re.findall('font-family="(Noto Serif [^,]+)[^"]*">([^<]+)<', html)
    assert "Noto" not in ws.render(ws.derive(net(), "textbook"), "html").decode().partition("<body")[2]


@pytest.mark.parametrize("engine", ["typst", pytest.param("latex", marks=pytest.mark.tex)])
def test_a_missing_font_is_named_with_its_package(script: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(script).header, "X-Fonts", "No Such Font")
    with pytest.raises(WorksheetError, match=f"no font on this machine has the letters of the language '{script}'") as caught:
        ws.render(in_script(script), "pdf", engine=engine)
    assert "install No Such Font (Debian: apt install fonts-noto-" in (caught.value.hint or "")


# A teacher's own words

LABELLED = """---
input: 3x8x8
convention: textbook
labels: {{No.: Nr. $#, Total: "{label}"}}
---
ReLU
"""


@pytest.mark.parametrize("label", ["Summe", "<b>_x_</b> & 100 % $x$ #y", "\\input{{x}}"])
def test_labels_replace_words_and_are_escaped(label: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sheet"
    path.write_text(LABELLED.format(label=label.replace("\\", "\\\\").replace("{{", "{").replace("}}", "}")))
    solution = ws.derive(ws.read(str(path)))
    text = ws.render(solution, "txt").decode()
    assert label.replace("{{", "{").replace("}}", "}") in text
    assert "Nr. $# 1: " in text
    assert "<b>" not in ws.render(solution, "html").decode()
    assert ws.render(solution, "pdf")[:4] == b"%PDF"


def test_an_unknown_label_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "a.sheet"
    path.write_text("---\ninput: 3x8x8\nlabels: {Totals: x, Student Id: y}\n---\nReLU\n")
    with pytest.raises(WorksheetError) as caught:
        ws.read(str(path))
    assert [fault.message for fault in caught.value.faults] == ["no document says 'Totals'", "no document says 'Student Id'"]
    assert [fault.where.line for fault in caught.value.faults] == [3, 3]
    assert "Student ID" in (caught.value.faults[1].hint or "")


def test_lists_and_plurals() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert ngettext("{count} byte", "{count} bytes", 1) == "{count} byte"
    assert everywhere("No.")[0] == "No."


# Answers


def test_answers_come_back_with_the_headings_of_any_language(german: None, tmp_path: Path) -> None:
    sheet = (ROOT / "examples" / "ai61002.sheet").read_text()
    (tmp_path / "net.sheet").write_text(sheet)
    (tmp_path / "homework.yaml").write_text(
        "title: A\nnetwork: net.sheet\nask: [params]\nlabels: {Student ID: Matrikel, '# Params': Gewichte}\n"
    )
    form = "Matrikel: s1\n\n| Nr. | Gewichte |\n| --- | --- |\n| 1 | 23296 |\n"
    (tmp_path / "s1.md").write_text(form)
    marked = ws.mark(tmp_path / "homework.yaml", [tmp_path / "s1.md"])
    assert not marked.unplaced
    assert [mark.verdict.value for mark in marked.papers[0].marks[:2]] == ["right", "blank"]


def test_check_answers_in_the_language(german: None, tmp_path: Path) -> None:
    (tmp_path / "net.sheet").write_text("---\ninput: 3x8x8\nconvention: textbook\n---\nLinear: -> 10\n")
    (tmp_path / "homework.yaml").write_text("title: A\nnetwork: net.sheet\nask: [params]\nlanguage: de\n")
    report = ws.check(tmp_path / "homework.yaml", 1, "params", "1930").report()
    assert report.title.startswith("Nr. 1")
    assert report.digits == "de"


# Nothing escapes


@pytest.mark.parametrize("convention", ["textbook", "ai61002", "memory", "operations"])
@pytest.mark.parametrize("name", [*models(), ""])
def test_every_text_of_a_solution_is_a_message(name: str, convention: str) -> None:
    """Of each network of the zoo; without a name, the reference of all kinds."""
    marking = Marking("en")
    network = ws.read(f"zoo:{name}") if name else None
    solution = ws.derive(network, convention, language=marking) if network else ws.formulas(convention, language=marking)
    texts = [heading.label for heading in solution.headings] + [*solution.rules, solution.question, solution.convention_title]
    for section in solution.reference:
        texts += [section.title, section.note, *(text for _names, text in section.legend)]
        texts += [statement.label for statement in section.statements]
    texts += [text for row in solution.rows for step in (*row.sizes, *row.columns) for text in (step.label, step.note)]
    texts += [text for figure in solution.figures for text in (figure.title, figure.intro)]
    texts += [text for figure in solution.figures for step in figure.steps for text in (step.label, step.note)]
    assert not {text for text in texts if text and "⟦" not in text}
    unknown = marking.seen - {*messages(), ""}
    assert not unknown


@pytest.mark.parametrize("convention", ["textbook", "ai61002", "memory", "operations"])
def test_every_text_of_a_convention_is_a_message(convention: str) -> None:
    marking = Marking("en")
    page = ws.convention_page(convention, language=marking)
    texts = [text for block in page.blocks for text in _texts(block)]
    assert texts
    assert not {text for text in texts if "⟦" not in text}
    said = {message for text in texts for message in re.findall("⟦([^⟦⟧]+)⟧", text)}
    assert not said & marking.seen - set(messages())


def _texts(block: object) -> list[str]:
    """What a block of a convention's page says; names of kinds of layers are the same in every language."""
    match block:
        case Text(text) | Title(text):
            return [text]
        case Bullets(items):
            return list(items)
        case Table(headings):
            return list(headings)
        case Section(title=title, legend=legend):
            return [title, *(meaning for _names, meaning in legend)]
    raise AssertionError(block)


def test_the_notation_is_explained_in_the_language() -> None:
    """Also a word whose meaning is that of its symbol, in the middle of a sentence."""
    with speaking(Marking("en")):
        words = dict(explain_notation([(ws.kinds()["Power"], "2e")]))
    assert words == {"2e": "⟦Exponent (0: one that is not a whole number)⟧ = 2"}


# Signs between words


def test_chinese_has_its_own_signs_between_words() -> None:
    """Neither a space after a full stop, nor a comma, semicolon or colon of Latin script between Chinese words."""
    text = ws.render(ws.derive(ws.read("zoo:resnet18"), "memory", language="zh"), "txt").decode()
    assert not re.findall("[。；：] |[\u4e00-\u9fff）][:;,] ?[\u4e00-\u9fff（]", text)
    assert "第 4 层：maxpool：(输入)" in text


def test_a_french_colon_has_a_space_before_it() -> None:
    text = ws.render(ws.derive(net(), "ai61002", language="fr"), "txt").decode()
    assert "64c\u00a0: 64 noyaux (k dans les formules)\u00a0; 11w\u00a0: " in text


@pytest.mark.parametrize(
    ("code", "padding", "stride"),
    [
        ("en", "padding of conv2d_1", "stride of conv2d_1"),
        ("de", "Padding von conv2d_1", "Stride von conv2d_1"),
        ("zh", "conv2d_1 的填充", "conv2d_1 的步长"),
    ],
)
def test_a_word_for_both_axes_names_no_side(code: str, padding: str, stride: str) -> None:
    with speaking(code):
        meanings = [variable.meaning for variable in size_variables(net(), ["conv2d_1.p", "conv2d_1.s"])]
    assert meanings == [padding, stride]


# Numbers and widths


@pytest.mark.parametrize(
    ("code", "remark"), [("en", "2.32 MB or 2.22 MiB"), ("de", "2,32 MB oder 2,22 MiB"), ("hi", "2.32 MB या 2.22 MiB")]
)
def test_megabytes_have_the_decimal_sign_of_the_language(code: str, remark: str) -> None:
    """4 × 2 × 96 × 55 × 55 bytes are 2,323,200: 2.3232 MB and 2.2156 MiB."""
    network = ws.network("one", (96, 55, 55), ws.layer("ReLU"))
    solution = ws.derive(network, "memory", language=code)
    assert solution.figures[1].steps[0].remark == remark


def test_exact_units_have_the_decimal_sign_of_the_language() -> None:
    text = ws.render(ws.derive(ws.read("zoo:alexnet"), "netscope", language="fr"), "txt").decode()
    assert not re.search(r"\d\.\d", text)


@pytest.mark.parametrize("code", ["en", "hi", "zh"])
def test_tables_of_text_align_in_columns_of_a_terminal(code: str) -> None:
    """Every line is as wide as the rule: Chinese signs take two columns, vowels above a consonant none."""
    lines = ws.render(ws.derive(net(), "ai61002", language=code), "txt").decode().splitlines()
    top, bottom = (i for i, line in enumerate(lines) if line.startswith("---") and len(line) > 40)
    table = [lines[top - 1], *lines[top + 1 : bottom]]
    assert [_columns(line) for line in table] == [len(lines[top])] * len(table)


def _columns(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in line)
    return len(line) + wide - sum(unicodedata.combining(sign) > 0 or unicodedata.category(sign) == "Mn" for sign in line)


def test_chinese_lines_break_at_the_width_of_the_page() -> None:
    text = ws.render(ws.derive(ws.read("zoo:resnet18"), "memory", language="zh"), "txt").decode()
    sentences = [line for line in text.splitlines() if re.match("[- ]*[\u4e00-\u9fff]", line) and not set(line) & {"=", "→"}]
    assert max(map(_columns, sentences)) <= 102
    assert not [line for line in sentences if line.strip()[0] in "，。、；："]


def test_feedback_in_chinese_names_a_cell_with_no_latin_comma() -> None:
    solution = ws.derive(ws.read(SHEET), "ai61002", language="zh")
    text = ws.render(Feedback("Worksheet 2", "").report(students(1)[0], solution), "txt").decode()
    assert not re.findall("[\u4e00-\u9fff], ?[\u4e00-\u9fff]", text)
    assert re.search("[0-9a-z]的(参数量|Flops|输出)：", text)
