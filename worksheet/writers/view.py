"""A document as strings in one dialect, ready for a template: all printing happens here, none in the templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from worksheet.derivation import Handout, Section
from worksheet.document import (
    AnswerTable,
    Block,
    Chapter,
    Contents,
    Document,
    NetworkPicture,
    NetworkStrip,
    Picture,
    Relations,
    Table,
    Text,
    Title,
    WorkedRow,
    Working,
)
from worksheet.drawing.strip_words import strip_in_words
from worksheet.language import N_, _
from worksheet.layers import Drawing, kinds
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.solution_view import AnswerPrinter, RowPrinter
from worksheet.writers.table_view import relations_view, table_view
from worksheet.writers.views import (
    ChapterView,
    ContentsView,
    FieldView,
    HandoutView,
    LinkView,
    PictureView,
    View,
    Viewed,
    WorkingView,
)

FIELDS = (N_("Name"), N_("Student ID"))
TABLE = (N_("Table"), "table")  # the answer table's entry in the contents, and its anchor
V = TypeVar("V")


def view(document: Document, setting: Setting) -> dict[str, Any]:
    """The names that a template may use: see docs/templates.md."""
    return DocumentPrinter(document, setting).names()


class DocumentPrinter(Printer):
    """Prints one document."""

    def __init__(self, document: Document, setting: Setting) -> None:
        super().__init__(setting, document.digits, document.steps)
        self.document = document
        self.rows = RowPrinter(self, is_blank=document.blank)
        blocks = drawn(document.blocks, draws=setting.draws, explains=not document.blank)
        self.blocks = tuple(_after_strip(blocks) if setting.folds else blocks)

    def names(self) -> dict[str, Any]:
        document = self.document
        fields = tuple(map(_, FIELDS)) if document.handout else ()
        stages = [part for block in self.blocks if isinstance(block, AnswerTable) for part in block.parts]
        return {
            "title": document.title,
            "course": document.course,
            "language": document.language.tag,
            "question": document.title if document.question is None else document.question,
            "handout": _handout(document.handout or Handout(), fields),
            "fields": fields,
            "blank": document.blank,
            "contents": document.contents,
            "staged": document.contents and len(stages) > 1,
            "label_width": round(self.label_width / 2, 2),  # in ems
            "blocks": [self.block(block) for block in self.blocks],
        }

    def block(self, block: Block) -> Viewed:
        if isinstance(block, Viewed):
            return block
        make: Callable[[DocumentPrinter, Any], View] = BLOCKS[type(block)]
        return make(self, block)

    def working(self, block: Working) -> WorkingView:
        return WorkingView(block.title, block.intro, [self.step(step) for step in block.steps], room=block.room)

    def chapter(self, block: Chapter) -> ChapterView:
        level = block.level + bool(block.title)
        blocks = [
            self.section(each, level) if isinstance(each, Section) else self.block(each) for each in block.blocks
        ]  # fmt: skip
        return ChapterView(block.title, block.anchor, block.level, blocks, block.folded)

    def contents(self, __: Contents) -> ContentsView:
        chapters = [chapter for chapter in self.blocks if isinstance(chapter, Chapter)]
        links = [link for chapter in chapters for link in _links(chapter)]
        return ContentsView([LinkView(_(TABLE[0]), TABLE[1], TABLE[1], 2, 0), *links])


def drawn(blocks: Iterable[Block], *, draws: bool, explains: bool = False) -> Iterator[Block]:
    """The blocks with drawings where a format has them, and without chapters that are empty.

    ``explains``: formulas are followed by what explains them, once for each kind of drawing.
    """
    explained: set[tuple[Drawing, int]] = set()
    for block in blocks:
        if isinstance(block, NetworkPicture):
            yield from _pictures(block) if draws else ()
        elif isinstance(block, NetworkStrip):
            yield _strip(block, draws=draws)
        elif isinstance(block, Section):
            yield block
            yield from _explained(block, explained, draws=draws) if explains else ()
        elif isinstance(block, Chapter):
            inner = tuple(drawn(block.blocks, draws=draws, explains=explains))
            if inner:
                yield replace(block, blocks=inner)
        else:
            yield block


def _pictures(picture: NetworkPicture) -> Iterator[Picture]:
    from worksheet.writers.graph import pictures

    yield from pictures(picture.rows, picture.title)


def _after_strip(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, what is folded directly after the strip."""
    start, others = [], [*blocks]
    if others and isinstance(others[0], Picture):
        start = [others.pop(0)]
        others.sort(key=lambda block: not (isinstance(block, Chapter) and block.folded))
    return start + others


def _strip(strip: NetworkStrip, *, draws: bool) -> Picture | Text:
    if not draws:
        return Text(strip_in_words(strip))
    from worksheet.drawing.strip import draw_strip

    return draw_strip(strip)


def _explained(section: Section, explained: set[tuple[Drawing, int]], *, draws: bool) -> Iterator[Block]:
    """The sentence and the drawing that explain a section's formulas, unless they are above already."""
    kind = kinds().get(section.kind)
    if not kind or not kind.drawing or (kind.drawing, kind.gates) in explained:
        return
    from worksheet.drawing.explained import drawing_of, sentence_of

    explained.add((kind.drawing, kind.gates))
    yield Text(sentence_of(kind))
    if draws:
        yield drawing_of(kind)


def _links(chapter: Chapter) -> Iterator[LinkView]:
    """The chapter's entry in the contents, and those of the stages inside it."""
    first = next((block.row.no for block in chapter.blocks if isinstance(block, WorkedRow)), 0)
    slug = chapter.title.lower().replace(" ", "-")
    yield LinkView(chapter.title, chapter.anchor, slug, chapter.level, first)
    for block in chapter.blocks:
        if isinstance(block, Chapter):
            yield from _links(block)


def _handout(handout: Handout, labels: Sequence[str]) -> HandoutView:
    """Whose paper it is; the texts of the fields are empty where a student writes."""
    fields = [FieldView(label, text) for label, text in zip(labels, (handout.name, handout.id), strict=False)]
    return HandoutView(handout.id, handout.name, handout.marks, fields)


BLOCKS: dict[type, Callable[[DocumentPrinter, Any], View]] = {
    Title: lambda __, block: ChapterView(block.text, "", 2, ()),
    Table: table_view,
    Section: DocumentPrinter.section,
    Working: DocumentPrinter.working,
    Relations: relations_view,
    Picture: lambda printer, block: PictureView(Ready(printer.setting.drawing(block)), block.words, block.width),
    Contents: DocumentPrinter.contents,
    AnswerTable: lambda printer, block: AnswerPrinter(printer, block).view(),
    WorkedRow: lambda printer, block: printer.rows.view(block),
    Chapter: DocumentPrinter.chapter,
}


def every(kind: type[V], blocks: Iterable[Viewed]) -> Iterator[V]:
    """The views of a kind, also those inside chapters; of all kinds, what chapters hold."""
    for block in blocks:
        if isinstance(block, ChapterView):
            yield from every(kind, block.blocks)
        elif isinstance(block, kind):
            yield block
