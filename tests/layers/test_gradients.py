"""Every formula of the backward pass equals what its loops do when they run; their gradients are those of torch's autograd."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.complete import complete
from tests.layers.backward import Gradient, Trained, autograd, close, train
from tests.layers.counting import Case, Proof
from tests.layers.gradients import gradients
from tests.layers.proofs import proofs
from tests.layers.test_proof import CHECKED, size
from worksheet.layers import OPERATIONS, PASSES, STORED, TRAINED, kinds

PROOFS, GRADIENTS = proofs(), gradients()


def test_every_kind_that_says_what_training_costs_has_a_proof() -> None:
    trained = [name for name, kind in kinds().items() if kind.training]
    complete(GRADIENTS, trained, add="write its backward pass in tests/layers/gradients/<family>.py for", drop="of no such kind")


@pytest.mark.parametrize("name", GRADIENTS)
@settings(max_examples=100, **CHECKED)
@given(data=st.data(), samples=st.integers(1, 3))
def test_formulas_equal_the_execution(name: str, data: st.DataObject, samples: int) -> None:
    case = data.draw(PROOFS[name].cases)
    row = size(name, case)
    trained = train(PROOFS[name], GRADIENTS[name], case, dict(row.node.hyperparameters), samples)
    for part in PASSES:
        names = {operation: name for name, (of, operation) in TRAINED.items() if of == part}
        formulas = {q: row.kind.resolved(row.kind.formula(name), row.form) for q, name in names.items()}
        counted = {q: formula.evaluate(**{**row.values, "B": samples}) for q, formula in formulas.items()}
        assert counted == dict.fromkeys(OPERATIONS, 0) | trained.tallies[part], part


@pytest.mark.torch
@pytest.mark.parametrize("name", [name for name, found in GRADIENTS.items() if PROOFS[name].torch and not found.no_torch])
@settings(max_examples=50, **CHECKED)
@given(data=st.data(), samples=st.integers(1, 3))
def test_gradients_equal_autograd(name: str, data: st.DataObject, samples: int) -> None:
    case = data.draw(PROOFS[name].cases)
    row = size(name, case)
    case = Case(case.shapes, dict(row.node.hyperparameters), case.pattern)
    gradient = GRADIENTS[name]
    trained = train(PROOFS[name], gradient, case, case.v, samples)
    inputs, stored = autograd(PROOFS[name], gradient, case, trained.batch)
    for mine, theirs in zip(trained.input or [], inputs, strict=bool(trained.input)):
        for array, tensor in zip(mine, theirs, strict=True):
            assert array is None or close(array, tensor, gradient.tolerance)
    for parameter, array in trained.weights.items():
        assert close(array, stored[parameter], gradient.tolerance), parameter
    if gradient.inner:
        assert_weights_do_without_the_gradient_of_the_input(PROOFS[name], gradient, case, trained)
    learnt = trained.batch.samples[0].sizes
    assert sum(len(array.cells) for array in trained.weights.values()) == sum(learnt[n] for n in STORED - {"buffers"})


def assert_weights_do_without_the_gradient_of_the_input(proof: Proof, gradient: Gradient, case: Case, trained: Trained) -> None:
    inputs, stored = autograd(proof, gradient, case, trained.batch, wanted=False)
    assert all(found is None for arrays in inputs for found in arrays)
    assert set(trained.inner) == set(trained.weights)
    for parameter, array in trained.inner.items():
        assert close(array, stored[parameter], gradient.tolerance), parameter
