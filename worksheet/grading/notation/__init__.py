"""Reads what students write: numbers, sizes and formulas in the notations in common use."""
