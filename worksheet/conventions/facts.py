"""What a rule may use beside a layer's symbols: the run, the layer's place in the graph, what the network states about it."""

from fractions import Fraction

from worksheet.formula import Exact
from worksheet.layers import Symbol

BATCH = Symbol("B", "Number of samples in the batch", neutral=1)
BYTES = {
    "weights": Symbol("beta_w", "Bytes of a parameter or buffer", neutral=1),
    "activations": Symbol("beta_a", "Bytes of an activation", neutral=1),
}
GRADIENTS = Symbol("beta_g", "Bytes of a gradient", neutral=1)
SAMPLES = Symbol("samples", "Number of samples in the batch, for a layer that works out the same for all of them", neutral=1)
LETTERS = (BATCH, SAMPLES, *BYTES.values(), GRADIENTS)  # written as numbers only where they change nothing
UPDATE = {
    name: Symbol(f"update_{name}", f"Number of {words} by which the optimiser updates a parameter", least=0)
    for name, words in {
        "multiplications": "multiplications", "additions": "additions", "divisions": "divisions", "roots": "square roots",
    }.items()
}  # fmt: skip
KEPT = {
    "copy": Symbol("copy", "Bytes of the exact copy of a parameter in mixed precision; else 0", least=0),
    "state": Symbol("state", "Bytes that the optimiser keeps for a parameter from step to step", least=0),
}
RUN = (*LETTERS, *UPDATE.values(), *KEPT.values())  # of the whole run; those that are not letters are always written as numbers
# Meanings are printed in solutions, next to formulas that keep a fact as a symbol.
GRAPH = (
    Symbol("readers", "Number of layers that read the output", least=0),
    Symbol("input_readers", "Number of layers that read the first input, this one among them", least=0),
    Symbol("inputs", "Number of inputs", least=0),
    Symbol("in_place", "1 where the output may overwrite the input, which no other layer reads; else 0", least=0),
    Symbol("behind_norm", "1 where the input comes from a BatchNorm and goes nowhere else; else 0", least=0),
    Symbol(
        "repeats", "1 where a layer uses another's numbers and no module of its own keeps them too; else 0", least=0, neutral=0
    ),
    Symbol("renames", "1 where the output is the input's own tensor under another shape or order of axes; else 0", least=0),
    Symbol("shared", "1 where a layer uses another's numbers; else 0", least=0),
    Symbol("learns", "1 where the output depends on a parameter; else 0", least=0),
    Symbol("wanted", "1 where the gradient of the input is needed: the input depends on a parameter; else 0", least=0),
    Symbol("kept", "1 where a backward pass reads the output again, under this name or another; else 0", least=0),
    Symbol(
        "gathers",
        "How many gradients come back to the output from layers that run as often as it, less one; 0 for none",
        least=-1,
    ),
    Symbol("spreads", "How many layers that run for every sample read an output that is the same for all samples", least=0),
)
STATED = (  # by the network, and prefixed with the program that they are facts of; 0 or neutral where nothing is stated
    Symbol("matconvnet_survives", "1 where a Dropout survived the import of the network that was counted; else 0", least=0),
    Symbol("matconvnet_absent", "1 where the counted program has no such change of axes; else 0", least=0),
    Symbol("torch_named", "1 where a module without submodules holds its parameters as weight or bias; else 0", least=0),
    Symbol("torch_firsts", "How many places along the output's first axis belong to each sample", least=0, neutral=1),
    Symbol("torch_leads", "Size of the output's first axis where the samples lie along another; else 0", least=0, neutral=0),
    Symbol("torch_worded", "1 where a convolution's padding is given as a word; else 0", least=0),
    Symbol("torch_signal", "1 where a signal is resized, not a feature map; else 0", least=0),
    Symbol("torch_exact", "1 where the mode of resizing is nearest-exact; else 0", least=0),
    Symbol("torch_vector", "1 where a matrix is multiplied by a vector; else 0", least=0),
    Symbol("torch_fused", "1 where one kernel computes a whole encoder layer, in inference on a CPU; else 0", least=0),
    Symbol("torch_split", "1 where no single kernel computes the attention, in inference on a CPU; else 0", least=0),
    Symbol("torch_scored", "1 where an attention returns its scores too; else 0", least=0),
    Symbol("torch_sizes", "1 where a resizing is given the output's size along each axis; else 0", least=0),
    Symbol("torch_onesize", "1 where a resizing is given one size for all axes; else 0", least=0),
    Symbol("torch_strided", "1 where the rows that are read are not contiguous in memory; else 0", least=0),
)
DEFAULTS = {symbol.name: symbol.neutral or 0 for symbol in STATED}  # where nothing is stated
FACTS = {symbol.name: symbol for symbol in (*RUN, *GRAPH, *STATED)}
SILENCES = {"wanted": "not needed: the input depends on no parameter"}  # why a column is 0 where a fact is 0
# Why it counts only a part where a fact is 0.
PARTIAL = {"wanted": "only what leads to its parameters: the input depends on no parameter"}
PART = Fraction(1, 8)  # the least size of a number: a bit, a fraction of a byte
LEAST: dict[str, Exact] = {name: symbol.least for name, symbol in FACTS.items()}
LEAST |= {symbol.name: PART for symbol in BYTES.values()}
