"""Every quantity's formula equals what the textbook's loops do when they run; the loops' values are torch's."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.complete import complete
from tests.layers.counting import Case, Proof, run
from tests.layers.proofs import proofs
from worksheet.errors import WorksheetError
from worksheet.layers import QUANTITIES, kinds
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import Sized, sized

PROOFS = proofs()
CHECKED = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def test_every_kind_has_a_proof() -> None:
    complete(PROOFS, kinds(), add="write a proof in tests/layers/proofs/<family>.py for", drop="proofs of no kind")


def test_a_proof_runs_against_torch_or_says_why_not() -> None:
    for name, proof in PROOFS.items():
        assert (proof.torch is None) == bool(proof.no_torch), name


def size(name: str, case: Case) -> Sized:
    """The layer as the package sizes it, or a rejected example."""
    kind = kinds()[name]
    try:
        values = hyperparameters(kind, [Given(symbol, value) for symbol, value in case.v.items()])
        further = {f"input_{i}": shape for i, shape in enumerate(case.shapes[1:], 2)}
        first = case.shapes[0] if case.shapes else (1,)
        node = Node("x", kind, values, (INPUT, *further)[: len(case.shapes)], pattern=case.pattern)
        return sized(Network("n", first, (node,), further=further))[0]
    except WorksheetError:
        assume(False)
        raise


@pytest.mark.parametrize("name", PROOFS)
@settings(max_examples=200, **CHECKED)
@given(data=st.data())
def test_formulas_equal_the_execution(name: str, data: st.DataObject) -> None:
    case = data.draw(PROOFS[name].cases)
    row = size(name, case)
    _, output, executed = run(PROOFS[name], case, dict(row.node.hyperparameters))
    assert row.output == output.shape
    formulas = {quantity: row.kind.quantity(quantity, row.form).evaluate(**row.values) for quantity in QUANTITIES}
    assert formulas == dict.fromkeys(QUANTITIES, 0) | executed


@pytest.mark.torch
@pytest.mark.parametrize("name", [name for name, proof in PROOFS.items() if proof.torch])
@settings(max_examples=100, **CHECKED)
@given(data=st.data())
def test_shape_parameters_and_values_equal_torch(name: str, data: st.DataObject) -> None:
    proof = PROOFS[name]
    case = data.draw(proof.cases)
    row = size(name, case)
    case = Case(case.shapes, dict(row.node.hyperparameters), case.pattern)
    layer, output, _ = run(proof, case, case.v)
    result = torch_result(proof, case, layer)
    assert tuple(result.shape) == output.shape == row.output
    expected = list(output.values())
    close = [abs(a - b) <= proof.tolerance * (1 + abs(b)) for a, b in zip(result.flatten().tolist(), expected, strict=True)]
    assert all(close), (result.flatten().tolist(), expected)


def torch_result(proof: Proof, case: Case, layer):
    import torch

    same = proof.torch(case)
    stored = {name: torch.tensor(array.nested(), dtype=torch.float64) for name, array in layer.stored.items()}
    inputs = [torch.tensor(x.nested(), dtype=torch.float64) for x in layer.inputs]
    if proof.batched:
        inputs = [x.unsqueeze(0) for x in inputs]
    if isinstance(same, torch.nn.Module):
        same = same.double().eval()
        if not proof.no_parameters:
            state = {k: v for k, v in same.state_dict().items() if not k.endswith("num_batches_tracked")}
            assert {k: tuple(v.shape) for k, v in state.items()} == {k: tuple(v.shape) for k, v in stored.items()}
            assert sum(p.numel() for p in same.parameters()) == layer.sizes["weights"] + layer.sizes["biases"]
            same.load_state_dict(stored, strict=False)
        with torch.no_grad():
            result = same(*inputs)
    else:  # a function gets the stored numbers by name
        result = same(*inputs, **stored)
    return result.squeeze(0) if proof.batched else result
