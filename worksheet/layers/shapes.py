"""The symbols of the shapes that layers meet: maps (channels, height, width) and vectors."""

from worksheet.formula import Formula
from worksheet.layers.kind import Form, Symbol

WIDTH = Symbol("M", "Width of input tensor", group="input")
HEIGHT = Symbol("N", "Height of input tensor", group="input")
CHANNELS = Symbol("c", "Number of channels in input tensor")
FEATURES = Symbol("n", "Number of input elements")

MAP = (CHANNELS, HEIGHT, WIDTH)
VECTOR = (FEATURES,)

# A layer that works on each element by itself, whatever the shape.
ELEMENTWISE = {
    3: Form(MAP, ("c", "N", "M"), X="c*M*N", Y="c*M*N", on="a map"),
    1: Form(VECTOR, ("n",), X="n", Y="n", on="a vector"),
}

# What a shape of each rank flattens to, and the axes' symbols from the outermost inwards.
FLATTENED = {3: (Formula("c*M*N"), tuple(symbol.name for symbol in MAP))}
