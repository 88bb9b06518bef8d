"""Reads YAML files by tables of fields: every fault at its place, and a JSON schema for editors from the same tables."""

from worksheet.schema.context import Context, FieldType, Schema
from worksheet.schema.fields import Field, Forms, ListOf, Record, TableOf, read_file
from worksheet.schema.located import Located, parse, read_text
from worksheet.schema.scalars import TRUTH, WORDS, Choice, Integer, KnownName, Parsed, Phrase, Rational, Worded

__all__ = [
    "TRUTH", "WORDS", "Choice", "Context", "Field", "FieldType", "Forms", "Integer", "KnownName", "ListOf", "Located", "Parsed",
    "Phrase", "Rational", "Record", "Schema", "TableOf", "Worded", "parse", "read_file", "read_text",
]  # fmt: skip
