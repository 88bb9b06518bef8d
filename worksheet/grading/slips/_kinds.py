"""The kinds of layers on which a family of mistakes is made, and what is asked there."""

from worksheet.grading.paper import ACTIVATION_MEMORY, OPERATIONS, PARAMETER_MEMORY, PARAMETERS, SIZES

CONVOLUTIONS = frozenset({"Conv1d", "Conv2d", "Conv3d"})
TRANSPOSED = frozenset({"ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"})
KERNELS = CONVOLUTIONS | TRANSPOSED  # layers with kernels to be learned, where a mistake is the same on both
POOLINGS = frozenset({f"{how}Pool{n}d" for how in ("Max", "Avg") for n in (1, 2, 3)})
WHOLE_POOLINGS = frozenset({"GlobalAvgPool", "GlobalMaxPool"}) | {
    f"Adaptive{how}Pool{n}d" for how in ("Max", "Avg") for n in (1, 2, 3)
}
RECTIFIERS = frozenset({"ReLU", "ReLU6", "LeakyReLU", "Hardtanh", "Threshold"})  # compare an element and assign it
LINEAR = frozenset({"Linear"})
FLATTENED = frozenset({"Flatten", "Linear"})  # a linear layer flattens a map by itself
ANY: frozenset[str] = frozenset()  # every kind, and totals

SIZE = frozenset({SIZES})
WEIGHTS = frozenset({PARAMETERS})
STORED = frozenset({PARAMETERS, PARAMETER_MEMORY})  # where a rewrite serves the count and its bytes alike
WORK = frozenset({OPERATIONS})
OUTPUTS = frozenset({ACTIVATION_MEMORY})
BYTES = frozenset({PARAMETER_MEMORY, ACTIVATION_MEMORY})
COUNTS = frozenset({PARAMETERS, OPERATIONS})
FIGURES = COUNTS | BYTES
