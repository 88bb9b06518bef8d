"""What a rule may know of a layer beside its symbols: the batch, its place in the graph, what its network says of it."""

from worksheet.layers import Symbol

BATCH = Symbol("B", "Number of samples in the batch", neutral=1)
GRAPH = (
    Symbol("readers", "Number of layers that read the output", least=0),
    Symbol("input_readers", "Number of layers that read the first input, this one among them", least=0),
    Symbol("inputs", "Number of inputs", least=0),
    Symbol("in_place", "1 where the output may take the place of the input, which no other layer reads; else 0", least=0),
    Symbol("behind_norm", "1 where the input comes from a BatchNorm and goes nowhere else; else 0", least=0),
)
STATED = (  # by the network itself; 0 where it says nothing
    Symbol("survives", "1 where a Dropout has survived the import of the network that was counted; else 0", least=0),
    Symbol("absent", "1 where the counted program does without this change of axes; else 0", least=0),
)
FACTS = {symbol.name: symbol for symbol in (BATCH, *GRAPH, *STATED)}
LEAST = {name: symbol.least for name, symbol in FACTS.items()}
