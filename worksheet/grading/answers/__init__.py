"""Students' answers: read from files of many formats, sorted by student and cell; answers without a place are listed."""

from worksheet.grading.answers.sheet_layout import Layout
from worksheet.grading.answers.sources import read, read_columns
from worksheet.grading.answers.submissions import ATTEMPTS, LAST, Answers, Submission, Unplaced

__all__ = ["ATTEMPTS", "LAST", "Answers", "Layout", "Submission", "Unplaced", "read", "read_columns"]
