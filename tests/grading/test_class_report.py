"""The counts of a class against figures of numpy's and by hand; the report in every format."""

import csv
import json
import random
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from statistics import fmean, median, pstdev

import pytest

import worksheet as ws
from tests.grading.made_up import HOSTILE, hostile, mark, paper, students
from worksheet.drawing.axes import spacing
from worksheet.grading.answers.submissions import Unplaced
from worksheet.grading.mark import Mark, MarkedPaper, Verdict
from worksheet.grading.results.charts import Bar, points_bars
from worksheet.grading.results.class_report import ClassReport
from worksheet.grading.results.old_marks import OldStudent
from worksheet.grading.results.regrade import Regrade
from worksheet.grading.results.statistics import Statistics
from worksheet.grading.results.streams import Writers
from worksheet.grading.results.tables import CsvMarks

CLASS = students(60)
CELLS = {cell.key: cell for cell in paper().shown}


def taken(class_, truths=None, unplaced=()) -> Statistics:
    found = Statistics(truths)
    with Writers([found]) as writers:
        for marked in class_:
            writers.add(marked)
        writers.unplaced = unplaced
    return found


def simple(scores: list[list[int]]) -> list[MarkedPaper]:
    """Students by their points in each question."""

    def one(question: int, points: int) -> Mark:
        verdict = Verdict.RIGHT if points else Verdict.WRONG
        return Mark((question, "q"), "", "1", (1,), verdict, Fraction(points), Fraction(1))

    return [MarkedPaper(f"s{i}", "", tuple(one(j, x) for j, x in enumerate(row, 1))) for i, row in enumerate(scores)]


def test_distribution() -> None:
    found, totals = taken(CLASS), [float(marked.points) for marked in CLASS]
    assert found.complete == 60
    assert float(found.mean) == pytest.approx(fmean(totals))
    assert found.deviation == pytest.approx(pstdev(totals))
    assert float(found.quantile(Fraction(1, 2))) == median(totals)


def test_discrimination_by_hand() -> None:
    """Four students, three questions: the first question's points 1 1 0 0 against the rest 2 1 1 0. Deviations are
    ±1/2 and 1 0 0 -1, so the covariance is 1/4, and the correlation (1/4) / (1/2 * sqrt(1/2)) = sqrt(1/2)."""
    found = taken(simple([[1, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]]))
    assert found.discrimination((1, "q")) == pytest.approx(0.5**0.5)


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    numpy = pytest.importorskip("numpy")
    found = taken(CLASS)
    points = numpy.array([[float(each.points) for each in marked.marks] for marked in CLASS])
    for i, cell in enumerate(paper().shown):
        wanted = numpy.corrcoef(points[:, i], points.sum(axis=1) - points[:, i])[0, 1]
        assert found.discrimination(cell.key) == pytest.approx(wanted)


def test_what_does_not_vary_does_not_discriminate() -> None:
    found = taken(simple([[1, 1], [1, 0], [1, 1]]))
    assert found.discrimination((1, "q")) is None
    assert found.discrimination((2, "q")) is None  # the rest is the same for all


@pytest.mark.parametrize("seed", range(5))
def test_points_that_are_no_whole_numbers_are_exact(seed: int) -> None:
    chance = random.Random(seed)
    thirds = [Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1, 17), Fraction(333, 1000)]
    class_ = [
        replace(marked, marks=tuple(replace(each, points=chance.choice(thirds)) for each in marked.marks))
        for marked in CLASS[:20]
    ]
    found = taken(class_)
    totals = [marked.points for marked in class_]
    assert found.mean == sum(totals) / 20
    key = paper().shown[4].key
    xs = [marked.marks[4].points for marked in class_]
    rest = [total - x for total, x in zip(totals, xs, strict=True)]
    mean_x, mean_r = sum(xs) / 20, sum(rest) / 20
    covariance = sum((x - mean_x) * (r - mean_r) for x, r in zip(xs, rest, strict=True))
    squares = sum((x - mean_x) ** 2 for x in xs) * sum((r - mean_r) ** 2 for r in rest)
    assert found.discrimination(key) == pytest.approx(float(covariance) / float(squares) ** 0.5)


def test_counts_by_cell() -> None:
    found = taken(CLASS)
    for i, cell in enumerate(paper().shown):
        verdicts = Counter(marked.marks[i].verdict for marked in CLASS)
        assert found.cells[cell.key].verdicts == verdicts
        assert found.cells[cell.key].labels["par-no-bias"] == verdicts[Verdict.MISTAKE]
        assert found.cells[cell.key].possible["slip-x10"] == verdicts[Verdict.MISTAKE]
    assert found.conventions["torchinfo"] == sum(m.verdict is Verdict.CONVENTION for s in CLASS for m in s.marks)
    assert found.having["par-no-bias"] == sum(any(m.verdict is Verdict.MISTAKE for m in s.marks) for s in CLASS)


def test_what_was_not_marked_counts_nowhere() -> None:
    broken = MarkedPaper(
        "b", "", tuple(mark(cell, Verdict.UNMARKED if i == 2 else Verdict.RIGHT) for i, cell in enumerate(paper().shown))
    )
    found, alone = taken([*CLASS, MarkedPaper("f", "", (), "no variant"), broken]), taken(CLASS)
    assert (found.students, found.complete, found.unmarked) == (62, 60, 2)
    assert found.mean == alone.mean
    key = paper().shown[2].key
    assert found.cells[key].share(Verdict.RIGHT) == alone.cells[key].share(Verdict.RIGHT)
    assert found.discrimination(key) == alone.discrimination(key)
    assert found.failures == [("f", "no variant"), ("b", "1 cell not marked")]


def test_absent_students_are_in_no_figure(tmp_path: Path) -> None:
    """Of twelve students one handed in: all figures are those of the one paper."""
    absent = [MarkedPaper(f"n{i}", "", (), absent=True) for i in range(11)]
    found, alone = taken([CLASS[0], *absent]), taken(CLASS[:1])
    assert (found.mean, found.max, found.complete, found.unmarked) == (alone.mean, alone.max, 1, 0)
    assert [cell.verdicts for cell in found.cells.values()] == [cell.verdicts for cell in alone.cells.values()]
    data = json.loads(ws.render(ClassReport("W").report(found), "json"))
    assert (data["students"], data["handed_in"], data["marked"]) == (12, 1, 1)
    assert "1 of 12 handed in" in ws.render(ClassReport("W").report(found), "txt").decode()


def test_an_absent_student_has_a_line_without_points(tmp_path: Path) -> None:
    with Writers([CsvMarks(tmp_path / "marks.csv")]) as writers:
        for marked in (CLASS[0], MarkedPaper("n", "Nia", (), absent=True)):
            writers.add(marked)
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig") as file:
        line = list(csv.reader(file))[2]
    assert line[:2] == ["n", "Nia"]
    assert set(line[2:-1]) == {""}
    assert line[-1] == "not handed in"


def test_who_hands_in_late_was_not_marked_before() -> None:
    regrade = Regrade({"n": OldStudent("", "")})
    with Writers([regrade]) as writers:
        writers.add(replace(CLASS[0], id="n"))
    assert {change.why for change in regrade.changed[0].changes} == {"not marked before"}


# Unknown values


def unknown(student: str, value: int, text: str = "") -> MarkedPaper:
    return MarkedPaper(student, "", (mark(CELLS[4, "flops"], Verdict.WRONG, value, text or str(value)),))


def test_equal_unknown_values() -> None:
    class_ = [unknown("a", 1234, "1,234"), unknown("b", 1234), unknown("c", 5), unknown("d", 1234)]
    (each,) = taken(class_).unknowns()
    assert (each.key, each.what, each.many, each.who) == ((4, "flops"), "1,234", 3, ["a", "b", "d"])
    text = " ".join(ws.render(ClassReport("W", says={}).report(taken(class_)), "txt").decode().split())
    assert "3 students gave 1,234 at row 4 (conv2d_2), flops: a, b, d" in text


def test_the_report_begins_with_what_a_person_must_look_at() -> None:
    odd = MarkedPaper("u7", "", (mark(CELLS[4, "flops"], Verdict.UNREADABLE, 7, "zork"),))
    lost = (Unplaced("a.csv", 3, None, "unknown row", "u8", "99").as_data(),)
    text = ws.render(ClassReport("W", says={}).report(taken([odd, *CLASS], unplaced=lost)), "md").decode()
    line = next(line for line in text.splitlines() if "zork" in line)
    assert [part.strip() for part in line.split("|")[1:4]] == ["u7", "4 flops", "zork"]
    places = [text.index(words) for words in ("could not be read", "with a flag", "could not be placed", "Where it was hard")]
    assert places == sorted(places)


def test_unknown_values_have_one_line_for_each_group_of_students() -> None:
    cells = [CELLS[row, "flops"] for row in (1, 4, 7)]
    class_ = [MarkedPaper(who, "", tuple(mark(cell, Verdict.WRONG, 9, "9") for cell in cells)) for who in ("a", "b")]
    class_ += [MarkedPaper(who, "", tuple(mark(cell, Verdict.WRONG, 0, "0") for cell in cells)) for who in ("c", "d")]
    text = " ".join(ws.render(ClassReport("W", says={}).report(taken(class_)), "txt").decode().split())
    assert "flops and the same in 2 more cells: a, b" in text
    assert "2 students gave 0 in 3 cells where it is not right: c, d" in text
    assert text.count("2 students gave") == 2


def test_unknown_values_of_personal_sheets_are_compared_by_their_relation_to_the_right_one() -> None:
    truths = {"a": {(4, "flops"): (100,)}, "b": {(4, "flops"): (300,)}, "c": {(4, "flops"): (50,)}, "d": {(4, "flops"): (7,)}}
    class_ = [unknown("a", 150), unknown("b", 450), unknown("c", 57), unknown("d", 14)]
    said = {each.what: each.who for each in taken(class_, truths.__getitem__).unknowns()}
    assert said == {"3/2 of the right value": ["a", "b"], "the right value +7": ["c", "d"]}


def test_equal_unknown_formulas_are_one_whatever_the_blanks() -> None:
    cell = CELLS[4, "flops.formula"]
    class_ = [
        MarkedPaper(who, "", (replace(mark(cell, Verdict.WRONG), value=None, answer=text),))
        for who, text in (("a", "k c"), ("b", "kc"))
    ]
    assert [each.who for each in taken(class_).unknowns()] == [["a", "b"]]


# Pictures and pages


def test_bars_hold_everybody() -> None:
    totals = Counter({Fraction(0): 1, Fraction(7, 2): 2, Fraction(20): 3})
    found = points_bars(totals, Fraction(20))
    assert sum(bar.many for bar in found) == 6
    assert found[-1] == Bar(Fraction(19), Fraction(20), 3)
    assert found[3] == Bar(Fraction(3), Fraction(4), 2)
    assert points_bars(Counter({Fraction(0): 2}), Fraction(0)) == [Bar(Fraction(0), Fraction(0), 2)]
    assert spacing(Fraction(124), 20) == 10


@pytest.mark.parametrize(
    "class_", [CLASS, [], [MarkedPaper("f", "", (), "broken")], simple([[1]]), simple([[0] * 100] * 12), CLASS[:1]]
)
def test_every_class_has_a_report(class_: list[MarkedPaper]) -> None:
    report = ClassReport("W", "C").report(taken(class_))
    for form in ("md", "html", "tex", "typ", "txt", "json", "pdf"):
        assert ws.render(report, form)
    for picture in report.pictures:
        ET.fromstring(picture.svg)
        assert picture.width <= 470
        assert len(picture.words) < 400


@pytest.mark.parametrize("typed", HOSTILE)
def test_strangers_texts_are_texts(typed: str) -> None:
    lost = Unplaced(typed, 1, 2, typed, typed, typed, typed, typed).as_data()
    class_ = [*CLASS[:3], hostile(typed), replace(hostile(typed), id=typed + "2"), MarkedPaper(typed, typed, (), typed)]
    report = ClassReport("W", "C").report(taken(class_, unplaced=(lost,)))
    assert "<script" not in ws.render(report, "html").decode()
    assert r"\input{/etc" not in ws.render(report, "tex").decode()
    assert "\n#include" not in ws.render(report, "typ").decode()
    assert "\n===" not in ws.render(report, "md").decode()
    assert ws.render(report, "pdf").startswith(b"%PDF")
    for picture in report.pictures:
        ET.fromstring(picture.svg)


def test_data() -> None:
    found = taken(
        [*CLASS, MarkedPaper("f", "", (), "no variant")],
        unplaced=(Unplaced("a", 1, None, "odd").as_data(), Unplaced("a", 2, None, "odd").as_data()),
    )
    data = json.loads(ws.render(ClassReport("W").report(found), "json"))
    assert (data["students"], data["marked"], data["unplaced"]) == (61, 60, 2)
    assert data["failed"] == [{"id": "f", "says": "no variant"}]
    assert len(data["cells"]) == len(paper().shown)
    assert sum(many for _, many in data["points"]) == 60
    assert data["cells"][0]["verdicts"]["right"] == sum(s.marks[0].verdict is Verdict.RIGHT for s in CLASS)
