"""Kinds with a drawing: the reference shows it once, and says in a sentence where the factors of the formulas come from."""

import re

import pytest

import worksheet as ws
from worksheet.drawing.explained import drawing_of, sentence_of
from worksheet.layers import kinds

DRAWN = [kind for kind in kinds().values() if kind.drawing]


def test_convolution_recurrent_cells_and_attention_are_drawn() -> None:
    assert {"Conv2d", "RNN", "LSTM", "GRU", "MultiheadAttention", "ScaledDotProductAttention"} <= {kind.name for kind in DRAWN}


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.name)
def test_every_part_is_inside_its_picture(kind: ws.Kind) -> None:
    picture = drawing_of(kind)
    left, top, width, height = map(float, re.search(r'viewBox="([^"]+)"', picture.svg)[1].split())
    assert picture.words
    for x, y in re.findall(r'<(?:rect|text) x="(\S+)" y="(\S+)"', picture.svg):
        assert left <= float(x) <= left + width
        assert top <= float(y) <= top + height


@pytest.mark.parametrize(("form", "mark"), [("html", "<svg"), ("typ", "<svg"), ("tex", r"\begin{tikzpicture}")])
def test_the_reference_shows_each_drawing_once(form: str, mark: str) -> None:
    names = ["Conv2d", "LSTM", "GRU", "RNN", "MultiheadAttention"]
    text = ws.render(ws.formulas(None, names), form).decode()
    assert text.count(mark) == len(names)


def test_the_sentence_is_there_without_the_drawing() -> None:
    text = ws.render(ws.formulas(None, ["LSTM"]), "txt").decode()
    assert "4k(n + k) weights" in " ".join(text.split())


def test_the_factors_in_the_sentences_are_those_of_the_formulas() -> None:
    """An LSTM of 3 inputs and 5 units has 4·5·(3 + 5) weights and 8·5 biases; attention of width 8 has 4·8² weights."""
    lstm = ws.derive(ws.network("net", (7, 3), ws.layer("LSTM", k=5)), "textbook")
    assert lstm.totals["params"] == 4 * 5 * (3 + 5) + 8 * 5
    assert "4k(n + k)" in sentence_of(kinds()["LSTM"])
    heads = ws.derive(ws.network("net", (7, 8), ws.layer("MultiheadAttention", h=2)), "textbook")
    assert heads.totals["params"] == 4 * 8**2 + 4 * 8
    assert "4n²" in sentence_of(kinds()["MultiheadAttention"])


def test_a_question_sheet_explains_nothing() -> None:
    solution = ws.blank(ws.derive(ws.network("net", (3, 8, 8), ws.layer("Conv2d", k=5, w=3)), "textbook"))
    assert "An output element is a sum" not in ws.render(solution, "txt").decode()
