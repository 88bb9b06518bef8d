"""Feeds the two readers of students' texts with hostile ones: python benchmarks/fuzz.py {number,formula} --runs 10000000.

With atheris (pip install atheris) the inputs are led by coverage; without it, or with --plain, they are mutations of good
texts by a seeded generator. An input fails where anything but a WorksheetError is raised, a value is unbounded, or reading takes
longer than a second. Lines of JSON tell how many inputs were read so far, how many were understood, and the slowest one.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from random import Random
from typing import Any
from zlib import crc32

from worksheet.errors import WorksheetError, printable

SAID_EVERY = 250_000
LONGEST = 1.0  # seconds for one input
MAX_BITS = 10_000

SYMBOLS = (
    "c",
    "k",
    "w",
    "h",
    "M",
    "N",
    "W",
    "H",
    "g",
    "b",
    "n",
    "p_w",
    "p_h",
    "s_w",
    "s_h",
    "d_w",
    "d_h",
    "q_w",
    "x_1",
    "beta_w",
    "X",
)
ALIASES = {"p": "p_w", "s": "s_w", "d": "d_w"}
VALUES = {name: value for value, name in enumerate(SYMBOLS, 2)}

NUMBERS = [
    "73056256", "7,30,56,256", "73.056.256", "73'056'256", "23{,}296", "1.234", "73.06 M", "232.9 MiB", "7.31E+07", "= 23296",
    "64*(3*11*11+1)", "64×(3×11²+1) = 23296", "64x56x56", "(64, 56, 56)", "7,3056,256", "७३०५६२५६", "floor((227-11)/4)+1", "-5",
]  # fmt: skip
FORMULAS = [
    "k(cwh+1)", "2cMN", "⌊(M-w+2p)/s⌋+1", "W = floor((M-w+2*p_w)/s_w)+1", "(M-w+2p)//s+1", "⌈(M−w+2p+1)/s⌉", "9**9**9",
    r"\left\lfloor\frac{M-w+2p_{w}}{s_{w}}\right\rfloor+1", r"$k\left(c \cdot w\times h+b\right)$", "max(0, min(M, N))", "1/2cM",
    "23{,}296w²", "β_w c",
]  # fmt: skip
SIGNS = "0123456789+-*/^(){}[],.'=_ x×·−²³⁷⌊⌋⌈⌉$#%ckwhMNWHgbnpsdXeEkKMGB\u2009\u00a0\u202e\ud800\x00\n٣७１½₁ßİſβ"
WORDS = (
    r"10 11 227 000 ,000 {,} ** // floor( ceil( max( min( \frac{ }{ \left \right \lfloor \rfloor \cdot \times \, p_w s_{w} x_1 "
    r"\beta_{w} \text{k} \mathrm{floor} M MiB e+07 999999999 ^6 )))) (((( torch.Size([ params"
)
PIECES = [*SIGNS, *WORDS.split()]


@dataclass
class Tally:
    """What the inputs of one run came to."""

    parser: str
    by: str
    inputs: int = 0
    understood: int = 0
    slowest: float = 0.0
    hardest: str = ""
    began: float = field(default_factory=time.monotonic)

    def time(self, read: Callable[[str], int], text: str) -> None:
        """An input that seems slow is read again: on a busy machine only the process's own time counts."""
        began = time.thread_time()
        read(text)
        took = time.thread_time() - began
        if took > self.slowest:
            self.slowest, self.hardest = took, text
        assert took < LONGEST, f"{took:.1f} s on {text!a}"

    def said(self) -> str:
        seconds = round(time.monotonic() - self.began)
        counts = {"parser": self.parser, "by": self.by, "inputs": self.inputs, "understood": self.understood, "seconds": seconds}
        return json.dumps(counts | {"slowest_ms": round(self.slowest * 1000, 1), "slowest_input": ascii(self.hardest[:120])})


def number_reader() -> Callable[[str], int]:
    from worksheet.grading.notation.numbers import read_number
    from worksheet.grading.notation.sizes import read_size

    def exact(text: str) -> tuple[Any, ...]:
        return (read_number(text).value,)

    def rounded(text: str) -> tuple[Any, ...]:
        found = read_number(text, suffixes=True)
        found.is_rounded(found.value + 1)
        return (found.value, *found.alternatives)

    attempts = (exact, rounded, read_size)

    def read(text: str) -> int:
        try:
            values = attempts[some(text) % 3](text)
        except WorksheetError as fault:
            printed(fault, text)
            return 0
        assert all(value.numerator.bit_length() <= MAX_BITS for value in values)
        return 1

    return read


def some(text: str) -> int:
    """A number that is the same for the same text, whatever the process."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def printed(fault: WorksheetError, text: str) -> None:
    """The fault as a user sees it, of some of the texts: printing takes longer than reading."""
    assert fault.where.column is None or 1 <= fault.where.column <= len(text) + 1
    if some(text) % 16 == 0:
        assert printable(str(fault)) == str(fault)


def formula_reader() -> Callable[[str], int]:
    from worksheet.grading.notation.formulas import read_formula

    def read(text: str) -> int:
        try:
            found = read_formula(text, SYMBOLS, ALIASES)
        except WorksheetError as fault:
            printed(fault, text)
            return 0
        for formula in found.readings:
            assert set(formula.symbols) <= VALUES.keys()
            if some(text) % 16 == 0:
                formula.show("latex")
            with suppress(WorksheetError):
                assert formula.at(VALUES).numerator.bit_length() <= MAX_BITS
        return 1

    return read


READERS = {"number": (number_reader, NUMBERS), "formula": (formula_reader, FORMULAS)}


def guarded(read: Callable[[str], int], tally: Tally, runs: int) -> Callable[[str], None]:
    """The reader with its count and its clock; a failing input is printed before the failure goes on."""
    said_at = {runs, *range(SAID_EVERY, runs, SAID_EVERY)}

    def one(text: str) -> None:
        began = time.perf_counter()
        try:
            understood = read(text)
        except BaseException:
            print("failed on", ascii(text), file=sys.stderr)
            raise
        tally.inputs += 1
        tally.understood += understood
        if time.perf_counter() - began > tally.slowest:
            tally.time(read, text)
        if tally.inputs in said_at:
            print(tally.said(), flush=True)

    return one


def text_of(data: bytes) -> str:
    """A text from bytes: pieces of formulas and numbers, or any text where the first byte is even and small."""
    if data[:1] < b"\x30":
        return data[1:].decode("utf-8", "surrogateescape")
    return "".join([PIECES[byte % len(PIECES)] for byte in data])


def led(one: Callable[[str], None], runs: int, seed: int) -> None:
    """By coverage. The library ends the process, without the usual farewell."""
    import atheris

    def test(data: bytes) -> None:
        one(text_of(data))

    atheris.Setup([sys.argv[0], f"-runs={runs}", f"-seed={seed}", "-max_len=120", "-timeout=30", "-verbosity=0"], test)
    atheris.Fuzz()


def mutated(one: Callable[[str], None], runs: int, seed: int, seeds: list[str]) -> None:
    """Good texts with up to five stretches put in or replaced."""
    random = Random(seed).random
    for _ in range(runs):
        text = seeds[int(random() * len(seeds))]
        for _ in range(int(random() * 6)):
            place, piece = int(random() * (len(text) + 1)), PIECES[int(random() * len(PIECES))]
            chance = random()
            times = 50 if chance < 0.02 else 5 if chance < 0.05 else 1
            text = text[:place] + piece * times + text[place + int(chance * 4) :]
        one(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parser", choices=READERS)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without atheris")
    chosen = parser.parse_args()
    make, seeds = READERS[chosen.parser]
    plain = chosen.plain or find_spec("atheris") is None
    tally = Tally(chosen.parser, "mutation" if plain else "atheris")
    if plain:
        mutated(guarded(make(), tally, chosen.runs), chosen.runs, chosen.seed, seeds)
        return
    import atheris

    with atheris.instrument_imports(include=["worksheet.grading", "worksheet.formula"]):
        read = make()
    led(guarded(read, tally, chosen.runs), chosen.runs, chosen.seed)


if __name__ == "__main__":
    main()
