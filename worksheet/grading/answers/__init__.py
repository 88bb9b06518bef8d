"""Students' answers: read from files of many formats, sorted by student and cell; answers without a place are listed."""

from worksheet.grading.answers.sheet_layout import Layout
from worksheet.grading.answers.sources import read
from worksheet.grading.answers.submissions import Answers, Submission, Unplaced

__all__ = ["Answers", "Layout", "Submission", "Unplaced", "read"]
