"""Pooling: one number for every window of every channel, its largest or its mean."""

from dataclasses import replace

from worksheet.layers.kind import Check, Form, Kind, Spelling
from worksheet.layers.shapes import MAP
from worksheet.layers.windows import DILATION, FITS, KERNEL_HEIGHT, KERNEL_WIDTH, PADDING, SIZES, WORDS, stride

# A window must hold at least one element of the input, so the padding stays below the kernel.
PADDED = (
    Check("w - 1 - p_w", "the padding ({p_w}) must be smaller than the kernel's width ({w})"),
    Check("h - 1 - p_h", "the padding ({p_h}) must be smaller than the kernel's height ({h})"),
)

MAX = Kind(
    name="MaxPool2d",
    title="2D max-pooling layer",
    source="a running maximum over each window, as in torch.nn.MaxPool2d; AI61002 worksheet",
    forms={3: Form(MAP, ("c", "H", "W"), X="c*M*N", Y="c*W*H")},
    hyperparameters=(KERNEL_WIDTH, KERNEL_HEIGHT, *PADDING, *stride("w", "h"), *DILATION),
    sizes=SIZES,
    counts={"comparisons": "c*(w*h - 1)*W*H"},
    checks=(*FITS, *PADDED),
    spelling=Spelling(words=WORDS, example="MaxPool2d: 2w 2s 0p"),
)

AVERAGE = replace(
    MAX,
    name="AvgPool2d",
    title="2D average-pooling layer",
    source="the sum of each window, padding included, divided by its size, as in torch.nn.AvgPool2d",
    counts={"additions": "c*(w*h - 1)*W*H", "divisions": "c*W*H"},
    spelling=Spelling(words=WORDS, example="AvgPool2d: 2w 2s 0p"),
)

KINDS = (MAX, AVERAGE)
