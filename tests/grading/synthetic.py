"""Classes of students with known truth: who made which mistake where, what was carried forward, and how each of them types.

Students answer in the order of the sheet: an output from their own output above, a count from their own sizes, a total from
their own column. Nothing here comes from the package's grading.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from tests.grading.chains import COLUMNS, Around, Chain, Key, Number, Value, count, output, working
from tests.grading.mistakes import ANY, Slot, mistaken, offered, whole
from tests.grading.typing_styles import Hand

RIGHT, CARRIED, INJECTED, COINCIDENCE, NOISE = "right", "carried", "injected", "coincidence", "noise"
BY_CHANCE = "by-chance"  # in place of a mistake's id: a number out of nowhere


@dataclass(frozen=True)
class Answer:
    """What a student wrote in a cell, why, and the wrong cells of his or her own that were used for it."""

    text: str
    value: Value
    what: str
    label: str = ""
    used: frozenset[Key] = frozenset()


@dataclass
class Script:
    """One student's whole sheet."""

    chain: Chain
    answers: dict[Key, Answer] = field(default_factory=dict)
    hidden: frozenset[Key] = frozenset()  # cells that nobody is asked for

    @property
    def texts(self) -> dict[Key, str]:
        return {key: answer.text for key, answer in self.answers.items() if key not in self.hidden}

    @property
    def values(self) -> dict[Key, Value]:
        return {key: answer.value for key, answer in self.answers.items() if key not in self.hidden}

    def of(self, what: str) -> dict[Key, Answer]:
        return {key: answer for key, answer in self.answers.items() if answer.what == what}


def fit(value: Value | None) -> bool:
    """Whether a student would write this down: whole numbers, none below zero."""
    return value is not None and all(Fraction(number).denominator == 1 and number >= 0 for number in value)


class Student:
    """Sits the sheet. ``copying`` is how often he or she takes a right value from a neighbour in place of a wrong own one."""

    def __init__(self, chain: Chain, slots: Iterable[Slot], rng: Random, *, copying: float = 0.0) -> None:
        self.chain, self.rng, self.copying = chain, rng, copying
        self.slots = {slot.key: slot for slot in slots}
        self.hand = Hand(rng)
        self.script = Script(chain)

    def sit(self) -> Script:
        for row in range(1, len(self.chain.layers) + 1):
            for column in COLUMNS:
                self.answer(row, column)
        for column in COLUMNS[1:]:
            self.total(column)
        return self.script

    def taken(self, key: Key, used: set[Key]) -> Value:
        """The value that is taken from another cell."""
        own, right = self.script.answers[key].value, self.chain.truth[key]
        if own == right or self.rng.random() < self.copying:
            return right
        used.add(key)
        return own

    def around(self, row: int, column: str, used: set[Key]) -> Around:
        above = self.chain.input if row == 1 else self.taken((row - 1, "output"), used)
        own = self.taken((row, "output"), used) if column != "output" else (0,) * len(self.chain.truth[row, "output"])
        pool = self.chain.pool_above(row)
        first = self.chain.input if pool == 1 else self.script.answers[pool - 1, "output"].value if pool else ()
        return Around(above, own, first)

    def answer(self, row: int, column: str) -> None:
        layer, key, used = self.chain.layers[row - 1], (row, column), set[Key]()
        around = self.around(row, column, used)
        honest = output(layer, around.above) if column == "output" else count(layer, column, around)
        if not fit(honest) or (column == "output" and 0 in (honest or ())):
            honest, used = self.chain.truth[key], set()  # the own value leads nowhere: the student copies
        assert honest is not None
        doing = working(layer, column, around) if column != "output" and (used or honest == self.chain.truth[key]) else ""
        self.write(key, around, honest, used, doing, [])

    def total(self, column: str) -> None:
        used = set[Key]()
        numbers = [self.taken((row, column), used)[0] for row in range(1, len(self.chain.layers) + 1)]
        self.write(("total", column), Around((), ()), (sum(numbers),), used, "", numbers)

    def write(self, key: Key, around: Around, honest: Value, used: set[Key], doing: str, column: list[Number]) -> None:
        slot, right = self.slots.get(key), self.chain.truth[key]
        if slot is not None:
            wrong = self.wrong(slot, around, honest, column)
            text = self.written(key, wrong, "") if wrong is not None else None
            if wrong is not None and text is not None:
                what = COINCIDENCE if wrong in (honest, right) else NOISE if slot.mistake == BY_CHANCE else INJECTED
                self.script.answers[key] = Answer(text, wrong, what, slot.mistake, frozenset(used))
                return
        what = RIGHT if honest == right else CARRIED
        text = self.written(key, honest, doing)
        assert text is not None
        self.script.answers[key] = Answer(text, honest, what, "", frozenset(used))

    def wrong(self, slot: Slot, around: Around, honest: Value, column: list[Number]) -> Value | None:
        if slot.mistake == BY_CHANCE:
            return tuple(whole(number + self.rng.randint(1, 9) + number * self.rng.randint(0, 3) // 7) for number in honest)
        value = mistaken(self.chain, slot, around, honest, column)
        positive = value is not None and all(number > 0 or (slot.key[1] != "output" and number == 0) for number in value)
        return value if positive else None

    def written(self, key: Key, value: Value, doing: str) -> str | None:
        return self.hand.size(value) if key[1] == "output" else self.hand.count(value[0], doing)


def slots_of(chain: Chain) -> list[Slot]:
    """Every mistake at every cell where it can be made, mistakes of the pen at one place of each cell."""
    return [Slot(key, name) for key in chain.truth for name in offered(chain, key)]


def one_mistake(chain: Chain, rng: Random, *, pen: float = 0.1, slots: list[Slot] | None = None) -> Script:
    """A student who makes one mistake of the catalogue and carries it forward."""
    known = slots_of(chain) if slots is None else slots
    mistakes = [slot for slot in known if (slot.mistake in ANY) == (rng.random() < pen)]
    slot = rng.choice(mistakes or known)
    return Student(chain, [Slot(slot.key, slot.mistake, rng.randint(0, 99))], rng).sit()


def several(chain: Chain, rng: Random, most: int = 4, copying: float = 0.25) -> Script:
    """A student who makes some mistakes, some of them out of nowhere, and copies now and then."""
    keys = rng.sample([*chain.truth], rng.randint(0, most))
    slots = []
    for key in keys:
        name = BY_CHANCE if rng.random() < 0.3 else rng.choice([*offered(chain, key)])
        slots.append(Slot(key, name, rng.randint(0, 99)))
    return Student(chain, slots, rng, copying=copying).sit()


def unasked(script: Script, kinds: Iterable[str]) -> Script:
    """The same student's sheet where the outputs of some kinds are not asked for."""
    rows = [(row, "output") for row, layer in enumerate(script.chain.layers, 1) if layer.kind in kinds]
    return Script(script.chain, script.answers, frozenset(rows))


def as_lines(student: str, texts: Mapping[Key, str]) -> Iterator[tuple[str, str, str, str]]:
    """The lines of the long CSV file."""
    for (row, column), text in texts.items():
        yield student, str(row), column, text
