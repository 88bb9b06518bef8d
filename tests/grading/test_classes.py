"""Synthetic classes with known truth: nobody is marked down, follow-through is the brute-force marker's, mistakes are named.

WORKSHEET_TRUTH=100000 checks so many answers in place of the suite's share of them; ``benchmarks/homework.py --truth`` prints
the figures.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import worksheet as ws
from tests.grading import brute
from tests.grading.chains import COLUMNS, chain_of, random_chain
from tests.grading.measures import MAKER, Fairness, fairness, marking, naming
from tests.grading.mistakes import clear_chain
from tests.grading.synthetic import CARRIED, RIGHT, Script, one_mistake, several, slots_of, unasked
from tests.sheet_facts import ROWS, SHEET
from worksheet.conventions import names as convention_names
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.variants.variants import variant

ANSWERS = int(os.environ.get("WORKSHEET_TRUTH", "8000"))
STUDENTS = max(500, ANSWERS // 40)


def scripts(seed: int) -> Iterator[Script]:
    rng = Random(seed)
    while True:
        yield several(random_chain(rng, plain=rng.random() < 0.5), rng)


@pytest.fixture(scope="module")
def fair() -> Fairness:
    return fairness(scripts(5), marking(), ANSWERS)


# The truth itself


@pytest.mark.parametrize("seed", range(40))
def test_the_chains_figures_are_those_of_the_worked_solution(seed: int) -> None:
    chain = random_chain(Random(seed), plain=seed % 2 == 0)
    solution = ws.derive(chain.network(), "ai61002")
    for row, worked in enumerate(solution.rows, 1):
        assert [step.value for step in worked.columns] == [chain.truth[row, column][0] for column in COLUMNS[1:]]
    assert solution.totals == {column: chain.truth["total", column][0] for column in COLUMNS[1:]}
    assert {key: cell.truth for key, cell in MAKER.paper(chain.network()).cells.items()} == chain.truth


def test_the_generator_and_the_brute_force_marker_agree() -> None:
    carried = 0
    for script, _ in zip(scripts(3), range(100), strict=False):
        for key, answer in script.answers.items():
            found = brute.judged(script.chain, key, script.values)
            if answer.what == RIGHT:
                assert found.right, (key, script.chain)
            if answer.what == CARRIED:
                carried += 1
                assert found.carried, (key, script.chain)
                assert min(map(len, found.sets)) <= len(answer.used)
    assert carried > 100


# The package against it


def test_the_class_is_large_and_varied(fair: Fairness) -> None:
    assert fair.answers >= ANSWERS
    assert fair.right > 0.7 * fair.answers
    assert fair.carried > 0.03 * fair.answers


def test_no_right_or_carried_answer_is_marked_down(fair: Fairness) -> None:
    assert not fair.marked_down[:3]


def test_the_points_are_the_brute_force_markers(fair: Fairness) -> None:
    assert not fair.unearned[:3]


def test_verdicts_and_smallest_sets_are_the_brute_force_markers(fair: Fairness) -> None:
    assert not fair.verdicts[:3]
    assert not fair.sets[:3]


def test_right_answers_that_do_not_follow_are_flagged_and_no_others(fair: Fairness) -> None:
    assert not fair.flags[:3]


@pytest.mark.parametrize("kinds", [("ReLU", "Dropout", "Flatten"), ("ReLU", "MaxPool2d", "Dropout"), ("Conv2d", "Linear")])
def test_the_same_holds_where_some_sizes_are_not_asked_for(kinds: tuple[str, ...]) -> None:
    maker = PaperMaker(ws.convention("ai61002"), Ask({"*": COLUMNS, **dict.fromkeys(kinds, COLUMNS[1:])}, totals=COLUMNS[1:]))
    mark = marking(paper=lambda script: maker.paper(script.chain.network()))
    found = fairness((unasked(script, kinds) for script in scripts(8)), mark, ANSWERS // 5)
    assert found.carried > 50
    assert not found.faults[:3]


def test_the_same_holds_for_the_ai61002_sheet_and_one_paper_for_all() -> None:
    network, rng = ws.read(SHEET), Random(4)
    chain, paper = chain_of(network), MAKER.paper(network)
    assert {row: chain.truth[row.no, "flops"][0] for row in ROWS} == {row: row.number("flops") for row in ROWS}
    mark = marking(paper=lambda _: paper, others=convention_names())
    found = fairness((several(chain, rng) for _ in range(ANSWERS)), mark, ANSWERS // 4)
    assert found.carried > 50
    assert not found.faults[:3]


def test_single_mistakes_are_named_on_chains_that_show_them() -> None:
    """At least 98 % are among the labels and 90 % the only or first one; all that the catalogue has for a chain's cells."""
    rng = Random(11)
    chains = [clear_chain(rng, random_chain) for _ in range(STUDENTS // 25)]
    slots = [slots_of(chain) for chain in chains]
    sat = (one_mistake(chains[i % len(chains)], rng, slots=slots[i % len(chains)]) for i in range(STUDENTS))
    found = naming(sat, marking())
    named, first = found.shares
    assert found.injected.total() > STUDENTS // 2
    assert named >= 0.98, found.table() + "\n" + "\n".join(found.missed[:5])
    assert first >= 0.90, found.table()


def test_single_mistakes_are_named_on_the_variants_of_an_assignment(tmp_path: Path) -> None:
    """The same on the networks that students of the AI61002 sheet get, with all other ways of counting told apart."""
    homework = tmp_path / "homework.yaml"
    homework.write_text(f"title: H\nnetwork: {SHEET}\nask: [output, params, flops]\nvariants: {{seed: 7}}\n")
    assignment, rng = read_assignment(homework), Random(3)
    drawn = [chain_of(variant(assignment, f"S{i}")) for i in range(15)]
    found = naming((one_mistake(rng.choice(drawn), rng) for _ in range(400)), marking(others=assignment.conventions))
    named, first = found.shares
    assert found.injected.total() > 200
    assert named >= 0.98, found.table() + "\n" + "\n".join(found.missed[:5])
    assert first >= 0.90, found.table()
