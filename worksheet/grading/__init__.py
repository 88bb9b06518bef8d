"""Grading: a paper's cells, the answers to them, verdicts with named mistakes, points and reports."""
