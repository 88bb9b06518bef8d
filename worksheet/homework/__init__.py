"""Homework: worked solutions with holes for students to fill."""

from worksheet.homework.blank import blank

__all__ = ["blank"]
