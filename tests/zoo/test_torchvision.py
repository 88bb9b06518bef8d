"""The zoo's networks of torchvision against torchvision's own: every module's place, output and parameters, at two sizes."""

from typing import Any

import pytest

from tests.readers.vision import vision
from tests.zoo.test_published import IN_TORCHVISION, parameters, rows

pytestmark = pytest.mark.torch

SQUARE, OBLONG = (224, 224), (260, 300)
LARGER = {"vit-b-16": (256, 256)}  # it takes squares of whole patches
RECKONED = {"regnet-y-400mf"}  # torchvision finds its widths with tensors
CALLS = {  # modules whose call the zoo spells otherwise
    "StochasticDepth": None,  # nothing at inference
    "LayerNorm2d": ".layer_norm",
}


def function(name: str) -> str:
    return name.removesuffix("-torchvision").replace("-", "_")


def made(name: str, **words: int) -> Any:
    """torchvision's network without its numbers."""
    make = getattr(vision(), function(name))
    import torch

    with torch.device("cpu" if name in RECKONED else "meta"):
        return make(**words).eval().to("meta")


def modules(network: Any, side: tuple[int, int]) -> list[tuple[str, str, tuple[int, ...], int]]:
    """Path, type, output and parameters of every module without children, in the order in which they run."""
    import torch

    found: list[tuple[str, str, tuple[int, ...], int]] = []
    for path, module in network.named_modules():
        is_attention = isinstance(module, torch.nn.MultiheadAttention)
        if list(module.children()) and not is_attention:
            continue

        def hook(module: Any, _: Any, output: Any, path: str = path) -> None:
            shape = tuple((output[0] if isinstance(output, tuple) else output).shape[1:])
            found.append((path, type(module).__name__, shape, sum(p.numel() for p in module.parameters())))

        module.register_forward_hook(hook)
    with torch.no_grad():
        network(torch.zeros(1, 3, *side, device="meta"))
    return found


@pytest.mark.parametrize("larger", [False, True], ids=["224", "larger"])
@pytest.mark.parametrize("name", IN_TORCHVISION)
def test_layer_by_layer(name: str, larger: bool) -> None:
    side = LARGER.get(name, OBLONG) if larger else SQUARE
    words = {"image_size": side[0]} if name == "vit-b-16" else {}
    network = made(name, **words)
    found = rows(name, (3, *side))
    order = {row: place for place, row in enumerate(found)}
    last, calls = -1, dict[str, int]()
    for path, kind, shape, count in modules(network, side):
        calls[path] = calls.get(path, 0) + 1
        suffix = CALLS.get(kind, "")
        if suffix is None:
            continue
        row = path + suffix + (f"_{calls[path]}" if calls[path] > 1 else "")
        assert parameters(found[row]) == count, row
        output = found[row].output
        assert (output if kind != "LayerNorm2d" else (output[2], *output[:2])) == shape, row
        assert order[row] > last, f"{row} stands too early"
        last = order[row]
    assert sum(map(parameters, found.values())) == sum(p.numel() for p in network.parameters())
