"""What a layer keeps for its backward pass is what torch's autograd keeps."""

import math

import pytest

from tests.complete import complete
from tests.layers.counting import Case, run
from tests.layers.proofs import proofs
from tests.layers.test_proof import size
from worksheet.discover import collect
from worksheet.layers import SAVED

PROOFS = proofs()
FAMILIES = ("activation", "arithmetic", "functions", "normalisation", "reductions", "scale", "softmax")
MAP, ROWS = (4, 6, 5), (7, 16)
OF_EACH = (
    *("ReLU", "PReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "SiLU", "Mish", "Softplus", "Sigmoid", "Tanh", "Hardswish"),
    *("Hardsigmoid", "Hardtanh", "Abs", "Threshold", "Exp", "Log", "Sqrt", "Negative", "Erf", "AddScalar", "MulScalar"),
    *("DivScalar", "Identity", "Clip", "Softmax", "LogSoftmax", "Mean", "Sum", "BatchNorm", "InstanceNorm", "Scale", "Bias"),
)
CASES = [
    *((name, Case((MAP,), {})) for name in OF_EACH),
    *(("GELU", Case((MAP,), {"t": t})) for t in (0, 1)),
    *(("Power", Case((MAP,), {"e": e})) for e in (0, 2, 3)),
    *(("GroupNorm", Case((MAP,), {"g": 2, "a": a})) for a in (0, 1)),
    ("LayerNorm", Case((ROWS,), {})),
    ("LayerNorm", Case((MAP,), {"l": 2})),
    *((name, Case((MAP, MAP), {})) for name in ("Add", "Sub", "Mul", "Div", "Maximum", "Minimum")),
    *((name, Case((MAP, MAP, MAP), {})) for name in ("Add", "Mul")),
    *((name, Case((MAP, (4, 1, 1)), {})) for name in ("Add", "Mul", "Div")),
    ("Axpy", Case(((4, 1, 1), MAP, MAP), {})),
]
OTHERWISE = {
    "LogSigmoid": "torch on a CPU keeps an exponential too, on an accelerator it does not",
    "LRN": "torch makes it of five operations, each of which keeps what it reads",
    "RMSNorm": "torch on a CPU makes it of several operations; its fused one keeps the input and the roots",
    "Normalize": "torch has no such layer",
    "Max": "torch compares with the result again and shares the gradient among equals",
}


def test_every_kind_of_these_families_is_compared_or_says_why_not() -> None:
    families = collect("tests.layers.gradients", "GRADIENTS")
    wanted = {name for family in FAMILIES for name in families[family]}
    complete({name for name, _ in CASES} | set(OTHERWISE), wanted, add="compare in CASES, or say in OTHERWISE why not")


def kept_by_torch(name: str, case: Case, samples: int) -> int:
    """The numbers in all arrays that autograd keeps, but for the stored ones."""
    import torch

    layer, _, _ = run(PROOFS[name], case, case.v)
    same = PROOFS[name].torch(case)
    stored = {key: torch.tensor(array.nested(), requires_grad=True) for key, array in layer.stored.items()}
    is_module = isinstance(same, torch.nn.Module)
    owned = {x.data_ptr() for x in ([*same.parameters(), *same.buffers()] if is_module else stored.values())}
    inputs = [torch.rand((samples, *shape) if PROOFS[name].batched else shape, requires_grad=True) for shape in case.shapes]
    kept: dict[int, int] = {}

    def keep(array: torch.Tensor) -> torch.Tensor:
        if array.data_ptr() not in owned:
            kept[array.data_ptr()] = array.untyped_storage().nbytes() // array.element_size()
        return array

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda array: array):
        result = same(*inputs) if is_module else same(*inputs, **stored)
    assert result.requires_grad
    return sum(kept.values())


@pytest.mark.torch
@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda x: x if isinstance(x, str) else str((x.shapes, x.v)))
def test_as_many_numbers_as_torch(name: str, case: Case) -> None:
    row = size(name, case)
    case = Case(case.shapes, dict(row.node.hyperparameters))
    samples = 3 if PROOFS[name].batched else 1
    arrays = {f"input_{i}": shape for i, shape in enumerate(case.shapes, 1)} | {"output": row.output}
    saves = row.kind.training.saves
    saved = {key for key in arrays if key in saves or ("input" in saves and key.startswith("input"))}
    extra = row.kind.resolved(row.kind.formula(SAVED), row.form).evaluate(**{**row.values, "B": samples})
    assert samples * sum(math.prod(arrays[key]) for key in saved) + extra == kept_by_torch(name, case, samples)
