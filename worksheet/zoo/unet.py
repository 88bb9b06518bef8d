"""U-Net: a path down and a path up, which gets back at each step what the path down had there."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import Member

PAPER = "O. Ronneberger, P. Fischer and T. Brox, U-Net: convolutional networks for biomedical image segmentation (2015), figure 1"
WIDTHS = (64, 128, 256, 512)
LOWEST = 1024
CLASSES = 2


def _pair(net: Builder, path: str, kernels: int, padding: int) -> str:
    for i in (1, 2):
        net.add("Conv2d", name=f"{path}.conv{i}", c=kernels, w=3, p=padding)
        net.add("ReLU", name=f"{path}.relu{i}")
    return net.last


def _lay(padding: int, net: Builder) -> None:
    """Without padding the maps shrink, so those of the path down are cropped."""
    kept = []
    for level, kernels in enumerate(WIDTHS, 1):
        with net.stage(f"down{level}"):
            kept.append(_pair(net, f"down{level}", kernels, padding))
            net.add("MaxPool2d", name=f"down{level}.pool", w=2, s=2)
    with net.stage("bottom"):
        _pair(net, "bottom", LOWEST, padding)
    for level, kernels in reversed(list(enumerate(WIDTHS, 1))):
        path, skip = f"up{level}", kept[level - 1]
        with net.stage(path):
            raised = net.add("ConvTranspose2d", name=f"{path}.upconv", c=kernels, w=2, s=2)
            if not padding:
                skip = net.add("Crop", skip, raised, name=f"{path}.crop")
            net.add("Concat", skip, raised, name=f"{path}.concat")
            _pair(net, path, kernels, padding)
    with net.stage("output"):
        net.add("Conv2d", name="output", c=CLASSES, w=1)
        net.add("Softmax", name="prob")


TWIST = "padded convolutions, so that the output has the input's size and nothing is cropped"
MODELS = (
    Member("unet", "U-Net", partial(_lay, 0), input=(1, 572, 572)).model(PAPER),
    Member("unet-padded", "U-Net with padding", partial(_lay, 1), twist=TWIST, input=(1, 512, 512)).model(PAPER),
)
