"""The zoo reproduces the table of convnet-burden: all 48 rows as printed, and exactly where exact figures are known."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.complete import complete
from tests.readers.network_facts import prototxt
from tests.zoo.burden import Burden, Facts, Row, burden, printed, row
from worksheet.layers import Shape
from worksheet.network import Network
from worksheet.readers.prototxt import READER
from worksheet.readers.reader import ReadOptions
from worksheet.sizes import sized
from worksheet.zoo import Model, models
from worksheet.zoo import model as find
from worksheet.zoo.spelling import canonical

CLASSIFIERS = {
    "alexnet": Row("233 MB", "3 MB", "727 MFLOPs"),
    "caffenet": Row("233 MB", "3 MB", "724 MFLOPs"),
    "squeezenet1-0": Row("5 MB", "30 MB", "837 MFLOPs"),
    "squeezenet1-1": Row("5 MB", "17 MB", "360 MFLOPs"),
    "vgg-f": Row("232 MB", "4 MB", "727 MFLOPs"),
    "vgg-m": Row("393 MB", "12 MB", "2 GFLOPs"),
    "vgg-s": Row("393 MB", "12 MB", "3 GFLOPs"),
    "vgg-m-2048": Row("353 MB", "12 MB", "2 GFLOPs"),
    "vgg-m-1024": Row("333 MB", "12 MB", "2 GFLOPs"),
    "vgg-m-128": Row("315 MB", "12 MB", "2 GFLOPs"),
    "vgg-vd-16-atrous": Row("82 MB", "58 MB", "16 GFLOPs"),
    "vgg-vd-16": Row("528 MB", "58 MB", "16 GFLOPs"),
    "vgg-vd-19": Row("548 MB", "63 MB", "20 GFLOPs"),
    "googlenet": Row("51 MB", "26 MB", "2 GFLOPs"),
    "resnet18": Row("45 MB", "23 MB", "2 GFLOPs"),
    "resnet34": Row("83 MB", "35 MB", "4 GFLOPs"),
    "resnet-50": Row("98 MB", "103 MB", "4 GFLOPs"),
    "resnet-101": Row("170 MB", "155 MB", "8 GFLOPs"),
    "resnet-152": Row("230 MB", "219 MB", "11 GFLOPs"),
    "resnext-50-32x4d": Row("96 MB", "132 MB", "4 GFLOPs"),
    "resnext-101-32x4d": Row("169 MB", "197 MB", "8 GFLOPs"),
    "resnext-101-64x4d": Row("319 MB", "273 MB", "16 GFLOPs"),
    "inception-v3": Row("91 MB", "89 MB", "6 GFLOPs"),
    "SE-ResNet-50": Row("107 MB", "103 MB", "4 GFLOPs"),
    "SE-ResNet-101": Row("189 MB", "155 MB", "8 GFLOPs"),
    "SE-ResNet-152": Row("255 MB", "220 MB", "11 GFLOPs"),
    "SE-ResNeXt-50-32x4d": Row("105 MB", "132 MB", "4 GFLOPs"),
    "SE-ResNeXt-101-32x4d": Row("187 MB", "197 MB", "8 GFLOPs"),
    "SENet": Row("440 MB", "347 MB", "21 GFLOPs"),
    "SE-BN-Inception": Row("46 MB", "43 MB", "2 GFLOPs"),
    "densenet121": Row("31 MB", "126 MB", "3 GFLOPs"),
    "densenet161": Row("110 MB", "235 MB", "8 GFLOPs"),
    "densenet169": Row("55 MB", "152 MB", "3 GFLOPs"),
    "densenet201": Row("77 MB", "196 MB", "4 GFLOPs"),
    "mcn-mobilenet": Row("16 MB", "38 MB", "579 MFLOPs"),
}
OTHERS = {
    "rfcn-res50-pascal": Row("122 MB", "1 GB", "79 GFLOPs"),
    "rfcn-res101-pascal": Row("194 MB", "2 GB", "117 GFLOPs"),
    "ssd-pascal-vggvd-300": Row("100 MB", "116 MB", "31 GFLOPs"),
    "ssd-pascal-vggvd-512": Row("104 MB", "337 MB", "91 GFLOPs"),
    "ssd-pascal-mobilenet-ft": Row("22 MB", "37 MB", "1 GFLOPs"),
    "faster-rcnn-vggvd-pascal": Row("523 MB", "600 MB", "172 GFLOPs"),
    "pascal-fcn32s": Row("519 MB", "423 MB", "125 GFLOPs"),
    "pascal-fcn16s": Row("514 MB", "424 MB", "125 GFLOPs"),
    "pascal-fcn8s": Row("513 MB", "426 MB", "125 GFLOPs"),
    "deeplab-vggvd-v2": Row("144 MB", "755 MB", "202 GFLOPs"),
    "deeplab-res101-v2": Row("505 MB", "4 GB", "346 GFLOPs"),
    "multipose-mpi": Row("196 MB", "245 MB", "134 GFLOPs"),
    "multipose-coco": Row("200 MB", "246 MB", "136 GFLOPs"),
}
TABLE = CLASSIFIERS | OTHERS
SIZES = {  # height and width, where the image is not 224 x 224
    "alexnet": (227, 227),
    "inception-v3": (299, 299),
    "ssd-pascal-vggvd-512": (512, 512),
    **dict.fromkeys(("rfcn-res50-pascal", "rfcn-res101-pascal", "faster-rcnn-vggvd-pascal"), (600, 850)),
    **dict.fromkeys(("ssd-pascal-vggvd-300", "ssd-pascal-mobilenet-ft"), (300, 300)),
    **dict.fromkeys(("pascal-fcn32s", "pascal-fcn16s", "pascal-fcn8s"), (384, 384)),
    **dict.fromkeys(("deeplab-vggvd-v2", "deeplab-res101-v2"), (513, 513)),
    **dict.fromkeys(("multipose-mpi", "multipose-coco"), (368, 368)),
}
WITH_DROPOUT = Facts(dropout=True)
LAST_RELU = Facts(apart=frozenset({"Mrelu6_stage6_L2"}))
FACTS = {
    **dict.fromkeys(("squeezenet1-0", "squeezenet1-1", "inception-v3", "deeplab-vggvd-v2"), WITH_DROPOUT),
    **dict.fromkeys(("multipose-mpi", "multipose-coco"), LAST_RELU),
    "deeplab-res101-v2": Facts(unshared=True),
    "faster-rcnn-vggvd-pascal": Facts(absent=frozenset({"fc6/rows"})),
}
EXACT = {
    "alexnet": Burden(60_965_224, 3_130_944, 727_362_344),
    "caffenet": Burden(60_965_224, 3_542_080, 723_874_060),
    "squeezenet1-1": Burden(1_235_496, 18_184_320, 359_899_400),
    "resnet-50": Burden(25_610_216, 107_593_536, 3_884_069_864),
    "googlenet": Burden(13_378_280, 26_835_360, 1_609_217_992),
    "SE-ResNet-50": Burden(28_141_144, 107_778_560, 3_896_838_648),
    "mcn-mobilenet": Burden(4_253_864, 40_353_600, 578_876_904),
    "resnext-50-32x4d": Burden(25_097_128, 138_112_928, 4_263_597_032),
    "vgg-vd-16": Burden(138_357_544, 60_352_320, 15_523_175_400),
    "ssd-pascal-vggvd-300": Burden(26_285_486, 121_937_680, 31_473_907_204),
    "faster-rcnn-vggvd-pascal": Burden(137_078_239, 629_209_752, 172_129_569_402),
    "vgg-vd-16-atrous": Burden(21_508_904, 61_104_960, 15_732_633_448),
    "vgg-f": Burden(60_834_536, 3_942_464, 727_460_450),
    "resnet18": Burden(11_699_112, 23_693_216, 1_821_098_984),
    "pascal-fcn8s": Burden(134_489_759, 446_627_436, 125_364_116_387),
}
# A network as far as one layer, on images of several sizes: the layer's output, bytes and flops of one image, and as the
# table prints them for 128 images.
BATCH = 128
Scale = tuple[Shape, int, int, str, str]
SCALES: dict[tuple[str, str], dict[int, Scale]] = {
    ("alexnet", "pool5"): {
        114: ((256, 2, 2), 594_432, 118_112_512, "73 MB", "15 GFLOPs"),
        227: ((256, 6, 6), 3_090_176, 668_714_816, "377 MB", "86 GFLOPs"),
        341: ((256, 9, 9), 7_143_168, 1_559_513_408, "872 MB", "200 GFLOPs"),
        454: ((256, 13, 13), 12_896_000, 2_822_103_872, "2 GB", "361 GFLOPs"),
        568: ((256, 16, 16), 20_410_752, 4_466_199_040, "2 GB", "572 GFLOPs"),
        681: ((256, 20, 20), 29_554_048, 6_474_279_424, "4 GB", "829 GFLOPs"),
    },
    ("resnet-50", "res5c_relu"): {
        112: ((2048, 4, 4), 27_324_416, 1_026_629_632, "3 GB", "131 GFLOPs"),
        224: ((2048, 7, 7), 107_577_344, 3_882_016_768, "13 GB", "497 GFLOPs"),
        336: ((2048, 11, 11), 243_281_920, 8_895_430_656, "29 GB", "1 TFLOPs"),
        448: ((2048, 14, 14), 430_309_376, 15_528_067_072, "51 GB", "2 TFLOPs"),
        560: ((2048, 18, 18), 674_394_112, 24_528_265_216, "80 GB", "3 TFLOPs"),
        672: ((2048, 21, 21), 968_196_096, 34_938_150_912, "115 GB", "4 TFLOPs"),
    },
    ("vgg-vd-16", "pool5"): {
        112: ((512, 4, 4), 15_085_568, 3_849_894_400, "2 GB", "493 GFLOPs"),
        224: ((512, 7, 7), 60_311_552, 15_399_516_160, "7 GB", "2 TFLOPs"),
        336: ((512, 11, 11), 135_723_008, 34_648_955_392, "16 GB", "4 TFLOPs"),
        448: ((512, 14, 14), 241_246_208, 61_598_064_640, "29 GB", "8 TFLOPs"),
        560: ((512, 18, 18), 376_983_552, 96_247_048_704, "45 GB", "12 TFLOPs"),
        672: ((512, 21, 21), 542_803_968, 138_595_645_440, "65 GB", "18 TFLOPs"),
    },
}


def variant(name: str) -> Model:
    """The network that reproduces a row: the one with the table's twist, where the plain one does not."""
    plain = find(name)
    return models().get(f"{plain.name}-burden") or plain


def test_the_table_has_its_48_rows() -> None:
    assert len(TABLE) == 48
    complete({name for name in TABLE if canonical(name, models())}, TABLE, add="the zoo has no network for the row")


@pytest.mark.parametrize("name", TABLE)
def test_a_row_as_printed(name: str) -> None:
    model = variant(name)
    assert model.input == (3, *SIZES.get(name, (224, 224)))
    assert row(burden(model.network(), FACTS.get(name, Facts()))) == TABLE[name]


@pytest.mark.parametrize("name", EXACT)
def test_a_row_exactly(name: str) -> None:
    assert burden(variant(name).network(), FACTS.get(name, Facts())) == EXACT[name]


@pytest.mark.parametrize(("name", "layer", "size"), [(*key, size) for key, sizes in SCALES.items() for size in sizes])
def test_a_network_as_far_as_a_layer_at_another_scale(name: str, layer: str, size: int) -> None:
    net = variant(name).network((3, size, size))
    place = [node.name for node in net.nodes].index(layer)
    cut = replace(net, nodes=net.nodes[: place + 1])
    output, features, flops, printed_features, printed_flops = SCALES[name, layer][size]
    counted = burden(cut)
    assert (sized(cut)[-1].output, counted.features, counted.flops) == (output, features, flops)
    assert printed(BATCH * features, 1024, "B") == printed_features
    assert printed(BATCH * flops, 1000, "FLOPs") == printed_flops


def test_variants_say_what_sets_them_apart() -> None:
    for name, model in models().items():
        if name.endswith("-burden"):
            assert model.twist, name
            assert not models()[name.removesuffix("-burden")].twist, name


# The worksheet's own formulas on the same networks


def stored(network: Network, *quantities: str) -> int:
    """Numbers of some quantities that a network stores, by the worksheet's formulas; shared ones once."""
    rows = [found for found in sized(network) if not found.node.shares]
    return sum(int(r.kind.quantity(name, r.form).at(r.values)) for r in rows for name in quantities)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_worksheet_stores_as_many_numbers(name: str) -> None:
    network = variant(name).network()
    assert stored(network, "weights", "biases", "buffers") == burden(network).params


def test_shared_weights_are_counted_once() -> None:
    """The table's 505 MB count the weights of DeepLab once for each of three scales of the image."""
    network = models()["deeplab-res101-v2"].network()
    once, thrice = burden(network).params, burden(network, Facts(unshared=True)).params
    assert (3 * once, printed(4 * once, 1024, "B")) == (thrice, "168 MB")


def test_regions_are_stated() -> None:
    for name, regions in {
        "faster-rcnn-vggvd-pascal": 300,
        "faster-rcnn-vggvd-pascal-burden": 82,
        "rfcn-res50-pascal": 300,
    }.items():
        network = models()[name].network()
        (proposal,) = [node for node in network.nodes if node.kind.name == "Proposal"]
        assert proposal.hyperparameters["r"] == regions
        assert f"each of {regions} regions" in network.notes[0]


# The authors' own definitions

FROM_FILES = {
    "alexnet": "alexnet",
    "caffenet": "caffenet",
    "faster-rcnn-vggvd-pascal": "faster-rcnn-vggvd-pascal",
    "googlenet": "googlenet-burden",  # the file is that of training
    "mcn-mobilenet": "mcn-mobilenet",
    "resnet-50": "resnet-50",
    "resnext-50-32x4d": "resnext-50-32x4d",
    "SE-ResNet-50": "SE-ResNet-50",
    "squeezenet1-1": "squeezenet1-1",
    "ssd-pascal-vggvd-300": "ssd-pascal-vggvd-300",
    "vgg-vd-16": "vgg-vd-16",
    "vgg-vd-16-atrous": "vgg-vd-16-atrous",
}


@pytest.mark.parametrize("file", FROM_FILES)
def test_a_network_is_that_of_its_authors_layer_for_layer(file: str, tmp_path: Path) -> None:
    path = tmp_path / f"{file}.prototxt"
    path.write_text(prototxt(file))
    model = find(FROM_FILES[file])
    read = READER.read(path, ReadOptions(inputs=(model.input,)))
    for theirs, ours in zip(sized(read), sized(model.network()), strict=True):
        assert theirs.node.name == ours.node.name
        assert (theirs.kind.name, theirs.node.hyperparameters, theirs.output) == (
            ours.kind.name,
            ours.node.hyperparameters,
            ours.output,
        ), ours.node.name
        assert sorted(theirs.node.inputs) == sorted(ours.node.inputs), ours.node.name
