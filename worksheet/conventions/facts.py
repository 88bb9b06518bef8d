"""What a rule may know of a layer beside its symbols: the run, the layer's place in the graph, what its network says of it."""

from fractions import Fraction

from worksheet.formula import Exact
from worksheet.layers import Symbol

BATCH = Symbol("B", "Number of samples in the batch", neutral=1)
BYTES = {
    "weights": Symbol("beta_w", "Bytes of a stored number (weight, bias, buffer)", neutral=1),
    "activations": Symbol("beta_a", "Bytes of an activation", neutral=1),
}
RUN = (BATCH, *BYTES.values())  # of the whole run; written as numbers only where they change nothing
GRAPH = (
    Symbol("readers", "Number of layers that read the output", least=0),
    Symbol("input_readers", "Number of layers that read the first input, this one among them", least=0),
    Symbol("inputs", "Number of inputs", least=0),
    Symbol("in_place", "1 where the output may take the place of the input, which no other layer reads; else 0", least=0),
    Symbol("behind_norm", "1 where the input comes from a BatchNorm and goes nowhere else; else 0", least=0),
    Symbol("renames", "1 where the output is the input's own array under another shape or order of axes; else 0", least=0),
)
STATED = (  # by the network itself; 0 where it says nothing
    Symbol("survives", "1 where a Dropout has survived the import of the network that was counted; else 0", least=0),
    Symbol("absent", "1 where the counted program does without this change of axes; else 0", least=0),
)
FACTS = {symbol.name: symbol for symbol in (*RUN, *GRAPH, *STATED)}
PART = Fraction(1, 8)  # the least size of a number: a bit, which is no whole number of bytes
LEAST: dict[str, Exact] = {name: symbol.least for name, symbol in FACTS.items()}
LEAST |= {symbol.name: PART for symbol in BYTES.values()}
