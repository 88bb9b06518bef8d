"""The words of the sheet notation, explained where they occur."""

import pytest

import worksheet as ws
from worksheet.layers import kinds
from worksheet.layers.notation import explain_notation


@pytest.mark.parametrize(
    ("kind", "spec", "meanings"),
    [
        ("Conv2d", "224c 7w 3h 2s 3pw 1ph 2g", [
            ("224c", "224 kernels (k in the formulas)"), ("7w", "kernel 7 wide"), ("3h", "kernel 3 high"), ("2s", "stride 2"),
            ("3pw", "padding 3 left and right"), ("1ph", "padding 1 above and below"), ("2g", "2 groups"),
        ]),
        ("Conv2d", "64c 11w nobias", [
            ("64c", "64 kernels (k in the formulas)"), ("11w", "kernel 11 wide and high"), ("nobias", "without bias"),
        ]),
        ("Linear", "->3072", [("→\u00a03072", "3072 outputs")]),
        ("Linear", "9216->4096", [("→\u00a04096", "4096 outputs")]),
        ("MaxPool2d", "unclipped", [("unclipped", "size rounded up, with windows that start beyond the input")]),
        ("BatchNorm", "noaffine", [("noaffine", "without parameters")]),
    ],
)  # fmt: skip
def test_words(kind: str, spec: str, meanings: list[tuple[str, str]]) -> None:
    assert explain_notation([(kinds()[kind], spec)]) == meanings


def test_a_word_with_two_meanings_names_its_kinds() -> None:
    explained = explain_notation([(kinds()["Conv2d"], "3w"), (kinds()["AdaptiveAvgPool2d"], "6w")])
    assert [word for word, _ in explained] == ["Conv2d 3w", "AdaptiveAvgPool2d 6w"]


def test_every_word_and_flag_of_every_kind_is_explained() -> None:
    for kind in kinds().values():
        for word in kind.spelling.words:
            for letters in (word.word, *word.split):
                ((_, meaning),) = explain_notation([(kind, f"5{letters}")])
                assert "5" in meaning, (kind.name, letters)
        for flag in kind.spelling.flags:
            assert explain_notation([(kind, flag)])[0][1], (kind.name, flag)


@pytest.mark.parametrize("format", ["md", "txt", "html", "tex", "typ"])
def test_solutions_and_question_sheets_have_the_line(format: str) -> None:
    solution = ws.derive(ws.network("n", (3, 8, 8), ws.layer("Conv2d", c=5, w=3), ws.layer("ReLU")))
    for document in (solution, ws.blank(solution)):
        assert "Notation: 5c: 5 kernels (k in the formulas); 3w: kernel 3 wide and high" in ws.render(document, format).decode()


def test_no_line_where_nothing_needs_one() -> None:
    solution = ws.derive(ws.network("n", (3, 8, 8), ws.layer("ReLU")))
    assert "Notation:" not in ws.render(solution, "txt").decode()
