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
from worksheet.derive import (
    blank,
    compare,
    compare_conventions,
    convention_list,
    convention_page,
    derive,
    explain,
    formulas,
    report,
    select,
    summary,
    zoo_list,
)  # fmt: skip
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
    from worksheet.derive.burden.zoo_table import zoo_table
    from worksheet.derive.closed.closed_report import symbolic
    from worksheet.derive.find import find
    from worksheet.derive.growth.growth_report import grow
    from worksheet.derive.roofline.hardware_report import hardware_report
    from worksheet.derive.roofline.time_report import timing
    from worksheet.derive.training.training_report import train
    from worksheet.derive.transformers import transformer, transformers

__version__ = VERSION

__all__ = [
    "Builder", "Convention", "Derivation", "Digits", "Document", "Formula", "Kind", "Network", "Node", "WorksheetError",
    "blank", "compare", "compare_conventions", "convention", "convention_list", "convention_page", "derive", "draw",
    "explain", "find", "formulas", "grow", "hardware_report", "kinds", "layer", "network", "read", "render", "report",
    "select", "summary", "symbolic", "timing", "train", "transformer", "transformers", "write", "zoo_list", "zoo_table",
]  # fmt: skip

LATER = {  # verbs that few runs need, with the modules of derive that they are fetched from when they are asked for
    "find": "find",
    "grow": "growth.growth_report",
    "hardware_report": "roofline.hardware_report",
    "symbolic": "closed.closed_report",
    "timing": "roofline.time_report",
    "train": "training.training_report",
    "transformer": "transformers",
    "transformers": "transformers",
    "zoo_table": "burden.zoo_table",
}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"worksheet.derive.{LATER[name]}"), name)
