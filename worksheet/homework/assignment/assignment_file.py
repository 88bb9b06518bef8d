"""Reads an assignment: a homework.yaml, or the key homework in a sheet's front matter; all faults at once, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.counting.run import Run
from worksheet.derive.blank import SOLVED
from worksheet.errors import Collector, Where, WorksheetError, shown
from worksheet.formula import Digits
from worksheet.grading.answers import LAST
from worksheet.grading.paper.cells import FORMULA, OUTPUT, TOTAL, Key, Paper
from worksheet.grading.paper.paper_maker import ANY, Ask, PaperMaker
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.assignment_text import front_matter, whole_file
from worksheet.homework.assignment.keys import ASSIGNMENT, IN_SHEET
from worksheet.homework.assignment.policies import other_conventions, policy, variants
from worksheet.language import ENGLISH, language_named
from worksheet.nearby import meant
from worksheet.network import Heading, Network
from worksheet.readers import read, readers
from worksheet.schema import Context, Located, read_text
from worksheet.sizes import sized
from worksheet.zoo import models
from worksheet.zoo.spelling import canonical, suggestion

SHEET = ".sheet"
ZOO = "zoo:"
MAX_CELLS = 20_000
ZEROS_ARE_GIVEN = "every answer is 0 by nature, and printed; zeros: ask"
FIELDS = {each.name: each for each in ASSIGNMENT.fields}


def read_assignment(path: str | PathLike[str]) -> Assignment:
    """The assignment in a YAML file, or in the front matter of a sheet, with its network, read and checked.

    Raises WorksheetError with every fault of the file at its line and column; faults of the network's or the
    convention's file keep their places in that file.
    """
    path = Path(path)
    text = read_text(path)
    in_sheet = path.suffix.lower() == SHEET
    root = front_matter(path, text) if in_sheet else whole_file(path, text)
    faults = Collector()
    assignment = _Reading(path, text, root, in_sheet, faults).assignment()
    faults.raise_any()
    assert assignment is not None  # without a fault, nothing is missing
    return assignment


def assignment_of(source: Assignment | str | PathLike[str]) -> Assignment:
    """An assignment itself, or the one in a file. Raises WorksheetError."""
    if isinstance(source, Assignment):
        return source
    if not isinstance(source, (str, PathLike)):
        raise WorksheetError(f"{type(source).__name__} is not an assignment", hint="the name of its file, or an Assignment")
    return read_assignment(Path(source))


class _Reading:
    """One file. Faults are collected; what depends on a faulty key is not checked."""

    def __init__(self, path: Path, text: str, root: Located, in_sheet: bool, faults: Collector) -> None:
        self.path, self.text, self.root, self.in_sheet, self.faults = path, text, root, in_sheet, faults
        self.context = Context(faults, path.parent)
        self.fields: dict[str, Located] = {}
        self.values: dict[str, Any] = {}
        self.convention_name = ""  # or its file
        with faults.catching():
            self.fields = (IN_SHEET if in_sheet else ASSIGNMENT).entries(root, faults)

    def assignment(self) -> Assignment | None:
        network = self.network()
        convention = self.convention(network)
        run = Run(self.value("batch", 1))
        self.add_names(network, convention)
        ask = self.ask(convention)
        paper = self.paper(network, convention, ask, run)
        self.add_cell_names(paper)
        marking = policy(self.value, self.fields, self.context, paper)
        others = other_conventions(self.value("conventions", None), self.convention_name)
        variation = variants(self.value, self.fields, self.context, paper)
        words = self.words(network.heading if network else Heading(), convention)
        decisions = self.value("decisions", "")
        usual = (*convention.rules, *run.rules(convention)) if convention else ()
        rules = self.value("rules", usual)
        if network is None or convention is None or ask is None:
            return None
        return Assignment(
            network=network, source=self.source, convention=convention, ask=ask, policy=marking, rules=rules,
            conventions=others, variants=variation, batch=run.batch, attempts=self.value("attempts", LAST), file=self.path,
            text=self.text, decisions=self.path.parent / decisions if decisions else None, **words,
        )  # fmt: skip

    def value(self, name: str, default: Any) -> Any:
        """The value of a key; the default if it is missing or faulty. It is read once, with the names known at that time."""
        if name in self.fields and name not in self.values:
            self.values[name] = None
            with self.faults.catching():
                self.values[name] = FIELDS[name].read(self.fields[name], self.context)
        value = self.values.get(name)
        return default if value is None else value

    def at(self, *names: str) -> Where:
        """The place of the first of these keys that is present."""
        return next((self.fields[name].where for name in names if name in self.fields), self.root.where)

    def words(self, heading: Heading, convention: Convention | None) -> dict[str, Any]:
        """The words printed above the questions: the file's, or else the sheet's."""
        title = self.value("title", "") or (SOLVED.sub("", heading.title) if self.in_sheet else "")
        if not title and "title" not in self.fields and self.in_sheet:
            self.faults.add(WorksheetError("the key 'title' is missing", self.root.where, "here, or in the front matter"))
        language = language_named(self.value("language", "") or heading.language or ENGLISH, dict(heading.labels))
        language = language.relabelled(dict(self.value("labels", ())))
        digits = self.value("digits", "") or heading.digits or language.digits
        digits = digits or (convention.digits if convention else "none")
        return {
            "title": title,
            "course": self.value("course", heading.course),
            "question": self.value("question", heading.question),
            "digits": Digits(digits).locale,
            "language": language,
        }

    # What is counted

    @property
    def source(self) -> str:
        """The network as the file names it."""
        return self.path.name if self.in_sheet else " ".join(self.fields["network"].text().split())

    def network(self) -> Network | None:
        input = self.value("input", None)
        if self.in_sheet:
            return self.read(self.path, input, "", self.root.where)
        text = self.value("network", "")
        if not text:
            return None
        where = self.fields["network"].where
        if text.startswith(ZOO) or self._is_in_zoo(text):
            return self.read(ZOO + text.removeprefix(ZOO), input, "", self.at("input", "network"))
        suffixes = [suffix for reader in readers().values() for suffix in reader.suffixes]
        if Path(text).suffix.lower() not in suffixes:
            close = suggestion(text, models())
            near = meant(self.path.parent / text) or (close if close.startswith("did") else None)
            hint = near or f"a file that ends in {', '.join(suffixes)}, or zoo:NAME"
            self.faults.add(WorksheetError(f"cannot read {shown(text)} as a network", where, hint))
            return None
        return self.read(self.path.parent / text, input, f"{shown(text)}: ", where)

    def _is_in_zoo(self, text: str) -> bool:
        """Whether a text names a network of the zoo, and no file beside this one."""
        return canonical(text, models()) is not None and not (self.path.parent / text).exists()

    def read(self, source: str | Path, input: tuple[int, ...] | None, prefix: str, where: Where) -> Network | None:
        """A network; a fault without a line of its own is located in this file."""
        try:
            network = read(source, input)
            sized(network)
            return network
        except WorksheetError as error:
            for fault in error.faults:
                here = type(fault)(f"{prefix}{fault.message}", where, fault.hint)
                self.faults.add(fault if fault.where.line else here)
        return None

    def convention(self, network: Network | None) -> Convention | None:
        before = len(self.faults.found)
        self.convention_name = name = (
            self.value("convention", network.heading.convention if network else "") or conventions.STANDARD
        )
        if len(self.faults.found) > before or (network is None and "convention" not in self.fields):
            return None
        convention = conventions.convention(name)
        for column in convention.columns:
            if column.name in {OUTPUT, TOTAL} or column.name.endswith(FORMULA):
                message = f"{convention.name} has a column {shown(column.name)}, which means something else in an assignment"
                self.faults.add(WorksheetError(message, self.at("convention"), "give the column another name"))
        return convention

    # What is asked

    def add_names(self, network: Network | None, convention: Convention | None) -> None:
        """Add the names of columns and of kinds of layers."""
        if convention:
            counted = [column.name for column in convention.columns]
            self.context.names |= {"counted": _same(counted), "column": _same([OUTPUT, *counted])}
        if network:
            self.context.names["kind"] = _same([*(node.kind.name for node in network.nodes), ANY])

    def ask(self, convention: Convention | None) -> Ask | None:
        before = len(self.faults.found)
        every = (OUTPUT, *(column.name for column in convention.columns)) if convention else ()
        columns = self.value("ask", every)
        columns = columns if isinstance(columns, dict) else {ANY: columns}
        asked = list(dict.fromkeys(column for listed in columns.values() for column in listed or ()))
        counted = [column for column in asked if column != OUTPUT]
        if len(self.faults.found) == before and convention:
            self.context.names |= {"asked": _same(asked), "never": _same([*asked, TOTAL])}
        totals, formulas = self.value("total", tuple(counted)), self.value("formulas", ())
        backwards = self.value("find", ())
        zeros = self.value("zeros", default=False)
        return Ask(columns, totals, formulas, backwards, zeros) if len(self.faults.found) == before else None

    def paper(self, network: Network | None, convention: Convention | None, ask: Ask | None, run: Run) -> Paper | None:
        """The teacher's own paper."""
        if network is None or convention is None or ask is None:
            return None
        if not self.can_be_answered(network, convention, ask, run):
            return None
        try:
            paper = PaperMaker(convention, ask, run).paper(network)
        except WorksheetError as error:
            for fault in error.faults:
                self.faults.add(fault if fault.where.line else fault.located(self.at("ask", "convention", "network")))
            return None
        self.check(paper)
        return paper

    def can_be_answered(self, network: Network, convention: Convention, ask: Ask, run: Run) -> bool:
        """Whether the questions asked backwards name layers of the network, and have answers that can be written."""
        before = len(self.faults.found)
        for item, question in zip(self.fields["find"].items() if ask.find else (), ask.find, strict=True):
            try:
                question.solve(network, convention, run.batch)
            except WorksheetError as error:
                for fault in error.faults:
                    self.faults.add(fault.located(item.where))
        return len(self.faults.found) == before

    def check(self, paper: Paper) -> None:
        """Every column that the file asks for must give a cell."""
        wanted = [cell for cell in paper.cells.values() if cell.given or not cell.hidden]
        countable = {(cell.asked.kind.name, cell.column) for cell in wanted if cell.asked.kind}
        for kind, column, where in self.asked_columns():
            if not any(column == other and kind in {ANY, name} for name, other in countable):
                layer = "any layer here" if kind == ANY else kind
                message = f"{paper.counting.convention.name} has no rule that gives {shown(column)} of {layer}"
                self.faults.add(WorksheetError(message, where, "leave it out, or count by another convention"))
        if not 0 < len(paper.shown) <= MAX_CELLS:
            cells = f"{len(paper.shown):,} cells to fill" if paper.shown else "nothing is asked"
            hint = ZEROS_ARE_GIVEN if paper.given and not paper.shown else None
            self.faults.add(WorksheetError(f"{cells}; at most {MAX_CELLS:,}", self.at("ask", "network"), hint))

    def asked_columns(self) -> Iterator[tuple[str, str, Where]]:
        """Every column that the file asks for, by kind, with its place."""
        asked = self.fields.get("ask")
        if asked is None:
            return
        tables = asked.value if isinstance(asked.value, dict) else {ANY: asked}
        for kinds, listed in tables.items():
            for kind in kinds.split(","):
                for item in listed.one_or_more():
                    yield " ".join(kind.split()), " ".join(item.text().split()), item.where

    def add_cell_names(self, paper: Paper | None) -> None:
        """Add the names for which marks may be given: columns, formulas, the row of totals, single cells."""
        if paper is None:
            return
        names: dict[str, str | Key] = {}
        for cell in paper.shown:
            names[f"{cell.row} {cell.column}"] = cell.key
            names[TOTAL if cell.row == TOTAL else cell.column] = TOTAL if cell.row == TOTAL else cell.column
        for cell in paper.shown:
            if cell.layer:
                names.setdefault(f"{cell.layer} {cell.column}", cell.key)
        self.context.names["marked"] = names


def _same(names: Iterable[str]) -> Mapping[str, str]:
    return {name: name for name in names}
