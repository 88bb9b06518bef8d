"""The report on a question asked backwards: the answer, how it follows, what the whole range gives; its JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from worksheet.conventions import Convention
from worksheet.derivation import Section
from worksheet.derive.blank import unsolved
from worksheet.derive.citations import citations
from worksheet.derive.convention_page import introduce
from worksheet.derive.find.answer import FindAnswer, SoughtNumbers, answer, find_values
from worksheet.derive.find.answer_words import NONE, condition_in_words, neighbours
from worksheet.derive.find.chain import number
from worksheet.derive.find.pages import OnePage
from worksheet.derive.find.search import SearchLine, bounds, size
from worksheet.derive.find.unknown import UnknownNumber
from worksheet.derive.worked_solution import language_for
from worksheet.document import Block, Cell, Document, Table, Text, Title
from worksheet.document.tables import whole
from worksheet.formula import Digits
from worksheet.formula.exact import as_json
from worksheet.language import _, capital, ngettext, span_in_words, speaking
from worksheet.network import Network
from worksheet.varied import BATCH, with_sizes

MAX_SHOWN = 100  # solutions in a table
MAX_LINES = 4  # of several unknowns: choices of all but the last one for which that one is solved


def find(
    network: Network, names: Sequence[str], so_that: Sequence[str], convention: Convention | str | None = None, *,
    ranges: Iterable[str] = (), batch: int = 1, dtype: str = "", digits: str | None = None, language: str = "",
) -> Document:  # fmt: skip
    """Which sizes make a network meet conditions: all of them within the ranges, worked; or the proof that there are none.

    ``names`` are the unknowns: ``M``, ``N``, ``L`` ... of the input, ``B`` (the batch), ``alpha`` (a multiplier of widths),
    ``LAYER.p`` (a layer's number by the sheet's word or the formula's letter), ``STAGE.depth`` or ``FIRST..LAST.depth``.
    ``so_that`` are conditions:
    ``conv1.output = 56``, ``conv1.W <= conv1.M``, ``activations <= 16 GiB``, ``macs <= 50 % of now``. ``ranges``:
    ``conv1.p=0..10``. ``batch`` and ``dtype`` as of ``derive``. Raises WorksheetError where something cannot be read, or the
    ranges hold too much to decide.
    """
    spoken = language_for(language, network.heading)
    with speaking(spoken):
        answer = find_values(network, names, so_that, convention, ranges=ranges, batch=batch, dtype=dtype)
        return report_of(answer, digits or spoken.digits or "en_US")


def report_of(found: FindAnswer, digits: str = "en_US") -> Document:
    """The report on an answer."""
    return _FindReport(found, Digits(digits)).report()


class _FindReport:
    """Prints one answer."""

    def __init__(self, found: FindAnswer, digits: Digits) -> None:
        self.found = found
        self.question = found.question
        self.digits = digits

    def report(self) -> Document:
        network = self.question.network
        title = f"{unsolved(network.title)}: {', '.join(u.name for u in self.question.unknowns)}"
        return Document(
            title, tuple(self.blocks()), data(self.found), digits=self.digits.locale, main=self.solutions(),
            citations=citations([network], [self.question.convention]),
        )  # fmt: skip

    def solutions(self) -> Table:
        """Every solution, a line each."""
        names = tuple(unknown.name for unknown in self.question.unknowns)
        rows = tuple(tuple(map(whole, solution.values())) for solution in self.found.solutions)
        return Table(names, rows, words=0, keys=names)

    def blocks(self) -> Iterator[Block]:
        yield from self.question_blocks()
        yield from self.answer()
        if len(self.question.unknowns) > 1:
            yield from self.lines()
            yield from self.counted_out()
        else:
            yield from OnePage(self.found, self.digits).blocks()

    # The question

    def question_blocks(self) -> Iterator[Block]:
        question = self.question
        conditions = "; ".join(condition_in_words(condition, self.digits) for condition in question.conditions)
        yield Text(_("Wanted: {conditions}.").format(conditions=conditions))
        yield Section("", _("Unknown"), tuple(((each.symbol,), self.unknown(each)) for each in question.unknowns), ())
        counting = question.convention
        columns = {column.name for column in counting.columns}
        if any(condition.left.name.rpartition(".")[2] in columns for condition in question.conditions):
            yield Text(
                introduce(_("Counted by {convention}").format(convention=_(counting.title)), _(counting.unit), _(counting.cite))
            )

    def unknown(self, unknown: UnknownNumber) -> str:
        first, last = (unknown.in_words(steps) for steps in unknown.steps)
        message = _("the {meaning}; now {now}. Searched from {first} to {last}.")
        if unknown.step != 1:
            message = _("the {meaning}; now {now}. Searched from {first} to {last} in steps of {step}.")
        text = message.format(meaning=unknown.meaning, now=unknown.now, first=first, last=last, step=unknown.step)
        return text if unknown.name == unknown.symbol else f"{unknown.name}, {text}"

    # The answer

    def answer(self) -> Iterator[Block]:
        count = len(self.found.places)
        yield Title(_("Answer"))
        if not count:
            yield Text(_("None of the {count} possibilities satisfies it.").format(count=self.digits.result(self.found.cells)))
        elif len(self.question.unknowns) == 1:
            yield Text(self.one_unknown())
        else:
            of = self.digits.result(self.found.cells)
            message = ngettext(
                "{count} of {all} possibilities satisfies it.", "{count} of {all} possibilities satisfy it.", count
            )
            yield Text(message.format(count=self.digits.result(count), all=of))
            rows = tuple(
                tuple(number(u.value(p)) for u, p in zip(self.question.unknowns, place, strict=True))
                for place in self.found.places[:MAX_SHOWN]
            )
            yield Table(tuple(u.name for u in self.question.unknowns), rows, words=0)
            if count > MAX_SHOWN:
                yield Text(_("And {count} more.").format(count=self.digits.result(count - MAX_SHOWN)))

    def one_unknown(self) -> str:
        unknown = self.question.unknowns[0]
        runs = list(neighbours([place for (place,) in self.found.places]))
        values = ", ".join(span_in_words(unknown.in_words(a), unknown.in_words(b)) for a, b in runs[:MAX_SHOWN])
        if len(runs) > MAX_SHOWN:
            values = _("{values}, and {count} more ranges").format(values=values, count=len(runs) - MAX_SHOWN)
        count = len(self.found.places)
        message = "{name} = {values}."
        if count > 1:
            message = _("{name} = {values} ({count} values; the smallest {first}, the largest {last}).")
        return message.format(
            name=unknown.name, values=values, count=self.digits.result(count),
            first=unknown.in_words(runs[0][0]), last=unknown.in_words(runs[-1][1]),
        )  # fmt: skip

    # Several unknowns

    def lines(self) -> Iterator[Block]:
        """The last unknown that is not a depth, solved for at some solutions of the others."""
        every = self.question.unknowns
        free = next((i for i in range(len(every) - 1, -1, -1) if every[i].variable and every[i].symbol != BATCH), None)
        if free is None or any(unknown.block for unknown in every):
            return
        chosen = list(dict.fromkeys((*place[:free], *place[free + 1 :]) for place in self.found.places))
        for rest in chosen[:MAX_LINES]:
            others = [unknown for i, unknown in enumerate(every) if i != free]
            fixed = ", ".join(f"{u.name} = {u.in_words(p)}" for u, p in zip(others, rest, strict=True))
            one = answer(self.line(others, rest, every[free]))
            yield Title(_("With {values}").format(values=fixed))
            yield from OnePage(one, self.digits).blocks(brief=True)
        if len(chosen) > MAX_LINES:
            yield Text(
                _("In the same way for the {count} other choices.").format(count=self.digits.result(len(chosen) - MAX_LINES))
            )

    def line(self, others: Sequence[UnknownNumber], rest: Sequence[int], free: UnknownNumber) -> SoughtNumbers:
        """The question that is left when all unknowns but one have numbers."""
        values = {u.variable: u.value(p) for u, p in zip(others, rest, strict=True) if u.variable}
        plain = {variable: value for variable, value in values.items() if variable.symbol != BATCH}
        samples = next((int(value) for variable, value in values.items() if variable.symbol == BATCH), self.question.samples)
        return replace(self.question, network=with_sizes(self.question.network, plain), unknowns=(free,), samples=samples)

    def counted_out(self) -> Iterator[Block]:
        """What excludes all other places: by condition, how many, and the bounds of the figure there."""
        rows: list[tuple[Cell, ...]] = []
        excluded: Counter[int] = Counter()
        spread: dict[int, list[SearchLine]] = {}
        for part in self.found.parts:
            for decided in part.decided:
                if not decided.solves:
                    excluded[decided.by] += size(decided.box)
                    spread.setdefault(decided.by, []).extend(bounds(decided, decided.by) if decided.by >= 0 else [])
        for by, count in sorted(excluded.items()):
            if by < 0:
                rows.append((capital(_(NONE)), count, None, None))
                continue
            lines = spread[by]
            low, high = min(line.left[0] for line in lines), max(line.left[1] for line in lines)
            rows.append((condition_in_words(self.question.conditions[by], self.digits), count, number(low), number(high)))
        if rows:
            yield Title(_("What excludes the others"))
            yield Text(
                _("Each point of the ranges is decided by bounds of the figures in a box of points around it, or by itself.")
            )
            yield Table((_("The condition that fails"), _("Points excluded"), _("Least there"), _("Most there")), tuple(rows))


def data(answer: FindAnswer) -> Mapping[str, Any]:
    """The answer as data: whole numbers as such, fractions as text."""
    question = answer.question
    network = question.network
    return {
        "network": network.name,
        "input": list(network.input),
        "convention": question.convention.name,
        "batch": question.samples,
        "unknowns": [unknown.name for unknown in question.unknowns],
        "conditions": [condition.asked.text for condition in question.conditions],
        "solutions": [{name: as_json(value) for name, value in solution.items()} for solution in answer.solutions],
        "complete": True,
        "searched": {
            "ranges": {u.name: [as_json(u.value(steps)) for steps in u.steps] for u in question.unknowns},
            "cells": answer.cells,
        },
    }
