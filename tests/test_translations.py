"""Every message has each language."""

from __future__ import annotations

import pytest

from worksheet.language import catalogue, codes
from worksheet.language.catalogue import messages


@pytest.mark.parametrize("code", [code for code in codes() if "_" not in code])  # a country has a few words of its own
def test_every_message_is_translated(code: str) -> None:
    missing = [message for message in messages() if message not in catalogue(code).texts]
    assert not missing, f"{len(missing)} of {len(messages())} messages: fill in worksheet/language/catalogues/{code}.po"
