"""One document of each kind, at a size at which its tables are as wide as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import worksheet as ws
from tests.grading.made_up import students
from tests.sheet_facts import EXAMPLES, SHEET
from worksheet.derivation import Derivation
from worksheet.document import Document
from worksheet.grading.results.class_report import ClassReport
from worksheet.grading.results.feedback import Feedback
from worksheet.grading.results.statistics import Statistics
from worksheet.grading.results.streams import Writers
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.sheets import Papers, PaperSetter
from worksheet.homework.roster import Student
from worksheet.homework.variants.coverage import coverage

Printed = Derivation | Document


def _papers() -> Papers:
    return PaperSetter(read_assignment(EXAMPLES / "homework.yaml")).papers(Student("20CS30001", "Asha Rao"))


def _feedback() -> Document:
    return Feedback("Worksheet 2", "AI61002").report(students(1)[0], ws.derive(ws.read(SHEET), "ai61002"))


def _coverage() -> Document:
    assignment = replace(read_assignment(EXAMPLES / "homework.yaml"), variants=None)
    return coverage(assignment, [assignment.network])


def _class_report() -> Document:
    results = Statistics()
    with Writers([results]) as writers:
        for marked in students(24):
            writers.add(marked)
    return ClassReport("Worksheet 2", "AI61002").report(results)


DOCUMENTS: Mapping[str, Callable[[], Printed]] = {
    "solve": lambda: ws.derive(ws.read(SHEET), "ai61002"),
    "named": lambda: ws.derive(ws.read("zoo:resnet18")),
    "vit": lambda: ws.derive(ws.read("zoo:vit-b-16")),
    "bytes": lambda: ws.derive(ws.read(SHEET), "memory", batch=32),
    "training": lambda: ws.train(ws.read("zoo:resnet18"), "adam", batch=32),
    "symbolic": lambda: ws.symbolic(ws.read("zoo:resnet18"), ["M", "B"]),
    "summary": lambda: ws.summary(ws.derive(ws.read("zoo:resnet18"))),
    "burden": lambda: ws.burden(ws.read("zoo:resnet50-caffe")),
    "compare": lambda: ws.compare(ws.read("zoo:resnet18"), ["torchinfo", "fvcore"]),
    "compare-kinds": lambda: ws.compare_conventions(["textbook", "fvcore", "thop"]),
    "explain": lambda: ws.explain(ws.read("zoo:resnet18"), "1.82G"),
    "conventions": ws.convention_list,
    "convention": lambda: ws.convention_page("fvcore"),
    "formulas": lambda: ws.formulas(None, ["Conv2d", "LSTM", "MultiheadAttention"]),
    "grow": lambda: ws.grow([ws.read("zoo:resnet18"), ws.read("zoo:alexnet-torchvision")], {"side": "112..672"}),
    "transformer": lambda: ws.transformer("zoo:gpt2"),
    "transformers": ws.transformers,
    "time": lambda: ws.timing(ws.read("zoo:resnet18"), "a100", batch=32),
    "hardware": lambda: ws.hardware_report("a100"),
    "find": lambda: ws.find(ws.read("zoo:resnet18"), ["conv1.p"], ["conv1.output = 112"]),
    "zoo": lambda: ws.zoo_table(["resnet", "vgg"], "convnet-burden"),
    "question": lambda: _papers().question,
    "key": lambda: _papers().worked,
    "feedback": _feedback,
    "class-report": _class_report,
    "coverage": _coverage,
}
