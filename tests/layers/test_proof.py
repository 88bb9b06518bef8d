"""Every quantity's formula equals what the textbook's loops do when they run."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.layers.counting import LOOPS, MACS, TALLY
from worksheet.errors import WorksheetError
from worksheet.layers import QUANTITIES, kinds
from worksheet.network import Node
from worksheet.sizes import sized


def test_every_kind_has_a_proof() -> None:
    assert set(kinds()) == set(LOOPS)


def sizes_of(kind, form):
    """Small values for each symbol, inside its domain."""
    symbols = [*form.input, *kind.hyperparameters]
    limits = {"M": 7, "N": 7, "c": 4, "n": 9, "k": 4, "s_w": 3, "s_h": 3, "g": 3, "d_w": 2, "d_h": 2}
    return st.fixed_dictionaries({s.name: st.integers(s.least, max(s.words, default=limits.get(s.name, 3))) for s in symbols})


CASES = [(name, rank) for name, kind in kinds().items() for rank in kind.forms]


@pytest.mark.parametrize(("name", "rank"), CASES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_formulas_equal_the_execution(name: str, rank: int, data: st.DataObject) -> None:
    kind = kinds()[name]
    form = kind.forms[rank]
    values = data.draw(sizes_of(kind, form))
    shape = tuple(values[s.name] for s in form.input)
    hyperparameters = {s.name: values[s.name] for s in kind.hyperparameters}
    try:
        (row,) = sized(shape, [Node("x", kind, hyperparameters, ("input",))])
    except WorksheetError:
        assume(False)
        raise
    TALLY.clear()
    parameters, inputs, outputs, output_shape = LOOPS[name](**values)
    executed = dict.fromkeys(QUANTITIES, 0) | dict(TALLY) | parameters
    executed |= {"elements_in": len(inputs), "elements_out": len(outputs)}
    executed["macs"] = executed["multiplications"] if name in MACS else 0
    assert row.output == output_shape
    formulas = {quantity: kind.resolved(kind.count(quantity), form).evaluate(**row.values) for quantity in QUANTITIES}
    assert formulas == executed
