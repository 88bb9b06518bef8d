"""Transformers: what they cost as closed forms, and how far off the usual estimates are."""

from worksheet.derive.transformers.side_by_side import transformers
from worksheet.derive.transformers.transformer_report import transformer

__all__ = ["transformer", "transformers"]
