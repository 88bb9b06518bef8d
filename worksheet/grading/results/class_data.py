"""The report on a class as plain data, for JSON; docs/marks.md describes each key."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import Any

from worksheet.grading.results.amounts import number
from worksheet.grading.results.statistics import CellCounts, Statistics


def class_data(results: Statistics) -> dict[str, Any]:
    """Everything that the report says, with stable keys."""
    totals = {"mean": results.mean, "median": results.quantile(Fraction(1, 2)), "max": results.max}
    return {
        "students": results.students,
        "handed_in": results.papers,
        "marked": results.complete,
        **{name: None if value is None else number(value) for name, value in totals.items()},
        "deviation": results.deviation and round(results.deviation, 6),
        "points": [[number(points), results.totals[points]] for points in sorted(results.totals)],
        "cells": [_entry(results, cell) for cell in results.cells.values()],
        "mistakes": [
            {"label": label, "cells": many, "students": results.having[label]} for label, many in results.mistakes().most_common()
        ],
        "conventions": [
            {"name": name, "cells": many, "students": results.counting[name]} for name, many in results.conventions.most_common()
        ],
        "flags": dict(results.flags.most_common()),
        "unknown": [
            {"row": each.key[0], "column": each.key[1], "answer": each.what, "students": each.many, "who": each.who}
            for each in islice(results.unknowns(), 1000)
        ],
        "failed": [{"id": who, "says": why} for who, why in results.failures],
        "unplaced": results.lines,
    }


def _entry(results: Statistics, cell: CellCounts) -> dict[str, Any]:
    discrimination, mean = results.discrimination(cell.key), cell.mean
    return {
        "row": cell.key[0],
        "layer": cell.layer,
        "column": cell.key[1],
        "max": number(cell.max),
        "mean": None if mean is None else number(mean),
        "discrimination": None if discrimination is None else round(discrimination, 6),
        "verdicts": {verdict.value: many for verdict, many in sorted(cell.verdicts.items())},
        "labels": dict(cell.labels.most_common()),
        "possible": dict(cell.possible.most_common()),
    }
