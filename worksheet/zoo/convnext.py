"""ConvNeXt-T: a convolutional network with the layers and the sizes of a transformer."""

from worksheet.conventions.convention import Called
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, parameter, permute, torchvision

PAPER = "Z. Liu et al., A ConvNet for the 2020s (2022)"
STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))  # channels and blocks
CALLED = Called("leaf", "LayerNorm2d", "F.layer_norm")
CHANNELS_LAST, CHANNELS_FIRST = (2, 3, 1), (3, 1, 2)


def _norm(net: Builder, path: str) -> None:
    """Layer normalisation over the channels of each place, for which they are moved last."""
    permute(net, f"{path}.permute", *CHANNELS_LAST)
    net.add("LayerNorm", name=f"{path}.layer_norm", called=CALLED, facts={"torch_named": 1})
    permute(net, f"{path}.permute_2", *CHANNELS_FIRST)


def _block(net: Builder, path: str, width: int) -> None:
    source = net.last
    net.add("Conv2d", name=f"{path}.block.0", c=width, w=7, p=3, g=width)
    permute(net, f"{path}.block.1", *CHANNELS_LAST)
    net.add("LayerNorm", name=f"{path}.block.2")
    net.add("Linear", name=f"{path}.block.3", k=4 * width, rows=True)
    net.add("GELU", name=f"{path}.block.4")
    net.add("Linear", name=f"{path}.block.5", k=width, rows=True)
    branch = permute(net, f"{path}.block.6", *CHANNELS_FIRST)
    scale = parameter(net, f"{path}.layer_scale", width, 1, 1)
    net.add("Mul", scale, branch, name=f"{path}.mul")
    net.add("Add", net.last, source, name=f"{path}.add")


def _lay(net: Builder) -> None:
    for stage, (width, blocks) in enumerate(STAGES):
        with net.stage(f"features.{2 * stage}"):
            if stage == 0:
                net.add("Conv2d", name="features.0.0", c=width, w=4, s=4)
                _norm(net, "features.0.1")
            else:
                _norm(net, f"features.{2 * stage}.0")
                net.add("Conv2d", name=f"features.{2 * stage}.1", c=width, w=2, s=2)
        with net.stage(f"features.{2 * stage + 1}"):
            for i in range(blocks):
                _block(net, f"features.{2 * stage + 1}.{i}", width)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        _norm(net, "classifier.0")
        net.add("Flatten", name="classifier.1")
        net.add("Linear", name="classifier.2", k=CLASSES)


MODELS = (torchvision("convnext-tiny", "ConvNeXt-T", _lay, Weights(82.520, 96.146), paper=PAPER),)
