"""A stored array."""

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Layer, Proof
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


PROOFS = {"Parameter": Proof(parameter, cases(), torch_parameter, batched=False)}
