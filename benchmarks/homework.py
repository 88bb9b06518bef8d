"""Measures homework, as ratios within one run: python benchmarks/homework.py [--check] [--truth] [--students N] [--runs N].

10,000 students' answers to one sheet of 20 rows against Python's csv module reading the same file; 1,000 sheets of their own with
a fifth of the cells wrong against ``import sympy``; ten times the students against the time and the peak memory of the tenth.
Everything is measured inside fresh processes. ``--truth`` marks 100,000 answers of synthetic classes and prints how many right or
carried ones are marked down, and how often each injected mistake is named.
"""

import argparse
import csv
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from timing import output, process, timed

ROOT = Path(__file__).parent.parent
SHEET = ROOT / "examples" / "ai61002.sheet"
COMMON, PERSONAL = "", "variants: {seed: 7}\n"
WRONG = 0.2  # of the cells of a sheet of one's own
MARKS = "title: Measured\nnetwork: {sheet}\nconvention: ai61002\nask: [output, params, flops]\ntotal: []\n{further}"


class Measured(NamedTuple):
    """A ratio, or a figure, with its bound; None where it is told only."""

    name: str
    bound: float | None
    values: list[float]

    @property
    def line(self) -> str:
        told = f"{self.name:<64} median {statistics.median(self.values):9.2f}  largest {max(self.values):9.2f}"
        return told + (f"  bound {self.bound:g}" if self.bound is not None else "")


# The classes


def assignment(folder: Path, further: str) -> Path:
    path = folder / ("personal.yaml" if further else "common.yaml")
    path.write_text(MARKS.format(sheet=json.dumps(str(SHEET)), further=further))
    return path


def common_class(folder: Path, students: int) -> Path:
    """Everybody's answers to the same sheet: up to four mistakes each, carried forward, in all typing styles."""
    import worksheet as ws
    from tests.grading.chains import chain_of
    from tests.grading.synthetic import several

    chain, rng = chain_of(ws.read(SHEET)), Random(1)
    return written(folder / f"common-{students}.csv", ((f"S{no}", several(chain, rng).texts) for no in range(students)))


def personal_class(folder: Path, homework: Path, students: int) -> Path:
    """Answers to sheets of their own, with so many mistakes that a fifth of the cells differ from the key."""
    from tests.grading.chains import chain_of
    from worksheet.homework.assignment.assignment_file import read_assignment
    from worksheet.homework.variants.variants import variant

    given, rng = read_assignment(homework), Random(2)
    names = [f"S{no}" for no in range(students)]
    return written(
        folder / f"personal-{students}.csv", ((name, a_fifth_wrong(chain_of(variant(given, name)), rng)) for name in names)
    )


def a_fifth_wrong(chain: Any, rng: Random) -> dict[Any, str]:
    from tests.grading.mistakes import Slot, offered
    from tests.grading.synthetic import Student

    slots: list[Slot] = []
    cells = [key for key in chain.truth if key[0] != "total"]
    while True:
        key = rng.choice(cells)
        slots.append(Slot(key, rng.choice([*offered(chain, key)]), rng.randint(0, 99)))
        script = Student(chain, slots, rng, copying=0.3).sit()
        if sum(script.values[key] != chain.truth[key] for key in cells) >= WRONG * len(cells):
            return script.texts


def written(path: Path, answers: Iterable[tuple[str, dict[Any, str]]]) -> Path:
    from tests.grading.synthetic import as_lines

    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["student", "row", "column", "answer"])
        for student, texts in answers:
            lines.writerows(as_lines(student, {key: text for key, text in texts.items() if key[0] != "total"}))
    return path


# What a fresh process does; it tells the seconds and its peak memory


def verified(homework: str, answers: str) -> int:
    from worksheet.grading.answers import Layout, read
    from worksheet.homework.assignment.assignment_file import read_assignment
    from worksheet.homework.mark.grader import Answered, Grader
    from worksheet.homework.mark.papers import mark_papers

    assignment = read_assignment(Path(homework))
    found = read([Path(answers)], Layout.of(Grader(assignment).maker.paper(assignment.network)))
    return sum(1 for _ in mark_papers(assignment, (Answered(each.student, "", each.texts) for each in found)))


def read_by_csv(answers: str) -> int:
    with Path(answers).open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def imported() -> int:
    import sympy

    return len(sympy.__version__)


WORK: dict[str, Callable[..., int]] = {"verify": verified, "csv": read_by_csv, "sympy": imported}


def one(name: str, *words: str) -> None:
    start = time.perf_counter()
    found = WORK[name](*words)
    seconds = time.perf_counter() - start
    # VmHWM and not ru_maxrss: a process that is started by a large one inherits that one's
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    print(json.dumps({"found": found, "seconds": seconds, "peak": int(peak[1]) / 1024 if peak else 0.0}))


def fresh(name: str, *words: object) -> dict[str, float]:
    answer: dict[str, float] = json.loads(output(__file__, "--one", name, *words).splitlines()[-1])
    return answer


# The measurements


def measure(folder: Path, students: int, runs: int) -> list[Measured]:
    common, personal = assignment(folder, COMMON), assignment(folder, PERSONAL)
    few, many = common_class(folder, students // 10), common_class(folder, students)
    own = personal_class(folder, personal, students // 10)
    rounds = [
        {
            "csv": fresh("csv", many),
            "many": fresh("verify", common, many),
            "few": fresh("verify", common, few),
            "sympy": fresh("sympy"),
            "own": fresh("verify", personal, own),
        }
        for _ in range(runs)
    ]
    assert all(each["many"]["found"] == students and each["own"]["found"] == students // 10 for each in rounds)

    def ratios(over: str, under: str, figure: str = "seconds") -> list[float]:
        return [each[over][figure] / each[under][figure] for each in rounds]

    return [
        Measured(f"verifying {students:,} students x 60 cells to csv reading them", 30.0, ratios("many", "csv")),
        Measured(f"{students // 10:,} variants, 20 % wrong, to import sympy", 60.0, ratios("own", "sympy")),
        Measured(f"{students:,} students to {students // 10:,}, time", 11.0, ratios("many", "few")),
        Measured(f"{students:,} students to {students // 10:,}, peak memory", 2.0, ratios("many", "few", "peak")),
        Measured(f"peak memory with {students:,} students, MB", None, [each["many"]["peak"] for each in rounds]),
        Measured(f"verifying {students:,} students, seconds", None, [each["many"]["seconds"] for each in rounds]),
        *commands(common, few, folder, students // 10),
    ]


def commands(homework: Path, answers: Path, folder: Path, students: int) -> list[Measured]:
    """The command as a teacher gives it, with and without the feedback sheets, tables and the class report."""
    words = ("-m", "worksheet.cli", "verify", homework, answers)
    printing, publishing = process(*words, "-f", "json"), process(*words, "-o", folder / "marks")
    return [
        Measured(f"worksheet verify -f json, {students:,} students, seconds", None, [timed(printing)]),
        Measured(f"worksheet verify -o marks, {students:,} students, seconds", None, [timed(publishing)]),
    ]


def truth(answers: int) -> None:
    """The figures of the synthetic classes."""
    from tests.grading.chains import random_chain
    from tests.grading.measures import fairness, marking, naming
    from tests.grading.mistakes import clear_chain
    from tests.grading.synthetic import one_mistake
    from tests.grading.test_classes import scripts

    found = fairness(scripts(2026), marking(), answers)
    print(f"{found.answers:,} answers, {found.right:,} right and {found.carried:,} carried by brute force")
    for name in ("marked_down", "unearned", "verdicts", "sets", "flags"):
        print(f"  {name}: {len(getattr(found, name))}")
    rng = Random(2026)
    chains = [clear_chain(rng, random_chain) for _ in range(answers // 1000)]
    print(naming((one_mistake(rng.choice(chains), rng) for _ in range(answers // 20)), marking()).table())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="end with 1 if a bound is broken")
    parser.add_argument("--truth", nargs="?", type=int, const=100_000, help="mark so many answers of synthetic classes instead")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    words = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if words.one:
        one(*words.one)
        return 0
    if words.truth:
        truth(words.truth)
        return 0
    with tempfile.TemporaryDirectory() as name:
        results = measure(Path(name), words.students, words.runs)
    for result in results:
        print(result.line)
    broken = [each for each in results if each.bound is not None and statistics.median(each.values) > each.bound]
    return int(bool(broken and words.check))


if __name__ == "__main__":
    sys.exit(main())
