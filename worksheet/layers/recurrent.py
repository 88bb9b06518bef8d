"""Recurrent layers: one step for every token, which reads the token and the state that the step before has left."""

from collections.abc import Mapping
from dataclasses import replace

from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Check, Form, Kind, Spelling, Symbol, Word
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.shapes import WIDTH_OF_ROW
from worksheet.layers.traits import Drawing

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
BACKWARDS = (
    "backpropagation through time from the gates that the forward pass has kept: sigmoid' = y*(1 - y), tanh' = 1 - y*y. The "
    "gradient from beyond the last step is zeros, added like any other; that of the state before the first step is computed "
    "too; each bias has a sum of its own, the second as well"
)


def _rows(gates: int, of: str = "u*k") -> str:
    return of if gates == 1 else f"{gates}*{of}"


def _weights(gates: int, state: str, projection: str, reads: str = "n") -> str:
    """``reads`` is the width of what the first layer reads; empty without the weights of that."""
    projected = f" + {projection}" if projection != "0" else ""
    first = f"({reads} + {state})" if reads else state
    return f"{_rows(gates)}*{first} + {_rows(gates)}*(u*{state} + {state})*(l - 1){projected}"


def _biases(gates: int) -> str:
    return f"{gates}*(b + e)*u*k*l" if gates > 1 else "(b + e)*u*k*l"


def _counts(gates: int, unit: Mapping[str, str], state: str = "k", projection: str = "0") -> dict[str, str]:
    """The counts of a cell with a number of gates.

    ``unit`` is what a hidden unit does in a step beside the gates' sums of products, ``state`` the width of what a step
    leaves, ``projection`` the weights that make it from the units. The first layer reads rows of n, the others what both
    directions of the layer below have left.
    """
    rows, projected = _rows(gates), projection != "0"
    weights = _weights(gates, state, projection)
    sums = f"{rows}*(n + {state} - 1 + b + e) + {rows}*(u*{state} + {state} - 1 + b + e)*(l - 1)"
    sums += f" + u*{state}*(k - 1)*l" if projected else ""
    return {name: f"{count}*L*u*k*l" for name, count in unit.items()} | {
        "weights": weights,
        "biases": _biases(gates),
        "multiplications": f"L*({weights} + {unit['multiplications']}*u*k*l)",
        "additions": f"L*({sums} + {unit['additions']}*u*k*l)",
        "macs": f"L*({weights})",
    }


def _training(gates: int, unit: Mapping[str, str], kept: int, state: str = "k", projection: str = "0") -> Training:
    """Backwards through all steps, the last one first; every step does the same.

    The first layer's weights are reached without the products that lead to the rows which it reads.
    ``unit`` is what a hidden unit does in a step beside the sums of products, ``kept`` how many numbers it keeps beside the
    state that it leaves. What a layer leaves is its output, kept in any case, or the input of the layer above.
    """
    rows, own = _rows(gates), _rows(gates, "k")
    weights, within = (_weights(gates, state, projection, reads) for reads in ("n", ""))
    # to what a layer above reads, from both directions; to the state before, where the gradient of the output is added too
    sums = f"u*{state}*({rows} - 1)*(l - 1) + {state}*({own})*u*l"
    sums += f" + k*({state} - 1)*u*l" if projection != "0" else ""
    of_units = {name: f"{count}*u*k*l" for name, count in unit.items()}

    def in_all_steps(products: str, sums: str) -> dict[str, str]:
        each_step = of_units | {
            "multiplications": f"{products} + {of_units['multiplications']}",
            "additions": f"{sums} + {of_units['additions']}",
            "macs": products,
        }
        return {name: f"B*L*({count})" for name, count in each_step.items()}

    further = f"u*{state}*(l - 1)"
    return Training(
        input=in_all_steps(weights, f"n*({rows} - 1) + {sums}"),
        inner=in_all_steps(within, sums),
        weights=dot_products(f"B*L*({weights})", f"({weights} + {_biases(gates)})*(B*L - 1)"),
        saves=frozenset({"input", "output"}),
        extra=f"B*L*({kept}*u*k*l + {further})" if kept else f"B*L*{further}",
        source=BACKWARDS,
    )


RNN = Kind(
    name="RNN",
    title="Recurrent layer (Elman)",
    source=f"h' = tanh(W x + b + U h + c), or ReLU instead of tanh, as in torch.nn.RNN: {RULES}",
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
    width=UNITS.name,
    gates=1,
    drawing=Drawing.CELL,
    training=_training(
        1,
        {"multiplications": "2*(1 - v)", "additions": "(1 - v)", "comparisons": "v", "assignments": "v"},
        kept=0,  # both activations go back by what they gave
    ),
    checks=(TWO_WAYS, ONE_FIRST),
    spelling=Spelling(
        words=(Word("l", ("l",), quiet=True),),
        arrow=("n", "k"),
        flags=FLAGS | {"relu": ("v", 1)},
        example="RNN: 128->256",
        call={"input_size": "{}", "hidden_size": "->{}", "num_layers": "{}l"},
        beside=("35x128",),
    ),
)

# sigmoid three times, tanh twice, three gates multiplied in, the state added up
LSTM_UNIT = {"multiplications": "5", "additions": "8", "divisions": "5", "exponentials": "5"}
# backwards: o 3, the cell's state 3, i 3, f 3, g 3, the state before 1; a 1 - y for each of 5, and the state's two gradients
LSTM_UNIT_BACK = {"multiplications": "16", "additions": "6"}
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
    gates=4,
    training=_training(4, LSTM_UNIT_BACK, kept=6),  # the gates, the cell's state and its tanh
    checks=(TWO_WAYS, ONE_FIRST, Check("k - 1 - r", "the projection ({r}) must be narrower than the hidden units ({k})")),
    spelling=replace(
        RNN.spelling,
        words=(Word("l", ("l",), quiet=True), Word("r", ("r",), quiet=True)),
        flags=FLAGS,
        example="LSTM: 128->256 2l bidirectional",
    ),
)
PROJECTED = replace(
    LSTM,
    forms=(Form(((LENGTH, WIDTH_OF_ROW),), ("L", "u*r"), X="L*n", Y="L*u*r"),),
    counts=_counts(4, LSTM_UNIT, state="r", projection="u*r*k*l"),
    training=_training(4, LSTM_UNIT_BACK, kept=7, state="r", projection="u*r*k*l"),  # what is projected too
)


GRU = replace(
    RNN,
    name="GRU",
    title="GRU layer (gated recurrent unit)",
    source=(
        "gates r, z = sigmoid(W x + b + U h + c), the proposal p = tanh(W x + b + r*(U h + c)) and the state (1 - z)*p + z*h, "
        f"as in torch.nn.GRU: {RULES}"
    ),
    hyperparameters=(UNITS, LAYERS, DIRECTIONS, BIAS, SECOND_BIAS),
    gates=3,
    # sigmoid twice, tanh once, three gates multiplied in, 1 - z and the sum of the state
    counts=_counts(3, {"multiplications": "4", "additions": "6", "divisions": "3", "exponentials": "3"}),
    # backwards: p 3, z 3, r 3, U h + c 1, the state before 1; 1 - z (once), h - p, 1 - p*p, 1 - r, the state's two gradients
    training=_training(3, {"multiplications": "11", "additions": "5"}, kept=4),  # the gates, the proposal, U h + c
    spelling=replace(RNN.spelling, flags=FLAGS, example="GRU: 128->256"),
)

KINDS = (RNN, replace(LSTM, specialise=lambda _, values, __: PROJECTED if values["r"] else LSTM), GRU)
