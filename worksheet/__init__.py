"""Turns a neural network into a worked solution.

>>> import worksheet as ws
>>> net = ws.network("tiny", (3, 227, 227), ws.layer("Conv2d", k=64, w=11, s=4, p=2), ws.layer("ReLU"))
>>> solution = ws.derive(net, "ai61002")
>>> solution.totals
{'params': 23296, 'flops': 73457664}
>>> ws.render(solution, "md").decode().splitlines()[0]
'# tiny'
"""

from functools import cache as _cache
from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from worksheet.conventions import Convention, convention
from worksheet.derivation import Derivation
from worksheet.derive.blank import blank as _blank
from worksheet.derive.selection import select as _select
from worksheet.derive.selection import summary as _summary
from worksheet.derive.worked_solution import derive as _derive
from worksheet.derive.worked_solution import formulas
from worksheet.document import Document
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Formula
from worksheet.layers import Kind, kinds
from worksheet.network import Builder, Network, Node, layer, network
from worksheet.readers import read
from worksheet.readers.sources import is_of_the_zoo as _is_of_the_zoo
from worksheet.readers.sources import reads_sources as _reads_sources
from worksheet.version import VERSION
from worksheet.writers import Fragment
from worksheet.writers import render as _render
from worksheet.writers import write as _write

derive = _reads_sources(_derive)
blank = _reads_sources(_blank, solved=_derive)
render = _reads_sources(_render, solved=_derive)
select = _reads_sources(_select, solved=_derive)
summary = _reads_sources(_summary, solved=_derive)
write = _reads_sources(_write, solved=_derive)

if _TYPE_CHECKING:
    from worksheet.derive.burden.memory_report import burden as _burden
    from worksheet.derive.burden.zoo_table import zoo_table
    from worksheet.derive.catalogue import zoo_list
    from worksheet.derive.closed.closed_report import symbolic as _symbolic
    from worksheet.derive.compared_conventions import compare_conventions
    from worksheet.derive.comparison_report import compare as _compare
    from worksheet.derive.convention_page import convention_list, convention_page
    from worksheet.derive.explain import explain as _explain
    from worksheet.derive.find import find as _find
    from worksheet.derive.growth.growth_report import grow as _grow
    from worksheet.derive.network_table import table as _table
    from worksheet.derive.roofline.hardware_report import hardware_report
    from worksheet.derive.roofline.time_report import timing as _timing
    from worksheet.derive.tabulation import tabulate as _tabulate
    from worksheet.derive.training.training_report import train as _train
    from worksheet.derive.transformers import transformer, transformers
    from worksheet.homework.assignment.assignment_file import assignment_of as assignment
    from worksheet.homework.issue.generate import generate
    from worksheet.homework.mark.class_run import mark
    from worksheet.homework.mark.practice import check
    from worksheet.writers.drawings import draw as _draw

    burden = report = _reads_sources(_burden)
    compare = _reads_sources(_compare)
    draw = _reads_sources(_draw, solved=_derive)
    explain = _reads_sources(_explain)
    find = _reads_sources(_find)
    grow = _reads_sources(_grow)
    symbolic = _reads_sources(_symbolic)
    table = _reads_sources(_table)
    tabulate = _reads_sources(_tabulate, solved=_derive)
    timing = _reads_sources(_timing)
    train = _reads_sources(_train)

__version__ = VERSION

# Verbs that few runs need, by the modules that they are fetched from when they are asked for.
ON_DEMAND = {
    "assignment": "homework.assignment.assignment_file:assignment_of",
    "burden": "derive.burden.memory_report:burden",
    "check": "homework.mark.practice:check",
    "compare": "derive.comparison_report:compare",
    "compare_conventions": "derive.compared_conventions:compare_conventions",
    "convention_list": "derive.convention_page:convention_list",
    "convention_page": "derive.convention_page:convention_page",
    "draw": "writers.drawings:draw",
    "explain": "derive.explain:explain",
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
    "zoo_list": "derive.catalogue:zoo_list",
    "zoo_table": "derive.burden.zoo_table:zoo_table",
}

# Those of them that take networks, or the sources that networks are read from.
OF_NETWORKS = frozenset({"burden", "compare", "explain", "find", "grow", "symbolic", "table", "timing", "train"})
OF_SOLUTIONS = frozenset({"draw", "tabulate"})  # or of networks, which are solved first

__all__ = [
    "Builder", "Convention", "Derivation", "Digits", "Document", "Formula", "Fragment", "Kind", "Network", "Node",
    "WorksheetError", "assignment", "blank", "burden", "check", "compare", "compare_conventions", "convention", "convention_list",
    "convention_page", "derive", "draw", "explain", "find", "formulas", "generate", "grow", "hardware_report", "kinds", "layer",
    "mark", "network", "read", "render", "report", "select", "summary", "symbolic", "table", "tabulate", "timing", "train",
    "transformer", "transformers", "write", "zoo_list", "zoo_table",
]  # fmt: skip


def __getattr__(name: str) -> _Any:
    if name not in ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _on_demand(ON_DEMAND[name])


def __dir__() -> list[str]:
    """What a prompt offers after a tab: the public names, not how they come about."""
    return [*__all__, "__all__", "__doc__", "__file__", "__name__", "__path__", "__spec__", "__version__"]


@_cache
def _on_demand(place: str) -> _Any:
    module, _, verb = place.partition(":")
    function = getattr(_import_module(f"worksheet.{module}"), verb)
    if verb in OF_SOLUTIONS:
        return _reads_sources(function, solved=_derive)
    if verb not in OF_NETWORKS:
        return function
    # burden knows more of a network of the zoo by its name: what was published about it.
    return _reads_sources(function, but=_is_of_the_zoo) if verb == "burden" else _reads_sources(function)
