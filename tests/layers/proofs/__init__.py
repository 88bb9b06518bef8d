"""The proofs of every kind of layer, one family a file: PROOFS maps a kind's name to its Proof."""

from tests.layers.counting import Proof
from worksheet.discover import collect


def proofs() -> dict[str, Proof]:
    return {name: proof for family in collect("tests.layers.proofs", "PROOFS").values() for name, proof in family.items()}
