"""The set of solutions is the one that trying every place gives: for random networks, unknowns, conditions and ranges."""

import os

import pytest

from tests.find.questions import question
from worksheet.derive.find import find_values

MANY = int(os.environ.get("WORKSHEET_QUESTIONS", "40"))  # 500 take some ten minutes, nearly all of them to try every place


@pytest.mark.parametrize("seed", range(MANY))
def test_same_solutions(seed: int) -> None:
    asked = question(seed)
    found = find_values(asked.network, asked.unknowns, asked.texts, asked.convention, ranges=asked.range_texts)
    assert found.solutions == asked.answer(), (asked.unknowns, asked.range_texts, asked.texts, asked.convention)
