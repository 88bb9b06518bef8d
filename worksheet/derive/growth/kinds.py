"""The kinds of layer that a cost consists of over a range of sizes: shares, their picture, and which kind leads where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from worksheet.derive.growing_parameters import growth_sentence
from worksheet.derive.growth.cost_curves import Curve, axis_title, letter, named_kinds
from worksheet.derive.growth.size_ranges import size_text
from worksheet.document import Block, Bullets, Cell, Table, Text, Title
from worksheet.drawing.shares import Bands, draw_bands
from worksheet.formula import Digits, Exact
from worksheet.language import _, listed, ngettext

MAX_SIZES, MAX_KINDS = 6, 10  # of a table
MAX_LEADS = 8
NEARLY_ALL = Fraction(95, 100)  # a kind with this share at every size makes a picture of bands pointless
SAME = Fraction(1, 1000)  # a share that changes by less counts as constant


def kinds_of(curve: Curve, name: str, file: str, sizes: Sequence[Exact], digits: Digits) -> Iterator[Block]:
    """The blocks on one curve; none where all of it is of one kind."""
    shares = dict(curve.shares())
    kinds = [kind for kind in named_kinds(curve) if any(kind in at for at in shares.values())]
    if len(kinds) < 2:
        return
    yield Title(_("By kind of layer: {curve}").format(curve=name))
    if _stay(shares, kinds):
        first = next(iter(shares.values()))
        parts = [f"{kind} {_percent(first.get(kind, Fraction(0)), digits)}" for kind in kinds]
        text = _("The shares at {symbol} = {size}: {shares}.")
        if len(shares) > 1:
            text = _("The shares are the same at every {symbol}: {shares}.")
        yield Text(text.format(symbol=letter(curve.variable), size=size_text(next(iter(shares))), shares=listed(parts)))
        return
    if not any(all(at.get(kind, 0) >= NEARLY_ALL for at in shares.values()) for kind in kinds):
        sizes_are = axis_title(curve.variable)
        yield draw_bands(Bands(file, _("Shares: {curve}").format(curve=name), sizes_are, shares, kinds, curve.grown.span.is_wide))
    yield _table(curve, shares, kinds, sizes, digits)
    yield Bullets(tuple(_leads(curve)))


def growing_parameters(curve: Curve) -> str:
    """A sentence on parameters that grow with the image, which is rarely expected; empty where there are none."""
    grows_with_image = curve.side.column.name.startswith("param") and curve.variable.effect.axes
    if not grows_with_image or len(curve.kinds) < 2:
        return ""
    first, *__, last = curve.kinds.values()
    growing = [kind for kind in last if last[kind] != first.get(kind, 0)]
    if not growing:
        return ""
    return growth_sentence(curve.grown.closed.network.title, growing)


def _stay(shares: Mapping[Exact, Mapping[str, Fraction]], kinds: Sequence[str]) -> bool:
    for kind in kinds:
        of_kind = [at.get(kind, Fraction(0)) for at in shares.values()]
        if max(of_kind) - min(of_kind) >= SAME:
            return False
    return True


def _table(
    curve: Curve, shares: Mapping[Exact, Mapping[str, Fraction]], kinds: Sequence[str], sizes: Sequence[Exact], digits: Digits
) -> Table:
    fitting = [size for size in sizes if size in shares]
    places = sorted({round(i * (len(fitting) - 1) / (MAX_SIZES - 1)) for i in range(MAX_SIZES)})
    chosen = [fitting[i] for i in places]
    rows: list[tuple[Cell, ...]] = [
        (kind, *(_percent(shares[size].get(kind, Fraction(0)), digits) for size in chosen)) for kind in kinds[:MAX_KINDS]
    ]
    headings = (letter(curve.variable), *map(size_text, chosen))
    return Table(headings, tuple(rows))


def _percent(share: Fraction, digits: Digits) -> str:
    figure = f"{float(100 * share):.1f}" if share >= SAME or not share else "< 0.1"
    return f"{figure} %".replace(".", digits.point)


def _leads(curve: Curve) -> Iterator[str]:
    """Which kind costs most over which sizes: exact where every size was evaluated, else between those that were."""
    leads = curve.leads()
    for lead in leads[:MAX_LEADS]:
        text = _("{kind} costs most from {symbol} = {least} to {most}.")
        if lead.least == lead.most:
            text = _("{kind} costs most at {symbol} = {least}.")
        symbol = letter(curve.variable)
        yield text.format(kind=lead.kind, symbol=symbol, least=size_text(lead.least), most=size_text(lead.most))
    if left := max(0, len(leads) - MAX_LEADS):
        text = ngettext("Then the lead changes {count} more time.", "Then the lead changes {count} more times.", left)
        yield text.format(count=left)
