"""What convolution and pooling have in common: a window that slides over a map, and the sizes that come out."""

from worksheet.layers.kind import Check, Size, Symbol, Word

KERNEL_WIDTH = Symbol("w", "Kernel width", group="kernel")
KERNEL_HEIGHT = Symbol("h", "Kernel height", group="kernel", default="w")
PADDING = (
    Symbol("p_w", "Padding on each side of the width", least=0, group="padding", default="0"),
    Symbol("p_h", "Padding on each side of the height", least=0, group="padding", default="0"),
)
DILATION = (
    Symbol("d_w", "Dilation along the width", group="dilation", default="1", neutral=1),
    Symbol("d_h", "Dilation along the height", group="dilation", default="1", neutral=1),
)


def stride(width: str, height: str) -> tuple[Symbol, Symbol]:
    """The stride's two symbols with their defaults: 1 for a convolution, the kernel's sides for pooling."""
    return (
        Symbol("s_w", "Stride along the width", group="stride", default=width),
        Symbol("s_h", "Stride along the height", group="stride", default=height),
    )


# floor((M + 2p - d(w - 1) - 1)/s) + 1, the rule of torch.nn and of every course; with d = 1 it reads floor((M - w + 2p)/s) + 1
SIZES = (
    Size("W", "Width of output tensor", "floor((M - d_w*(w - 1) - 1 + 2*p_w)/s_w) + 1"),
    Size("H", "Height of output tensor", "floor((N - d_h*(h - 1) - 1 + 2*p_h)/s_h) + 1"),
)
FITS = (
    Check("M - d_w*(w - 1) - 1 + 2*p_w", "the kernel is wider ({w}) than the padded input ({M} + 2 x {p_w})"),
    Check("N - d_h*(h - 1) - 1 + 2*p_h", "the kernel is higher ({h}) than the padded input ({N} + 2 x {p_h})"),
)
WORDS = (
    Word("w", ("w", "h"), split=("w", "h")),
    Word("s", ("s_w", "s_h"), split=("sw", "sh")),
    Word("p", ("p_w", "p_h"), split=("pw", "ph")),
    Word("d", ("d_w", "d_h"), split=("dw", "dh"), quiet=True),
)
