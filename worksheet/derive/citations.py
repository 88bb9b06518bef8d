"""The sources of a document's figures: of the network, and of every convention that counts it."""

from __future__ import annotations

from collections.abc import Iterable

from worksheet.conventions import Convention
from worksheet.derivation import Citation
from worksheet.network import Network


def citations(networks: Iterable[Network], conventions: Iterable[Convention]) -> tuple[Citation, ...]:
    """The conventions, then the networks that name a source; each once."""
    counted = [Citation(each.name, f"{each.title}: convention of counting", each.cite) for each in conventions]
    defined = [Citation(each.name, each.title, each.cite) for each in networks if each.cite]
    return tuple({(each.name, each.title): each for each in (*counted, *defined)}.values())
