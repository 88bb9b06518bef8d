"""Makes the JSON schema of a YAML file, for editors, and its list of keys, for the manual, from the table that reads it."""

from __future__ import annotations

import json
from pathlib import Path

from worksheet.schema.context import FieldType
from worksheet.schema.fields import Field

FOLDER = Path(__file__).parent / "json"  # ships with the package


def schema_text(title: str, description: str, type: FieldType) -> str:
    """The schema of a file, draft 2020-12, as it is shipped."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, "description": description}
    return json.dumps(about | type.schema(), indent=1, ensure_ascii=False) + "\n"


def list_of_keys(fields: tuple[Field, ...]) -> str:
    """The keys of a file with their meanings, as a table in Markdown."""
    rows = (f"| `{each.name}` | {each.says}{' Required.' if each.required else _default(each)} |\n" for each in fields)
    return f"| key | meaning |\n| --- | --- |\n{''.join(rows)}"


def _default(each: Field) -> str:
    return f" Default: {each.default}." if each.default else ""
