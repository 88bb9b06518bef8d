"""The invariants of fair marking as properties of random papers: an error costs its own cell and nothing else."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worksheet as ws
from tests.grading import brute
from tests.grading.chains import COLUMNS, Chain, Key, Value, random_chain
from tests.grading.measures import MAKER
from tests.grading.mistakes import Slot
from tests.grading.synthetic import BY_CHANCE, INJECTED, Script, Student, one_mistake, several
from tests.grading.typing_styles import COUNTS, Hand
from tests.sheet_facts import ROWS, SHEET
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.marker import Marker
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy

FOLLOWING, KEY_ONLY = Marker(Policy()), Marker(Policy(follow_through=False))
PENALTY = Marker(Policy(penalty=Fraction(1, 4)))
NEVER = Marker(Policy(never=frozenset({"output", "total"})))
LENIENT = Marker(Policy(trivial=True))
WEIGHTED = Policy(marks={"output": Fraction(1), "params": Fraction(2), "flops": Fraction(3), "total": Fraction(5)})

CHAINS = [random_chain(Random(seed), plain=seed % 2 == 0, blocks=1 + seed % 3) for seed in range(60)]
PAPERS = {chain: MAKER.paper(chain.network()) for chain in CHAINS}
chains = st.sampled_from(CHAINS)
randoms = st.integers(0, 2**32).map(Random)
few = settings(max_examples=60)


def marked(script: Script, marker: Marker = FOLLOWING) -> dict[Key, Mark]:
    return {mark.key: mark for mark in marker.marks(PAPERS[script.chain], script.texts)}


def points(marks: dict[Key, Mark]) -> Fraction:
    return sum((mark.points for mark in marks.values()), Fraction(0))


def below(chain: Chain, key: Key) -> set[Key]:
    """The cells that follow from a cell, near and far."""
    found = {key}
    for other in chain.truth:  # in the order of the sheet: what is read stands before
        if found.intersection(brute.reads(chain, other)):
            found.add(other)
    return found - {key}


@few
@given(chains, randoms, st.sampled_from([*COUNTS]))
def test_all_right_is_full_marks_however_it_is_typed(chain: Chain, rng: Random, style: str) -> None:
    student = Student(chain, [], rng)
    student.hand = Hand(rng, style)
    marks = marked(student.sit(), Marker(WEIGHTED))
    assert {mark.verdict for mark in marks.values()} == {Verdict.RIGHT}
    assert not any(mark.flags for mark in marks.values())
    assert points(marks) == len(chain.layers) * 6 + 2 * 5 == sum(mark.max for mark in marks.values())


@few
@given(chains, randoms)
def test_follow_through_never_costs(chain: Chain, rng: Random) -> None:
    script = several(chain, rng)
    with_it, without, fined = marked(script), marked(script, KEY_ONLY), marked(script, PENALTY)
    for key, mark in with_it.items():
        assert without[key].points <= fined[key].points <= mark.points
        assert without[key].points == (1 if script.values[key] == chain.truth[key] else 0)
        carried = mark.verdict == Verdict.CARRIED
        assert without[key].verdict == mark.verdict == fined[key].verdict  # the verdict is no question of the policy
        assert (without[key].points, fined[key].points) == ((0, Fraction(3, 4)) if carried else (mark.points, mark.points))


@few
@given(chains, randoms)
def test_one_mistake_costs_exactly_its_own_cell(chain: Chain, rng: Random) -> None:
    script = one_mistake(chain, rng, pen=0.3)
    for key in script.of(INJECTED):
        marks = marked(script, Marker(WEIGHTED))
        if brute.judged(chain, key, script.values).carried:
            continue
        assert {cell for cell, mark in marks.items() if mark.points < mark.max} == {key}
        assert marks[key].points == 0


@few
@given(chains, randoms)
def test_cells_that_do_not_depend_on_a_mistake_are_unaffected(chain: Chain, rng: Random) -> None:
    script = one_mistake(chain, rng, pen=0.3)
    texts = script.texts
    for key in script.of(INJECTED):
        near = {cell for cell in chain.truth if cell == key or key in brute.reads(chain, cell)}
        marks = marked(script)
        for cell, mark in marks.items():
            if cell not in below(chain, key) | {key}:
                assert mark == Mark(cell, mark.layer, texts[cell], chain.truth[cell], Verdict.RIGHT, mark.max, mark.max)
            elif mark.verdict == Verdict.CARRIED and cell not in near:
                assert key not in mark.carried_from  # it names the nearest cells, not the first


@few
@given(chains, randoms, st.sampled_from(COLUMNS[1:]))
def test_a_total_is_a_cell_like_any_other(chain: Chain, rng: Random, column: str) -> None:
    key: Key = ("total", column)
    script = Student(chain, [Slot(key, BY_CHANCE)], rng).sit()
    marks = marked(script)
    assert {cell for cell, mark in marks.items() if mark.points < mark.max} == {key}
    row = rng.choice([row for row in range(1, len(chain.layers) + 1) if chain.truth[row, column][0]])
    script = Student(chain, [Slot((row, column), BY_CHANCE)], rng).sit()
    marks = marked(script)
    assert {cell for cell, mark in marks.items() if mark.points < mark.max} == {(row, column)}
    assert (marks[key].verdict, marks[key].carried_from) == (Verdict.CARRIED, ((row, column),))


@few
@given(chains, randoms)
def test_a_right_value_that_does_not_follow_is_flagged(chain: Chain, rng: Random) -> None:
    script = several(chain, rng, copying=0.0)
    values, texts = script.values, script.texts
    wrong = [key for key in chain.truth if values[key] != chain.truth[key]]
    for key in wrong[:3]:
        copied = {**values, key: chain.truth[key]}
        typed = Hand(rng).size(chain.truth[key]) if key[1] == "output" else Hand(rng).count(chain.truth[key][0])
        marks = FOLLOWING.marks(PAPERS[chain], {**texts, key: str(typed)})
        [mark] = [mark for mark in marks if mark.key == key]
        assert (mark.verdict, mark.points) == (Verdict.RIGHT, mark.max)
        assert ("does-not-follow" in mark.flags) == (not brute.judged(chain, key, copied).follows)


@few
@given(chains, randoms)
def test_marks_are_a_function_of_the_paper_and_the_answers(chain: Chain, rng: Random) -> None:
    script = several(chain, rng)
    again = Marker(Policy()).marks(MAKER.paper(chain.network()), dict(reversed(script.texts.items())))
    assert tuple(marked(script).values()) == again


def test_a_paper_keeps_the_markers_apart_that_mark_it_one_after_the_other() -> None:
    script = Student(CHAINS[0], [], Random(1)).sit()
    for worth in (*range(1, 30), 1):
        marks = Marker(Policy(marks={"flops": Fraction(worth)})).marks(PAPERS[CHAINS[0]], script.texts)
        assert {mark.max for mark in marks if mark.key[1] == "flops"} == {worth}


@few
@given(chains, randoms)
def test_correct_answer_only(chain: Chain, rng: Random) -> None:
    script = several(chain, rng)
    for key, mark in marked(script, NEVER).items():
        if mark.verdict == Verdict.CARRIED:
            strict = key[1] == "output" or key[0] == "total"
            assert (mark.points, "correct-answer-only" in mark.flags) == ((0, True) if strict else (mark.max, False))


@few
@given(chains, randoms, st.integers(0, 1))
def test_a_carried_value_that_makes_the_question_simpler(chain: Chain, rng: Random, simple: int) -> None:
    """An output of a single place (or of none), from which the row's operations follow."""
    key: Key = (1, "output")
    texts, own = Student(chain, [], rng).sit().texts, (chain.layers[0].k, simple, simple)
    values: dict[Key, Value] = {**chain.truth, key: own}
    values[1, "flops"] = follow = brute.value(chain, (1, "flops"), values) or ()
    texts |= {key: f"{own[0]}x{simple}x{simple}", (1, "flops"): str(follow[0])}
    if chain.truth[key][1:] == own[1:]:
        return
    for marker, worth in ((FOLLOWING, 0), (LENIENT, 1)):
        marks = {mark.key: mark for mark in marker.marks(PAPERS[chain], texts)}
        assert (marks[1, "flops"].verdict, marks[1, "flops"].points) == (Verdict.CARRIED, worth)
        assert "simpler" in marks[1, "flops"].flags  # whether or not it is worth anything


@few
@given(chains, randoms)
def test_a_count_by_the_rows_own_output_costs_nothing(chain: Chain, rng: Random) -> None:
    """A size mistyped in the last ReLU's line, and its operations counted by that line."""
    row = max(i for i, layer in enumerate(chain.layers, 1) if layer.kind == "ReLU")
    key: Key = (row, "output")
    script = Student(chain, [Slot(key, "slip-x10")], rng).sit()
    counted = brute.value_within(chain, (row, "flops"), script.values, frozenset()) or ()
    marks = FOLLOWING.marks(PAPERS[chain], {**script.texts, (row, "flops"): str(counted[0])})
    [mark] = [mark for mark in marks if mark.key == (row, "flops")]
    assert (mark.verdict, mark.points, mark.carried_from) == (Verdict.CARRIED, mark.max, (key,))


@few
@given(chains, randoms)
def test_what_is_left_blank_stops_nothing(chain: Chain, rng: Random) -> None:
    """Answers that were worked out from a wrong size keep their marks where a size in between was not written down."""
    script = Student(chain, [Slot((1, "output"), BY_CHANCE)], rng).sit()
    before = marked(script)
    blank = {(row, "output") for row in range(2, len(chain.layers) + 1) if rng.random() < 0.3}
    texts = {key: text for key, text in script.texts.items() if key not in blank}
    for mark in FOLLOWING.marks(PAPERS[chain], texts):
        if mark.key in blank:
            assert (mark.verdict, mark.points) == (Verdict.BLANK, 0)
        else:
            assert mark.points == before[mark.key].points, (mark, chain)


@few
@given(
    chains.filter(lambda chain: chain.input[1] == chain.input[2] and all(x.w == x.h and not x.tall for x in chain.layers)),
    randoms,
)
def test_channels_written_last_cost_nothing(chain: Chain, rng: Random) -> None:
    script = Student(chain, [Slot((1, "output"), "out-no-kernel")], rng).sit()
    texts = script.texts
    for key, value in script.values.items():
        if len(value) == 3:
            texts[key] = "x".join(map(str, (value[1], value[2], value[0])))
    before = marked(script)
    for mark in FOLLOWING.marks(PAPERS[chain], texts):
        assert (mark.verdict, mark.points) == (before[mark.key].verdict, before[mark.key].points)


# Rows 1 to 4 of the AI61002 sheet and the total of their operations, with two early mistakes

ASKED = Ask({"Conv2d": ("output", "flops"), "MaxPool2d": ("output", "flops"), "ReLU": ("flops",)}, totals=("flops",))


def answers(side: int, flops_of_row_1: int | None = None) -> dict[Key, int | tuple[int, ...]]:
    """What follows from a side of row 1's output, by the sheet's rules: 64 kernels of 3 x 11 x 11, then 192 of 64 x 5 x 5."""
    half = (side - 2) // 2 + 1
    counts = [64 * (3 * 11 * 11 + 1) * side**2, 2 * 64 * side**2, 64 * 3 * half**2, 192 * (64 * 25 + 1) * half**2]
    counts[0] = flops_of_row_1 or counts[0]
    outputs: dict[Key, int | tuple[int, ...]] = {
        (1, "output"): (64, side, side), (3, "output"): (64, half, half), (4, "output"): (192, half, half),
    }  # fmt: skip
    return {**outputs, **{(row, "flops"): n for row, n in enumerate(counts, 1)}, ("total", "flops"): sum(counts)}


def rows_1_to_4(given: dict[Key, int | tuple[int, ...]], policy: Policy) -> dict[Key, Mark]:
    paper = PaperMaker(ws.convention("ai61002"), ASKED).paper(ws.read(SHEET).until("conv2d_2"))
    texts = {key: "x".join(map(str, value)) if isinstance(value, tuple) else str(value) for key, value in given.items()}
    return {mark.key: mark for mark in Marker(policy).marks(paper, texts)}


def test_the_right_answers_of_the_example_are_the_printed_ones() -> None:
    printed = [row.number("flops") for row in ROWS[:4]]
    right = answers(56)
    assert [right[row, "flops"] for row in range(1, 5)] == printed
    assert right["total", "flops"] == sum(printed)
    marks = rows_1_to_4(right, Policy())
    assert len(marks) == 8
    assert points(marks) == 8


def test_two_mistakes_in_the_first_size() -> None:
    """Neither padding nor stride in 227 - 11 + 1. MarkedPaper by the key 0 of 8, with follow-through 7 of 8."""
    given = answers(227 - 11 + 1)
    assert points(rows_1_to_4(given, Policy(follow_through=False))) == 0
    marks = rows_1_to_4(given, Policy())
    assert points(marks) == 7
    assert {key for key, mark in marks.items() if mark.points < mark.max} == {(1, "output")}
    assert marks["total", "flops"].verdict == Verdict.CARRIED


def test_two_mistakes_in_two_cells() -> None:
    """No + 1 in the first size, no bias in its operations. Marked by the key 0 of 8; with follow-through each costs its own cell,
    or half of it where a named mistake is worth that: 7 of 8, with both causes named."""
    side = (227 - 11 + 4) // 4
    given = answers(side, flops_of_row_1=64 * 3 * 11 * 11 * side**2)
    assert points(rows_1_to_4(given, Policy(follow_through=False))) == 0
    assert points(rows_1_to_4(given, Policy())) == 6
    marks = rows_1_to_4(given, Policy(mistake=Fraction(1, 2)))
    assert points(marks) == 7
    assert "out-no-plus1" in marks[1, "output"].labels
    assert (marks[1, "flops"].labels, marks[1, "flops"].own) == (("ops-no-bias",), True)
    assert set(marks["total", "flops"].carried_from) == {(row, "flops") for row in range(1, 5)}


@pytest.mark.parametrize("column", COLUMNS[1:])
def test_the_whole_sheet_as_printed_is_full_marks(column: str) -> None:
    paper = PaperMaker(ws.convention("ai61002"), Ask({"*": (column,)}, totals=(column,))).paper(ws.read(SHEET))
    texts = {(row.no, column): getattr(row, column) for row in ROWS}
    texts["total", column] = {"params": "6,11,00,840", "flops": "79,34,00,040"}[column]  # type: ignore[index]
    marks = Marker(Policy()).marks(paper, texts)
    assert all(mark.verdict == Verdict.RIGHT for mark in marks)
    assert len(marks) == 21
