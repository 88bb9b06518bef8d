"""The body of a sheet: layers with names and branches, stages, and blocks that are defined once and used with numbers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from worksheet.errors import Collector, SheetError, Where, WorksheetError, nearest, shown
from worksheet.formula import Formula
from worksheet.frozen import frozen
from worksheet.layers import kinds
from worksheet.network import INPUT, Node
from worksheet.readers.sheet.lines import MAX_LINE, NAME, LayerReference, LayerStatement, SheetLine, parse_layer, parse_statement

MAX_LAYERS = 20_000
MAX_BLOCKS = 200
MAX_DEPTH = 10  # blocks within blocks
UNKNOWN = "?"  # the input of a layer after one that could not be read

STAGE = re.compile(r"\s*==+\s*(?P<title>.*?)\s*==+\s*")
BLOCK = re.compile(rf"\s*block\s+(?P<name>{NAME})\s*\((?P<numbers>[^)]*)\)\s*:\s*", re.ASCII)
OPENS = re.compile(r"\s*block\b")
END = "end"
USE = re.compile(rf"(?P<name>{NAME})\s*\((?P<numbers>[^()]*(?:\([^()]*\)[^()]*)*)\)(?:\s*x\s*(?P<times>[0-9]{{1,5}}))?", re.ASCII)
BRACES = re.compile(r"\{([^{}]*)\}")


@frozen
class SheetBlock:
    """A block: its name, the names of its numbers, its lines."""

    name: str
    numbers: tuple[str, ...]
    lines: tuple[SheetLine, ...]


@dataclass
class SheetScope:
    """The names that some lines may read, and the layer above."""

    prefix: str
    names: dict[str, str]
    above: str
    counts: dict[str, int] = field(default_factory=dict)

    def fresh(self, start: str) -> str:
        """relu_1, relu_2, ...: a name that is free here."""
        while True:
            self.counts[start] = self.counts.get(start, 0) + 1
            if (name := f"{start}_{self.counts[start]}") not in self.names:
                return name


class SheetBody:
    """Reads the lines below the front matter; every fault is collected with its position, and reading goes on."""

    def __init__(self, faults: Collector, further: Iterable[str], rank: int | None = None) -> None:
        self.faults = faults
        self.rank = rank  # of the main input, for hints
        self.noted: set[str] = set()
        self.blocks: dict[str, SheetBlock] = {}
        self.nodes: list[Node] = []
        self.stage = ""
        self.steps = 0
        self.top = SheetScope("", {INPUT: INPUT, **{name: name for name in further}}, INPUT)

    def read(self, lines: Iterable[SheetLine]) -> list[Node]:
        """The layers, in order of computation."""
        rest = iter(lines)
        try:
            for line in rest:
                self.read_top_line(line, rest)
        except _TooManyLayers as fault:
            self.faults.add(fault)
        return self.nodes

    def read_top_line(self, line: SheetLine, rest: Iterator[SheetLine]) -> None:
        if len(line.text) <= MAX_LINE and OPENS.match(line.text):
            with self.faults.catching():
                self.define_block(line, rest)
        elif len(line.text) <= MAX_LINE and (stage := STAGE.fullmatch(line.text)):
            self.stage = stage["title"]
        else:
            self.read_line(line, self.top, 0)

    def define_block(self, opening: SheetLine, rest: Iterator[SheetLine]) -> None:
        """Read a block up to its end. Raises SheetError; the lines are consumed in any case."""
        inside, closed = [], False
        for line in rest:
            if line.text.strip() == END:
                closed = True
                break
            inside.append(line)
        hint = "block residual(k, s): ... its layers, a line each ... end"
        match = BLOCK.fullmatch(opening.text)
        if not closed:
            raise SheetError("the block has no end", opening.whole, "write end on a line by itself")
        if match is None:
            raise SheetError(f"cannot read {shown(opening.text.strip())}", opening.whole, hint)
        numbers = tuple(part.strip() for part in match["numbers"].split(",") if part.strip())
        where = opening.where(match.start("name") + 1, len(match["name"]))
        if match["name"] in self.blocks or match["name"] in kinds() or len(self.blocks) >= MAX_BLOCKS:
            raise SheetError(f"a block or layer called {match['name']} exists already", where)
        if not all(re.fullmatch(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?", name, re.ASCII) for name in numbers) or not inside:
            raise SheetError("a block needs names for its numbers, and at least one layer", opening.whole, hint)
        self.blocks[match["name"]] = SheetBlock(match["name"], numbers, tuple(inside))

    def read_line(self, line: SheetLine, scope: SheetScope, depth: int) -> None:
        """Read a layer or the use of a block, and append what it adds."""
        self.steps += 1
        if self.steps > MAX_LAYERS:
            raise _TooManyLayers(f"more than {MAX_LAYERS:,} layers", line.whole)
        try:
            parts = parse_statement(line)
            use = USE.fullmatch(parts.body)
            if use and (use["name"] in self.blocks or not _is_layer(use["name"])):
                self.use(parts, use, scope, depth)
            else:
                self.layer(parts, scope)
        except _TooManyLayers:
            raise
        except WorksheetError as fault:
            self.note_fault(fault)
            self.mark_unknown(line, scope)

    def note_fault(self, fault: WorksheetError) -> None:
        """Report a fault inside a block once, however often the block is used."""
        text = str(fault)
        if text not in self.noted:
            self.noted.add(text)
            self.faults.add(fault)

    def mark_unknown(self, line: SheetLine, scope: SheetScope) -> None:
        """Mark a layer as unreadable, so that layers that read it are not reported."""
        scope.above = UNKNOWN
        if (name := re.match(rf"\s*({NAME})\s*=", line.text, re.ASCII)) and name[1] not in scope.names:
            scope.names[name[1]] = UNKNOWN

    def layer(self, parts: LayerStatement, scope: SheetScope) -> None:
        made = parse_layer(parts, self.rank)
        inputs = self.inputs(parts, scope) or (() if made.kind.is_source else (scope.above,))
        shares = self.resolve(made.shares, scope) if made.shares else ""
        name = self.name_for(parts, scope, made.kind.name.lower())
        scope.names[name] = scope.above = scope.prefix + name
        shares = "" if shares == UNKNOWN else shares
        where, values = parts.line.whole, made.hyperparameters
        self.nodes.append(Node(scope.above, made.kind, values, inputs, where, made.pattern, self.stage, shares))

    def use(self, parts: LayerStatement, use: re.Match[str], scope: SheetScope, depth: int) -> None:
        """A block with numbers filled in, used once or several times in a row."""
        where = parts.line.where(parts.start + 1, max(1, len(parts.body)))
        block = self.blocks.get(use["name"])
        if block is None:
            hint = _near(use["name"], self.blocks)
            raise SheetError(f"there is no block {shown(use['name'])}", where, hint)
        if depth >= MAX_DEPTH:
            raise SheetError(f"blocks are nested at most {MAX_DEPTH} deep", where)
        numbers = self.numbers(block, use["numbers"], where)
        times = int(use["times"] or 1)
        inputs = self.inputs(parts, scope) or (scope.above,)
        for turn in range(times):
            last = turn == times - 1
            name = self.name_for(parts, scope, block.name) if last else scope.fresh(block.name)
            scope.above = self.place_block(block, numbers, f"{scope.prefix}{name}.", inputs, depth)
            scope.names[name] = scope.above
            inputs = (scope.above,)

    def place_block(self, block: SheetBlock, numbers: dict[str, int], prefix: str, inputs: tuple[str, ...], depth: int) -> str:
        """Add the layers of one use, and return the name of the last one."""
        names = {INPUT: inputs[0]} | {f"{INPUT}_{i}": name for i, name in enumerate(inputs[1:], 2)}
        inner = SheetScope(prefix, names, inputs[0])
        for line in block.lines:
            try:
                filled = replace(line, text=_substitute(line, numbers), full="")
            except WorksheetError as fault:
                self.note_fault(fault)
                self.mark_unknown(line, inner)
                continue
            self.read_line(filled, inner, depth + 1)
        return inner.above

    def numbers(self, block: SheetBlock, text: str, where: Where) -> dict[str, int]:
        parts = [part for part in text.split(",") if part.strip()]
        if len(parts) != len(block.numbers):
            takes = f"{block.name}({', '.join(block.numbers)})"
            count = len(block.numbers)
            what = f"{count} number{'s' * (count != 1)}"
            raise SheetError(f"{block.name} takes {what}, not {len(parts)}", where, takes)
        return {name: _evaluate(part, {}, where) for name, part in zip(block.numbers, parts, strict=True)}

    def inputs(self, parts: LayerStatement, scope: SheetScope) -> tuple[str, ...]:
        return tuple([self.resolve(reference, scope) for reference in parts.inputs])

    def resolve(self, reference: LayerReference, scope: SheetScope) -> str:
        if reference.name not in scope.names:
            hint = nearest(reference.name, scope.names)
            raise SheetError(f"there is no layer {shown(reference.name)} above", reference.where, hint)
        return scope.names[reference.name]

    def name_for(self, parts: LayerStatement, scope: SheetScope, start: str) -> str:
        if parts.name is None:
            return scope.fresh(start)
        if parts.name.name in scope.names:
            raise SheetError(f"two layers are called {shown(parts.name.name)}", parts.name.where)
        return parts.name.name


def _is_layer(name: str) -> bool:
    from worksheet.readers.sheet.foreign import is_layer

    return is_layer(name)


def _near(name: str, blocks: Iterable[str]) -> str:
    from worksheet.readers.sheet.foreign import near_layer

    return near_layer(name, *blocks)


class _TooManyLayers(SheetError):
    """More layers than a network may have."""


def _substitute(line: SheetLine, numbers: dict[str, int]) -> str:
    """A block's line with numbers for ``{k}`` and ``{4*k}``."""

    def replacement(match: re.Match[str]) -> str:
        return str(_evaluate(match[1], numbers, line.where(match.start() + 1, len(match.group()))))

    return BRACES.sub(replacement, line.text)


def _evaluate(text: str, numbers: dict[str, int], where: Where) -> int:
    """The value of a formula over a block's numbers. Raises SheetError where it is not a whole number."""
    try:
        formula = Formula(text.strip())
        unknown = [name for name in formula.symbols if name not in numbers]
        value = 0 if unknown else formula.evaluate(**numbers)
    except WorksheetError as fault:
        raise SheetError(f"{shown(text.strip())}: {fault.message}", where, fault.hint) from None
    if unknown:
        hint = nearest(unknown[0], numbers) or "use numbers, and the names in the block's parentheses"
        raise SheetError(f"there is no number {shown(unknown[0])} here", where, hint)
    if not isinstance(value, int):
        raise SheetError(f"{shown(text.strip())} is {value}, not a whole number", where)
    return value
