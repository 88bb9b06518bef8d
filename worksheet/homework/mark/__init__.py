"""Marks the answers to an assignment: a whole class, or one answer of a student who practises."""
