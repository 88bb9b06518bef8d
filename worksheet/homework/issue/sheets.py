"""Makes a student's papers from an assignment: the question sheet, the worked solution and the cells that are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from worksheet.counting.run import Run
from worksheet.derivation import OUTPUT, Derivation, Handout, Section
from worksheet.derive.blank import unsolved
from worksheet.derive.worked_solution import SIZE, derive, question
from worksheet.frozen import frozen
from worksheet.grading.paper.cells import FIND, FORMULA, TOTAL, Key, Paper
from worksheet.grading.paper.find_question import blank_questions, with_questions
from worksheet.grading.paper.paper_maker import PaperMaker
from worksheet.grading.policy import EXACT
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.issue.question_sheet import COMPACT, keyed, plural, print_marks, questions
from worksheet.homework.roster import Student
from worksheet.homework.variants.variants import variant
from worksheet.language import N_, _, either, listed, ngettext, paragraph, speaking
from worksheet.network import Network

SOLVED = N_("(Solved) {title}")
EXAMPLES = ("3x32x32", "5x17x17", "6x21x21")  # of how to write a size: the first that no layer of the sheet has
NUMBERS = N_("Every other answer is a whole number, exact to the last digit; its digits may be grouped.")
ROUNDABLE = N_("{columns} may be rounded; every other answer is a whole number, exact to the last digit.")
FORMULAS = N_(
    "In formulas, adjacent letters are multiplied; floor(...) and ceil(...) round: 2ab, a(b + 1), floor((a - b)/c) + 1."
)
SETS = N_("The answer to a question q1, q2 ... is all the numbers that it asks for, such as 2, 3, 5; or none.")
DASHES = N_("A dash in the table means that nothing is asked there.")
ZEROS = N_("A 0 in the table is given: nothing is asked there.")
FOLLOWS = N_("An answer that follows correctly from your own earlier answers gets its marks.")
LESS = N_("An answer that follows correctly from your own earlier answers loses {share} % of its marks.")
NEVER = N_("This does not apply to {columns}.")


@frozen
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
        with speaking(self.assignment.language):
            return self._papers(student)

    def _papers(self, student: Student) -> Papers:
        network, paper, worked = self.solved_paper(student)
        asked = {cell.key: self.assignment.policy.worth(cell.key) for cell in paper.shown}
        handout = Handout(student.id, student.name)
        whole = self.solution(network, fold=False) if any(row.same_as for row in worked.rows) else worked
        sheet = questions(whole, asked, handout, self.working, paper.given)
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
            keyed(worked, asked), title=_(SOLVED).format(title=worked.title), handout=handout if student.id else None,
            question=text, rules=rules,
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
        headings = {column.name: _(column.heading).replace("# ", "#\u00a0") for column in columns}  # no line break after the sign
        formulas = [headings[name] for name in ask.formulas if name in headings and name in wanted]
        totals = [headings[name] for name in ask.totals if name in headings]
        sentences = [question(network, asks, self.assignment.batch)]
        sentences += [_("Give the formula of {columns} too.").format(columns=listed(formulas))] if formulas else []
        sentences += [_("Add up {columns} over all layers.").format(columns=listed(totals))] if totals else []
        return paragraph(sentences)

    def rules(self, paper: Paper, asked: Mapping[Key, Fraction]) -> Iterator[str]:
        """What a student must know: the teacher's rules, how answers are written, how many marks they get."""
        columns = {column for row, column in asked if row != FIND}
        rows = [row for row in {row for row, _ in asked} if row not in (TOTAL, FIND)]
        each = [column for column in columns if any((row, column) in asked for row in rows) and not column.endswith(FORMULA)]
        yield from map(_, self.assignment.rules)
        if OUTPUT in columns:
            message = _("Write an output size with x between its numbers, channels first: {example}.")
            yield message.format(example=_example(paper))
        if columns - {OUTPUT}:
            yield self.exactness(columns)
        if any(column.endswith(FORMULA) for column in columns):
            yield _(FORMULAS)
        if any(row == FIND for row, _ in asked):
            yield _(SETS)
        if any((row, column) not in {*asked, *paper.given} for row in range(1, len(paper.layers) + 1) for column in each):
            yield _(DASHES)
        if any(column in each for _row, column in paper.given):
            yield _(ZEROS)
        yield from self.worth(asked)

    def exactness(self, columns: set[str]) -> str:
        headings = {column.name: _(column.heading) for column in self.assignment.convention.columns}
        tolerance = self.assignment.policy.tolerance
        free = [name for name in headings if name in columns and tolerance.get(name, EXACT) != EXACT]
        return _(ROUNDABLE).format(columns=listed([headings[name] for name in free])) if free else _(NUMBERS)

    def worth(self, asked: Mapping[Key, Fraction]) -> Iterator[str]:
        """The marks of totals and of carried answers."""
        policy = self.assignment.policy
        totals = {marks for (row, _), marks in asked.items() if row == TOTAL}
        if totals:
            worths = either([print_marks(marks) for marks in sorted(totals)])
            message = ngettext("A total is worth {marks} mark.", "A total is worth {marks} marks.", plural(max(totals)))
            yield message.format(marks=worths)
        if policy.follow_through:
            yield _(LESS if policy.penalty else FOLLOWS).format(share=print_marks(policy.penalty * 100))
            headings = {column.name: _(column.heading) for column in self.assignment.convention.columns}
            never = [headings.get(name, _("totals") if name == TOTAL else _("output sizes")) for name in sorted(policy.never)]
            if never:
                yield _(NEVER).format(columns=listed(never))


def solve(assignment: Assignment, network: Network, *, fold: bool | None = None) -> Derivation:
    """The worked solution of a network as the assignment counts it, with the answers to its questions asked backwards."""
    convention, batch = assignment.convention, assignment.batch
    with speaking(assignment.language):
        worked = derive(
            network, convention, digits=assignment.digits or None, fold=fold, batch=batch, language=assignment.language
        )
        return with_questions(worked, assignment.ask.find, network, convention, batch)


def _example(paper: Paper) -> str:
    """An example of how to write a size, which is not an answer."""
    answers = {"x".join(map(str, layer.output)) for layer in paper.layers}
    return next((text for text in EXAMPLES if text not in answers), EXAMPLES[0])


def _symbols(section: Section) -> Section:
    """The symbols of a kind of layer, without its formulas."""
    return replace(section, statements=(), note="")
