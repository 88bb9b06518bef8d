"""From a network and a way of counting to a worked solution, whole or in part."""

from worksheet.derive.catalogue import Entry, zoo_list
from worksheet.derive.selection import select, summary
from worksheet.derive.solution import derive, formulas

__all__ = ["Entry", "derive", "formulas", "select", "summary", "zoo_list"]
