"""The table of kinds is whole: every formula parses, uses known symbols, and every symbol is explained."""

import pytest

from worksheet import Formula
from worksheet.errors import WorksheetError
from worksheet.layers import QUANTITIES, kinds
from worksheet.layers.spelling import Given, hyperparameters, spell


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_formulas_and_symbols(kind) -> None:
    assert set(kind.counts) <= set(QUANTITIES)
    assert kind.source
    assert kind.title
    texts = [*kind.counts.values(), *(s.formula for s in kind.sizes), *(c.formula for c in kind.checks)]
    texts += [text for form in kind.forms for text in (*form.output, form.X, form.Y)]
    for text in texts:
        assert set(Formula(text).symbols) <= kind.vocabulary(), text
    for symbol in kind.symbols.values():
        assert symbol.meaning


USUAL = {1: "9216", 2: "16 x 64", 3: "3 x 64 x 64", 4: "3 x 8 x 16 x 16"}


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_an_example_of_the_spelling_reads_back(kind, sheet) -> None:
    import worksheet as ws

    shapes = kind.spelling.beside or [USUAL[len(axes)] for axes in kind.forms[0].inputs] or ["1"]
    further = "".join(f"  other_{i}: {shape}\n" for i, shape in enumerate(shapes[1:], 2))
    reads = "".join(f", other_{i}" for i in range(2, len(shapes) + 1))
    front = f"---\ninput: {shapes[0]}\nconvention: textbook\n" + (f"inputs:\n{further}" if further else "") + "---\n"
    net = ws.read(sheet(front + kind.spelling.example + (f" <- input{reads}" if reads else "") + "\n"))
    (node,) = net.nodes
    words = spell(kind, node.hyperparameters, node.pattern)
    assert f"{kind.name}: {words}".rstrip(": ") == kind.spelling.example
    for format in ("md", "typ", "html"):
        assert ws.render(ws.derive(net), format)


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_a_kind_is_made_to_fit_once(kind) -> None:
    """Equal layers share the kind that is made to fit: what is derived from it is derived once."""
    if kind.specialise:
        shapes = kind.spelling.beside or [USUAL[len(axes)] for axes in kind.forms[0].inputs]
        parsed = tuple(tuple(int(part) for part in shape.split("x")) for shape in shapes)
        text = kind.spelling.example.partition(": ")[2]
        pattern = text.split()[0] if kind.spelling.pattern else ""
        values = hyperparameters(kind, [Given(s.name, 1) for s in kind.hyperparameters if s.default is None])
        try:
            made = kind.specialise(parsed, values, pattern)
        except WorksheetError:
            return
        assert made is kind.specialise(parsed, dict(values), pattern)
        assert made.name == kind.name


def test_words_set_axes_together_or_apart() -> None:
    conv = kinds()["Conv2d"]
    values = hyperparameters(conv, [Given("c", 8), Given("w", 3), Given("h", 5), Given("s", 2), Given("sh", 1), Given("p_w", 1)])
    assert (values["w"], values["h"], values["s_w"], values["s_h"], values["p_w"], values["p_h"]) == (3, 5, 2, 1, 1, 0)
    assert spell(conv, values) == "8c 3w 5h 2sw 1sh 1pw 0ph"


def test_a_pooling_window_steps_by_its_own_size() -> None:
    values = hyperparameters(kinds()["MaxPool2d"], [Given("w", 3), Given("h", 2)])
    assert (values["s_w"], values["s_h"], values["p_w"]) == (3, 2, 0)


def test_no_cell_of_the_table_of_proofs_is_empty() -> None:
    from tests.layers.proofs import proofs
    from tools.layers import cells

    for name, proof in proofs().items():
        assert all(cells(proof)), name
