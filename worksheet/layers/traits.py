"""Properties of a kind of layer beyond its formulas, so that code outside this package does not choose by names of kinds."""

from collections.abc import Mapping
from enum import Enum

from worksheet.frozen import frozen


class Writes(Enum):
    """Where the elements of a layer's output are, at inference and as in PyTorch."""

    NEW = "in a new tensor"
    IN_PLACE = "in a new tensor, or in the input's: each element follows from the one at its own place alone"
    NOTHING = "in the input, which passes through"
    VIEW = "in the input, of which the output is a view, in general a non-contiguous one"
    VIEW_OR_COPY = "in the input, of which the output is a view; in a new tensor where the input is non-contiguous"

    @property
    def is_view(self) -> bool:
        """Whether the output is the input's tensor, at least where that is contiguous."""
        return self in {Writes.NOTHING, Writes.VIEW, Writes.VIEW_OR_COPY}


class Window(Enum):
    """How the windows of a kind are placed."""

    SLIDING = "over the input, by kernel, stride and padding"
    TRANSPOSED = "into the output, one for each place of the input"
    ADAPTIVE = "over the input, such that the output has a given size"


class Pooling(Enum):
    """What pooling makes of the elements in a window."""

    MAXIMUM = "the largest"
    MEAN = "their mean"
    NORM = "their norm"


class Role(Enum):
    """What a layer is in a network, where code outside this package needs to know and the other properties do not say it."""

    INPUT = "an input of the network"
    LINEAR = "a fully connected layer"
    RECTIFIER = "an activation that compares an element and assigns it"
    FLATTENING = "a feature map laid out as one vector"
    TABLE = "a table of parameters, of which each token reads one row"
    BATCH_NORM = "a normalisation by stored statistics of each channel"
    LAYER_NORM = "a normalisation with statistics of each row, a scale and a shift"
    MULTIHEAD = "attention with the linear layers before and after its heads"


class KindFamily(Enum):
    """What a kind does, coarsely, as pictures distinguish kinds."""

    CONVOLUTION = "windows with weights"
    POOLING = "windows without weights"
    LINEAR = "a product with a matrix of weights"
    SEQUENCE = "attention or recurrence: what it does to a token depends on others"
    PLAIN = "everything else"


class Drawing(Enum):
    """The drawing beside a kind's formulas that shows where they come from."""

    WINDOW = "the window of a convolution over the padded input"
    CELL = "the gates of a recurrent cell"
    PRODUCTS = "the two products of attention"
    HEADS = "the linear layers, the heads of attention and their two products"


@frozen
class AxisSlice:
    """The symbols of a kind that takes evenly spaced positions of one axis."""

    axis: str  # counted from 1
    first: str  # position, from 0
    count: str
    step: str

    def span(self, values: Mapping[str, int]) -> tuple[int, int]:
        """The first and the last position that are taken."""
        first = values[self.first]
        return first, first + (values[self.count] - 1) * values[self.step]

    def is_contiguous(self, values: Mapping[str, int]) -> bool:
        """Whether the slice of a contiguous tensor is contiguous itself: a run of positions of the outermost axis."""
        return values[self.axis] == 1 and values[self.step] == 1
