"""The zoo's networks against published parameters, multiply-accumulates and sizes, typed in with their source."""

from functools import cache
from math import isclose

import pytest

import worksheet as ws
from worksheet.discover import collect
from worksheet.errors import WorksheetError
from worksheet.sizes import Sized, sized
from worksheet.zoo import model, models

TORCHVISION = "torchvision 0.28: num_params and _ops (in units of 1e9, printed to three digits) of the weights"
IN_TORCHVISION = {
    "alexnet-torchvision": (61_100_840, 0.714),
    "resnet18": (11_689_512, 1.814),
    "resnet50": (25_557_032, 4.089),
    "resnet152": (60_192_808, 11.514),
    "mobilenet-v2": (3_504_872, 0.301),
    "mobilenet-v3-small": (2_542_856, 0.057),
    "mobilenet-v3-large": (5_483_032, 0.217),
    "shufflenet-v2-x1-0": (2_278_604, 0.145),
    "efficientnet-b0": (5_288_548, 0.386),
    "regnet-y-400mf": (4_344_144, 0.402),
    "convnext-tiny": (28_589_128, 4.456),
    "vit-b-16": (86_567_656, 17.564),
    "swin-t": (28_288_354, 4.491),
}
PARAMETERS = {
    "lenet-5": (60_000, "LeCun et al., 1998, section II.B: trainable parameters"),
    "lenet-5-relu": (61_706, "what torchinfo 1.8, thop and others print of the network in torch"),
    "lenet-caffe": (431_080, "Han et al., Deep compression, 2016, table 1, as 431 K"),
    "bvlc-alexnet": (60_965_224, "Netscope's convolutions and fully connected layers"),
    "bvlc-caffenet": (60_965_224, "the same: its layers with weights are those of AlexNet"),
    "alexnet-single-column": (62_378_344, "an article on counting AlexNet's parameters from its layers in torch"),
    "bert-base": (109_482_240, "bert-base-uncased as transformers loads it, with the pooler"),
    "gpt2": (124_439_808, "gpt2 as transformers loads it, the head tied to the embedding"),
    "llama-2-7b": (6_738_415_616, "Llama-2-7b-hf as transformers loads it"),
    "llama-3-8b": (8_030_261_248, "Meta-Llama-3-8B as transformers loads it"),
    "lstm-2-layer": (921_600, "torchinfo 1.8, thop, calflops and others"),
    "transformer-encoder-layer": (3_152_384, "torchinfo 1.8, calflops and others"),
}
# torch 2.13's FlopCounterMode on the meta device, halved: exact counts of convolutions, linear layers and products of matrices
COUNTED = {
    "alexnet-torchvision": 714_188_480,
    "resnet18": 1_814_073_344,
    "resnet50": 4_089_184_256,
    "mobilenet-v2": 300_774_272,
    "vit-b-16": 17_563_828_224,
    "lenet-5-relu": 416_520,
    "lstm-2-layer": 9_175_040,
    "transformer-encoder-layer": 31_559_680,
}


def quantity(row: Sized, name: str) -> int:
    stored = name in {"weights", "biases", "buffers"}
    return 0 if stored and row.node.shares else int(row.kind.quantity(name, row.form).at(row.values))


@cache
def rows(name: str, input: tuple[int, ...] | None = None) -> dict[str, Sized]:
    return {row.node.name: row for row in sized(model(name).network(input))}


def parameters(row: Sized) -> int:
    return quantity(row, "weights") + quantity(row, "biases")


def total(name: str, input: tuple[int, ...] | None = None) -> int:
    return sum(map(parameters, rows(name, input).values()))


def macs(name: str, input: tuple[int, ...] | None = None) -> int:
    return sum(quantity(row, "macs") for row in rows(name, input).values())


@pytest.mark.parametrize("name", IN_TORCHVISION)
def test_torchvision(name: str) -> None:
    weights, operations = IN_TORCHVISION[name]
    assert total(name) == weights
    assert round(macs(name) / 1e9, 3) == operations


def test_a_larger_image_takes_more_positions() -> None:
    """torchvision's ViT_B_16_Weights.IMAGENET1K_SWAG_E2E_V1: images of 384."""
    assert total("vit-b-16", (3, 384, 384)) == 86_859_496
    assert round(macs("vit-b-16", (3, 384, 384)) / 1e9, 3) == 55.484


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str) -> None:
    assert total(name) == PARAMETERS[name][0]


@pytest.mark.parametrize("name", COUNTED)
def test_counted_by_torch(name: str) -> None:
    assert macs(name) == COUNTED[name]


def test_sizes_of_mobile_networks_and_nin() -> None:
    assert round(total("mobilenet-v1") / 1e6, 1) == 4.2  # the paper, table 4
    assert round(macs("mobilenet-v1") / 1e6) == 569
    assert round(total("nin-cifar10") / 1e6) == 1  # Springenberg et al., Striving for simplicity, 2015, table 4
    assert round(4 * total("nin-imagenet") / 2**20) == 29  # MB, the author's page of the definition
    assert rows("nin-imagenet")["prob"].output == (1000, 1, 1)
    assert rows("nin-cifar10")["prob"].output == (10, 1, 1)


def test_lenet_as_its_paper_counts() -> None:
    """LeCun et al., 1998, section II.B: parameters layer by layer. The fixed patterns' 840 connections are no layer here."""
    found = rows("lenet-5")
    parts = {"C1": 156, "S2": 12, "C3": 1_516, "S4": 32, "C5": 48_120, "F6": 10_164}
    assert {part: sum(parameters(row) for name, row in found.items() if name.startswith(part)) for part in parts} == parts
    assert sum(quantity(row, "buffers") for row in found.values()) == 840
    solution = ws.derive(model("lenet-5").network(), "lecun-1998")
    assert solution.totals["params"] == 60_000
    assert solution.totals["connections"] == 340_908 - 840
    assert found["C3"].output == (16, 10, 10)
    assert found["output"].output == (10,)


def test_alexnet_in_one_column() -> None:
    """The article's rows, its figure for the first layer, and the Caffe users' for the convolutions without groups."""
    found = [row for row in rows("alexnet-single-column").values() if parameters(row)]
    per_layer = [34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000]
    assert [parameters(row) for row in found] == per_layer
    assert per_layer[0] * 55 * 55 == 105_705_600 == quantity(found[0], "macs") + 96 * 55 * 55
    assert found[0].output == (96, 55, 55)
    assert sum(quantity(row, "macs") for row in found if row.kind.name == "Conv2d") == 1_076_634_144


def test_bvlc_alexnet_layer_by_layer() -> None:
    """Weight operations as the Caffe users' thread has them; with the bias operations they are 725,066,088."""
    expected = {
        "conv1": 105_415_200, "conv2": 223_948_800, "conv3": 149_520_384, "conv4": 112_140_288, "conv5": 74_760_192,
        "fc6": 37_748_736, "fc7": 16_777_216, "fc8": 4_096_000,
    }  # fmt: skip
    assert {name: quantity(rows("bvlc-alexnet")[name], "macs") for name in expected} == expected
    biases = sum(quantity(row, "biases") * row.output[-1] ** (len(row.output) - 1) for row in rows("bvlc-alexnet").values())
    assert macs("bvlc-alexnet") + biases == 725_066_088
    assert rows("bvlc-caffenet")["norm1"].node.inputs == ("pool1",)


def test_unet_sizes() -> None:
    """The sides of the maps in the paper's figure 1, and its 23 convolutions."""
    found = rows("unet")
    down = [572, 570, 568, 284, 282, 280, 140, 138, 136, 68, 66, 64, 32, 30, 28]
    up = [56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388, 388]
    changing = [row.output[-1] for row in found.values() if row.kind.name in {"Conv2d", "MaxPool2d", "ConvTranspose2d"}]
    assert [572, *changing] == down + up
    assert found["prob"].output == (2, 388, 388)
    assert sum(row.kind.name in {"Conv2d", "ConvTranspose2d"} for row in found.values()) == 23
    assert rows("unet-padded")["prob"].output == (2, 512, 512)
    assert total("unet-padded") == total("unet")


@pytest.mark.parametrize(("name", "layers", "width", "words"), [("gpt2", 12, 768, 50_257)])
@pytest.mark.parametrize("tokens", [1024, 100])
def test_gpt_by_the_formula_of_its_authors_readers(name: str, layers: int, width: int, words: int, tokens: int) -> None:
    """Narayanan et al., Efficient large-scale language model training, 2021: a forward pass, with 2 operations for a MAC."""
    operations = 24 * tokens * layers * width**2 * (1 + tokens / (6 * width) + words / (12 * layers * width))
    assert isclose(2 * macs(name, (tokens,)), operations, rel_tol=1e-12)


def test_llama_3_shares_keys_and_values() -> None:
    found = rows("llama-3-8b", (16,))
    assert found["layers.0.self_attn.k.rotary"].output == (8, 16, 128)
    assert found["layers.0.self_attn.attention"].output == (32, 16, 128)


OWN = [*IN_TORCHVISION, *PARAMETERS, "mobilenet-v1", "nin-imagenet", "nin-cifar10", "unet", "unet-padded"]


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("input", [(5,), (1, 1, 1), (3, 7, 9), (2, 5), (10**9,)])
def test_an_input_fits_or_is_refused_in_words(name: str, input: tuple[int, ...]) -> None:
    try:
        found = sized(model(name).network(input))
    except WorksheetError as fault:
        assert str(fault)
    else:
        assert len(found) == len(model(name).network(input).nodes)


def test_every_network_says_where_it_comes_from() -> None:
    for name, entry in models().items():
        assert entry.source, name
        assert bool(entry.errors) == bool(entry.errors_source), name
        assert all(0 < error < 100 for error in entry.errors.values()), name


def test_no_two_networks_share_a_name() -> None:
    assert sum(map(len, collect("worksheet.zoo", "MODELS").values())) == len(models())
