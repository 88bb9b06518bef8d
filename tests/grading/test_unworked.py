"""Papers that no one has worked earn nothing: zeros, ones, blanks; and a slip to 0 is not taken for one of them."""

from fractions import Fraction

import worksheet as ws
from tests.sheet_facts import SHEET
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Key, Paper
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy

COLUMNS = ("output", "params", "flops")


def paper_of(source: str = str(SHEET), convention: str = "ai61002", columns: tuple[str, ...] = COLUMNS) -> Paper:
    return PaperMaker(ws.convention(convention), Ask({"*": columns}, totals=columns[1:])).paper(ws.read(source))


def right_answers(paper: Paper) -> dict[Key, str]:
    return {cell.key: "x".join(map(str, cell.truth)) for cell in paper.shown}


def marks_of(paper: Paper, texts: dict[Key, str], policy: Policy | None = None, others: tuple[str, ...] = ()) -> dict[Key, Mark]:
    return {mark.key: mark for mark in Marker(policy or Policy(), others).marks(paper, texts)}


def test_zeros_carry_nothing_and_are_flagged() -> None:
    paper = paper_of()
    zeros = {cell.key: "x".join("0" * len(cell.truth)) for cell in paper.shown}
    marks = marks_of(paper, zeros)
    carried = [mark for mark in marks.values() if mark.verdict == Verdict.CARRIED]
    assert {mark.key for mark in carried} >= {(2, "flops"), (4, "flops"), ("total", "params"), ("total", "flops")}
    assert all(mark.points == 0 and mark.flags == ("simpler",) for mark in carried)
    lenient = marks_of(paper, zeros, Policy(trivial=True))
    assert all(lenient[mark.key].points == 1 and lenient[mark.key].flags == ("simpler",) for mark in carried)


def test_a_single_zero_leaves_a_total_a_sum() -> None:
    paper = paper_of()
    texts = right_answers(paper)
    texts |= {(1, "flops"): "0", ("total", "flops"): str(793_400_040 - 73_056_256)}
    mark = marks_of(paper, texts)["total", "flops"]
    assert (mark.verdict, mark.points, mark.flags, mark.carried_from) == (Verdict.CARRIED, 1, (), ((1, "flops"),))


def test_a_length_of_1_that_is_right_makes_nothing_simpler() -> None:
    """ResNet-18 pools to 512 x 1 x 1: who takes 500 channels there goes on with 500 numbers."""
    paper = paper_of("zoo:resnet18", "textbook", ("output", "params"))
    texts = right_answers(paper)
    row = next(cell.row for cell in paper.shown if cell.truth == (512, 1, 1))
    texts[row, "output"] = "500x1x1"
    follows = {cell.key: paper.follows(cell, {(row, "output"): (500, 1, 1)}) for cell in paper.shown}
    [next_size] = [key for key in texts if (row, "output") in paper.depends[key] and key[1] == "output"]
    value = follows[next_size]
    assert value is not None
    assert value != paper.cells[next_size].truth
    mark = marks_of(paper, texts | {next_size: "x".join(map(str, value))})[next_size]
    assert (mark.verdict, mark.points, mark.flags) == (Verdict.CARRIED, 1, ())


def test_what_is_too_simple_to_be_carried_may_be_right_under_another_convention() -> None:
    """Two layers, of which multiply-accumulates count the first: it alone is the total."""
    ask = Ask({"*": ("flops",)}, totals=("flops",))
    paper = PaperMaker(ws.convention("ai61002"), ask).paper(ws.read(SHEET).until("relu_1"))
    without_bias = 64 * 3 * 11 * 11 * 56 * 56
    texts: dict[Key, str] = {(1, "flops"): str(without_bias), (2, "flops"): "0", ("total", "flops"): str(without_bias)}
    mark = marks_of(paper, texts)["total", "flops"]
    assert (mark.verdict, mark.points, mark.flags) == (Verdict.CARRIED, 0, ("simpler",))
    mark = marks_of(paper, texts, Policy(convention=Fraction(1, 2)), ("macs",))["total", "flops"]
    assert (mark.verdict, mark.points, mark.conventions) == (Verdict.CONVENTION, Fraction(1, 2), ("macs",))
    assert mark.flags == ("simpler",)


def test_a_printed_number_of_kernels_or_outputs_is_not_an_answer() -> None:
    """Somebody else's 88 kernels and 4,000 outputs: their parameters do not follow from the sizes, but from the sheet."""
    paper = paper_of()
    texts = right_answers(paper) | {(1, "output"): "88x56x56", (1, "params"): str(88 * (3 * 11 * 11 + 1))}
    texts |= {(20, "output"): "4000", (20, "params"): str(4000 * 4097), (20, "flops"): str(4000 * 4097)}
    marks = marks_of(paper, texts)
    assert {marks[key].verdict for key in ((1, "params"), (20, "params"))} == {Verdict.WRONG}
    assert marks[20, "flops"].carried_from != ((20, "output"),)
