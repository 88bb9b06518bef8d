"""Layout: the rows and columns of a sheet, and the words for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from worksheet.errors import nearest
from worksheet.grading.answers.text import one_line
from worksheet.grading.paper.cells import FIND, FORMULA, OUTPUT, TOTAL, Key, Paper, Row
from worksheet.language import everywhere
from worksheet.spreadsheet import unguarded

T = TypeVar("T")
BETWEEN = re.compile(r"[\W_]+")
NUMBER = re.compile(r"(?:(?:row|no|nr|s no|sno|sl no|layer)\s?)?0{0,6}(\d{1,6})(?: 0)?")  # after folding: "4.0" is "4 0"
TOTALS = ("total", "totals", "sum", "all")
WORDED: Mapping[Row, tuple[str, ...]] = {TOTAL: TOTALS, FIND: (FIND, "question", "questions")}  # rows that are not layers
SIZES = ("output", "output size", "output shape", "out", "size")
SYNONYMS: Mapping[str, tuple[str, ...]] = {  # in the questions of quizzes and forms
    "params": ("parameters", "number of parameters", "number of params", "no of parameters", "Parameter", "Anzahl der Parameter",
               "Anzahl Parameter", "paramètres", "nombre de paramètres", "parámetros", "número de parámetros"),
    "flops": ("number of flops", "no of flops", "floating point operations", "number of floating point operations"),
    "macs": ("number of macs", "no of macs", "multiply accumulates"),
}  # fmt: skip
PRINTED: Mapping[Row, str] = {TOTAL: "Total", FIND: "Question"}  # how sheets print these rows
NOT_ASKED = "nothing is asked there"
FORMULAS = ("{} formula", "formula {}", "formula of {}")


def fold(word: str) -> str:
    """A word as it is compared: without case and punctuation, "# Params" like "params"; if it is only punctuation, that remains.

    >>> fold(" # Params"), fold("conv2d_1.Flops"), fold("#")
    ('params', 'conv2d 1 flops', '#')
    """
    folded = word.casefold()
    return BETWEEN.sub(" ", folded).strip() or folded.strip()


class UnknownWord(ValueError):
    """A word that names no row or no column; ``hint`` gives the closest ones."""

    def __init__(self, says: str, hint: str | None = None) -> None:
        super().__init__(says)
        self.says = f"{says} ({hint})" if hint else says


class Layout:
    """The cells that can be answered: ``cells`` are the asked ones, ``names`` the layers' names with their rows, ``columns``
    each column with further words for it.

    Rows and names are the assignment's, the same for all variants.
    """

    def __init__(
        self, cells: Iterable[Key], names: Mapping[str, int], columns: Mapping[str, Iterable[str]],
        kinds: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        self.order = tuple(cells)  # of the sheet
        self.cells = frozenset(self.order)
        self.mapped: Mapping[str, Any] = {}  # what a teacher says about headings, by the folded ones: see column_map
        self.names = dict(names)
        self.kinds = dict(kinds or {})
        self.rows: frozenset[Row] = frozenset(row for row, _column in self.cells) | frozenset(self.names.values())
        self._folded_names = _unambiguous((fold(name), no) for name, no in names.items())
        self.words = {column: _words(column, words) for column, words in columns.items()}
        self._columns = _unambiguous((fold(word), column) for column, words in self.words.items() for word in words)
        self._columns |= {fold(column): column for column in self.words}
        self.worded = {row: (*words, *map(fold, everywhere(PRINTED[row]))) for row, words in WORDED.items()}

    @classmethod
    def of(cls, paper: Paper) -> Layout:
        """The layout of a paper; all variants have the same one."""
        names = {layer.node.name: no for no, layer in enumerate(paper.layers, 1)}
        cells = [*(cell.key for cell in paper.shown), *paper.given]  # what is given may be copied; it has no marks
        kinds = {no: layer.kind.name for no, layer in enumerate(paper.layers, 1)}
        headings = {column.name: list(everywhere(column.heading)) for column in paper.counting.convention.columns}
        sizes = [*everywhere("Output"), *everywhere("Output size")]
        headings[OUTPUT] = sizes
        words: dict[str, list[str]] = {column: headings.get(column.removesuffix(FORMULA), []) for _row, column in cells}
        return cls(cells, names, words | headings, kinds)

    def question(self, text: str) -> Key | None:
        """The cell of a question asked backwards, named by its number: q1."""
        key: Key = (FIND, fold(text))
        return key if key in self.cells else None

    def is_kind(self, text: str, row: Row) -> bool:
        """Whether a text is the notation of a row's layer: Conv2d, or Conv2d: 64c."""
        return isinstance(row, int) and text.partition(":")[0].strip() == self.kinds.get(row)

    def row(self, text: str) -> Row | None:
        """The row named by a word: a number, else the total, else a layer's name."""
        return self._row(text, (self._by_number, self._by_word, self._by_name))

    def layer(self, text: str) -> Row | None:
        """The row named by a word in a column of names: a layer called "1" is preferred to row 1."""
        return self._row(text, (self._by_name, self._by_word, self._by_number))

    def _row(self, text: str, ways: Iterable[Callable[[str], Row | None]]) -> Row | None:
        word = unguarded(one_line(text))
        return next((row for way in ways if (row := way(word)) is not None), None)

    def _by_number(self, word: str) -> Row | None:
        digits = NUMBER.fullmatch(fold(word)) if word.isascii() else None
        return int(digits[1]) if digits and int(digits[1]) in self.rows else None

    def _by_word(self, word: str) -> Row | None:
        return next((row for row, words in self.worded.items() if row in self.rows and fold(word) in words), None)

    def _by_name(self, word: str) -> Row | None:
        return self.names.get(word) or self._folded_names.get(fold(word))

    def column(self, text: str) -> str | None:
        """The column named by a word: its name, its heading, or another word for it."""
        return self._columns.get(fold(unguarded(one_line(text))))

    def cell(self, row: str, column: str, *, by_name: bool = False) -> Key:
        """The asked cell named by two words. Raises UnknownWord with the reason."""
        number = (self.layer if by_name else self.row)(row)
        if number is None:
            raise UnknownWord("unknown row", self._hint(row, (*self.names, *map(str, WORDED))))
        name = self.column(column)
        if name is None:
            raise UnknownWord("unknown column", self._hint(column, self.words))
        if (number, name) not in self.cells:
            raise UnknownWord(NOT_ASKED)
        return number, name

    @staticmethod
    def _hint(word: str, known: Iterable[str]) -> str | None:
        says = nearest(word, known) if word.strip() else None
        return says if says and says.startswith("did") else None

    @cached_property
    def headings(self) -> dict[str, Key]:
        """The cells by the folded headings of a wide table: "4 flops", "conv1.flops", "total params"."""
        called: dict[Row, list[str]] = {row: [str(row)] for row in self.rows}
        called |= {row: list(words) for row, words in self.worded.items()}
        numbered = [(f"{no} {word}", key) for key in self.cells for no in called[key[0]] for word in self._folded(key[1])]
        rows = [(f"row {word}", key) for word, key in numbered]
        named: dict[Row, list[str]] = {}
        for name, row in self._folded_names.items():
            named.setdefault(row, []).append(name)
        names = [(f"{name} {word}", k) for k in self.cells for name in named.get(k[0], ()) for word in self._folded(k[1])]
        return _unambiguous(names) | _unambiguous(numbered + rows)

    def _folded(self, column: str) -> set[str]:
        return {fold(word) for word in (column, *self.words[column])}

    def heading(self, text: str) -> Key | None:
        """The cell named by a heading of a wide table."""
        return self.headings.get(fold(unguarded(one_line(text))))


def _words(column: str, words: Iterable[str]) -> tuple[str, ...]:
    plain = column.removesuffix(FORMULA)
    words = [*words, *SYNONYMS.get(plain, ())]
    own = [column, *words, *(SIZES if plain == OUTPUT else ())]
    if plain == column:
        return tuple(own)
    return (
        *(form.format(word, column=word) for form in (*FORMULAS, *everywhere("{column}, formula")) for word in (plain, *words)),
        column,
    )


def _unambiguous(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """The words with a single meaning."""
    meanings: dict[str, T] = {}
    ambiguous: set[str] = set()
    for word, meaning in pairs:
        if meanings.setdefault(word, meaning) != meaning:
            ambiguous.add(word)
    return {word: meaning for word, meaning in meanings.items() if word not in ambiguous and word}
