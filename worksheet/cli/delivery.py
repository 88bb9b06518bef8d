"""What commands have in common: groups of options, the network that is read, the document that is handed over."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, get_type_hints

from typer.models import ArgumentInfo

import worksheet as ws
from worksheet.cli.options import (
    AddedUpBy,
    Bibtex,
    Caption,
    Engine,
    Format,
    Input,
    Kwargs,
    Label,
    LargerUnit,
    NoZeros,
    Output,
    Paper,
    Pictures,
    Regions,
    SkipUnknown,
    TableAlone,
    TableColumns,
    Template,
    comma_separated,
)  # fmt: skip
from worksheet.cli.saying import show
from worksheet.cli.waiting import waiting
from worksheet.document import Document
from worksheet.errors import OutputError, WorksheetError, printable, shown
from worksheet.frozen import frozen
from worksheet.writers import Fragment, Options, Writer, check_writable, options, save, writer_for
from worksheet.writers.drawings import check_folder

if TYPE_CHECKING:
    from worksheet.network import Network
    from worksheet.writers import Printable

BIBTEX = "bib"  # the format of citations
TABLES = ("fragment", "caption", "label", "bibtex")  # options of commands whose document is a table to be used elsewhere
WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}


@frozen
class Reading:
    """How a network is read."""

    input: Input = None
    skip_unknown: SkipUnknown = False
    regions: Regions = None
    kwargs: Kwargs = None

    def network(self, source: str) -> Network:
        """The network that a command line names. Raises WorksheetError."""
        kwargs = dict(map(argument, self.kwargs or ()))
        with waiting(f"reading {printable(source)}"):
            return ws.read(source, self.input, skip_unknown=self.skip_unknown, regions=self.regions, kwargs=kwargs)


@frozen
class Delivery:
    """Where a document goes, in which format, and how it is set."""

    output: Output = None
    format: Format = None
    pictures: Pictures = None
    engine: Engine = "typst"
    paper: Paper = "a4"
    template: Template = None
    fragment: TableAlone = False
    caption: Caption = ""
    label: Label = ""
    bibtex: Bibtex = False

    @property
    def options(self) -> Options:
        """How the document is set. Raises OutputError."""
        return options(self.engine, self.paper, self.template, Fragment(self.caption, self.label) if self.fragment else False)

    @property
    def writer(self) -> Writer | None:
        """The writer of the document; None for the terminal. Raises OutputError."""
        format = BIBTEX if self.bibtex else self.format
        return None if self.output is None and format is None else writer_for(self.output, format)

    def check(self) -> None:
        """Refuse what cannot be delivered before any work is done."""
        _ = self.options
        self._check_fragment()
        if self.pictures is not None:
            check_folder(self.pictures)
        writer = self.writer
        if self.output is not None:
            check_writable(self.output)
        elif writer and writer.binary and sys.stdout.isatty():
            hint = f"name a file with -o, such as -o solution.{self.format}"
            raise OutputError(f"{self.format} is not for a terminal", hint=hint)

    def _check_fragment(self) -> None:
        if self.bibtex and (self.fragment or self.format):
            raise OutputError("--bibtex is a format of its own", hint="leave --fragment and -f out")
        if (self.caption or self.label) and not self.fragment:
            raise OutputError("--caption and --label need --fragment", hint="add --fragment")
        if self.fragment and not (self.writer and self.writer.fragment):
            raise OutputError("--fragment needs a format that a table can be put into", hint="-f tex, -f md or -f html")

    def deliver(self, document: Printable) -> None:
        """Hand a document over: to a file, to standard output, to the terminal; its pictures into the folder for them."""
        if self.pictures is not None:
            with waiting("drawing"):
                ws.draw(document, self.pictures)
        writer = self.writer
        if writer is None:
            show(document)
            return
        with waiting(f"setting {writer.name}"):
            data = writer.render(document, self.options)
        if self.output is not None:
            save(self.output, data)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


@frozen
class TableShape:
    """Which table is made of a solution."""

    columns: TableColumns = ""
    by: AddedUpBy = ""
    unit: LargerUnit = ""
    no_zeros: NoZeros = False

    @property
    def is_asked(self) -> bool:
        return self != TableShape()

    def table(self, solution: ws.Derivation) -> Document:
        """The table alone. Raises WorksheetError."""
        return ws.tabulate(solution, comma_separated(self.columns), by=self.by, unit=self.unit, zeros=not self.no_zeros)


def delivers(*, pictures: bool = False, tables: bool = False) -> Callable[[Callable[..., Printable]], Callable[..., None]]:
    """Gives a command that makes a document the options of Delivery: checked before its work, obeyed after it.

    ``pictures``: its drawings go into a folder too. ``tables``: its table can be had alone, and cited. A parameter that is a
    group of options becomes these options.
    """

    def decorated(command: Callable[..., Printable]) -> Callable[..., None]:
        parameters = inspect.signature(command, eval_str=True).parameters
        groups: dict[str, Any] = {name: each.annotation for name, each in parameters.items() if is_dataclass(each.annotation)}
        left_out = {*(() if pictures else ("pictures",)), *(() if tables else TABLES)}
        own = {name: each for name, each in _options(Delivery).items() if name not in left_out}

        def run(**given: Any) -> None:
            delivery = Delivery(**_taken(given, own))
            delivery.check()
            made = {name: group(**_taken(given, _options(group))) for name, group in groups.items()}
            with waiting(command.__name__):
                document = command(**given, **made)
            delivery.deliver(document)

        others = {name: each for name, each in parameters.items() if name not in groups}
        arguments = {name: each for name, each in others.items() if _is_argument(each)}
        spread = {name: each for group in groups.values() for name, each in _options(group).items()}
        return _with_parameters(run, command, {**arguments, **own, **others, **spread})

    return decorated


def _taken(given: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: given.pop(name) for name in names}


@cache
def _options(group: type) -> dict[str, Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return {
        field.name: Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name])
        for field in fields(group)
    }


def _is_argument(parameter: Parameter) -> bool:
    metadata = getattr(parameter.annotation, "__metadata__", ())
    return parameter.default is Parameter.empty or any(isinstance(each, ArgumentInfo) for each in metadata)


def _with_parameters(
    run: Callable[..., None], command: Callable[..., Any], parameters: Mapping[str, Parameter]
) -> Callable[..., None]:
    """The function under the command's name, with the parameters that typer shall see."""
    keywords = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters.values()]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = Signature(keywords)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in keywords}
    return run


def argument(text: str) -> tuple[str, int | float | bool | str | None]:
    """``depth=18`` as a name and a value: a number, true, false, none, or a text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise WorksheetError(f"cannot read the argument {shown(text)}", hint="a name and a value, such as num_classes=10")
    if value.lower() in WORDS:
        return name, WORDS[value.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return name, number(value)
    return name, value
