"""Marks a paper: a verdict and points for every cell, fair to errors that are carried forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from worksheet import conventions
from worksheet.formula import Exact
from worksheet.grading.diagnosis.alternatives import Alternatives
from worksheet.grading.diagnosis.carrying import (
    find_carried,
    find_carried_by_identity,
    find_carried_in_row,
    find_simple,
    is_simpler,
)
from worksheet.grading.diagnosis.diagnose import Diagnoser, Explanation
from worksheet.grading.diagnosis.evidence import narrow_labels
from worksheet.grading.diagnosis.formula_answer import explain_formula, mark_if_right
from worksheet.grading.mark import CORRECT_ONLY, DOES_NOT_FOLLOW, ROUNDED, TRIVIAL, Mark, Verdict
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.notation.numbers import LEAST_DIGITS, NumberRead
from worksheet.grading.notation.understanding import Understanding, Understood
from worksheet.grading.paper.cells import SET, SIZES, TOTAL, Cell, Key, Paper, Value
from worksheet.grading.paper.find_question import remark
from worksheet.grading.policy import EXACT, Policy
from worksheet.language import _
from worksheet.memo import Bounded

MAX_KEPT = 20_000  # marks that a paper remembers
NOTHING = Fraction(0)
Known = dict[tuple[Key, str], tuple[Understood, Mark | None]]  # what a text at a cell means, and its mark if it is right


@dataclass
class _Answers:
    """The answers of one paper, as read. ``own`` are the values that differ from the truth, and for blank cells those that
    follow from them; ``origins`` has the answers from which the latter follow. ``rounded`` are own values that are only
    rounded."""

    entries: list[tuple[Cell, str, Understood, Mark | None]]  # with the mark of a right answer
    own: dict[Key, Value]
    origins: dict[Key, tuple[Key, ...]]
    rounded: set[Key] = field(default_factory=set)
    simple: frozenset[Key] = frozenset()  # own zeros and ones that were not worked out

    def own_at(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """The student's own values at these cells."""
        return {key: self.own[key] for key in keys if key in self.own}

    def filled(self, keys: Iterable[Key]) -> tuple[Key, ...]:
        """The cells that the student has filled, instead of blank ones that follow from them."""
        return tuple(dict.fromkeys(origin for key in keys for origin in self.origins.get(key, (key,))))


@dataclass
class Marker:
    """Marks papers under one policy; what papers have in common is computed once."""

    policy: Policy
    others: tuple[str, ...] = ()  # names of other conventions; loaded when an answer needs them
    diagnoser: Diagnoser = field(default_factory=lambda: Diagnoser(tuple(known_mistakes().values())))
    _alternatives: dict[str, Alternatives] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.understanding = Understanding(self.policy)
        self.token = object()  # by which papers know this marker: an id would be reused once it is gone

    def marks(self, paper: Paper, texts: Mapping[Key, str]) -> tuple[Mark, ...]:
        """A mark for every cell that is asked, in the order of the paper."""
        known: Known = paper.remembered.setdefault(self.token, Bounded(MAX_KEPT))
        marks, simple = [], True
        for cell in paper.shown:
            text = texts.get(cell.key, "")
            __, right = known.get((cell.key, text)) or self.judge_alone(cell, text, known)
            simple = simple and right is not None
            marks.append(right)
        if simple:
            return tuple(marks)  # type: ignore[arg-type]  # none of them is None
        return narrow_labels(paper, self.diagnoser, self.mark_in_context(paper, texts, known))

    def judge_alone(self, cell: Cell, text: str, known: Known) -> tuple[Understood, Mark | None]:
        """What a text means, and its mark if it is right: that does not depend on the other answers."""
        understood = Understood(None) if cell.is_formula else self.understanding.of(cell, text)
        right = understood.value is not None and self.is_near(cell, understood, cell.truth)
        known[cell.key, text] = understood, self.mark_right(cell, text, understood) if right else None
        return known[cell.key, text]

    def mark_right(self, cell: Cell, text: str, understood: Understood) -> Mark:
        worth = self.policy.worth(cell.key)
        flags = [ROUNDED] if understood.value != cell.truth else []
        return Mark(cell.key, cell.layer, text, understood.value, Verdict.RIGHT, worth, worth, flags=(*flags, *understood.flags))

    def is_near(self, cell: Cell, understood: Understood, wanted: Value) -> bool:
        """Whether an answer equals a value, exactly or within the tolerance of the column."""
        value = understood.value
        if value == wanted:
            return True
        tolerance = self.policy.tolerance.get(cell.column, EXACT)
        if tolerance is EXACT or value is None or len(value) != 1 or len(wanted) != 1:
            return False
        allowed = tolerance.share * max(wanted[0], -wanted[0])
        if -allowed <= value[0] - wanted[0] <= allowed:
            return True
        return tolerance.rounded and understood.number is not None and understood.number.is_rounded(wanted[0])

    # In view of the other answers

    def mark_in_context(self, paper: Paper, texts: Mapping[Key, str], known: Known) -> list[Mark]:
        answers = self.read_answers(paper, texts, known)
        own = answers.own.keys()
        return [
            right if right and own.isdisjoint(paper.depends[cell.key]) else self.mark_cell(paper, cell, text, understood, answers)
            for cell, text, understood, right in answers.entries
        ]

    def read_answers(self, paper: Paper, texts: Mapping[Key, str], known: Known) -> _Answers:
        answers = _Answers([], {}, {})
        for cell in paper.shown:
            text = texts.get(cell.key, "")
            understood, right = known[cell.key, text] if (cell.key, text) in known else self.judge_alone(cell, text, {})
            answers.entries.append((cell, text, understood, right))
            if cell.is_formula:
                continue
            if understood.value is None and understood.meant is None:
                self.fill_blank(paper, cell, answers)
            elif right is None:
                self.keep_own(cell, understood, answers)
        answers.simple = find_simple(paper, answers.own)
        return answers

    def keep_own(self, cell: Cell, understood: Understood, answers: _Answers) -> None:
        """Keep a value that is not right, or not accepted as written: the next answers may follow from it."""
        value = understood.value or understood.meant
        if value is not None and value != cell.truth:
            answers.own[cell.key] = value
        if understood.value is None and understood.number and understood.number.is_rounded(cell.truth[0], least=1):
            answers.rounded.add(cell.key)

    def fill_blank(self, paper: Paper, cell: Cell, answers: _Answers) -> None:
        """Fill a cell that was left blank: the student's next answers may follow from what it would have been."""
        own = answers.own_at(paper.depends[cell.key])
        value = paper.follows(cell, answers.own) if own else None
        if value is not None and value != cell.truth and not cell.asked.is_total:
            answers.own[cell.key] = value
            answers.origins[cell.key] = answers.filled(own)

    def mark_cell(self, paper: Paper, cell: Cell, text: str, understood: Understood, answers: _Answers) -> Mark:
        """The mark of one cell; a failure of the grader is reported as such, never as a zero."""
        remembered: dict[object, Mark] = paper.remembered.setdefault((self.token, "careful"), Bounded(MAX_KEPT))
        touched = answers.own_at(paper.touched[cell.key]) | {key: own for key, own in answers.own.items() if key[0] == cell.row}
        memo = (
            cell.key,
            text,
            *[
                (key, value, answers.origins.get(key), key in answers.rounded, key in answers.simple)
                for key, value in touched.items()
            ],
        )
        if memo not in remembered:
            try:
                remembered[memo] = self.judge(paper, cell, text, understood, answers)
            except Exception as failure:  # no failure may cost the student points
                worth = self.policy.worth(cell.key)
                says = f"not marked: {type(failure).__name__}: {failure}"
                remembered[memo] = Mark(cell.key, cell.layer, text, understood.value, Verdict.UNMARKED, NOTHING, worth, says=says)
        return remembered[memo]

    def judge(self, paper: Paper, cell: Cell, text: str, understood: Understood, answers: _Answers) -> Mark:
        worth = self.policy.worth(cell.key)
        mark = Mark(cell.key, cell.layer, text, understood.value, Verdict.WRONG, NOTHING, worth, flags=understood.flags)
        if not text.strip():
            return replace(mark, verdict=Verdict.BLANK)
        if cell.is_formula:
            return self.mark_formula(paper, cell, mark)
        if understood.value is None:
            return replace(mark, verdict=Verdict.UNREADABLE, says=understood.says)
        own = answers.own_at(paper.depends[cell.key])
        if self.is_near(cell, understood, cell.truth):
            mark = self.mark_right(cell, text, understood)
            follows = answers.rounded.issuperset(own) or paper.follows(cell, own) == cell.truth
            return mark if follows else replace(mark, flags=(*mark.flags, DOES_NOT_FOLLOW))
        if cell.asked.role == SET:
            return replace(mark, says=remark(understood.value, cell.truth))
        near = partial(self.is_near, cell, understood)
        chosen = find_carried(paper, cell, understood.value, own, near) or find_carried_in_row(paper, cell, answers.own, near)
        chosen = chosen or find_carried_by_identity(paper, cell, answers.own, near)
        if not chosen:
            return self.explain(paper, cell, mark, answers, near, understood)
        carried = self.mark_carried(paper, cell, mark, chosen, answers)
        if carried.points >= self.policy.most_explained * carried.max:
            return carried
        explained = self.explain(paper, cell, mark, answers, near, understood)
        return carried if carried.points >= explained.points else replace(explained, flags=carried.flags)

    def mark_formula(self, paper: Paper, cell: Cell, mark: Mark) -> Mark:
        """The mark of a formula."""
        result = mark_if_right(cell, mark)
        if isinstance(result, Mark):
            return result
        names, labels = explain_formula(paper, cell, mark.answer, self.diagnoser, self.alternatives(paper))
        says = result.counter.says if result.counter else ""
        return award(replace(mark, says=says), names, Explanation(labels), self.policy)

    def mark_carried(self, paper: Paper, cell: Cell, mark: Mark, chosen: tuple[Key, ...], answers: _Answers) -> Mark:
        policy = self.policy
        only_correct = cell.column in policy.never or (cell.row == TOTAL and TOTAL in policy.never)
        simpler = is_simpler(paper, cell, answers.own_at(chosen), answers.simple)
        counts = policy.follow_through and not only_correct and (policy.trivial or not simpler)
        share = 1 - policy.penalty if counts else NOTHING
        flags = [flag for flag, holds in ((CORRECT_ONLY, only_correct), (TRIVIAL, simpler)) if holds]
        return replace(
            mark,
            verdict=Verdict.CARRIED,
            points=share * mark.max,
            carried_from=answers.filled(chosen),
            flags=(*mark.flags, *flags),
        )

    def explain(
        self, paper: Paper, cell: Cell, mark: Mark, answers: _Answers, near: Callable[[Value], bool], understood: Understood
    ) -> Mark:
        """The mark of an answer neither right nor carried: right under another convention, a known mistake, or unknown."""
        assert mark.value is not None
        touched = answers.own_at(paper.touched[cell.key])
        own = paper.values_beside(cell, touched) if touched else None
        names = self.matching_conventions(paper, cell, near, own)
        rounded = near if self.may_be_rounded(cell, understood.number) else None
        marked = award(mark, names, self.diagnoser.explain(cell, mark.value, own, rounded), self.policy)
        is_slip = marked.verdict is Verdict.WRONG and differs_in_one_digit(mark.value, cell.truth)
        return replace(marked, says=_("One digit differs from the right figure.")) if is_slip else marked

    def may_be_rounded(self, cell: Cell, number: NumberRead | None) -> bool:
        """Whether a wrong answer may be what a mistake gives, rounded. A total lies close to those with a row too many or too
        few, so it needs twice as many digits."""
        if number is None or not self.policy.tolerance.get(cell.column, EXACT).rounded:
            return False
        return number.is_rough and (not cell.asked.is_total or len(number.digits) >= 2 * LEAST_DIGITS)

    def matching_conventions(
        self, paper: Paper, cell: Cell, near: Callable[[Value], bool], own: Mapping[str, Exact] | None
    ) -> tuple[str, ...]:
        if cell.asked.role == SIZES:  # sizes do not depend on a convention
            return ()
        others = self.alternatives(paper)
        names = others.matching(paper, cell.key, cell.values, near)
        return names or (others.matching(paper, cell.key, own, near) if own and not cell.asked.is_total else ())

    def alternatives(self, paper: Paper) -> Alternatives:
        """The other conventions."""
        own = paper.counting.convention
        if own.name not in self._alternatives:
            others = tuple(conventions.convention(name) for name in self.others if name != own.name)
            self._alternatives[own.name] = Alternatives(own, others, paper.counting.run)
        return self._alternatives[own.name]


def award(mark: Mark, conventions: tuple[str, ...], explanation: Explanation, policy: Policy) -> Mark:
    """A mark with what was found about its answer and the points that this is worth: the better if both apply."""
    shares = {
        Verdict.CONVENTION: policy.convention if conventions else None,
        Verdict.MISTAKE: policy.mistake if explanation.labels else None,
    }
    fitting: dict[Verdict, Fraction] = {verdict: share for verdict, share in shares.items() if share is not None}
    verdict = next(iter(fitting), Verdict.WRONG)
    points = max(fitting.values(), default=NOTHING) * mark.max
    return replace(mark, verdict=verdict, points=points, labels=explanation.labels, own=explanation.own, conventions=conventions)


def differs_in_one_digit(value: Value, truth: Value) -> bool:
    """Whether two values are the same except for one digit of a number that has several.

    >>> differs_in_one_digit((64, 56, 58), (64, 56, 56)), differs_in_one_digit((7,), (8,)), differs_in_one_digit((123,), (1234,))
    (True, False, False)
    """
    unlike = [pair for pair in zip(map(str, value), map(str, truth), strict=False) if pair[0] != pair[1]]
    if len(value) != len(truth) or len(unlike) != 1 or len(unlike[0][0]) != len(unlike[0][1]) or len(unlike[0][0]) < 2:
        return False
    return sum(mine != right for mine, right in zip(*unlike[0], strict=True)) == 1
