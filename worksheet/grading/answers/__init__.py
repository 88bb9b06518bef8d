"""Students' answers: read from files as they come, sorted by student and cell; what has no place is listed."""

from worksheet.grading.answers.found import Answers, Submission, Unplaced
from worksheet.grading.answers.layout import Layout
from worksheet.grading.answers.reading import read

__all__ = ["Answers", "Layout", "Submission", "Unplaced", "read"]
