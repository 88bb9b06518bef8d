"""The keys of front matter and assignments by which a document speaks: its language, and a teacher's own words."""

from __future__ import annotations

from typing import Any

from worksheet.errors import WorksheetError
from worksheet.language import check_label, language_named, languages
from worksheet.schema import Context, Field, Located, Parsed, Phrase, Schema, TableOf

MAX_LABEL = 200  # characters of a teacher's own words


def _language(text: str) -> str:
    return language_named(text).code


class _LabelName:
    """The type of a key that is a message in English."""

    def read(self, located: Located, context: Context) -> str:
        try:
            return check_label(Phrase(MAX_LABEL).read(located, context))
        except WorksheetError as fault:
            raise fault if fault.where.line else fault.located(located.where) from None

    def schema(self) -> Schema:
        return {"type": "string"}


class _Labels(TableOf):
    """The type of a teacher's own words: each after the English ones."""

    def read(self, located: Located, context: Context) -> Any:
        return tuple(super().read(located, context).items())


LANGUAGE = Field(
    "language",
    Parsed(_language),
    f"The language of what students read, also with a country: {', '.join(languages())}, de_CH ([languages](languages.md)).",
    "en",
    "language: de",
)
LABELS = Field(
    "labels",
    _Labels(_LabelName(), Phrase(MAX_LABEL)),
    "Your own words for some of the words that documents print: the English ones, then yours.",
    "none",
    "labels: {Student ID: Matrikelnummer, No.: Nr.}",
)
