"""For now: the old name of the document's blocks."""

from worksheet.document import (
    FONTS,
    Block,
    Bullets,
    Cell,
    Picture,
    Relation,
    Relations,
    Table,
    Text,
    Title,
    Working,
    is_sum,
    shape_in_words,
)  # fmt: skip
from worksheet.document import Document as Report

__all__ = [
    "FONTS", "Block", "Bullets", "Cell", "Picture", "Relation", "Relations", "Report", "Table", "Text", "Title", "Working",
    "is_sum", "shape_in_words",
]  # fmt: skip
