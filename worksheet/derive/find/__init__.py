"""Questions asked backwards: which sizes make a network's outputs and counts meet conditions."""

from worksheet.derive.find.answer import FindAnswer, find_values
from worksheet.derive.find.find_report import find, report_of

__all__ = ["FindAnswer", "find", "find_values", "report_of"]
