"""Turns a neural network into a worked solution.

>>> import worksheet as ws
>>> net = ws.network("tiny", (3, 227, 227), ws.layer("Conv2d", k=64, w=11, s=4, p=2), ws.layer("ReLU"))
>>> solution = ws.derive(net, "ai61002")
>>> solution.totals
{'params': 23296, 'flops': 73457664}
>>> ws.render(solution, "md").decode().splitlines()[0]
'# tiny'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from worksheet.conventions import Convention, convention
from worksheet.derivation import Derivation
from worksheet.derive.blank import blank
from worksheet.derive.catalogue import zoo_list
from worksheet.derive.comparison_report import compare, compare_conventions
from worksheet.derive.convention_page import convention_list, convention_page
from worksheet.derive.explain import explain
from worksheet.derive.selection import select, summary
from worksheet.derive.worked_solution import derive, formulas
from worksheet.document import Document
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Formula
from worksheet.layers import Kind, kinds
from worksheet.network import Builder, Network, Node, layer, network
from worksheet.readers import read
from worksheet.version import VERSION
from worksheet.writers import render, write
from worksheet.writers.drawings import draw

if TYPE_CHECKING:
    from worksheet.derive.burden.memory_report import burden
    from worksheet.derive.burden.zoo_table import zoo_table
    from worksheet.derive.closed.closed_report import symbolic
    from worksheet.derive.find import find
    from worksheet.derive.growth.growth_report import grow
    from worksheet.derive.network_table import table
    from worksheet.derive.roofline.hardware_report import hardware_report
    from worksheet.derive.roofline.time_report import timing
    from worksheet.derive.tabulation import tabulate
    from worksheet.derive.training.training_report import train
    from worksheet.derive.transformers import transformer, transformers
    from worksheet.homework.assignment.assignment_file import assignment_of as assignment
    from worksheet.homework.issue.generate import generate
    from worksheet.homework.mark.class_run import mark
    from worksheet.homework.mark.practice import check

    report = burden

__version__ = VERSION

# Verbs that few runs need, by the modules that they are fetched from when they are asked for.
ON_DEMAND = {
    "assignment": "homework.assignment.assignment_file:assignment_of",
    "burden": "derive.burden.memory_report:burden",
    "check": "homework.mark.practice:check",
    "find": "derive.find:find",
    "generate": "homework.issue.generate:generate",
    "grow": "derive.growth.growth_report:grow",
    "hardware_report": "derive.roofline.hardware_report:hardware_report",
    "mark": "homework.mark.class_run:mark",
    "report": "derive.burden.memory_report:burden",  # an earlier name of burden
    "table": "derive.network_table:table",
    "tabulate": "derive.tabulation:tabulate",
    "symbolic": "derive.closed.closed_report:symbolic",
    "timing": "derive.roofline.time_report:timing",
    "train": "derive.training.training_report:train",
    "transformer": "derive.transformers:transformer",
    "transformers": "derive.transformers:transformers",
    "zoo_table": "derive.burden.zoo_table:zoo_table",
}

__all__ = [
    "Builder", "Convention", "Derivation", "Digits", "Document", "Formula", "Kind", "Network", "Node", "WorksheetError",
    "assignment", "blank", "burden", "check", "compare", "compare_conventions", "convention", "convention_list",
    "convention_page", "derive", "draw", "explain", "find", "formulas", "generate", "grow", "hardware_report", "kinds", "layer",
    "mark", "network", "read", "render", "report", "select", "summary", "symbolic", "table", "tabulate", "timing", "train", "transformer",
    "transformers", "write", "zoo_list", "zoo_table",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, verb = ON_DEMAND[name].partition(":")
    return getattr(import_module(f"worksheet.{module}"), verb)
