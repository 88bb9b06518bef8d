"""Recurrent layers: one step for every token, which reads the token and the state that the step before has left."""

from collections.abc import Mapping
from dataclasses import replace

from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Check, Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.shapes import WIDTH_OF_ROW

LENGTH = Symbol("L", "Length of the sequence (steps)")
UNITS = Symbol("k", "Number of hidden units")
LAYERS = Symbol("l", "Number of layers, each on top of the last", default="1", neutral=1)
DIRECTIONS = Symbol("u", "Number of directions (2: forwards and backwards)", default="1", neutral=1)
PROJECTION = Symbol("r", "Width to which the state is projected", least=0, default="0", neutral=0)
RELU = Symbol("v", "Activation", least=0, default="0", words={0: "tanh", 1: "ReLU"})

TWO_BIASES = {1: "one for the state too", 0: "one bias for each gate"}
SECOND_BIAS = Symbol("e", "Second bias", least=0, default="b", words=TWO_BIASES)

TWO_WAYS = Check("2 - u", "a sequence has 2 directions, not {u}")
ONE_FIRST = Check("b - e", "a gate cannot have a second bias without a first")
FLAGS = {"bidirectional": ("u", 2), "nobias": ("b", 0), "onebias": ("e", 0)}
RULES = (
    "two biases for every gate (of the input and of the state) unless it has one alone (as in Caffe), the state of zeros "
    "before the first step computed with like any other, gates multiplied element by element (not MACs), sigmoid and tanh "
    "written with exponentials"
)


def _counts(gates: int, unit: Mapping[str, str], state: str = "k", projection: str = "0") -> dict[str, str]:
    """The counts of a cell with so many gates.

    ``unit`` is what a hidden unit does in a step beside the gates' sums of products, ``state`` the width of what a step
    leaves, ``projection`` the weights that make it from the units. The first layer reads rows of n, the others what both
    directions of the layer below have left.
    """
    rows = "u*k" if gates == 1 else f"{gates}*u*k"
    further = f"{rows}*(u*{state} + {state})*(l - 1)"
    projected = f" + {projection}" if projection != "0" else ""
    weights = f"{rows}*(n + {state}) + {further}{projected}"
    sums = f"{rows}*(n + {state} - 1 + b + e) + {rows}*(u*{state} + {state} - 1 + b + e)*(l - 1)"
    sums += f" + u*{state}*(k - 1)*l" if projected else ""
    return {name: f"{count}*L*u*k*l" for name, count in unit.items()} | {
        "weights": weights,
        "biases": f"{gates}*(b + e)*u*k*l" if gates > 1 else "(b + e)*u*k*l",
        "multiplications": f"L*({weights} + {unit['multiplications']}*u*k*l)",
        "additions": f"L*({sums} + {unit['additions']}*u*k*l)",
        "macs": f"L*({weights})",
    }


RNN = Kind(
    name="RNN",
    title="Recurrent layer (Elman)",
    source=f"h' = tanh(W x + b + U h + c), or ReLU in place of tanh, as in torch.nn.RNN: {RULES}",
    forms=(Form(((LENGTH, WIDTH_OF_ROW),), ("L", "u*k"), X="L*n", Y="L*u*k"),),
    hyperparameters=(UNITS, LAYERS, DIRECTIONS, BIAS, SECOND_BIAS, RELU),
    counts=_counts(
        1,
        {
            "multiplications": "(1 - v)",
            "additions": "2*(1 - v)",
            "divisions": "(1 - v)",
            "exponentials": "(1 - v)",
            "comparisons": "v",
            "assignments": "v",
        },
    ),
    checks=(TWO_WAYS, ONE_FIRST),
    spelling=Spelling(
        words=(Word("l", ("l",), quiet=True),),
        arrow=("n", "k"),
        flags=FLAGS | {"relu": ("v", 1)},
        example="RNN: 128->256",
        beside=("35x128",),
    ),
)

# sigmoid three times, tanh twice, three gates multiplied in, the state added up
LSTM_UNIT = {"multiplications": "5", "additions": "8", "divisions": "5", "exponentials": "5"}
LSTM = replace(
    RNN,
    name="LSTM",
    title="LSTM layer (long short-term memory)",
    source=(
        "gates i, f, o = sigmoid(W x + b + U h + c) and g = tanh(W x + b + U h + c); the cell's state is f*s + i*g, what it "
        f"leaves o*tanh(s), projected where asked, as in torch.nn.LSTM: {RULES}"
    ),
    hyperparameters=(UNITS, LAYERS, DIRECTIONS, PROJECTION, BIAS, SECOND_BIAS),
    counts=_counts(4, LSTM_UNIT),
    checks=(
        TWO_WAYS,
        ONE_FIRST,
        Check("k - 1 - r", "the projection ({r}) must be narrower than the hidden units ({k})"),
    ),
    spelling=Spelling(
        words=(Word("l", ("l",), quiet=True), Word("r", ("r",), quiet=True)),
        arrow=("n", "k"),
        flags=FLAGS,
        example="LSTM: 128->256 2l bidirectional",
        beside=("35x128",),
    ),
)
PROJECTED = replace(
    LSTM,
    forms=(Form(((LENGTH, WIDTH_OF_ROW),), ("L", "u*r"), X="L*n", Y="L*u*r"),),
    counts=_counts(4, LSTM_UNIT, state="r", projection="u*r*k*l"),
)


def _lstm(_: tuple[Shape, ...], values: Mapping[str, int], __: str) -> Kind:
    return PROJECTED if values["r"] else LSTM


GRU = replace(
    RNN,
    name="GRU",
    title="GRU layer (gated recurrent unit)",
    source=(
        "gates r, z = sigmoid(W x + b + U h + c), the proposal p = tanh(W x + b + r*(U h + c)) and the state (1 - z)*p + z*h, "
        f"as in torch.nn.GRU: {RULES}"
    ),
    hyperparameters=(UNITS, LAYERS, DIRECTIONS, BIAS, SECOND_BIAS),
    # sigmoid twice, tanh once, three gates multiplied in, 1 - z and the sum of the state
    counts=_counts(3, {"multiplications": "4", "additions": "6", "divisions": "3", "exponentials": "3"}),
    spelling=Spelling(
        words=(Word("l", ("l",), quiet=True),), arrow=("n", "k"), flags=FLAGS, example="GRU: 128->256", beside=("35x128",)
    ),
)

KINDS = (RNN, replace(LSTM, meets=_lstm), GRU)
