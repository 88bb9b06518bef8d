"""The training of whole networks against counts of its own: ResNet-50 from torch's modules, GPT-2 from the published formula."""

from collections import Counter
from typing import Any

import pytest

import worksheet as ws
from tests.readers.vision import vision
from tests.sheet_facts import EXAMPLES

Pass = Counter[str]


def of_convolution(module: Any, x: Any, y: Any, first: bool) -> Pass:
    """Each output element is a sum of so many products; each product goes back to an input element and to a weight."""
    batch, products = y.shape[0], module.weight[0].numel()
    used = products * y.numel()
    per_weight = batch * y[0, 0].numel()
    assert module.bias is None
    return Counter(
        forward=used + (products - 1) * y.numel(),
        input_gradient=0 if first else 2 * used,
        weight_gradient=module.weight.numel() * (per_weight + per_weight - 1),
    )


def of_norm(module: Any, x: Any, y: Any, _: bool) -> Pass:
    """Ioffe and Szegedy, 2015, algorithm 1 and the gradients of section 3, channel by channel of m numbers each."""
    channels = x.shape[1]
    m = x.numel() // channels
    mean, variance = (m - 1) + 1, m + m + (m - 1) + 1  # a sum and a division; differences, squares, a sum and a division
    root = 1 + 1
    normalised, affine = m, 2 * m
    running = 2 * (2 + 1)
    again, of_scale, of_shift = 2 * m, m + (m - 1), m - 1  # the normalised numbers once more: a difference and a division
    # scale/root once; the two sums of the learnt numbers divided by m; for each number z*mean, two differences, a product
    back = again + 3 + m * (1 + 2 + 1)
    return Counter(
        forward=channels * (mean + variance + root + normalised + affine + running),
        input_gradient=channels * back,
        weight_gradient=channels * (again + of_scale + of_shift),
    )


def of_relu(module: Any, x: Any, y: Any, _: bool) -> Pass:
    return Counter(forward=2 * y.numel(), input_gradient=2 * y.numel())  # a comparison and an assignment


def of_max(module: Any, x: Any, y: Any, _: bool) -> Pass:
    return Counter(forward=(module.kernel_size**2 - 1) * y.numel(), input_gradient=y.numel())


def of_mean(module: Any, x: Any, y: Any, _: bool) -> Pass:
    return Counter(forward=x.numel(), input_gradient=y.numel())  # one addition less than numbers, and a division


def of_linear(module: Any, x: Any, y: Any, _: bool) -> Pass:
    batch, n, k = x.shape[0], module.in_features, module.out_features
    return Counter(
        forward=batch * k * (n + n),
        input_gradient=batch * n * (k + k - 1),
        weight_gradient=k * n * (batch + batch - 1) + k * (batch - 1),
    )


OF = {
    "Conv2d": of_convolution, "BatchNorm2d": of_norm, "ReLU": of_relu, "MaxPool2d": of_max, "AdaptiveAvgPool2d": of_mean,
    "Linear": of_linear,
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("batch", [1, 3])
def test_resnet_50(batch: int) -> None:
    import torch

    with torch.device("meta"):
        net, image = vision().resnet50().eval(), torch.zeros(batch, 3, 224, 224)
    found: Pass = Counter()
    seen: list[Any] = []
    for module in net.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda module, x, y: seen.append((type(module).__name__, module, x[0], y)))
    sums: list[int] = []
    for module in net.modules():
        if type(module).__name__ == "Bottleneck":
            module.register_forward_hook(lambda module, x, y: sums.append(y.numel()))
            # its input is read by two: by the branch, and by the sum or by the convolution beside the branch
            module.register_forward_hook(lambda module, x, y: found.update(gradient_sums=x[0].numel()))
    net(image)
    for i, (kind, module, x, y) in enumerate(seen):
        found += OF[kind](module, x, y, i == 0)
    found["forward"] += sum(sums)  # one addition for each number of the sum of two branches
    solution = ws.train(ws.read("zoo:resnet50"), "sgd-momentum", batch=batch)
    parameters = sum(p.numel() for p in net.parameters())
    expected = {"params": parameters, **found, "update": 4 * parameters}
    assert dict(solution.totals) == expected


def test_gpt_2_small() -> None:
    """Chowdhery et al. (PaLM, 2022), appendix B: 6 N + 12 L H Q T flops for a token, N without what is only looked up.

    Here in MACs of a whole text; our products in sums of a softmax's gradient, of LayerNorm's and of its learned scale's are
    MACs too, which that count leaves out.
    """
    blocks, heads, width, length, vocabulary = 12, 12, 768, 1024, 50257
    solution = ws.train(ws.read("zoo:gpt2", str(length)), convention="training-macs")
    norms, softmaxes = 2 * blocks + 1, blocks * heads * length**2
    of_norms = norms * length * width
    parameters = blocks * 12 * width**2 + vocabulary * width
    total = sum(int(solution.totals[name] or 0) for name in ("forward", "input_gradient", "weight_gradient"))
    published = length * (3 * parameters + 6 * blocks * width * length)
    assert total == published + softmaxes + 2 * of_norms
    assert solution.totals["forward"] == length * (parameters + 2 * blocks * width * length)


def test_gpt_2_updates_what_it_learns_once() -> None:
    """124,439,808 parameters, those of the words' table used twice."""
    solution = ws.train(ws.read("zoo:gpt2", "1024"), "adamw")
    assert solution.totals["params"] == 124_439_808
    assert solution.totals["update"] == 15 * 124_439_808


def test_alexnet_in_the_thread() -> None:
    """The weights and biases of the thread's table: 724,406,816 MACs forwards; backwards twice that less the image's gradient."""
    solution = ws.train(ws.read(EXAMPLES / "alexnet-caffe.sheet"), "sgd-momentum+decay", "training-macs")
    assert solution.totals["forward"] - _norms(solution, 1) == 724_406_816
    first = 105_415_200
    assert solution.totals["weight_gradient"] - _norms(solution, 3) == 724_406_816
    assert solution.totals["input_gradient"] - _norms(solution, 2) == 724_406_816 - first


def _norms(solution: ws.Derivation, column: int) -> int:
    return sum(int(row.columns[column].value or 0) for row in solution.rows if row.kind not in {"Conv2d", "Linear"})
