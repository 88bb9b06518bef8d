"""Makes a student's papers from an assignment: the question sheet, the worked solution and the cells that are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from worksheet.counting.run import Run
from worksheet.derivation import OUTPUT, Derivation, Handout, Section
from worksheet.derive.blank import unsolved
from worksheet.derive.reference import list_in_words
from worksheet.derive.worked_solution import SIZE, derive, question
from worksheet.grading.paper.cells import FIND, FORMULA, TOTAL, Key, Paper
from worksheet.grading.paper.find_question import blank_questions, with_questions
from worksheet.grading.paper.paper_maker import PaperMaker
from worksheet.grading.policy import EXACT
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.issue.question_sheet import COMPACT, keyed, print_marks, questions
from worksheet.homework.roster import Student
from worksheet.homework.variants.variants import variant
from worksheet.network import Network

SOLVED = "(Solved) "
EXAMPLES = ("3x32x32", "5x17x17", "6x21x21")  # of how to write a size: the first that no layer of the sheet has
NUMBERS = "Every other answer is a whole number, exact to the last digit; commas between groups of digits are welcome."
ROUNDABLE = "{} may be rounded; every other answer is a whole number, exact to the last digit."
FORMULAS = "In formulas, letters side by side multiply; floor(...) and ceil(...) round: 2ab, a(b + 1), floor((a - b)/c) + 1."
SETS = "The answer to a question q1, q2 ... is all numbers that are asked for, as in 2, 3, 5; or none."
DASHES = "A dash in the table means that nothing is asked there."
FOLLOWS = "An answer that follows rightly from your own earlier answers {}."
NEVER = " This does not hold for {}."


@dataclass(frozen=True)
class Papers:
    """One student's papers: the questions, the worked solution, the cells with their right values. The student of a sheet for
    all has no id."""

    student: Student
    question: Derivation
    worked: Derivation
    paper: Paper


class PaperSetter:
    """Sets the papers of an assignment, one student after the other.

    ``reference`` is whether the question sheets print the layers' formulas; None: unless formulas are asked. ``working`` is the
    space for working below their tables.
    """

    def __init__(self, assignment: Assignment, *, reference: bool | None = None, working: str = COMPACT) -> None:
        self.assignment, self.working = assignment, working
        self.reference = not assignment.ask.formulas if reference is None else reference
        self.maker = PaperMaker(assignment.convention, assignment.ask, Run(assignment.batch))
        self.common: tuple[Network, Paper, Derivation] | None = None

    def papers(self, student: Student) -> Papers:
        """A student's papers. Raises WorksheetError if the layers of the network do not fit together."""
        network, paper, worked = self.solved_paper(student)
        asked = {cell.key: self.assignment.policy.worth(cell.key) for cell in paper.shown}
        handout = Handout(student.id, student.name)
        whole = self.solution(network, fold=False) if any(row.same_as for row in worked.rows) else worked
        sheet = questions(whole, asked, handout, self.working)
        marks = {column: print_marks(worth) for (row, column), worth in asked.items() if row == FIND}
        open_questions = blank_questions(worked, marks)
        text = self.assignment.question or self.question(network)
        rules = tuple(self.rules(paper, asked))
        sheet = replace(
            sheet,
            figures=open_questions,
            question=text,
            rules=rules,
            reference=sheet.reference if self.reference else tuple(map(_symbols, whole.reference)),
        )
        key = replace(
            keyed(worked, asked), title=SOLVED + worked.title, handout=handout if student.id else None, question=text, rules=rules
        )  # fmt: skip
        return Papers(student, sheet, key, paper)

    def solved_paper(self, student: Student) -> tuple[Network, Paper, Derivation]:
        """A student's network, cells and worked solution; the same for all if the assignment has no variants."""
        if self.assignment.variants and student.id:
            return self.solve_paper(variant(self.assignment, student.id))
        self.common = self.common or self.solve_paper(self.assignment.network)
        return self.common

    def solve_paper(self, network: Network) -> tuple[Network, Paper, Derivation]:
        return network, self.maker.paper(network), self.solution(network)

    def solution(self, network: Network, *, fold: bool | None = None) -> Derivation:
        """The worked solution under the assignment's title."""
        heading = self.assignment
        worked = solve(heading, network, fold=fold)
        return replace(worked, title=unsolved(heading.title), course=heading.course, language=heading.language)

    # Words

    def question(self, network: Network) -> str:
        """The question of an assignment that does not word it."""
        ask, columns = self.assignment.ask, self.assignment.convention.columns
        wanted = {name for names in ask.columns.values() for name in names}
        asks = [SIZE] if OUTPUT in wanted else []
        asks += [column.asks for column in columns if column.name in wanted]
        headings = {column.name: column.heading.replace("# ", "#\u00a0") for column in columns}  # no line break after the sign
        formulas = [headings[name] for name in ask.formulas if name in headings and name in wanted]
        totals = [headings[name] for name in ask.totals if name in headings]
        sentences = [question(network, asks, self.assignment.batch)]
        sentences += [f"Give the formula of {list_in_words(formulas)} too."] if formulas else []
        sentences += [f"Add up {list_in_words(totals)} over all layers."] if totals else []
        return " ".join(sentences)

    def rules(self, paper: Paper, asked: Mapping[Key, Fraction]) -> Iterator[str]:
        """What a student must know: the teacher's rules, how answers are written, how many marks they get."""
        columns = {column for row, column in asked if row != FIND}
        rows = [row for row in {row for row, _ in asked} if row not in (TOTAL, FIND)]
        each = [column for column in columns if any((row, column) in asked for row in rows) and not column.endswith(FORMULA)]
        yield from self.assignment.rules
        if OUTPUT in columns:
            yield f"Write an output size with x between its numbers, channels first: {_example(paper)}."
        if columns - {OUTPUT}:
            yield self.exactness(columns)
        if any(column.endswith(FORMULA) for column in columns):
            yield FORMULAS
        if any(row == FIND for row, _ in asked):
            yield SETS
        if any((row, column) not in asked for row in range(1, len(paper.layers) + 1) for column in each):
            yield DASHES
        yield from self.worth(asked)

    def exactness(self, columns: set[str]) -> str:
        headings = {column.name: column.heading for column in self.assignment.convention.columns}
        tolerance = self.assignment.policy.tolerance
        free = [name for name in headings if name in columns and tolerance.get(name, EXACT) != EXACT]
        return ROUNDABLE.format(list_in_words([headings[name] for name in free])) if free else NUMBERS

    def worth(self, asked: Mapping[Key, Fraction]) -> Iterator[str]:
        """The marks of totals and of carried answers."""
        policy = self.assignment.policy
        totals = {marks for (row, _), marks in asked.items() if row == TOTAL}
        if totals:
            worths = " or ".join(print_marks(marks) for marks in sorted(totals))
            yield f"A total is worth {worths} {'mark' if totals == {1} else 'marks'}."
        if policy.follow_through:
            lost = f"loses {print_marks(policy.penalty * 100)} % of its marks" if policy.penalty else "gets its marks"
            headings = {column.name: column.heading for column in self.assignment.convention.columns}
            never = [headings.get(name, "totals" if name == TOTAL else "output sizes") for name in sorted(policy.never)]
            yield FOLLOWS.format(lost) + (NEVER.format(list_in_words(never)) if never else "")


def solve(assignment: Assignment, network: Network, *, fold: bool | None = None) -> Derivation:
    """The worked solution of a network as the assignment counts it, with the answers to its questions asked backwards."""
    convention, batch = assignment.convention, assignment.batch
    worked = derive(network, convention, digits=assignment.digits or None, fold=fold, batch=batch)
    return with_questions(worked, assignment.ask.find, network, convention, batch)


def _example(paper: Paper) -> str:
    """An example of how to write a size, which is not an answer."""
    answers = {"x".join(map(str, layer.output)) for layer in paper.layers}
    return next((text for text in EXAMPLES if text not in answers), EXAMPLES[0])


def _symbols(section: Section) -> Section:
    """The symbols of a kind of layer, without its formulas."""
    return replace(section, statements=(), note="")
