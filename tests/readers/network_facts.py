"""The networks in tests/facts, as the files that a reader is given: Caffe definitions and ONNX graphs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.sheet_facts import ROOT

FACTS = ROOT / "tests" / "facts"


@cache
def _sections(file: str) -> dict[str, list[str]]:
    """The lines of each network of a file, by its name."""
    _, *parts = re.split(r"^== ", (FACTS / file).read_text(encoding="utf-8"), flags=re.M)
    return {name: rest.splitlines() for name, _, rest in (part.partition("\n") for part in parts)}


# Caffe

CAFFE = tuple(_sections("caffe_networks.txt"))
# The message of a layer's own entries, where it is not the type's name in small letters with _param
MESSAGES = {"SoftmaxWithLoss": "softmax", "ROIPooling": "roi_pooling", "Normalize": "norm", "INNER_PRODUCT": "inner_product"}
# The inputs of definitions that leave them open; 3 x 224 x 224 for the others.
SIDES = {"alexnet": (3, 227, 227), "faster-rcnn-vggvd-pascal": (3, 600, 850), "ssd-pascal-vggvd-300": (3, 300, 300)}
REGIONS = 82  # that the published row was made with


def prototxt(name: str) -> str:
    """A network's definition, in Caffe's older notation where its authors used that."""
    lines = _sections("caffe_networks.txt")[name]
    return "\n".join([f'name: "{name}"', *(line[2:] if line.startswith("! ") else _layer(line) for line in lines)])


def _layer(line: str) -> str:
    head, *entries = line.split("  ")
    name, type, read, *written = head.replace(" > ", " ").split(" ")
    bottoms = [] if read == "-" else read.split(",")
    tops = bottoms if written == ["="] else written[0].split(",") if written else [name]
    blobs = [*(f'bottom: "{blob}"' for blob in bottoms), *(f'top: "{blob}"' for blob in tops)]
    is_old = type.isupper() and type != "LRN"
    message = MESSAGES.get(type, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type).lower())
    own = [text if "{" in text else f"{message}_param {{ {text.replace('=', ': ')} }}" for text in entries]
    start = f'layers {{ name: "{name}" type: {type}' if is_old else f'layer {{ name: "{name}" type: "{type}"'
    return "\n  ".join([start, *blobs, *own, "}"])


# ONNX

GRAPHS = tuple(_sections("onnx_graphs.txt"))
CONSTANT = re.compile(r"f?\[.*\]|f?-?\d+(\.\d+)?")


def graph(name: str) -> bytes:
    """A network's ONNX file, its weights left out as where they are in another file."""
    from tests.readers.onnx_graphs import model

    lines = list(_repeated(_sections("onnx_graphs.txt")[name]))
    about = dict(line[2:].split(" ", 1) for line in lines if line.startswith("! "))
    nodes: list[Any] = []
    weights: dict[str, Any] = {}
    for line in lines:
        first, _, rest = line.partition(" ")
        if first.startswith("/") or ":" in first:
            nodes += _nodes(line, len(nodes))
        elif first != "!":
            weights |= dict.fromkeys(_braces(first).split(), _sizes(rest))
    source, _, shape = about["input"].partition(" ")
    return model(nodes, {source: _sizes(shape)}, about["output"], int(about["opset"]), **weights)


def _repeated(lines: list[str]) -> Any:
    text = iter(lines)
    for line in text:
        if not line.startswith("["):
            yield line
            continue
        times, first, after = re.fullmatch(r"\[(\d+) times: (\S+), (\S+)\]", line).groups()  # type: ignore[union-attr]
        body = list(iter(lambda: next(text), "[end]"))
        for number in range(int(times)):
            before = after.replace("#", str(number - 1)) if number else first
            for part in body:
                long = part.replace("&", "/encoder/layers/encoder_layer_#/").replace("%", "encoder.layers.encoder_layer_#.")
                yield long.replace("@", before).replace("#", str(number))


def _braces(text: str) -> str:
    """``a.{b,c}`` is ``a.b a.c``."""
    return re.sub(r"(\S+)\{(\S+)\}", lambda found: " ".join(found[1] + end for end in found[2].split(",")), text)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x")))


def _nodes(line: str, number: int) -> list[Any]:
    """A node, after the nodes of its constants."""
    from onnx import helper

    head, _, attributes = line.partition(" | ")
    head, _, outputs = head.partition(" > ")
    named, *inputs = _braces(head).replace("*", "_output_0").split(" ")
    name, _, operator = named.partition(":")
    operator = operator or re.sub(r"_\d+$", "", name.rpartition("/")[2])
    constants = []
    for place, text in enumerate(inputs):
        if CONSTANT.fullmatch(text):
            inputs[place] = f"constant_{number}_{place}"
            constants.append(helper.make_node("Constant", [], [inputs[place]], value=_tensor(text)))
    words = {key: _attribute(value) for key, _, value in (word.partition("=") for word in attributes.split())}
    return [*constants, helper.make_node(operator, inputs, outputs.split() or [f"{name}_output_0"], name=name, **words)]


def _tensor(text: str) -> Any:
    import numpy as np
    from onnx import numpy_helper

    numbers = text.removeprefix("f").strip("[]").split(",")
    shape = (len(numbers),) if "[" in text else ()
    array = np.array(numbers, dtype="float32" if text.startswith("f") else "int64")
    return numpy_helper.from_array(array.reshape(shape))


def _attribute(text: str) -> Any:
    if text.startswith("tensor:"):
        return _tensor(text.removeprefix("tensor:"))
    numbers = [float(part) if "." in part else int(part) for part in text.split(",")]
    return numbers if "," in text else numbers[0]
