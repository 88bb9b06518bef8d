"""Formulas: one line of text in textbook order, safely read, printed in several notations, evaluated exactly."""

from worksheet.formula.dialects import DIALECTS, LATEX, MATHML, SOURCE, TEXT, TYPST, WORDS, Dialect
from worksheet.formula.digits import Digits, digits_named
from worksheet.formula.exact import whole
from worksheet.formula.formula import Formula
from worksheet.formula.pieces import Printed
from worksheet.formula.scales import Scale, in_bytes
from worksheet.formula.tree import Exact

__all__ = ["DIALECTS", "LATEX", "MATHML", "SOURCE", "TEXT", "TYPST", "WORDS"]
__all__ += ["Dialect", "Digits", "Exact", "Formula", "Printed", "Scale", "digits_named", "in_bytes", "whole"]
