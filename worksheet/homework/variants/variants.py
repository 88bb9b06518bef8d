"""A student's own network: a pure function of the assignment, its seed and the student's id, chosen so that mistakes show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from worksheet.errors import Where, WorksheetError
from worksheet.grading.mistakes import known_mistakes
from worksheet.homework.assignment.assignment import Assignment, Variants
from worksheet.homework.variants.candidates import Candidate, Chooser, DeadEnd, Freedom
from worksheet.homework.variants.ranges import RECTANGLES
from worksheet.homework.variants.stream import Stream
from worksheet.homework.variants.yardstick import Yardstick
from worksheet.network import INPUT, Network

TRIES = 24  # candidates that are looked at before one is taken that is more difficult than the others
WANTED, WANTED_OF_FEW = 1, 6  # candidates of equal difficulty that are compared; where few mistakes count, the draw decides more
REMEMBERED = 4  # assignments whose choosers are kept


def variant(assignment: Assignment, student: str) -> Network:
    """The network of a student; the assignment's own where it has no variants.

    It depends on the network, on the assignment's variants and on the student's id, and on nothing else: neither on the class nor
    on marks, questions or the convention, so that a key can be corrected after the sheets are out. Raises WorksheetError if the
    teacher's ranges leave no valid network.
    """
    return assignment.network if assignment.variants is None else _maker(assignment).network(student)


def fingerprint(network: Network) -> str:
    """A digest of what makes two networks the same question: inputs, and each layer's kind, hyperparameters and place."""
    places = {name: str(place) for place, name in enumerate([INPUT, *network.further, *(node.name for node in network.nodes)])}
    layers = [
        (node.kind.name, sorted(node.hyperparameters.items()), [places[name] for name in node.inputs], node.pattern)
        for node in network.nodes
    ]
    return sha256(repr((network.input, sorted(network.further.items()), layers)).encode()).hexdigest()


def check_unique(assignment: Assignment, students: Iterable[str]) -> list[tuple[str, ...]]:
    """The groups of students with equal networks, in the order of the class; none if all differ."""
    return same_networks((student, variant(assignment, student)) for student in students)


def same_networks(networks: Iterable[tuple[str, Network]]) -> list[tuple[str, ...]]:
    """The same for existing networks, with their students."""
    groups: dict[str, list[str]] = {}
    for student, network in networks:
        groups.setdefault(fingerprint(network), []).append(student)
    return [tuple(group) for group in groups.values() if len(group) > 1]


@lru_cache(maxsize=REMEMBERED)
def _yardstick(reveal: tuple[str, ...]) -> Yardstick:
    known = known_mistakes()
    return Yardstick(tuple(known[name] for name in reveal or known))


@lru_cache(maxsize=REMEMBERED)
def _maker(assignment: Assignment) -> Maker:
    """The maker of an assignment's variants, made once."""
    return Maker(assignment)


class Maker:
    """Makes the networks of one assignment. What it remembers does not change any network."""

    def __init__(self, assignment: Assignment) -> None:
        assert assignment.variants is not None
        self.assignment, self.variants = assignment, assignment.variants
        self.chooser = Chooser(assignment.network, self.variants, _yardstick(self.variants.reveal))
        self.wanted = WANTED_OF_FEW if self.variants.reveal else WANTED
        self.words = (str(self.variants.seed), fingerprint(assignment.network), _settings(self.variants))

    def network(self, student: str) -> Network:
        """A student's network: of some candidates the one of the most similar difficulty, then the one that shows most."""
        dead: list[DeadEnd] = []
        for freedom in Freedom if not self.variants.ranges else (Freedom.FULL,):
            candidates: list[Candidate] = []
            for attempt in range(TRIES):
                try:
                    candidates.append(self.chooser.candidate(Stream(*self.words, student, freedom, str(attempt)), freedom))
                except DeadEnd as end:
                    dead.append(end)
                if sum(not one.excess for one in candidates) >= self.wanted:
                    break
            if candidates:
                return min(candidates, key=lambda one: (one.excess, -one.score)).network
        if self.variants.ranges:
            raise self._none(dead)
        return replace(self.assignment.network, made_for=None)

    def _none(self, dead: Sequence[DeadEnd]) -> WorksheetError:
        ranges = ", ".join(f"{name}: {list(values)}" for name, values in self.variants.ranges.items())
        place = Where(str(self.assignment.file)) if self.assignment.file else None
        message = f"the ranges of the variants leave no valid network: {dead[-1]}"
        return WorksheetError(message, place, f"more or other values than {ranges}")


def _settings(variants: Variants) -> str:
    """The settings of the variants; the order of values does not matter."""
    ranges: Mapping[str, list[int]] = {name: sorted(set(values)) for name, values in variants.ranges.items()}
    vary = sorted(set(variants.vary) - {RECTANGLES})
    return repr((vary, sorted(ranges.items()), sorted(variants.reveal)))
