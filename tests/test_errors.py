"""Faults keep their places, travel between processes and are told together."""

import pickle

import pytest

from worksheet.errors import Collector, Faults, FormulaError, SheetError, TooManyFaults, Where, WorksheetError, nearest


def faults() -> Faults:
    return Faults([SheetError("a", Where("f", 2, 3, "line", 2), "h"), FormulaError("b", Where("f", 1))])


def test_faults_travel_between_processes() -> None:
    for fault in (SheetError("a", Where("f", 2, 3), "h"), faults()):
        again = pickle.loads(pickle.dumps(fault))
        assert type(again) is type(fault)
        assert str(again) == str(fault)
        assert [f.where for f in again.faults] == [f.where for f in fault.faults]


def test_faults_can_be_told_of_another_place() -> None:
    there = Where("g", 7, 1)
    assert {f.where for f in faults().located(there).faults} == {there}
    assert faults().located(there).faults[1].message == "b"


def test_a_collector_tells_faults_in_the_order_of_the_file() -> None:
    collector = Collector()
    for line in range(100, 0, -1):
        collector.add(WorksheetError("x", Where("f", line)))
    try:
        collector.raise_any()
    except WorksheetError as fault:
        assert [f.where.line for f in fault.faults[:3]] == [1, 2, 3]
        assert len(fault.faults) == 100
    else:
        raise AssertionError


def test_reading_stops_after_a_hundred_faults() -> None:
    """Also inside blocks that go on after a fault, and where one collector adds to another."""
    collector, outer = Collector(), Collector()
    with pytest.raises(TooManyFaults) as stopped, outer.catching():
        for line in range(1, 150):
            with collector.catching():
                raise WorksheetError("x", Where("f", line))
    assert len(stopped.value.faults) == 101
    assert stopped.value.faults[-1].message == "there are more faults; reading stopped here"
    assert pickle.loads(pickle.dumps(stopped.value)).faults[-1].message == stopped.value.faults[-1].message


def test_hints() -> None:
    assert nearest("relu", ["ReLU", "Linear"]) == "did you mean ReLU?"
    assert nearest("x", []) is None
    assert nearest("zzz", ["b", "a"]) == "known: a, b"
