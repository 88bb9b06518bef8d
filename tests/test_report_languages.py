"""The reports that a student reads in every language: training, growth, closed forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import worksheet as ws
from tests.marking import Marking
from worksheet.derivation import Section, Step
from worksheet.document import Bullets, Chapter, Document, Table, Text, Title, Working
from worksheet.language.catalogue import messages

NET = ws.network(
    "tiny", (3, 20, 20), ws.layer("Conv2d", k=8, w=3, s=2), ws.layer("ReLU"), ws.layer("MaxPool2d", w=2, s=2),
    ws.layer("Flatten"), ws.layer("Linear", k=10),
)  # fmt: skip
NAMES = re.compile(r"^[A-Za-z]$|\btiny\b|ResNet-18")  # of sizes and networks


def reports(language: object) -> Iterator[Document]:
    """Every kind of passage: sizes that are refused, shares, slopes, several conventions, two symbols, a table of remainders."""
    net, resnet = NET, ws.read("zoo:resnet18")
    yield ws.grow(net, {"side": "1..40"}, language=language)
    yield ws.grow([net, resnet], {"side": "32..128", "batch": "1..8"}, ["macs", "textbook"], language=language)
    yield ws.grow(ws.read("zoo:vit-b-16"), {"side": "200..300"}, language=language)
    yield ws.symbolic(net, ["M", "B"], language=language)
    yield ws.symbolic(net, ["alpha", "conv2d_1.k"], "memory", language=language)
    yield ws.symbolic(net, ["M", "N"], language=language)


def said(block: object) -> list[str]:
    """The words of a block, without names of layers and networks, figures and formulas."""
    match block:
        case Text(text) | Title(text):
            return [text]
        case Bullets(items):
            return list(items)
        case Table(headings):
            return [heading for heading in headings if not heading.isdecimal() and not NAMES.search(heading)]
        case Section(title=title, legend=legend, statements=statements):
            return [*(meaning for _names, meaning in legend), *(line.label for line in statements)]
        case Working(title=title, steps=steps, intro=intro):
            return [title, *([intro] if intro else []), *of_steps(steps)]
        case Chapter(title=title):
            return [title]
    return []


def of_steps(steps: tuple[Step, ...]) -> list[str]:
    return [text for step in steps for text in (step.label, step.note) if text]


def test_every_text_of_a_report_is_a_message() -> None:
    marking = Marking("en")
    for report in reports(marking):
        texts = [report.title, *(text for block in report.blocks for text in said(block))]
        assert len(texts) > 20
        assert not {text for text in texts if "⟦" not in text}, report.title
    unknown = marking.seen - {*messages(), ""}
    assert not unknown


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "sgd-momentum+decay"])
@pytest.mark.parametrize("precision", ["fp32", "mixed", "bf16"])
def test_every_text_of_training_is_a_message(optimiser: str, precision: str) -> None:
    marking = Marking("en")
    solution = ws.train(NET, optimiser, precision=precision, segments=2, language=marking)
    texts = [*solution.rules, solution.introduction, *(heading.label for heading in solution.headings)]
    for figure in solution.figures:
        texts += [figure.title, *([figure.intro] if figure.intro else []), *of_steps(figure.steps)]
    for section in solution.reference:
        texts += [*(meaning for _names, meaning in section.legend), *(line.label for line in section.statements)]
    assert not {text for text in texts if "⟦" not in text}
    unknown = marking.seen - {*messages(), ""}
    assert not unknown


def test_refused_classes_are_named_with_their_remainders_and_the_reason() -> None:
    """A width of the first layer that is no whole number; its remainders are not every combination."""
    net = ws.network("two", (3, 20, 20), ws.layer("Conv2d", k=8, w=3, s=2), ws.layer("ReLU"), ws.layer("Conv2d", k=8, w=3, s=2))
    text = ws.render(ws.symbolic(net, ["alpha", "conv2d_1.k"], worked=False), "txt").decode()
    sentence = " ".join(text.split()).partition("There is no such network with ")[2]
    assert sentence.startswith("(r_alpha, r_kconv2d1) = (1, 1), (1, 2), ")
    assert "and 32 more classes, for example: conv2d_1 would have 1/8 channels." in sentence
    assert " object at " not in text
