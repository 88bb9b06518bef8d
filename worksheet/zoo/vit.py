"""Vision transformer: an image as a sequence of patches, and a transformer encoder over them."""

from functools import partial

from worksheet.errors import NetworkError
from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, of_image, parameter, permute, reshape, torchvision

PAPER = "A. Dosovitskiy et al., An image is worth 16x16 words: transformers for image recognition at scale (2021)"


@frozen
class VitDesign:
    """Side of a patch, width of a token, width between the two linear layers, heads, blocks."""

    patch: int
    width: int
    wide: int
    heads: int
    blocks: int


BASE_16 = VitDesign(16, 768, 3072, 12, 12)


def _embed(net: Builder, design: VitDesign) -> None:
    """A token for each patch, the class token before them, and the positions added."""
    _, height, width = of_image(net)
    patch = design.patch
    if height % patch or width % patch:
        raise NetworkError(
            f"{net.name} cuts images into patches of {patch} x {patch}; {height} x {width} cannot be divided into them"
        )
    patches = (height // patch) * (width // patch)
    net.add("Conv2d", name="conv_proj", c=design.width, w=patch, s=patch)
    reshape(net, "reshape", design.width, patches)
    tokens = permute(net, "permute", 2, 1)
    token = parameter(net, "class_token", 1, design.width)
    sequence = net.add("Concat", token, tokens, name="cat")
    positions = parameter(net, "encoder.pos_embedding", patches + 1, design.width)
    net.add("Add", sequence, positions, name="encoder.add")
    net.add("Dropout", name="encoder.dropout")


def _block(net: Builder, path: str, design: VitDesign) -> None:
    source = net.last
    net.add("LayerNorm", name=f"{path}.ln_1")
    net.add("MultiheadAttention", name=f"{path}.self_attention", h=design.heads)
    net.add("Dropout", name=f"{path}.dropout")
    attended = net.add("Add", net.last, source, name=f"{path}.add")
    net.add("LayerNorm", name=f"{path}.ln_2")
    net.add("Linear", name=f"{path}.mlp.0", k=design.wide)
    net.add("GELU", name=f"{path}.mlp.1")
    net.add("Dropout", name=f"{path}.mlp.2")
    net.add("Linear", name=f"{path}.mlp.3", k=design.width)
    net.add("Dropout", name=f"{path}.mlp.4")
    net.add("Add", attended, net.last, name=f"{path}.add_2")


def _lay(design: VitDesign, net: Builder) -> None:
    with net.stage("embedding"):
        _embed(net, design)
    for i in range(design.blocks):
        with net.stage(f"encoder_layer_{i}"):
            _block(net, f"encoder.layers.encoder_layer_{i}", design)
    with net.stage("classifier"):
        net.add("LayerNorm", name="encoder.ln")
        net.add("Slice", name="class_token_out", a=1, f=0, c=1)
        reshape(net, "squeeze", design.width)
        net.add("Linear", name="heads.head", k=CLASSES)


MODELS = (torchvision("vit-b-16", "ViT-B/16", partial(_lay, BASE_16), Weights(81.072, 95.318), paper=PAPER),)
