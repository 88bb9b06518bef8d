"""The catalogue of known mistakes, a file for each family; ``grading.diagnosis.mistake`` defines what a mistake is."""

from collections.abc import Mapping
from functools import cache

from worksheet.discover import collect
from worksheet.grading.diagnosis.mistake import Mistake


@cache
def known_mistakes() -> Mapping[str, Mistake]:
    """Every known mistake by id, family by family in the order of PLACE."""
    places = collect(__name__, "PLACE")
    families = sorted(
        collect(__name__, "MISTAKES").items(), key=lambda family: (places.get(family[0], len(places) + 1), family[0])
    )
    return {mistake.id: mistake for _, family in families for mistake in family}
