"""A stored array, and an input of the network."""

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof
from tests.layers.proofs.reshape import listed, numbered, shapes


def parameter(layer: Layer) -> Array:
    store = layer.buffers if layer.v["f"] else layer.weights
    return store("value", *listed(layer.v, "o"))


def torch_parameter(case: Case):
    import torch
    from torch import nn

    class Stored(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            value = torch.zeros(listed(case.v, "o"))
            if case.v["f"]:
                self.register_buffer("value", value)
            else:
                self.value = nn.Parameter(value)

        def forward(self):
            return self.value

    return Stored()


@st.composite
def cases(draw):
    return Case((), numbered("o", draw(shapes)) | {"f": draw(st.integers(0, 1))})


def given(layer: Layer) -> Array:
    """It is there before anything is computed, whatever its numbers: zeros, here and in torch."""
    return Array.of(listed(layer.v, "o"), lambda *_: Counted(0))


def torch_given(case: Case):
    import torch

    return lambda: torch.zeros(listed(case.v, "o"), dtype=torch.float64)


@st.composite
def given_cases(draw):
    return Case((), numbered("o", draw(shapes)))


PROOFS = {
    "Parameter": Proof(parameter, cases(), torch_parameter, batched=False),
    "Input": Proof(given, given_cases(), torch_given, batched=False),
}
