"""Swin transformer: attention within windows, which every second block shifts."""

from functools import partial

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, of_image, parameter, permute, reshape, torchvision

PAPER = "Z. Liu et al., Swin transformer: hierarchical vision transformer using shifted windows (2021)"
PATCH, WINDOW = 4, 7  # sides
PLACES = WINDOW**2  # of a window
OFFSETS = (2 * WINDOW - 1) ** 2  # between two places of a window
WIDER = 4  # between the two linear layers

Grid = tuple[int, int]  # height and width in tokens; maps have their channels last here


@frozen
class SwinDesign:
    """Channels of the first stage, and the blocks and heads of each."""

    width: int
    blocks: tuple[int, ...]
    heads: tuple[int, ...]


TINY = SwinDesign(96, (2, 2, 6, 2), (3, 6, 12, 24))


def _resize(net: Builder, path: str, grid: Grid, to: Grid) -> None:
    """Add rows and columns of zeros at the end, or remove them."""
    if to > grid:
        permute(net, f"{path}.pad_in", 3, 1, 2)
        net.add("Pad", name=f"{path}.pad", r_h=to[0] - grid[0], r_w=to[1] - grid[1])
        permute(net, f"{path}.pad_out", 2, 3, 1)
    elif to < grid:
        net.add("Slice", name=f"{path}.rows", a=1, f=0, c=to[0])
        net.add("Slice", name=f"{path}.columns", a=2, f=0, c=to[1])


def _heads(net: Builder, path: str, source: str, part: int, shape: tuple[int, int, int], order: tuple[int, ...]) -> str:
    """One of queries, keys and values, for each window and head."""
    windows, heads, width = shape
    name = f"{path}.{'qkv'[part]}"
    net.add("Slice", source, name=name, a=3, f=part * width, c=width)
    reshape(net, f"{name}.heads", windows, PLACES, heads, width // heads)
    return permute(net, f"{name}.permute", *order)


def _attend(net: Builder, path: str, shape: tuple[int, int, int], *, masked: bool) -> None:
    """Attention within each window, with a parameter for each offset between two places."""
    windows, heads, width = shape
    rows = net.add("Linear", name=f"{path}.qkv", called="F.linear", k=3 * width, rows=True)
    _heads(net, path, rows, 0, shape, (1, 3, 2, 4))
    queries = net.add("MulScalar", name=f"{path}.scale")
    keys = _heads(net, path, rows, 1, shape, (1, 3, 4, 2))
    values = _heads(net, path, rows, 2, shape, (1, 3, 2, 4))
    table = parameter(net, f"{path}.relative_position_bias_table", OFFSETS, heads)
    index = parameter(net, f"{path}.relative_position_index", PLACES**2, buffer=True)
    net.add("Gather", table, index, name=f"{path}.relative_position_bias", o_1=PLACES, o_2=PLACES, o_3=heads)
    bias = permute(net, f"{path}.bias_permute", 3, 1, 2)
    scores = net.add("MatMul", queries, keys, name=f"{path}.scores", called="Tensor.matmul")
    net.add("Add", scores, bias, name=f"{path}.add_bias")
    if masked:  # the same for every image, so it is stored, as in the authors' code
        scores = net.last
        mask = parameter(net, f"{path}.attn_mask", windows, 1, PLACES, PLACES, buffer=True)
        net.add("Add", scores, mask, name=f"{path}.add_mask")
    weights = net.add("Softmax", name=f"{path}.softmax", called="F.softmax", a=4)
    net.add("MatMul", weights, values, name=f"{path}.mean", called="Tensor.matmul")
    permute(net, f"{path}.transpose", 1, 3, 2, 4)
    reshape(net, f"{path}.join", windows, PLACES, width)
    net.add("Linear", name=f"{path}.proj", called="F.linear", k=width, rows=True)


def _attend_in_windows(net: Builder, path: str, grid: Grid, width: int, heads: int, *, shifted: bool) -> None:
    """The map cut into windows, attention within each, and the map put together again."""
    rows, columns = (-(-side // WINDOW) for side in grid)
    whole = (rows * WINDOW, columns * WINDOW)
    shifted &= rows * columns > 1
    _resize(net, path, grid, whole)
    if shifted:
        net.add("Gather", name=f"{path}.roll", o_1=whole[0], o_2=whole[1], o_3=width)
    reshape(net, f"{path}.cut", rows, WINDOW, columns, WINDOW, width)
    permute(net, f"{path}.cut_permute", 1, 3, 2, 4, 5)
    reshape(net, f"{path}.windows", rows * columns, PLACES, width)
    _attend(net, path, (rows * columns, heads, width), masked=shifted)
    reshape(net, f"{path}.paste", rows, columns, WINDOW, WINDOW, width)
    permute(net, f"{path}.paste_permute", 1, 3, 2, 4, 5)
    reshape(net, f"{path}.map", *whole, width)
    if shifted:
        net.add("Gather", name=f"{path}.roll_back", o_1=whole[0], o_2=whole[1], o_3=width)
    _resize(net, path, whole, grid)


def _block(net: Builder, path: str, grid: Grid, width: int, heads: int, *, shifted: bool) -> None:
    source = net.last
    net.add("LayerNorm", name=f"{path}.norm1")
    _attend_in_windows(net, f"{path}.attn", grid, width, heads, shifted=shifted)
    source = net.add("Add", source, net.last, name=f"{path}.add")
    net.add("LayerNorm", name=f"{path}.norm2")
    net.add("Linear", name=f"{path}.mlp.0", k=WIDER * width, rows=True)
    net.add("GELU", name=f"{path}.mlp.1")
    net.add("Dropout", name=f"{path}.mlp.2")
    net.add("Linear", name=f"{path}.mlp.3", k=width, rows=True)
    net.add("Dropout", name=f"{path}.mlp.4")
    net.add("Add", source, net.last, name=f"{path}.add_2")


def _merge(net: Builder, path: str, grid: Grid, width: int) -> Grid:
    """Four places become one with four times the channels, which a linear layer halves. Returns the new grid."""
    half = (-(-grid[0] // 2), -(-grid[1] // 2))
    _resize(net, path, grid, (2 * half[0], 2 * half[1]))
    source, parts = net.last, []
    for column in (0, 1):
        for row in (0, 1):
            name = f"{path}.x{2 * column + row}"
            net.add("Slice", source, name=f"{name}.rows", a=1, f=row, c=half[0], j=2)
            parts.append(net.add("Slice", name=name, a=2, f=column, c=half[1], j=2))
    net.add("Concat", *parts, name=f"{path}.cat", a=3)
    net.add("LayerNorm", name=f"{path}.norm")
    net.add("Linear", name=f"{path}.reduction", k=2 * width, nobias=True, rows=True)
    return half


def _lay(design: SwinDesign, net: Builder) -> None:
    _, height, breadth = of_image(net)
    grid = (height // PATCH or 1, breadth // PATCH or 1)  # the convolution says where an image is too small
    width = design.width
    with net.stage("features.0"):
        net.add("Conv2d", name="features.0.0", c=width, w=PATCH, s=PATCH)
        permute(net, "features.0.1", 2, 3, 1)
        net.add("LayerNorm", name="features.0.2")
    for stage, (blocks, heads) in enumerate(zip(design.blocks, design.heads, strict=True)):
        if stage:
            with net.stage(f"features.{2 * stage}"):
                grid = _merge(net, f"features.{2 * stage}", grid, width)
            width *= 2
        with net.stage(f"features.{2 * stage + 1}"):
            for i in range(blocks):
                _block(net, f"features.{2 * stage + 1}.{i}", grid, width, heads, shifted=i % 2 == 1)
    with net.stage("classifier"):
        net.add("LayerNorm", name="norm")
        permute(net, "permute", 3, 1, 2)
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        net.add("Flatten", name="flatten")
        net.add("Linear", name="head", k=CLASSES)


MODELS = (torchvision("swin-t", "Swin-T", partial(_lay, TINY), Weights(81.474, 95.776), paper=PAPER),)
