"""Personal question sheets as PDF: our default engine against pdflatex, document by document, within one run.

    python benchmarks/homework_pdf.py [--check] [STUDENTS [SAMPLE]]

300 students by default. pdflatex is run on a sample of the same documents (10 by default), twice each, until their numbers of
pages are right, and its time is scaled to all. Making the documents (variant, solution, questions) is in neither time, the text
in the engine's notation in both. With --check, the exit code is 1 where the ratio is below the bound.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import timed

from worksheet.derivation import Derivation
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.roster import Student
from worksheet.writers import render

EXAMPLE = Path(__file__).parent.parent / "examples" / "homework.yaml"
STUDENTS, SAMPLE = 300, 10
RUNS = 2  # of pdflatex, until "page 1 of 7" is right
BOUND = 6.0
PDFLATEX = ("pdflatex", "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", "sheet.tex")


def latex(document: Derivation) -> None:
    """One document, as a user of LaTeX makes it: each in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sheet.tex").write_bytes(render(document, "tex"))
        for _ in range(RUNS):
            subprocess.run(PDFLATEX, cwd=folder, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    words = [int(word) for word in sys.argv[1:] if not word.startswith("--")]
    students, sample = (*words, *(STUDENTS, SAMPLE)[len(words) :])
    setter = PaperSetter(read_assignment(EXAMPLE))
    sheets: list[Derivation] = []
    making = timed(
        lambda: sheets.extend(setter.papers(Student(f"20CS{no:05}", f"Student {no}")).question for no in range(students))
    )
    ours, theirs = [], []
    for place, sheet in enumerate(sheets):  # by turns, so that whatever else the machine does slows both
        ours.append(timed(lambda sheet=sheet: render(sheet, "pdf")))
        if place % max(1, students // sample) == 0 and len(theirs) < sample:
            theirs.append(timed(lambda sheet=sheet: latex(sheet)))
    scaled = statistics.mean(theirs) * students
    print(f"{students} question sheets made: {making:.1f} s ({making / students * 1000:.0f} ms each)")
    print(f"set by the default engine, one process: {sum(ours):.1f} s ({statistics.mean(ours) * 1000:.0f} ms each)")
    print(
        f"set by pdflatex one by one: {statistics.mean(theirs) * 1000:.0f} ms each, {RUNS} runs; "
        f"a sample of {len(theirs)}, so {scaled:.0f} s for all"
    )
    ratio = scaled / sum(ours)
    print(f"times faster: {ratio:.1f} (bound: at least {BOUND:.0f})")
    sys.exit(1 if ratio < BOUND and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
