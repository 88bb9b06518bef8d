"""Lays a worked solution out as a document: question, answer table, figures, picture, formulas, worked rows."""

from __future__ import annotations

from collections.abc import Iterator

from worksheet.derivation import OUTPUT, ColumnHeading, Derivation, Handout, Part, Row, layer_label, spans
from worksheet.document import (
    AnswerTable,
    Block,
    Chapter,
    Contents,
    Document,
    NetworkPicture,
    NetworkStrip,
    Question,
    StripLayer,
    Text,
    WorkedRow,
    Working,
)
from worksheet.document.data import SolutionData
from worksheet.formula import digits_named
from worksheet.language import _, named, paragraph, sentence, speaking
from worksheet.layers import kinds
from worksheet.layers.notation import explain_notation
from worksheet.totals import print_total

CONTENTS_FROM = 30  # rows from which on a document has contents


def laid_out(result: Derivation | Document) -> Document:
    """A worked solution, question sheet or formula reference as a document; a document as it is."""
    if isinstance(result, Document):
        return result
    with speaking(result.language):
        return _Layout(result).document()


def strip(derivation: Derivation) -> NetworkStrip:
    """The network of a solution or question sheet in one line."""
    layers = [StripLayer(row.no, row.kind, row.output, row.stage, row.sources) for row in derivation.rows]
    return NetworkStrip(tuple(layers), derivation.input, derivation.title, f"{derivation.title} strip")


class _Layout:
    """Lays out one derivation."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.asks_output = any(heading.name == OUTPUT for heading in derivation.headings)  # in a column of its own
        self.contents = derivation.worked and len(derivation.rows) > CONTENTS_FROM

    def document(self) -> Document:
        d = self.derivation
        return Document(
            title=d.title,
            blocks=tuple(self.blocks()),
            data=SolutionData(d),
            course=d.course,
            digits=d.digits,
            language=d.language,
            question=self.task,
            handout=(d.handout or Handout()) if d.is_handout else None,
            blank=d.blank,
            contents=self.contents,
            citations=d.citations,
        )

    def blocks(self) -> Iterator[Block]:
        d = self.derivation
        reference = _("Formulas") if any(section.statements for section in d.reference) else _("Symbols")
        figures = tuple(Working(figure.title, figure.steps, figure.intro) for figure in d.figures)
        if d.rows and d.chosen is None:
            yield strip(d)
        yield self.question()
        if self.contents:
            yield Contents()
        if d.rows:
            yield AnswerTable(
                d.headings, d.rows, d.parts, d.totals, d.chosen, () if d.worked else d.kinds, d.named, d.worked,
                not (self.asks_output or d.sized or (d.blank and d.handout)), d.sized,
            )  # fmt: skip
            yield from self.notation()
        yield Chapter(_("The whole network"), figures, "figures")
        yield Chapter(_("The network"), (NetworkPicture(d.rows, d.title),) if d.pictured else (), "graph", folded=True)
        yield Chapter(reference if d.rows else "", d.reference, "formulas")
        yield Chapter(
            _("Your working") if d.blank else _("Worked solution"), tuple(self.working()) if d.worked else (), "working"
        )

    # The question

    def question(self) -> Question:
        d = self.derivation
        if not d.rows:
            return Question("", self.counting(), convention=d.convention_title)
        notes = (*d.notes, *map(self.exactly, d.headings))
        return Question(self.task, self.counting(), d.rules, tuple(filter(None, notes)), d.network, d.convention_title)

    @property
    def task(self) -> str:
        """What is asked, or what the network is where nothing is."""
        d = self.derivation
        return d.question if d.is_handout or not d.rows else d.introduction

    def counting(self) -> str:
        """The convention as a sentence: its name and unit, on a solution its source too."""
        d = self.derivation
        title = (
            _("{convention}, in {unit}.").format(convention=d.convention_title, unit=d.unit)
            if d.unit
            else sentence(d.convention_title)
        )
        return paragraph((title, _("Source: {source}.").format(source=d.cite))) if d.cite and not d.blank else title

    def exactly(self, heading: ColumnHeading) -> str:
        """A sentence for a total that larger units give to the last digit, which is too long for a column."""
        total = self.derivation.totals.get(heading.name)
        if not (total and heading.scale and heading.scale.exact):
            return ""
        digits = digits_named(self.derivation.digits)
        number, units = print_total(total, digits), heading.said(total, digits)
        return _("{column}, total: {number} {units}.").format(column=heading.label, number=number, units=units)

    def notation(self) -> Iterator[Block]:
        """A line that explains the words of the layers' notation, as far as they occur."""
        table = kinds()
        layers = [(table[row.kind], row.spec) for row in self.derivation.rows if row.spec and row.kind in table]
        entries = [named(word, meaning) for word, meaning in explain_notation(layers)]
        if entries:
            yield Text(_("Notation: {entries}.").format(entries=_("; ").join(entries)))

    # Worked rows

    def working(self) -> Iterator[Block]:
        """The rows that are worked, a chapter for each stage."""
        repeated: dict[int, list[int]] = {}  # by the number of the row that works a layer: the rows that repeat it
        for row in self.derivation.rows:
            if row.same_as:
                repeated.setdefault(row.same_as, []).append(row.no)
        worked: dict[int, Block] = {}
        for row in self.derivation.rows:
            block = self.room(row) if self.derivation.compact else self.row(row, repeated.get(row.no, []))
            if block is not None and not row.same_as:
                worked[row.no] = block
        for no, part in enumerate(self.derivation.parts, 1):
            yield from _stage(part, no, tuple(worked[row] for row in part.rows if row in worked))

    def row(self, row: Row, repeated: list[int]) -> WorkedRow:
        name = row.name if self.derivation.named else ""
        return WorkedRow(row, name, self.reads(row), spans(repeated), self.asks_output)

    def room(self, row: Row) -> Working | None:
        """Room for what a student works and has no cell for in the table; None where nothing is to be worked."""
        room, reads = sum(step.room for step in (*row.sizes, *row.columns)), self.reads(row)
        if not (room or row.sizes or reads):
            return None
        name = [row.name] if self.derivation.named else []
        title = " ".join([str(row.no), *name, layer_label(row)])
        return Working(title, row.sizes, _("Reads {inputs}.").format(inputs=reads) if reads else "", room)

    def reads(self, row: Row) -> str:
        """The rows that a layer reads, where it is not the one above."""
        unsaid = self.derivation.blank and not self.derivation.handout
        if unsaid or row.sources == (row.no - 1,) or not row.sources:
            return ""
        several = row.sources.count(0) > 1 and len(set(row.inputs or ())) > 1
        inputs = _("the inputs") if several else _("the input")
        return _(", ").join(dict.fromkeys(_("No. {no}").format(no=no) if no else inputs for no in row.sources))


def _stage(part: Part, no: int, rows: tuple[Block, ...]) -> Iterator[Block]:
    if part.title:
        yield Chapter(part.title, rows, f"part-{no}", level=3)
    else:
        yield from rows
