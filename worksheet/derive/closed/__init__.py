"""Closed forms: counts as formulas of the sizes that stay symbols, and the document that shows them."""

from worksheet.derive.closed.cases import NONE, Closed, ClosedCase, RowForm, bases, steps_of, too_long
from worksheet.derive.closed.residues import Residue, residues

__all__ = ["NONE", "Closed", "ClosedCase", "Residue", "RowForm", "bases", "residues", "steps_of", "too_long"]
