"""The assignment: a teacher's file, read and checked."""
