"""The language of documents: messages in English, translated by gettext catalogues while a document is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations

ENGLISH = "en"
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def _(message: str) -> str:
    """A message in the language of the document that is being made.

    Fields stay as they are: ``_("{count} rows").format(count=3)``.
    """
    return _translations(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """A message with a number, in the form that the language has for it."""
    return _translations(_language.get()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's name
    """Marks a constant for translation; ``_`` translates it where it is printed."""
    return message


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Makes documents in a language, a code such as ``de`` or ``en_IN``."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _translations(_code: str) -> NullTranslations:
    return NullTranslations()
