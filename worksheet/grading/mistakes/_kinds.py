"""The kinds of layers on which a family of mistakes is made, by their own properties, and what is asked there."""

from worksheet.grading.diagnosis.mistake import Family
from worksheet.grading.paper.cells import ACTIVATION_MEMORY, OPERATIONS, PARAMETER_MEMORY, PARAMETERS, SIZES
from worksheet.layers import Pooling, Role, Window


def of_role(role: Role) -> Family:
    """The kinds with a role."""
    return Family(lambda kind: kind.role is role)


def with_gates(count: int) -> Family:
    """The recurrent kinds with this number of gates."""
    return Family(lambda kind: kind.gates == count)


CONVOLUTIONS = Family(lambda kind: kind.window is Window.SLIDING and not kind.pooling)
TRANSPOSED = Family(lambda kind: kind.window is Window.TRANSPOSED)
KERNELS = CONVOLUTIONS | TRANSPOSED  # layers with learned kernels; a mistake is the same on both
POOLINGS = Family(lambda kind: kind.window is Window.SLIDING and kind.pooling in {Pooling.MAXIMUM, Pooling.MEAN})
WHOLE_POOLINGS = Family(lambda kind: kind.window is Window.ADAPTIVE)
RECTIFIERS = of_role(Role.RECTIFIER)
LINEAR = of_role(Role.LINEAR)
FLATTENING = of_role(Role.FLATTENING)
BATCH_NORM = of_role(Role.BATCH_NORM)
LAYER_NORM = of_role(Role.LAYER_NORM)
MULTIHEAD = of_role(Role.MULTIHEAD)
DROPOUT = Family(lambda kind: kind.works_only_in_training)
RNN, GRU, LSTM = with_gates(1), with_gates(3), with_gates(4)
ANY: Family | None = None  # every kind, and totals

SIZE = frozenset({SIZES})
WEIGHTS = frozenset({PARAMETERS})
STORED = frozenset({PARAMETERS, PARAMETER_MEMORY})  # if a rewrite works for the count and its bytes alike
WORK = frozenset({OPERATIONS})
OUTPUTS = frozenset({ACTIVATION_MEMORY})
BYTES = frozenset({PARAMETER_MEMORY, ACTIVATION_MEMORY})
COUNTS = frozenset({PARAMETERS, OPERATIONS})
FIGURES = COUNTS | BYTES
