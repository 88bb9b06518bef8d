"""Small print: symbols, numbers, shapes and words in one dialect, and what a writer wants of its steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, groupby

from worksheet.derivation import Shape
from worksheet.document import Picture
from worksheet.errors import printable
from worksheet.formula import Dialect, Digits, Exact, Formula, Printed
from worksheet.frozen import frozen
from worksheet.language import ENGLISH, _, current

# Between two sizes, by the dialect's name, where a comma and a blank would print close together or forbid a line's end.
COMMAS = {"latex": r",\enspace ", "typst": ", space.en ", "mathml": "</math>, <math>"}
SEPARATORS = re.compile(r"(?<=[./:_-])")
SPACES = {"mathml": "\u00a0"}


class Ready(str):
    """Text that is in the writer's own notation already; everything else is escaped on its way out."""

    __slots__ = ()


@frozen
class Setting:
    """How a writer wants its steps: the dialect and how many half ems fit in a line."""

    dialect: Dialect
    width: float
    words: Callable[[str], str] | None = None  # words inside a formula, where the dialect's own way is not enough
    pieces: bool = False  # steps in pieces too, for a page that breaks lines itself
    spoken: bool = False  # every formula in words too
    escape: Callable[[str], str] | None = None  # with `mark`: how a name that a narrow column may break is written
    mark: str = ""  # a place for a break
    draws: bool = False  # pictures of the network
    folds: bool = False  # what is folded takes no room, so that it can be where it belongs
    drawing: Callable[[Picture], str] = lambda picture: picture.svg  # a picture in the writer's notation
    beside: float = 1.0  # the share of the width that a formula of the reference has beside its words


def breakable(name: str, setting: Setting) -> str:
    """A name that a narrow column may break: after dots, dashes, underscores and the like."""
    escape = setting.escape
    return Ready(setting.mark.join(map(escape, SEPARATORS.split(printable(name))))) if escape else name


class SmallPrint:
    """Prints the smallest things in one dialect."""

    def __init__(self, setting: Setting, digits: Digits) -> None:
        self.dialect = setting.dialect
        self.digits = digits
        self.words_in_formulas = setting.words or setting.dialect.text

    def leaf(self, text: str, plain: str) -> Printed:
        return Printed(text, text, float(len(plain)), list)

    def text(self, words: str) -> Ready:
        """Words inside a formula."""
        return Ready(self.words_in_formulas(printable(words)))

    def symbols(self, names: Sequence[str]) -> Ready:
        return Ready(f" {self.dialect.equals} ".join([_symbol(name, self.dialect.name) for name in names]))

    def equality(self, names: Sequence[str], value: int) -> Ready:
        return Ready(f"{self.symbols(names)} {self.dialect.equals} {self.number(value)}")

    def number(self, value: Exact) -> str:
        return self.dialect.number(self.digits.operand(value))

    def shapes(self, shapes: tuple[Shape, ...] | None) -> Ready | None:
        """The inputs' shapes, separated by commas; of equal ones in a row, the first with their number."""
        if shapes is None:
            return None
        if not shapes:
            return self.text(_("none"))
        runs = [(shape, len(list(run))) for shape, run in groupby(shapes)]
        spaced = self.dialect.text(_(" times ").replace(" ", SPACES.get(self.dialect.name, " ")))
        times = [f"{self.number(many)}{spaced}" if many > 2 else "" for _, many in runs]
        texts = [[times[i] + (self.shape(shape) or "")] * (many if many <= 2 else 1) for i, (shape, many) in enumerate(runs)]
        return Ready(COMMAS.get(self.dialect.name, ", ").join(chain.from_iterable(texts)))

    def shape(self, shape: Shape | None) -> Ready | None:
        """3 x 227 x 227 in the dialect; None where it is for the student to find."""
        if shape is None:
            return None
        text = self.number(shape[0])
        for size in shape[1:]:
            text = self.dialect.times.format(text, self.number(size))
        return Ready(text)


def plain(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def is_one_symbol(formula: Formula) -> bool:
    return formula.symbols == (formula.source,)


def spoken(symbol: str) -> str:
    return _symbol(symbol, "words")


def words_dialect() -> str:
    """The dialect of formulas for those who hear them: words in English, elsewhere signs, which a screen reader speaks itself."""
    return "words" if current().base == ENGLISH else "text"


def equals() -> str:
    """The word between the sides of an equation that is heard."""
    return " equals " if current().base == ENGLISH else " = "


@cache
def _symbol(name: str, dialect: str) -> str:
    """A symbol by itself, printed once for each dialect."""
    return Formula(name).show(dialect)
