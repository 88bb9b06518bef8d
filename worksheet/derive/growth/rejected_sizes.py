"""The sizes that a network does not take, in words: as multiples, as ranges, or as their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worksheet.derive.growth.cost_curves import letter
from worksheet.derive.growth.kind_sums import Grown, Refusal
from worksheet.derive.growth.size_ranges import how_many, size_text
from worksheet.formula import Digits
from worksheet.language import N_, _

FEW = 3  # runs of rejected sizes that a sentence names
MULTIPLES = N_("{network} takes the sizes that are multiples of {distance}: {reason}.")
LEAVING = N_("{network} takes the sizes that leave {rest} when divided by {distance}: {reason}.")


def rejected(grown: Grown, digits: Digits) -> Iterator[str]:
    """A sentence on the sizes that are rejected, and one on those that were not looked at; none where all were accepted."""
    accepted, tried = len(grown.values), len(grown.values) + len(grown.faults)
    words = {
        "network": grown.closed.network.title, "accepted": digits.operand(accepted), "tried": digits.operand(tried),
        "possible": digits.operand(how_many(grown.span, grown.variable.step)), "symbol": letter(grown.variable),
    }  # fmt: skip
    yield from _rejections(grown, words)
    if grown.skipped:
        text = _("{network} is laid in another way for further sizes: {accepted} of {possible} were looked at.")
        yield text.format(**words)
    elif not grown.is_complete and not grown.span.listed:
        yield _("Of {network}, {tried} of {possible} sizes were looked at.").format(**words)


def _rejections(grown: Grown, words: Mapping[str, str]) -> Iterator[str]:
    """The sizes that are rejected, with the reason: as what is left of multiples, by their ends, or as their number."""
    runs, lattice = grown.refusals, grown.lattice()
    if lattice:
        distance, rest = map(size_text, lattice)
        text = _(LEAVING if lattice[1] else MULTIPLES)
        yield text.format(**words, distance=distance, rest=rest, reason=runs[0].reason)
    elif len(runs) <= FEW:
        yield from (_run(run, words) for run in runs)
    else:
        text = _("{network} takes {accepted} of {tried} sizes. At {first}: {reason}.")
        yield text.format(**words, first=size_text(runs[0].sizes[0]), reason=runs[0].reason)


def _run(run: Refusal, words: Mapping[str, str]) -> str:
    least, most = size_text(run.sizes[0]), size_text(run.sizes[-1])
    text = _("{network} does not take {symbol} = {least} to {most}: {reason}.")
    if least == most:
        text = _("{network} does not take {symbol} = {least}: {reason}.")
    return text.format(**words, least=least, most=most, reason=run.reason)
