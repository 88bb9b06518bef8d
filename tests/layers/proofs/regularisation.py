"""Layers that only training needs."""

from tests.layers.counting import Case, Proof
from tests.layers.proofs.activation import elementwise


def torch_dropout(_: Case):
    from torch import nn

    return nn.Dropout()


PROOFS = {"Dropout": Proof(lambda layer: layer.x.map(lambda x: x), elementwise(), torch_dropout)}
