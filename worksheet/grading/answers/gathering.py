"""Gathers answers by student while files are read, and packs what is complete into little memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from worksheet.errors import Collector, Where, WorksheetError
from worksheet.grading.answers.bounds import MAX_CELL, MAX_ROW_WORDS, MAX_STUDENTS, MEGABYTE, PACK_BYTES
from worksheet.grading.answers.sheet_layout import Layout, UnknownWord
from worksheet.grading.answers.students import Students
from worksheet.grading.answers.submissions import BETWEEN, LAST, SHIFT, AnswerPart, Answers, Unplaced, compact, unpack
from worksheet.grading.answers.text import AnswerSource, clean
from worksheet.grading.paper.cells import Key

SAME = "the same cell twice, with the same answer"
OTHER = "the same cell twice: the first answer counts"
LONG = f"unreadable: more than {MAX_CELL} characters"
QUOTED = 80  # characters of an unplaced text that are kept


@dataclass
class OpenAnswers:
    """One student's answers in the file that is being read. ``why`` says why the student has no place."""

    student: str
    why: str = ""
    cell: int = 0  # if all answers are in the same cell of their line; then places are lines
    texts: dict[Key, str] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)

    def drop(self, keys: Collection[Key]) -> None:
        """Drop the answers to some cells."""
        kept = [(key, place) for key, place in zip(self.texts, self.places, strict=True) if key not in keys]
        self.texts = {key: self.texts[key] for key, _place in kept}
        self.places = [place for _key, place in kept]


class Gatherer:
    """Receives answers from the readers of all formats, one file after the other."""

    def __init__(self, layout: Layout, students: Students | None = None, attempts: str = LAST) -> None:
        self.layout = layout
        self.students = students or Students(None)
        self.answers = Answers()
        self.attempts = attempts
        # The words for rows, then for columns, read so far; separately for words in a column of names.
        self.known: dict[bool, dict[str, dict[str, Key]]] = {False: {}, True: {}}
        self.budget = PACK_BYTES  # for the files of folders and zips
        self.by_file: Mapping[str, str] = {}  # ids by the names of files, from a manifest
        self.submitters: Mapping[str, tuple[str, ...]] = {}  # by their folder or file, from Gradescope's list
        self.file = ""
        self._words = 0
        self._keys: dict[tuple[Key, ...], tuple[Key, ...]] = {}
        self._open: dict[str, OpenAnswers] = {}  # of the file that is being read
        self._last: OpenAnswers | None = None
        self._packed: set[str] = set()  # students whose part of this file is packed
        self._scattered = False
        self._called: dict[str, OpenAnswers] = {}  # by the text itself, if the file is scattered

    @classmethod
    def of_nothing(cls) -> Gatherer:
        """One that expects no answers: for files that are not answers."""
        return cls(Layout((), {}, {}))

    # Files

    def begin(self, file: str) -> None:
        """Begin another file, or another table of a file."""
        self.close()
        self.file = file

    def close(self) -> None:
        """End the file: pack what is still open."""
        for block in self._open.values():
            self._pack(block)
        self._open.clear()
        self._packed.clear()
        self._called.clear()
        self._last = None
        self._scattered = False

    def spend(self, size: int, file: str) -> None:
        """Count the bytes in folders and zips. Raises WorksheetError if there are too many in all of them."""
        self.budget -= size
        if self.budget < 0:
            raise WorksheetError(f"more than {PACK_BYTES // MEGABYTE:,} MB in folders and zips", Where(file))

    # Students

    def enter(self, text: str, cell: int = 0) -> OpenAnswers:
        """The block of the student named by a text. While a file is sorted by student, the previous one is packed."""
        block = self._called.get(text)
        if block is not None:
            return block
        student, why = self.students.identify(text)
        if why:
            return OpenAnswers(student or text, why)
        last = self._last
        if last is not None and last.student != student and not self._scattered:
            self._pack(self._open.pop(last.student))
            self._packed.add(last.student)
        block = self._last = self._block(student, cell)
        if self._scattered and len(self._called) < MAX_STUDENTS:
            self._called[text] = block
        return block

    def _block(self, student: str, cell: int) -> OpenAnswers:
        if student in self._packed:
            self._scattered = True
            self._open[student] = self._unpack(student, cell)
        elif student not in self._open:
            if student not in self.answers.parts and len(self.answers.parts) >= MAX_STUDENTS:
                raise WorksheetError(f"more than {MAX_STUDENTS:,} students", Where(self.file))
            self.answers.parts.setdefault(student, ())  # in the order in which they first appear
            self._open[student] = OpenAnswers(student, cell=cell)
        return self._open[student]

    def _pack(self, block: OpenAnswers) -> None:
        before = self.answers.parts[block.student]
        if before:
            self._drop_repeated(block, {key for part in before for key in part.keys})
        keys = tuple(block.texts)
        keys = self._keys.setdefault(keys, keys)
        part = AnswerPart(self.file, keys, BETWEEN.join(block.texts.values()), compact(block.places), block.cell)
        self.answers.parts[block.student] = (*before, part)

    def _drop_repeated(self, block: OpenAnswers, taken: set[Key]) -> None:
        """List the answers to cells that an earlier file has answered, and drop them."""
        if taken.isdisjoint(block.texts):
            return
        before = {key: text for part in self.answers.parts[block.student] for key, text in part.texts().items()}
        for index, (key, text) in enumerate(block.texts.items()):
            if key in taken:
                line, cell = unpack(block.places[index], block.cell)
                says = f"{SAME if before[key] == text else OTHER}; it is in an earlier file as well"
                self.leave(says, line, cell, block.student, str(key[0]), key[1], text)
        block.drop(taken)

    def _unpack(self, student: str, cell: int) -> OpenAnswers:
        """Open again what was packed of this file, whose lines are not sorted by student."""
        *before, part = self.answers.parts[student]
        self.answers.parts[student] = tuple(before)
        self._packed.remove(student)
        return OpenAnswers(student, cell=cell, texts=part.texts(), places=list(part.places))

    # Answers

    def key(self, row: str, column: str, *, by_name: bool = False) -> Key:
        """The cell named by two words, which are remembered. Raises UnknownWord."""
        key = self.layout.cell(row, column, by_name=by_name)
        if self._words < MAX_ROW_WORDS and len(row) + len(column) <= MAX_CELL:
            self._words += 1
            self.known[by_name].setdefault(row, {})[column] = key
        return key

    def put(self, block: OpenAnswers, key: Key, answer: str, line: int = 0, cell: int = 0) -> None:
        """Accept an answer to a cell, or list it if it cannot count. A blank answer is ignored."""
        answer = answer.strip()
        if not answer:
            return
        why = block.why or (LONG if len(answer) > MAX_CELL else "")
        if not why and key in block.texts:
            why = SAME if block.texts[key] == answer else OTHER
        if why:
            self.leave(why, line, cell, block.student, str(key[0]), key[1], answer)
            return
        block.texts[key] = answer
        block.places.append(line if block.cell else line << SHIFT | cell)

    def put_words(
        self, block: OpenAnswers, row: str, column: str, answer: str, line: int, cell: int, *, by_name: bool = False
    ) -> None:
        """Accept an answer to the cell named by two words, or list it if they name none."""
        if block.why:
            self.leave(block.why, line, cell, block.student, row, column, answer)
            return
        key = self.known[by_name].get(row, {}).get(column)
        try:
            key = key or self.key(row, column, by_name=by_name)
        except UnknownWord as unknown:
            self.leave(unknown.says, line, cell, block.student, row, column, answer)
        else:
            self.put(block, key, answer, line, cell)

    def leave(
        self, says: str, line: int = 0, cell: int = 0, student: str = "", row: str = "", column: str = "", answer: str = ""
    ) -> None:
        """List an answer without a place."""
        quoted = [clean(text if len(text) <= QUOTED else text[:QUOTED] + "…") for text in (student, row, column, answer)]
        self.answers.leave(Unplaced(self.file, line or None, cell or None, says, *quoted))

    def leave_file(self, fault: WorksheetError) -> None:
        """List a file, or a part of it, that cannot be read."""
        hint = f" ({fault.hint})" if fault.hint else ""
        self.answers.leave(Unplaced(fault.where.file or self.file, fault.where.line, None, clean(fault.message) + hint))

    @contextmanager
    def catching(self, faults: Collector) -> Iterator[None]:
        """Add a fault of a file to others, and list the file."""
        try:
            yield
        except WorksheetError as fault:
            faults.add(fault)
            self.leave_file(fault)

    def note(self, says: str) -> None:
        """Note something about the file."""
        self.answers.note(self.file, says)

    def of_file(self, source: AnswerSource) -> str:
        """The student named by a file's name: through the manifest beside it, else directly or by its folders."""
        if source.student:
            return source.student
        stem = source.stem
        return self.by_file.get(stem) or self.by_file.get(source.name) or self.students.of_file(stem, source.folders)
