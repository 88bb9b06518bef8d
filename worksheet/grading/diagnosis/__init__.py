"""Explains an answer: known mistakes, other conventions, errors carried forward, formulas of the student."""
