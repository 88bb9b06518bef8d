"""The options that several commands share, and what a command is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import worksheet as ws
from worksheet import conventions
from worksheet.cli.panels import CONTENT, COUNT, COUNTING, GENERAL, INPUT, OUTPUT, SIZES, TABLE, WORK
from worksheet.conventions.dtypes import BITS
from worksheet.conventions.optimisers import optimisers, precisions
from worksheet.frozen import frozen
from worksheet.language import languages
from worksheet.writers import ENGINES, PAPERS, writers
from worksheet.zoo import models

BACKENDS = ("local", "dask")  # of homework.workers, which is imported when there is work


@frozen
class Command:
    """A command of ``worksheet``: its function, an example of its use, its place in the list of commands."""

    run: Callable[..., Any]
    example: str
    place: int
    open: bool = False  # takes options that are not known beforehand
    alias: str = ""  # a further name, which --help does not list
    panel: str = COUNT  # of --help, in which it is listed


def completing(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the shell offers while an option's value is being typed."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def sources(incomplete: str) -> list[str]:
    """Networks of the zoo; files are completed by the shell."""
    return [f"zoo:{name}" for name in models() if f"zoo:{name}".startswith(incomplete)]


def option(
    *names: str,
    help: str,
    panel: str = GENERAL,
    default: bool = False,
    offers: Callable[[], Iterable[str]] | None = None,
    least: int | None = None,
) -> Any:
    """An option in a panel of --help, whose default is printed there if wanted."""
    offered = completing(offers) if offers else None
    metavar = "N" if least is not None else None
    return typer.Option(
        *names, help=help, rich_help_panel=panel, show_default=default, autocompletion=offered, min=least, metavar=metavar
    )


def either(names: Iterable[str]) -> str:
    """``md, tex or pdf``."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def comma_separated(text: str, *nothing: str) -> tuple[str, ...]:
    """The words of a list with commas, each once; those that mean nothing are left out."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip() not in ("", *nothing)))


def formats(*, without: Sequence[str] = ()) -> str:
    return either(name for name in writers() if name not in without)


# The network

Source = Annotated[
    str,
    typer.Argument(
        help="The network: a .sheet, .prototxt or .onnx file, zoo:NAME, or package.module:factory of PyTorch.",
        show_default=False,
        autocompletion=sources,
    ),
]
Networks = Annotated[
    list[str], typer.Argument(help="The networks, each as for solve.", show_default=False, autocompletion=sources)
]
Input = Annotated[str | None, option("--input", panel=INPUT, help="Another input size: 3x224x224; several with commas.")]
SkipUnknown = Annotated[bool, option("--skip-unknown", panel=INPUT, help="Skip unknown layers and list them.")]
Regions = Annotated[int | None, option("--regions", panel=INPUT, help="How many regions a detector's heads run over.", least=1)]
Kwargs = Annotated[
    list[str] | None, option("--kwargs", panel=INPUT, help="An argument for a PyTorch factory: num_classes=10; repeatable.")
]

# The document

Output = Annotated[Path | None, option("-o", "--output", panel=OUTPUT, help="The file to write; its suffix chooses the format.")]
Format = Annotated[str | None, option("-f", "--format", panel=OUTPUT, help=f"{formats()}.", offers=writers)]
Engine = Annotated[
    str,
    option(
        "--engine",
        panel=OUTPUT,
        default=True,
        help=f"What sets a PDF: {either(f'{name} ({needs})' for name, needs in ENGINES.items())}.",
        offers=lambda: ENGINES,
    ),
]
Paper = Annotated[str, option("--paper", panel=OUTPUT, default=True, help=f"{either(PAPERS)}.", offers=lambda: PAPERS)]
Template = Annotated[Path | None, option("--template", panel=OUTPUT, help="A folder whose templates replace the package's own.")]
Pictures = Annotated[Path | None, option("--pictures", panel=OUTPUT, help="A folder to write the pictures into, as SVG and PNG.")]
Picture = Annotated[
    bool | None,
    option("--picture/--no-picture", panel=CONTENT, help="Draw the network in full (html, pdf, tex); by default if it branches."),
]
Grouping = Annotated[str | None, option("--digits", panel=CONTENT, help="Digit grouping: en_IN, en_US, another locale, or none.")]
PlainGrouping = Annotated[
    str, option("--digits", panel=CONTENT, default=True, help="Digit grouping: en_US, en_IN, another locale, or none.")
]
Speech = Annotated[
    str,
    option(
        "--language", panel=CONTENT, help=f"The language of the document: {either(languages())}, also de_CH.", offers=languages
    ),
]
Rows = Annotated[str, option("--rows", panel=CONTENT, help="Show only these rows, such as 3-7,12.")]
Kinds = Annotated[
    list[str] | None, option("--kind", panel=CONTENT, help="Show only this kind of layer; repeatable.", offers=ws.kinds)
]
Summary = Annotated[bool, option("--summary", panel=CONTENT, help="Only the tables and totals.")]
Unfold = Annotated[bool, option("--unfold", panel=CONTENT, help="Work every row, also those that repeat an earlier one.")]
Blank = Annotated[bool, option("--blank", panel=CONTENT, help="A question sheet: the answers left open.")]

# The table alone

TableColumns = Annotated[str, option("--columns", panel=TABLE, help="These columns, in this order: name,output,macs.")]
AddedUpBy = Annotated[str, option("--by", panel=TABLE, help="Added up by stage or kind.", offers=lambda: ("stage", "kind"))]
LargerUnit = Annotated[
    str, option("--unit", panel=TABLE, help="In larger units: G (at most), MiB for bytes, or params=M,macs=G.")
]
NoZeros = Annotated[bool, option("--no-zeros", panel=TABLE, help="Without rows whose figures are all 0.")]
TableAlone = Annotated[bool, option("--fragment", panel=TABLE, help="To be put into another document: tex, md, html.")]
Caption = Annotated[str, option("--caption", panel=TABLE, help="Of a fragment; by default the title.")]
Label = Annotated[str, option("--label", panel=TABLE, help="Of a fragment; by default made of the title: tab:resnet-18.")]
Bibtex = Annotated[bool, option("--bibtex", panel=OUTPUT, help="How these figures are cited, as BibTeX.")]

# What is counted

Convention = Annotated[
    str | None,
    option("-c", "--convention", panel=COUNTING, help="The convention: a name, or your own YAML file.", offers=conventions.names),
]
Conventions = Annotated[
    list[str] | None,
    option(
        "-c",
        "--convention",
        panel=COUNTING,
        help="A convention: a name, name:column, or a YAML file; repeat it to compare.",
        offers=conventions.names,
    ),
]
Batch = Annotated[
    int,
    option("--batch", panel=COUNTING, default=True, help="How many samples are counted together: B in the formulas.", least=1),
]
Dtype = Annotated[
    str,
    option(
        "--dtype",
        panel=COUNTING,
        help="Data type, for conventions that count bytes: fp16, or weights=int8,activations=fp16.",
        offers=lambda: BITS,
    ),
]
Symbolic = Annotated[
    str | None,
    option("--symbolic", panel=SIZES, help="Sizes that stay symbols, such as M,B: M, N, L, the batch B, a width alpha, conv1.k."),
]
Training = Annotated[
    str,
    option(
        "--training",
        panel=COUNTING,
        help="Count a step of training with an optimiser: sgd, sgd-momentum, nesterov, adam, adamw, or sgd+decay.",
        offers=optimisers,
    ),
]
Precision = Annotated[
    str,
    option(
        "--precision", panel=COUNTING, help="With --training, how the numbers are kept: fp32, mixed or bf16.", offers=precisions
    ),
]
Checkpoint = Annotated[
    int, option("--checkpoint", panel=COUNTING, help="With --training, in how many segments the network is run again.", least=0)
]

# Homework

Homework = Annotated[
    Path, typer.Argument(help="The assignment: a homework.yaml, or a sheet with one in its front matter.", show_default=False)
]
Roster = Annotated[
    Path | None, option("--roster", panel=INPUT, help="The class: a CSV or workbook with id, and name if you like.")
]
Jobs = Annotated[int | None, option("--jobs", panel=WORK, help="Processes; 0 for one per core. By default as the class needs.")]
Backend = Annotated[
    str,
    option("--backend", panel=WORK, default=True, help=f"Where the work is done: {either(BACKENDS)}.", offers=lambda: BACKENDS),
]
Scheduler = Annotated[str, option("--scheduler", panel=WORK, help="With dask, the address of its scheduler: tcp://HOST:8786.")]
