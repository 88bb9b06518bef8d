"""The table of kinds is whole: every formula parses, uses known symbols, and every symbol is explained."""

import pytest

from worksheet import Formula
from worksheet.layers import QUANTITIES, kinds
from worksheet.layers.spelling import Given, hyperparameters, spelled


@pytest.mark.parametrize("kind", kinds().values(), ids=str)
def test_formulas_and_symbols(kind) -> None:
    assert set(kind.counts) <= set(QUANTITIES)
    assert kind.source
    assert kind.title
    texts = [*kind.counts.values(), *(s.formula for s in kind.sizes), *(c.formula for c in kind.checks)]
    texts += [text for form in kind.forms.values() for text in (*form.output, form.X, form.Y)]
    for text in texts:
        assert set(Formula(text).symbols) <= kind.vocabulary(), text
    for symbol in kind.symbols.values():
        assert symbol.meaning


@pytest.mark.parametrize("kind", kinds().values(), ids=str)
def test_an_example_of_the_spelling_reads_back(kind, sheet) -> None:
    from worksheet import read

    shape = "3 x 64 x 64" if 3 in kind.forms else "9216"
    net = read(sheet(f"---\ninput: {shape}\n---\n{kind.spelling.example}\n"))
    (node,) = net.nodes
    words = spelled(kind, node.hyperparameters)
    assert f"{kind.name}: {words}".rstrip(": ") == kind.spelling.example


def test_words_set_axes_together_or_apart() -> None:
    conv = kinds()["Conv2d"]
    values = hyperparameters(conv, [Given("c", 8), Given("w", 3), Given("h", 5), Given("s", 2), Given("sh", 1), Given("p_w", 1)])
    assert (values["w"], values["h"], values["s_w"], values["s_h"], values["p_w"], values["p_h"]) == (3, 5, 2, 1, 1, 0)
    assert spelled(conv, values) == "8c 3w 5h 2sw 1sh 1pw 0ph"


def test_a_pooling_window_steps_by_its_own_size() -> None:
    values = hyperparameters(kinds()["MaxPool2d"], [Given("w", 3), Given("h", 2)])
    assert (values["s_w"], values["s_h"], values["p_w"]) == (3, 2, 0)
