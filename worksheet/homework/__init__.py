"""Homework: assignments, variants, question sheets, and the marking of whole classes."""
