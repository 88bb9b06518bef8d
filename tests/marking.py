"""A language for tests whose messages can be told from other text."""

from __future__ import annotations

from functools import cached_property

from worksheet.language import Language


class Marking(Language):
    """A language whose messages can be recognised; it remembers them."""

    digits = "en_US"

    @cached_property
    def seen(self) -> set[str]:
        return set()

    def translate(self, message: str) -> str:
        self.seen.add(message)
        return f"⟦{message}⟧" if message else ""

    def translate_count(self, singular: str, plural: str, count: int) -> str:
        self.seen.add(singular)
        return f"⟦{singular if count == 1 else plural}⟧"
