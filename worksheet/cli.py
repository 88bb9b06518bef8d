"""The command: parses arguments, calls the library's verbs, prints. Faults go to the error stream with exit code 2."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import worksheet as ws
from worksheet import conventions
from worksheet.errors import OutputError, WorksheetError, shown
from worksheet.layers import kind_named
from worksheet.writers import ENGINES, PAPERS, check_writable, options, save, writer_for, writers
from worksheet.zoo import Model, models

if TYPE_CHECKING:
    from worksheet.derivation import Derivation

app = typer.Typer(
    name="worksheet",
    help="Turns a neural network into a worked solution: every layer a formula, evaluated step by step.",
    epilog="Examples:  worksheet solve alexnet.sheet -o alexnet.pdf   |   worksheet formulas Conv2d -f md",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _completing(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the shell offers while an option's value is being typed."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def _sources(incomplete: str) -> list[str]:
    """Networks of the zoo; files are completed by the shell."""
    return [f"zoo:{name}" for name in models() if f"zoo:{name}".startswith(incomplete)]


def _argument(text: str) -> tuple[str, int | float | bool | str | None]:
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


WIDE = 240  # columns of a table that goes to a file or a pipe
WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}

Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="The file to write; its suffix chooses the format.", show_default=False)
]
Format = Annotated[
    str | None,
    typer.Option(
        "-f",
        "--format",
        help="md, tex, pdf, html, txt, json or typ.",
        show_default=False,
        autocompletion=_completing(writers),
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="What sets a PDF: typst (built in) or latex (TeX must be installed).",
        autocompletion=_completing(lambda: ENGINES),
    ),
]
Paper = Annotated[str, typer.Option("--paper", help="a4 or letter.", autocompletion=_completing(lambda: PAPERS))]
Template = Annotated[
    Path | None,
    typer.Option("--template", help="A folder whose templates take the place of the package's own.", show_default=False),
]
Counting = Annotated[
    str | None,
    typer.Option(
        "-c",
        "--convention",
        help="How to count: a name, or a YAML file of your own.",
        show_default=False,
        autocompletion=_completing(conventions.names),
    ),
]
Grouping = Annotated[
    str | None,
    typer.Option("--digits", help="Digit grouping: en_IN, en_US, another locale, or none.", show_default=False),
]


Input = Annotated[
    str | None,
    typer.Option("--input", help="Another input size, such as 3x224x224; several with commas.", show_default=False),
]
Rows = Annotated[str, typer.Option("--rows", help="Show these rows alone, such as 3-7,12.", show_default=False)]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", help="Show the rows of this kind of layer alone.", show_default=False, autocompletion=_completing(ws.kinds)
    ),
]
Summary = Annotated[bool, typer.Option("--summary", help="The tables and totals alone.")]
Unfold = Annotated[bool, typer.Option("--unfold", help="Work every row, also those that repeat an earlier one.")]
Picture = Annotated[
    bool | None,
    typer.Option(
        "--picture/--no-picture", help="Draw the network (html, pdf); by default where it branches.", show_default=False
    ),
]
SkipUnknown = Annotated[bool, typer.Option("--skip-unknown", help="Pass layers over that are not known, and name them.")]
Regions = Annotated[
    int | None, typer.Option("--regions", help="How many regions a detector's heads run over.", min=1, show_default=False)
]
Kwargs = Annotated[
    list[str] | None,
    typer.Option("--kwargs", help="An argument for a PyTorch factory, such as num_classes=10.", show_default=False),
]


@app.command(epilog="Example:  worksheet solve zoo:resnet-50 --kind Conv2d -o resnet-50.html")
def solve(
    source: Annotated[
        str,
        typer.Argument(
            help="The network: a .sheet, .prototxt or .onnx file, zoo:NAME, or package.module:factory of PyTorch.",
            show_default=False,
            autocompletion=_sources,
        ),
    ],
    output: Output = None,
    format: Format = None,
    convention: Counting = None,
    digits: Grouping = None,
    input: Input = None,
    rows: Rows = "",
    kind: Kinds = None,
    summary: Summary = False,
    unfold: Unfold = False,
    picture: Picture = None,
    skip_unknown: SkipUnknown = False,
    regions: Regions = None,
    kwargs: Kwargs = None,
    blank: Annotated[bool, typer.Option("--blank", help="A question sheet: the answers left open.")] = False,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Work a network out, step by step.

    Without -o or -f the solution is printed on the terminal; -f alone writes to standard output.
    """
    _check(output, format, engine, paper, template)
    given = dict(map(_argument, kwargs or ()))
    network = ws.read(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=given)
    derivation = ws.derive(network, convention, digits=digits, fold=False if unfold else None)
    derivation = ws.select(derivation, rows, kind or ()) if rows or kind else derivation
    derivation = ws.summary(derivation) if summary else derivation
    derivation = replace(derivation, pictured=picture) if picture is not None else derivation
    _deliver(ws.blank(derivation) if blank else derivation, output, format, engine, paper, template)


@app.command(epilog="Example:  worksheet formulas Conv2d MaxPool2d -o reference.pdf")
def formulas(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Kinds of layers; all of them by default.", show_default=False, autocompletion=_completing(ws.kinds)),
    ] = None,
    output: Output = None,
    format: Format = None,
    convention: Counting = None,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Print the formula reference: symbols, output sizes, the way of counting in small steps, textbook quantities."""
    _check(output, format, engine, paper, template)
    for name in kinds or ():
        kind_named(name)
    _deliver(ws.formulas(convention, kinds or ()), output, format, engine, paper, template)


@app.command(epilog="Example:  worksheet zoo resnet -f json")
def zoo(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only networks whose names hold one of these.", show_default=False)
    ] = None,
    format: Annotated[str, typer.Option("-f", "--format", help="text or json.")] = "text",
) -> None:
    """List the built-in networks: input, parameters, MACs, source, published error."""
    entries = ws.zoo_list(names or (), _counted)
    if format == "json":
        typer.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1))
    elif format == "text":
        from rich.console import Console

        from worksheet.writers import terminal

        terminal.show_zoo(entries, Console(highlight=False, width=None if sys.stdout.isatty() else WIDE))
    else:
        raise OutputError(f"unknown format {shown(format)}", hint="text or json")


def _counted(models: Sequence[Model]) -> Iterable[Model]:
    """The networks one by one, with a bar on a terminal and nothing elsewhere."""
    if not sys.stderr.isatty():
        return models
    from rich.console import Console
    from rich.progress import track

    return track(models, "Working the zoo out", console=Console(stderr=True), transient=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"worksheet {ws.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Options of the command itself."""


def _check(output: Path | None, format: str | None, engine: str, paper: str, template: Path | None) -> None:
    """Refuse what cannot be delivered before any work is done."""
    options(engine, paper, template)
    if output is not None:
        writer_for(output, format)
        check_writable(output)
    elif format is not None and writer_for(None, format).binary and sys.stdout.isatty():
        raise OutputError(f"{format} is not for a terminal", hint=f"name a file with -o, such as -o solution.{format}")


def _deliver(
    derivation: Derivation, output: Path | None, format: str | None, engine: str, paper: str, template: Path | None
) -> None:
    if output is None and format is None:
        from rich.console import Console

        from worksheet.writers import terminal

        terminal.show(derivation, Console(highlight=False))
        return
    data = writer_for(output, format).render(derivation, options(engine, paper, template))
    if output is not None:
        save(output, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def main() -> None:
    """Run the command; a fault of the user's files or options ends it with exit code 2."""
    try:
        app()
    except WorksheetError as fault:
        sys.stderr.write("".join(f"error: {line}\n" for line in map(str, fault.faults)))
        sys.exit(2)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(141)


if __name__ == "__main__":
    main()
