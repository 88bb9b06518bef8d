"""What reading a file needs and gathers, and what every type of value can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from worksheet.errors import Collector
from worksheet.schema.located import Located

Schema = dict[str, Any]


@dataclass(eq=False, repr=False)
class Context:
    """What has been read so far: the faults, and the names that the file has defined, with what each refers to.

    ``names`` are grouped by what they name (``column``, say). A group that is missing could not be read; names of that group
    are not checked.
    """

    faults: Collector
    folder: Path  # to which paths are relative
    names: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class FieldType(Protocol):
    """The type of a value. ``read`` raises WorksheetError, or adds faults to the context and returns what could be read."""

    def read(self, located: Located, context: Context) -> Any: ...

    def schema(self) -> Schema: ...
