"""Lays a worked solution out as a document: question, answer table, figures, picture, formulas, worked rows."""

from __future__ import annotations

from collections.abc import Iterator

from worksheet.derivation import OUTPUT, ColumnHeading, Derivation, Handout, Part, Row, layer_label, spans
from worksheet.document import AnswerTable, Block, Chapter, Contents, Document, NetworkPicture, Question, WorkedRow, Working
from worksheet.document.data import SolutionData
from worksheet.formula import digits_named
from worksheet.language import _

CONTENTS_FROM = 30  # rows from which on a document has contents


def laid_out(result: Derivation | Document) -> Document:
    """A worked solution, question sheet or formula reference as a document; a document as it is."""
    return result if isinstance(result, Document) else _Layout(result).document()


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
            question=d.question,
            handout=(d.handout or Handout()) if d.rows else None,
            blank=d.blank,
            contents=self.contents,
        )

    def blocks(self) -> Iterator[Block]:
        d = self.derivation
        reference = "Formulas" if any(section.statements for section in d.reference) else "Symbols"
        figures = tuple(Working(figure.title, figure.steps, figure.intro) for figure in d.figures)
        yield self.question()
        if self.contents:
            yield Contents()
        if d.rows:
            yield AnswerTable(
                d.headings, d.rows, d.parts, d.totals, d.chosen, () if d.worked else d.kinds, d.named, d.worked, d.sized
            )  # fmt: skip
        yield Chapter("The whole network", figures, "figures")
        yield Chapter("The network", (NetworkPicture(d.rows, d.title),) if d.pictured else (), "graph")
        yield Chapter(reference if d.rows else "", d.reference, "formulas")
        yield Chapter("Your working" if d.blank else "Worked solution", tuple(self.working()) if d.worked else (), "working")

    # The question

    def question(self) -> Question:
        d = self.derivation
        if not d.rows:
            return Question("", self.counting(), convention=d.convention_title)
        notes = (*d.notes, *map(self.exactly, d.headings))
        return Question(d.question, self.counting(), d.rules, tuple(filter(None, notes)), d.network, d.convention_title)

    def counting(self) -> str:
        """The convention as a sentence: its name, unit and source."""
        d = self.derivation
        unit = f", in {d.unit}" if d.unit else ""
        source = f" Source: {d.cite}." if d.cite else ""
        return f"{d.convention_title}{unit}.{source}"

    def exactly(self, heading: ColumnHeading) -> str:
        """A sentence for a total that larger units give to the last digit, which is too long for a column."""
        total = self.derivation.totals.get(heading.name)
        if not (total and heading.scale and heading.scale.exact):
            return ""
        return f"{heading.label}, total: {digits_named(self.derivation.digits).result(total)} {heading.said(total)}."

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
        return Working(title, row.sizes, _("Reads {rows}.").format(rows=reads) if reads else "", room)

    def reads(self, row: Row) -> str:
        """The rows that a layer reads, where it is not the one above."""
        unsaid = self.derivation.blank and not self.derivation.handout
        if unsaid or row.sources == (row.no - 1,) or not row.sources:
            return ""
        several = row.sources.count(0) > 1 and len(set(row.inputs or ())) > 1
        names = [f"S. No. {no}" if no else "the inputs" if several else "the input" for no in row.sources]
        return ", ".join(dict.fromkeys(names))


def _stage(part: Part, no: int, rows: tuple[Block, ...]) -> Iterator[Block]:
    if part.title:
        yield Chapter(part.title, rows, f"part-{no}", level=3)
    else:
        yield from rows
