"""From a network and a convention to a worked solution, whole or in part."""

from worksheet.derive.blank import blank
from worksheet.derive.catalogue import ZooEntry, zoo_list
from worksheet.derive.comparison_report import compare, compare_conventions
from worksheet.derive.convention_page import convention_list, convention_page
from worksheet.derive.explain import explain
from worksheet.derive.selection import select, summary
from worksheet.derive.worked_solution import derive, formulas

__all__ = [
    "ZooEntry",
    "blank",
    "compare",
    "compare_conventions",
    "convention_list",
    "convention_page",
    "derive",
    "explain",
    "formulas",
    "select",
    "summary",
    "zoo_list",
]
