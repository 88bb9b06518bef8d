"""From a network and a way of counting to a worked solution."""

from worksheet.derive.solution import derive, formulas

__all__ = ["derive", "formulas"]
