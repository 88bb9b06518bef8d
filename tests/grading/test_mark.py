"""Verdicts, one by one, on the AI61002 sheet: every figure here is worked out by hand or taken from the sheet itself."""

from fractions import Fraction

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet import conventions
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Key, Paper
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy, Tolerance

ASK = Ask({"*": ("output", "params", "flops")}, ("params", "flops"))


@pytest.fixture(scope="module")
def paper() -> Paper:
    return PaperMaker(ws.convention("ai61002"), ASK).paper(ws.read(EXAMPLES / "ai61002.sheet"))


def right(paper: Paper) -> dict[Key, str]:
    return {cell.key: "x".join(map(str, cell.truth)) for cell in paper.shown}


def marked_paper(
    paper: Paper, texts: dict[Key, str], policy: Policy | None = None, others: tuple[str, ...] = ()
) -> tuple[Mark, ...]:
    return Marker(policy or Policy(), others).marks(paper, texts)


def marks(paper: Paper, policy: Policy | None = None, others: tuple[str, ...] = (), **answers: str) -> dict[Key, Mark]:
    """The marks where all answers are right but these, by row and column: r4_flops, total_params."""
    texts = right(paper)
    for name, text in answers.items():
        row, column = name.split("_", 1)
        texts[row if row == "total" else int(row[1:]), column] = text
    return {mark.key: mark for mark in marked_paper(paper, texts, policy, others)}


def test_the_sheet_itself_is_right(paper: Paper) -> None:
    """The totals are those that the sheet prints."""
    assert paper.cells["total", "params"].truth == (61_100_840,)
    assert paper.cells["total", "flops"].truth == (793_400_040,)
    found = marks(paper, total_params="6,11,00,840", total_flops="79,34,00,040", r1_params="64*(3*11*11 + 1)")
    assert {mark.verdict for mark in found.values()} == {Verdict.RIGHT}
    assert len(found) == 20 * 3 + 2


def test_four_mistakes_give_55(paper: Paper) -> None:
    """Padding on one side, no padding, no + 1 and + 1 inside the fraction all give 55: a diagnosis is a set."""
    found = marks(paper, r1_output="64 x 55 x 55")
    assert set(found[1, "output"].labels) == {"out-one-pad", "out-no-pad", "out-no-plus1", "out-plus1-inside"}
    assert found[1, "output"].points == 0
    # Its own figures are right, but do not follow from 55.
    assert found[1, "flops"].verdict is Verdict.RIGHT
    assert found[1, "flops"].flags == ("does-not-follow",)


def test_an_error_is_paid_for_once(paper: Paper) -> None:
    """55 wide: 64 x 364 x 55 x 55 operations, 2 x 64 x 55 x 55 for the ReLU; pooling 27 wide costs 64 x 3 x 27 x 27."""
    found = marks(
        paper, r1_output="64x55x55", r1_flops="70470400", r2_output="64x55x55", r2_flops="387200", r3_output="64x27x27",
        r3_flops="139968", total_flops=str(793_400_040 - 73_056_256 + 70_470_400 - 401_408 + 387_200 - 150_528 + 139_968),
    )  # fmt: skip
    assert found[1, "flops"].carried_from == ((1, "output"),)
    assert found[2, "flops"].carried_from == ((1, "output"),)
    assert found[3, "output"].carried_from == ((2, "output"),)
    assert found[3, "flops"].carried_from == ((3, "output"),)
    assert found["total", "flops"].carried_from == ((1, "flops"), (2, "flops"), (3, "flops"))
    assert {found[key].verdict for key in [(1, "flops"), (2, "output"), ("total", "flops")]} == {Verdict.CARRIED}
    assert sum(mark.points for mark in found.values()) == 61  # of 62


def test_a_blank_cell_hides_no_follow_through(paper: Paper) -> None:
    found = marks(paper, r1_output="64x55x55", r2_output="", r2_flops="387200", r3_output="64x27x27")
    assert found[2, "output"].verdict is Verdict.BLANK
    assert found[3, "output"].verdict is Verdict.CARRIED
    assert found[3, "output"].carried_from == ((1, "output"),)


def test_two_mistakes_at_once() -> None:
    """A known case: 288 for 896 = 32(3 x 3 x 3 + 1) lacks the channels and the bias: 32 x 3 x 3."""
    network = ws.network("published", (3, 34, 34), ws.layer("Conv2d", c=32, w=3))
    paper = PaperMaker(ws.convention("ai61002"), ASK).paper(network)
    assert paper.cells[1, "params"].truth == (896,)
    (found,) = [mark for mark in marked_paper(paper, {(1, "params"): "288"}) if mark.key == (1, "params")]
    assert found.verdict is Verdict.MISTAKE
    assert {frozenset(label.split("+")) for label in found.labels} >= {frozenset({"par-no-channels", "par-no-bias"})}


def test_two_mistakes_in_a_size(paper: Paper) -> None:
    """227 - 11 + 1 = 217: neither padding nor stride."""
    found = marks(paper, r1_output="64x217x217")
    assert {frozenset(label.split("+")) for label in found[1, "output"].labels} >= {frozenset({"out-no-pad", "out-no-stride"})}


def test_another_way_of_counting_is_told_apart(paper: Paper) -> None:
    """64 x 363 x 56 x 56 multiply-adds, without the bias; a ReLU that counts once."""
    half = Policy(convention=Fraction(1, 2))
    found = marks(paper, half, conventions.names(), r1_flops=str(64 * 363 * 56 * 56), r2_flops="200704")
    assert found[1, "flops"].verdict is Verdict.CONVENTION
    assert "fvcore" in found[1, "flops"].conventions
    assert "ops-no-bias" in found[1, "flops"].labels
    assert found[1, "flops"].points == Fraction(1, 2)
    assert found[2, "flops"].labels == ("relu-once",)
    alone = marks(paper, r1_flops=str(64 * 363 * 56 * 56))
    assert alone[1, "flops"].verdict is Verdict.MISTAKE
    assert alone[1, "flops"].labels == ("ops-no-bias",)


def test_an_unknown_answer_stays_unknown(paper: Paper) -> None:
    found = marks(paper, None, conventions.names(), r4_flops="24,09,95,329", r15_params="37752001")
    assert found[4, "flops"].verdict is Verdict.WRONG
    assert found[15, "params"].labels == ()


@pytest.mark.parametrize("answer", ["17", "17x18x19", "0", "-3", "2.5", "10**9"])
def test_every_cell_can_be_marked_whatever_is_typed(paper: Paper, answer: str) -> None:
    asked = PaperMaker(ws.convention("ai61002"), ASK).paper(paper.counting.network)
    texts = {cell.key: answer for cell in asked.shown}
    found = marked_paper(asked, texts, None, conventions.names())
    assert Verdict.UNMARKED not in {mark.verdict for mark in found}
    one = [marked_paper(asked, right(paper) | {key: answer}, None, conventions.names()) for key in texts]
    assert Verdict.UNMARKED not in {mark.verdict for marks in one for mark in marks}


@pytest.mark.parametrize("text", ["7,3056,256", "seventy", "7.3.056.256", "73056256 or so", "__import__('os')", "1" * 500])
def test_what_cannot_be_read_is_said(paper: Paper, text: str) -> None:
    mark = marks(paper, r1_flops=text)[1, "flops"]
    assert mark.verdict is Verdict.UNREADABLE
    assert mark.says
    assert mark.answer == text


def test_totals_that_leave_out_a_row_or_take_it_twice(paper: Paper) -> None:
    """Row 4 has 192 x (64 x 5 x 5 + 1) = 307,392 parameters."""
    assert "tot-miss-row" in marks(paper, total_params=str(61_100_840 - 307_392))["total", "params"].labels
    assert "tot-double-row" in marks(paper, total_params=str(61_100_840 + 307_392))["total", "params"].labels


def test_typing_errors(paper: Paper) -> None:
    assert marks(paper, r4_params="3073920")[4, "params"].labels == ("slip-x10",)
    assert "slip-digit-swap" in marks(paper, r4_params="370392")[4, "params"].labels


def test_the_policy(paper: Paper) -> None:
    """Marks by column, a penalty on what is carried, cells where only the correct answer counts."""
    wrong = {"r1_output": "64x55x55", "r1_flops": "70470400", "r2_output": "64x55x55"}
    worth = {"output": Fraction(1), "params": Fraction(2), "flops": Fraction(4), "total": Fraction(3)}
    found = marks(paper, Policy(worth, penalty=Fraction(1, 4), never=frozenset({"output"})), **wrong)
    assert found[1, "flops"].points == 3
    assert found[1, "flops"].max == 4
    assert found[2, "output"].points == 0
    assert found[2, "output"].flags == ("correct-answer-only",)
    assert found["total", "params"].max == 3
    assert marks(paper, Policy(follow_through=False), **wrong)[1, "flops"].points == 0
    named = marks(paper, Policy(mistake=Fraction(1, 4)), r1_params="23232")
    assert (named[1, "params"].labels, named[1, "params"].points) == (("par-no-bias",), Fraction(1, 4))


def test_a_tolerance(paper: Paper) -> None:
    loose = Policy(tolerance={"flops": Tolerance(Fraction(1, 100)), "params": Tolerance(rounded=True)})
    found = marks(paper, loose, r1_flops="73,000,000", total_params="61.1 M", r15_params="37.8 M")
    assert found[1, "flops"].verdict is Verdict.RIGHT
    assert found["total", "params"].flags == ("rounded",)
    assert found[15, "params"].flags == ("rounded",)
    # 37,752,832 rounds to 37.8 M; without the biases 37,748,736 rounds to 37.7 M.
    assert "lin-no-bias" in marks(paper, loose, r15_params="37.7 M")[15, "params"].labels
    assert marks(paper, loose, r15_params="37.6 M")[15, "params"].verdict is Verdict.WRONG
    assert marks(paper, r1_flops="73,000,000")[1, "flops"].verdict is Verdict.WRONG


def test_sizes_with_the_channels_last(paper: Paper) -> None:
    found = marks(paper, r1_output="56x56x64", r15_output="4096x1x1")
    assert found[1, "output"].verdict is Verdict.RIGHT
    assert found[1, "output"].flags == ("order-of-axes",)
    assert found[15, "output"].verdict is Verdict.RIGHT


def test_the_graders_own_failure_is_no_zero(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = Marker(Policy())
    monkeypatch.setattr(marker.diagnoser, "explain", lambda *_: 1 / 0)
    texts = right(paper) | {(1, "params"): "12"}
    found = {mark.key: mark for mark in marker.marks(paper, texts)}
    assert found[1, "params"].verdict is Verdict.UNMARKED
    assert "ZeroDivisionError" in found[1, "params"].says
    assert found[2, "params"].verdict is Verdict.RIGHT


ROUNDED = Policy(tolerance={"flops": Tolerance(rounded=True)}, convention=Fraction(1, 2))


def test_three_decimals_before_a_factor_are_decimals(paper: Paper) -> None:
    """The figures of the sheet: 73,056,256, 240,995,328, 112,896 and 793,400,040."""
    found = marks(paper, ROUNDED, r1_flops="73.056M", r4_flops="2.410e8", r6_flops="112.896K", total_flops="793.400 MFLOPs")
    assert {mark.verdict for mark in found.values()} == {Verdict.RIGHT}


def test_a_mistake_and_a_convention_may_be_rounded_too(paper: Paper) -> None:
    """Twice 73,056,256 is 146,112,512; twice the 240,844,800 multiply-adds of row 4 are 481,689,600."""
    others = tuple(conventions.names())
    exact = marks(paper, ROUNDED, others, r1_flops="146112512", r4_flops="481689600")
    rounded = marks(paper, ROUNDED, others, r1_flops="146.11M", r4_flops="481.69M")
    for key in ((1, "flops"), (4, "flops")):
        assert rounded[key].verdict is exact[key].verdict is not Verdict.WRONG
        assert rounded[key].points == exact[key].points
        assert rounded[key].conventions == exact[key].conventions
        assert set(exact[key].labels) <= set(rounded[key].labels)


def test_a_rounded_total_names_no_row(paper: Paper) -> None:
    """793,400,040 less the 401,408 operations of row 2 is 792,998,632; in four digits many rows would fit."""
    found = marks(paper, ROUNDED, total_flops="793.0M")["total", "flops"]
    assert (found.verdict, found.labels) == (Verdict.WRONG, ())
    assert "tot-miss-row" in marks(paper, ROUNDED, total_flops="792.9986M")["total", "flops"].labels


def test_too_few_digits_are_named(paper: Paper) -> None:
    found = marks(paper, ROUNDED, r1_flops="73M", total_flops="0.79 GFLOPs", r4_flops="73,000,000")
    assert found[1, "flops"].verdict is found["total", "flops"].verdict is Verdict.UNREADABLE
    assert "at least 3 digits" in found[1, "flops"].says
    assert "at least 3 digits" in found["total", "flops"].says
    assert found[4, "flops"].verdict is Verdict.WRONG


def test_a_short_form_is_right_where_it_is_exact(paper: Paper) -> None:
    """Row 15 has 37,752,832 parameters, row 2 401,408 operations, row 6 112,896."""
    found = marks(paper, r15_params="37.752832M", r2_flops="401.408k", r6_flops="1.12896e5", r1_params="23.3k", r4_params="307k")
    assert {found[15, "params"].verdict, found[2, "flops"].verdict, found[6, "flops"].verdict} == {Verdict.RIGHT}
    assert "rounded figures are not accepted" in found[1, "params"].says
    assert {found[1, "params"].verdict, found[4, "params"].verdict} == {Verdict.UNREADABLE}
    assert found["total", "params"].flags == ()  # the true values are what was rounded


def test_what_is_understood_is_carried_even_if_it_is_not_accepted(paper: Paper) -> None:
    """23,300 instead of 23,296 makes the total 4 more; 5,000 FLOPs instead of 401,408 make it 396,408 less."""
    found = marks(paper, r1_params="23.3k", total_params="61100844", r2_flops="5000 MACs", total_flops=str(793_400_040 - 396_408))
    assert found["total", "params"].verdict is found["total", "flops"].verdict is Verdict.CARRIED
    assert found["total", "flops"].carried_from == ((2, "flops"),)
    assert found[2, "flops"].verdict is Verdict.UNREADABLE


@pytest.mark.parametrize(
    "text", ["23232 -> 23296", "~~23232~~ 23296", "23232 → 23296", "<s>23232</s> 23296", "2̶3̶2̶3̶2̶ 23296", "23232 => **23296**"]
)
def test_the_last_of_several_answers_counts_and_is_flagged(paper: Paper, text: str) -> None:
    found = marks(paper, r1_params=text)[1, "params"]
    assert (found.verdict, found.flags) == (Verdict.RIGHT, ("corrected",))
    wrong = marks(paper, r2_output=text.replace("23296", "64x9x9").replace("23232", "64x56x56"))[2, "output"]
    assert (wrong.verdict, wrong.flags) == (Verdict.WRONG, ("corrected",))


@pytest.mark.parametrize(
    "text", ["**23,296**", "<b>23296</b>", "`23296`", "'23296", "’23296", '"23296"', "__23296__", "Params: **23296**"]
)
def test_what_surrounds_an_answer_is_taken_off(paper: Paper, text: str) -> None:
    found = marks(paper, r1_params=text)[1, "params"]
    assert (found.verdict, found.flags) == (Verdict.RIGHT, ())


SIZES = {
    "[1,64,56,56]": (), "[-1, 64, 56, 56]": (), "(None, 64, 56, 56)": (), "(N, 64, 56, 56)": (), "64@56x56": (),
    "torch.Size([1, 64, 56, 56])": (), "(None, 56, 56, 64)": ("order-of-axes",), "56@56x64": ("order-of-axes",),
    "C=64, H=56, W=56": (), "(64) x (56) x (56)": (), "64 x (56x56)": (), "64*56*56=200704": (),
}  # fmt: skip


@pytest.mark.parametrize("text", SIZES)
def test_sizes_as_frameworks_and_people_write_them(paper: Paper, text: str) -> None:
    found = marks(paper, r1_output=text)[1, "output"]
    assert (found.verdict, found.flags) == (Verdict.RIGHT, SIZES[text])


def test_a_mistake_is_known_behind_a_batch(paper: Paper) -> None:
    assert "out-no-pad" in marks(paper, r1_output="[-1, 64, 55, 55]")[1, "output"].labels


@pytest.mark.parametrize("text", ["64-56-56", "64/56/56", "64:56:56", "64+56+56", "224/4", "(224-11+4)/4+1", "-56", "64 - 8"])
def test_what_cannot_be_a_size_is_unreadable(paper: Paper, text: str) -> None:
    assert marks(paper, r1_output=text)[1, "output"].verdict is Verdict.UNREADABLE


def test_lengths_of_a_single_axis(paper: Paper) -> None:
    for text in ("4096 neurons", "(4096,)", "[-1, 4096]", "(None, 4096)", "64*64 = 4096", "4096 Neuronen", "n = 4096"):
        assert marks(paper, r15_output=text)[15, "output"].verdict is Verdict.RIGHT, text


FORMULAS = {
    "k(cwh+1)": "",
    "**k(cwh+1)**": "",
    "$k(cwh+1)$": "",
    "`k·(c·w·h + 1)`": "",
    "k(cwh+1) = 23296": "",
    "params = k(cwh+1) = 64(3*11*11+1) = 23,296": "",
    "k(cwh+1) → 23296": "",
    "k(cwh+1) = 23232": "its value in this row is not 23232",
    "kcwh = 5 -> k(cwh+1)": "",
    "~~kcwh~~ k(cwh+1)": "",
}


def formula_mark(paper: Paper, key: Key, text: str) -> Mark:
    return next(mark for mark in marked_paper(paper, {key: text}) if mark.key == key)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_with_its_value_and_with_what_surrounds_it(paper_of_formulas: Paper, text: str) -> None:
    found = formula_mark(paper_of_formulas, (1, "params.formula"), text)
    assert found.verdict is Verdict.RIGHT, found.says
    assert FORMULAS[text] in found.says
    assert bool(found.says) == bool(FORMULAS[text])
    assert found.flags == (("corrected",) if "kcwh = 5" in text or "~~" in text else ())


def test_a_formula_of_nothing_may_be_zero_in_words(paper_of_formulas: Paper) -> None:
    assert formula_mark(paper_of_formulas, (2, "params.formula"), "none").verdict is Verdict.RIGHT
    assert formula_mark(paper_of_formulas, (3, "params.formula"), "no parameters").verdict is Verdict.RIGHT
    assert formula_mark(paper_of_formulas, (1, "params.formula"), "zero").verdict is not Verdict.RIGHT


def test_brackets_that_the_key_leaves_out(paper_of_formulas: Paper) -> None:
    """(227 - 11 + 2*2)/4 + 1 is 56 exactly, so the key prints row 1 without brackets."""
    text = "k(cwh+1)((M-w+2p)/s+1)((N-h+2p)/s+1)"
    found = formula_mark(paper_of_formulas, (1, "flops.formula"), text)
    assert found.verdict is Verdict.RIGHT
    assert found.says == "right where every division is exact, as in this row"


@pytest.fixture(scope="module")
def paper_of_formulas() -> Paper:
    ask = Ask({"*": ("output", "params", "flops")}, formulas=("params", "flops"))
    return PaperMaker(ws.convention("ai61002"), ask).paper(ws.read(EXAMPLES / "ai61002.sheet"))
