"""The options that several commands share, and what a command is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

import worksheet as ws
from worksheet import conventions
from worksheet.conventions.dtypes import BITS
from worksheet.conventions.optimisers import optimisers, precisions
from worksheet.writers import ENGINES, PAPERS, writers
from worksheet.zoo import models

BACKENDS = ("local", "dask")  # of homework.workers, which is imported when there is work


@dataclass(frozen=True)
class Command:
    """A command of ``worksheet``: its function, an example of its use, its place in the list of commands."""

    run: Callable[..., Any]
    example: str
    place: int
    open: bool = False  # takes options that are not known beforehand
    alias: str = ""  # a further name, which --help does not list


def completing(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the shell offers while an option's value is being typed."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def sources(incomplete: str) -> list[str]:
    """Networks of the zoo; files are completed by the shell."""
    return [f"zoo:{name}" for name in models() if f"zoo:{name}".startswith(incomplete)]


def option(*names: str, help: str, offers: Callable[[], Iterable[str]] | None = None, least: int | None = None) -> Any:
    """An option whose default is not printed."""
    offered = completing(offers) if offers else None
    return typer.Option(*names, help=help, show_default=False, autocompletion=offered, min=least)


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
Input = Annotated[str | None, option("--input", help="Another input size, such as 3x224x224; several with commas.")]
SkipUnknown = Annotated[bool, typer.Option("--skip-unknown", help="Skip unknown layers and list them.")]
Regions = Annotated[int | None, option("--regions", help="How many regions a detector's heads run over.", least=1)]
Kwargs = Annotated[list[str] | None, option("--kwargs", help="An argument for a PyTorch factory, such as num_classes=10.")]

# The document

Output = Annotated[Path | None, option("-o", "--output", help="The file to write; its suffix chooses the format.")]
Format = Annotated[str | None, option("-f", "--format", help=f"{formats()}.", offers=writers)]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help=f"What sets a PDF: {either(f'{name} ({needs})' for name, needs in ENGINES.items())}.",
        autocompletion=completing(lambda: ENGINES),
    ),
]
Paper = Annotated[str, typer.Option("--paper", help=f"{either(PAPERS)}.", autocompletion=completing(lambda: PAPERS))]
Template = Annotated[Path | None, option("--template", help="A folder whose templates replace the package's own.")]
Pictures = Annotated[Path | None, option("--pictures", help="A folder to write the pictures into, as SVG and PNG.")]
Picture = Annotated[
    bool | None, option("--picture/--no-picture", help="Draw the network (html, pdf); by default where it branches.")
]
Grouping = Annotated[str | None, option("--digits", help="Digit grouping: en_IN, en_US, another locale, or none.")]
PlainGrouping = Annotated[str, typer.Option("--digits", help="Digit grouping: en_US, en_IN, another locale, or none.")]
Rows = Annotated[str, option("--rows", help="Show these rows alone, such as 3-7,12.")]
Kinds = Annotated[list[str] | None, option("--kind", help="Show the rows of this kind of layer alone.", offers=ws.kinds)]
Summary = Annotated[bool, typer.Option("--summary", help="The tables and totals alone.")]
Unfold = Annotated[bool, typer.Option("--unfold", help="Work every row, also those that repeat an earlier one.")]

# The table alone

TableColumns = Annotated[
    str, option("--columns", help="The table alone, with these columns in this order, such as macs,params or name,output,macs.")
]
AddedUpBy = Annotated[str, option("--by", help="The table alone, added up by stage or kind.", offers=lambda: ("stage", "kind"))]
LargerUnit = Annotated[
    str, option("--unit", help="The table alone, in larger units: G (at most), MiB for bytes, or params=M,macs=G.")
]
NoZeros = Annotated[bool, typer.Option("--no-zeros", help="The table alone, without rows whose figures are all 0.")]
TableAlone = Annotated[bool, typer.Option("--fragment", help="The table alone, to be put into another document: tex, md, html.")]
Caption = Annotated[str, option("--caption", help="With --fragment, the caption; by default the title.")]
Label = Annotated[str, option("--label", help="With --fragment, the label; by default made of the title, such as tab:resnet-18.")]
Bibtex = Annotated[bool, typer.Option("--bibtex", help="How these figures are cited, as BibTeX.")]

# What is counted

Convention = Annotated[
    str | None, option("-c", "--convention", help="The convention: a name, or your own YAML file.", offers=conventions.names)
]
Conventions = Annotated[
    list[str] | None,
    option(
        "-c",
        "--convention",
        help="A convention: a name, name:column, or a YAML file; give it several times to compare.",
        offers=conventions.names,
    ),
]
Batch = Annotated[int, typer.Option("--batch", help="How many samples are counted together: B in the formulas.", min=1)]
Dtype = Annotated[
    str,
    option(
        "--dtype",
        help="Data type of the numbers, for conventions that count bytes: fp16, or weights=int8,activations=fp16.",
        offers=lambda: BITS,
    ),
]
Symbolic = Annotated[
    str, option("--symbolic", help="Sizes that stay symbols, such as M or M,B: M, N, L, the batch B, a width alpha, conv1.k.")
]
Training = Annotated[
    str,
    option(
        "--training",
        help="What a step of training costs with an optimiser: sgd, sgd-momentum, nesterov, adam, adamw, or sgd+decay.",
        offers=optimisers,
    ),
]
Precision = Annotated[
    str, option("--precision", help="With --training, how the numbers are kept: fp32, mixed or bf16.", offers=precisions)
]
Checkpoint = Annotated[
    int, option("--checkpoint", help="With --training, in how many segments the network is run again.", least=0)
]

# Homework

Homework = Annotated[
    Path, typer.Argument(help="The assignment: a homework.yaml, or a sheet with one in its front matter.", show_default=False)
]
Roster = Annotated[Path | None, option("--roster", help="The class: a CSV with id, and name if you like.")]
Jobs = Annotated[int | None, option("--jobs", help="Processes; 0 for one per core. By default as the class needs.")]
Backend = Annotated[
    str,
    typer.Option("--backend", help=f"Where the work is done: {either(BACKENDS)}.", autocompletion=completing(lambda: BACKENDS)),
]
Scheduler = Annotated[str, option("--scheduler", help="With dask, the address of its scheduler: tcp://HOST:8786.")]
