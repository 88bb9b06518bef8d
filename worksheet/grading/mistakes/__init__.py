"""The catalogue of known mistakes, a file for each family; what a mistake is stands in ``grading.slip``."""

from collections.abc import Mapping
from functools import cache

from worksheet.discover import collect
from worksheet.grading.diagnosis.mistake import Slip


@cache
def slips() -> Mapping[str, Slip]:
    """Every known mistake by its id, family by family in the order of their PLACE."""
    places = collect(__name__, "PLACE")
    families = sorted(collect(__name__, "SLIPS").items(), key=lambda family: (places.get(family[0], len(places) + 1), family[0]))
    return {slip.id: slip for _, family in families for slip in family}
