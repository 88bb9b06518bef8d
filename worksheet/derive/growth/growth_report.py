"""The report on the growth of costs: tables, pictures, closed forms, exponents, and which kinds lead where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from worksheet.conventions import Conventions, several
from worksheet.derivation import Section, Statement
from worksheet.derive.blank import unsolved
from worksheet.derive.citations import citations
from worksheet.derive.convention_page import introduce
from worksheet.derive.growth.cost_curves import Curve, Doubling, axis_title, letter
from worksheet.derive.growth.growth_data import data
from worksheet.derive.growth.growth_table import growth_table
from worksheet.derive.growth.kind_sums import Grown
from worksheet.derive.growth.kinds import growing_parameters, kinds_of
from worksheet.derive.growth.plan import GrowthChapter, Plan, Progress, in_file_name, plain
from worksheet.derive.growth.rejected_sizes import rejected
from worksheet.derive.growth.size_ranges import size_text
from worksheet.derive.strip import strip_of
from worksheet.derive.worked_solution import language_for
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title
from worksheet.drawing.axes import MAX_LABEL
from worksheet.drawing.curves import Chart, Series, draw_chart
from worksheet.drawing.svg import cut
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Exact, Scale
from worksheet.language import N_, Language, _, capital, listed, span_in_words, speaking
from worksheet.network import Network
from worksheet.totals import print_total

POINTS, MAX_POINTS = 12, 1_000
IN_A_TABLE, IN_A_DOUBLING, MAX_DOUBLINGS, DECIMALS = 4, 3, 6, 2  # the first two: curves in one table
POWER = N_(
    "Where twice the size costs 2^e times as much, the cost grows there like the power {symbol}^e: e is the slope "
    "of the curve on logarithmic axes. The last row is what it comes near to for large sizes."
)


def grow(
    networks: Network | Sequence[Network], ranges: Mapping[str, str], conventions: Conventions = (), *,
    columns: Sequence[str] = (), points: int = POINTS, digits: str | None = None, progress: Progress = iter,
    language: Language | str = "",
) -> Document:  # fmt: skip
    """How the cost of one or several networks grows with the size of the input, the batch, the width or a layer's number.

    ``ranges`` gives what varies and how far: ``{"side": "112..672"}``, or ``batch``, ``width`` (a multiplier of all widths),
    ``length``, or a name such as ``conv1.k``; a single size is set and does not vary. One thing varies at a time: several
    ranges give a chapter each. ``conventions`` are names, ``name:column``, paths of YAML files or Conventions; of one all columns
    are shown, or those named in ``columns``, of several the main one of each. ``points`` is the largest number of sizes in a
    table. ``progress`` gets the jobs and yields them one by one, as ``tqdm`` does. ``language`` is a code such as
    ``de``; by default the first network's own. Raises WorksheetError with all faults.
    """
    if not 2 <= points <= MAX_POINTS:
        raise WorksheetError(f"{points} points", hint=f"from 2 to {MAX_POINTS:,}")
    chosen = [networks] if isinstance(networks, Network) else list(networks)
    if not chosen:
        raise WorksheetError("no network to grow", hint="such as zoo:resnet50")
    spoken = language_for(language, chosen[0].heading)
    with speaking(spoken):
        plan = Plan(chosen, ranges, several(conventions), columns, points)
        return _GrowthReport(plan, plan.chapters(progress), Digits(digits or spoken.digits or "en_US")).report()


class _GrowthReport:
    """Prints the chapters of a plan."""

    def __init__(self, plan: Plan, chapters: Sequence[GrowthChapter], digits: Digits) -> None:
        self.plan = plan
        self.chapters = chapters
        self.digits = digits

    def report(self) -> Document:
        networks = listed([unsolved(network.title) for network in self.plan.networks])
        title = _("{networks}: how the cost grows").format(networks=networks)
        blocks = [
            *map(strip_of, self.plan.networks),
            *self.introduction(),
            *(block for chapter in self.chapters for block in _GrowthChapterReport(self, chapter).blocks()),
        ]
        return Document(
            title, tuple(blocks), data(self.plan, self.chapters), digits=self.digits.locale,
            citations=citations(self.plan.networks, self.plan.conventions), main=growth_table(self.chapters[0]),
        )  # fmt: skip

    def introduction(self) -> Iterator[Block]:
        for convention in self.plan.conventions:
            counted = _("Counted by {convention}").format(convention=_(convention.title))
            yield Text(introduce(counted, _(convention.unit), _(convention.cite)))
        samples = [f"B = {self.plan.samples}"] if self.plan.samples > 1 else []
        if settings := [*(f"{name} = {size_text(size)}" for name, size in self.plan.fixed.items()), *samples]:
            yield Text(_("Set: {settings}.").format(settings=_(", ").join(settings)))
        if notes := tuple(dict.fromkeys(self.notes())):
            yield Bullets(notes)

    def notes(self) -> Iterator[str]:
        """The notes of the networks, and the layers that are not counted."""
        for network in self.plan.networks:
            yield from (f"{network.title}: {note}" for note in network.notes)
        shown = [side.column.name for sides in self.plan.groups.values() for side in sides]
        for grown in self.chapters[0].every:
            for column, kinds in grown.unruled:
                if column in shown:
                    yield _("{convention} ({column}) has no rule for {kinds} of {network}: lower bounds.").format(
                        convention=grown.closed.convention.name, column=column, kinds=listed(kinds),
                        network=grown.closed.network.title,
                    )  # fmt: skip

    def decimals(self, value: Fraction | float) -> str:
        """A number to two decimals."""
        return f"{float(value):.{DECIMALS}f}".replace(".", self.digits.point)


class _GrowthChapterReport:
    """One range."""

    def __init__(self, document: _GrowthReport, chapter: GrowthChapter) -> None:
        self.document = document
        self.plan = document.plan
        self.chapter = chapter
        self.symbol = letter(chapter.variable)
        self.varying = [curve for curve in chapter.curves if not curve.is_constant]

    def blocks(self) -> Iterator[Block]:
        chapter = self.chapter
        meaning = chapter.variable.meaning
        least, most = size_text(chapter.span.least), size_text(chapter.span.most)
        title = _("{meaning}: {symbol} from {least} to {most}")
        yield Title(title.format(meaning=capital(meaning), symbol=self.symbol, least=least, most=most))
        yield from self.refused_sizes()
        yield from self.constant()
        yield from self.growing_parameters()
        yield from self.figures()
        yield from self.pictures()
        yield from self.closed_forms()
        yield from self.doubling()
        for curve in self.varying:
            yield from kinds_of(curve, self.name(curve), self.file(curve, "kinds"), chapter.sizes, self.document.digits)

    def name(self, curve: Curve) -> str:
        """A curve in a sentence: the column, the network and, among several, the convention."""
        name = _("{column} of {network}")
        if len(self.plan.conventions) > 1:
            name = _("{column} of {network} ({convention})")
        column, network = plain(curve.side.column.heading), curve.grown.closed.network.title
        return name.format(column=column, network=network, convention=curve.side.convention.name)

    def file(self, curve: Curve, what: str) -> str:
        by = [curve.side.convention.name] if len(self.plan.conventions) > 1 else []
        return "-".join([curve.grown.closed.network.name, *by, curve.side.column.name, self.chapter.variable.name, what])

    # Rejected sizes, columns that do not vary

    def refused_sizes(self) -> Iterator[Block]:
        """The sizes that each network rejects."""
        of_networks = self.chapter.every[: len(self.plan.networks)]  # every convention rejects the same ones
        if items := [sentence for grown in of_networks for sentence in rejected(grown, self.document.digits)]:
            yield Bullets(tuple(items))

    def constant(self) -> Iterator[Block]:
        for curve in self.chapter.curves:
            if curve.is_constant:
                value = print_total(curve.figure(next(iter(curve.values))) or 0, self.document.digits)
                text = _("The {curve} do not depend on {symbol}: {value}.")
                if curve.form.atoms:
                    text = _("The {curve} are the same at all of these sizes: {value}.")
                yield Text(text.format(curve=self.name(curve), symbol=self.symbol, value=value))

    def growing_parameters(self) -> Iterator[Block]:
        yield from (Text(growth) for curve in self.varying if (growth := growing_parameters(curve)))

    # Tables and pictures

    def figures(self) -> Iterator[Block]:
        """The cost of each curve at the sizes shown."""
        for curves in self.beside_each_other(IN_A_TABLE):
            rows: list[tuple[Cell, ...]] = [
                (size_text(size), *(curve.figure(size) for curve in curves)) for size in self.chapter.sizes
            ]
            yield Table((self.symbol, *map(self.short, curves)), tuple(rows))

    def beside_each_other(self, most: int) -> Iterator[list[Curve]]:
        """The curves that vary, in tables of at most ``most``: all together if they fit, else by picture."""
        if len(self.varying) <= most:
            groups = [self.varying]
        else:
            groups = [[curve for curve in group if not curve.is_constant] for group in self.chapter.groups.values()]
        for group in filter(None, groups):
            tables = -(-len(group) // most)
            each = -(-len(group) // tables)
            yield from (group[start : start + each] for start in range(0, len(group), each))

    def short(self, curve: Curve) -> str:
        """The heading of a curve's column in a table."""
        column = plain(curve.side.column.heading)
        return column if curve.label == column else f"{column}, {curve.label}" if len(self.chapter.groups) > 1 else curve.label

    def pictures(self) -> Iterator[Block]:
        for heading, curves in self.chapter.groups.items():
            varying = [curve for curve in curves if not curve.is_constant and len(curve.values) > 1]
            if not varying:
                continue
            lines = [Series(curve.label, curve.values) for curve in varying]
            sizes = axis_title(self.chapter.variable)
            scale = varying[0].side.column.scale or Scale(1000)
            names = "-".join(dict.fromkeys(curve.grown.closed.network.name for curve in varying))
            name = "-".join([names, in_file_name(heading), self.chapter.variable.name])
            shown = plain(heading)
            if len(self.plan.networks) == 1:
                shown = _("{column} of {network}").format(column=shown, network=self.plan.networks[0].title)
            chart = Chart(name, shown, sizes, scale, lines)
            yield draw_chart(chart)
            if self.chapter.span.most >= 2 * self.chapter.span.least:
                sloped = [replace(line, label=self.with_slope(line, curve)) for line, curve in zip(lines, varying, strict=True)]
                yield draw_chart(replace(chart, name=f"{name}-log", lines=sloped, is_logarithmic=True))

    def with_slope(self, line: Series, curve: Curve) -> str:
        whole = curve.from_end_to_end()
        if not whole:
            return cut(line.label, MAX_LABEL)
        text, exponent = _("{curve}: slope {exponent}"), self.document.decimals(whole.exponent)
        room = MAX_LABEL - len(text.format(curve="", exponent=exponent))
        return text.format(curve=cut(line.label, room), exponent=exponent)

    # Formulas

    def closed_forms(self) -> Iterator[Block]:
        """By network and convention: each column's formula, and its polynomial for the usual remainder."""
        moving = [curve for curve in self.chapter.curves if curve.form.atoms]
        if moving:
            yield Title(_("Closed forms"))
        for grown in self.chapter.every:
            curves = [curve for curve in moving if curve.grown is grown]
            if not curves:
                continue
            by = f", {grown.closed.convention.name}" if len(self.plan.conventions) > 1 else ""
            statements = [statement for curve in curves for statement in self.statements(curve)]
            classes = [usual for curve in curves if (usual := curve.usual_class())]
            legend = [((grown.variable.symbol,), grown.variable.meaning)]
            if classes:
                sizes = self.in_class(classes[0].period, classes[0].residue, grown)
                legend.append((("Q",), _("a whole number, with {sizes}").format(sizes=sizes)))
            yield Section("", f"{grown.closed.network.title}{by}", tuple(legend), tuple(statements))

    def statements(self, curve: Curve) -> Iterator[Statement]:
        column, usual = plain(curve.side.column.heading), curve.usual_class()
        yield Statement(column, curve.formula)
        if usual:
            sizes = self.in_class(usual.period, usual.residue, curve.grown)
            yield Statement(_("{column}, where {sizes}").format(column=column, sizes=sizes), usual.formula)
        limit = curve.limit()
        if limit and limit.formula(curve.variable.symbol) != curve.formula:
            large = _("{column} about, for large {symbol}").format(column=column, symbol=self.symbol)
            yield Statement(large, limit.formula(curve.variable.symbol))

    def in_class(self, period: int, residue: int, grown: Grown) -> str:
        """``M = 32Q + 3``: the sizes of a class."""
        step = Fraction(grown.variable.step)
        rest = f" + {size_text(residue * step)}" if residue else ""
        return f"{self.symbol} = {size_text(period * step)}Q{rest}"

    # Exponents

    def doubling(self) -> Iterator[Block]:
        """The factor by which each column grows when a size doubles, and the power of the size that this is."""
        tables = [self.doublings(curves) for curves in self.beside_each_other(IN_A_DOUBLING)]
        if not any(table.rows for table in tables):
            return
        yield Title(_("Doubling {symbol}").format(symbol=self.symbol))
        yield Text(_(POWER).format(symbol=self.symbol))
        yield from (table for table in tables if table.rows)

    def doublings(self, curves: Sequence[Curve]) -> Table:
        by_sizes: dict[tuple[Exact, Exact], dict[int, Doubling]] = {}
        for i, curve in enumerate(curves):
            doublings = curve.doublings(self.chapter.sizes)
            step = -(-len(doublings) // MAX_DOUBLINGS) or 1
            whole = curve.from_end_to_end()
            for doubling in doublings[::step] or ([whole] if whole else []):
                by_sizes.setdefault(doubling.sizes, {})[i] = doubling
        rows = [
            (
                span_in_words(size_text(sizes[0]), size_text(sizes[1])),
                *(cell for i in range(len(curves)) for cell in self.exponent(by.get(i))),
            )
            for sizes, by in sorted(by_sizes.items())
        ]
        headings = [heading for curve in curves for heading in (f"× {self.short(curve)}", "e")]
        limits = (cell for curve in curves for cell in self.in_the_limit(curve))
        return Table((self.symbol, *headings), tuple(rows), (_("in the limit"), *limits))

    def exponent(self, doubling: Doubling | None) -> tuple[str, str]:
        decimals = self.document.decimals
        return (decimals(doubling.ratio), decimals(doubling.exponent)) if doubling else ("", "")

    def in_the_limit(self, curve: Curve) -> tuple[str, str]:
        limit = curve.limit()
        return (str(2**limit.degree), str(limit.degree)) if limit else ("", "")
