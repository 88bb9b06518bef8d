"""Remakes the pictures of docs with the package's own commands: python -m tools.pictures [NAME...].

It needs Pillow, pdftoppm, pdflatex (for the article) and Chromium (for the phone).
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tools.generated import ROOT

IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "examples"
STUDENTS = 8  # of the made-up class
COLOURS = 48  # of a picture
PHONE = 390  # pixels
ARTICLE = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs}
\begin{document}
\input{x}
\section{Results}
Table~\ref{tab:resnet-50} has the cost of each stage.
\end{document}
"""


class Page(NamedTuple):
    """A page of a PDF as a picture: the command that writes x.pdf, which page, and what part of it, in points from the top."""

    words: str
    page: int = 1
    top: int = 0
    bottom: int = 842
    resolution: int = 80


class Drawing(NamedTuple):
    """A drawing that a command puts into the folder of --pictures, by its name there."""

    words: str
    name: str


class Phone(NamedTuple):
    """The top of a page as a phone shows it: the command that writes x.html."""

    words: str
    height: int


class Article(NamedTuple):
    """A table as the first one of an article in two columns: the command that writes x.tex."""

    words: str


class Listing(NamedTuple):
    """The first lines of a text file of the homework."""

    file: str
    last: int


class Screen(NamedTuple):
    """What a command prints on the terminal, as a picture: some of its lines."""

    words: str
    first: int = 0
    last: int = 60


GROWTH = "mobilenet-v1-densenet121-resnet18-macs-M"
Picture = Page | Screen | Drawing | Phone | Article | Listing
PICTURES: dict[str, Picture] = {
    "terminal-solve": Screen("solve ai61002.sheet --rows 1-2", 0, 40),
    "terminal-compare": Screen("compare zoo:resnet50 -c torchinfo -c fvcore", 0, 24),
    "own-convention": Page("solve alexnet-224.sheet -c course-counting.yaml --rows 1-4 -o x.pdf", 1, 40, 560),
    "formulas-conv2d": Page("formulas Conv2d -o x.pdf", 1, 40, 700),
    "find-padding": Page('find zoo:resnet50-caffe --unknown conv1.p --so-that "conv1.output = 112" -o x.pdf', 1, 40, 640),
    "roofline": Page("time zoo:resnet50-caffe --on a100 -o x.pdf", 2, 40, 470),
    "symbolic": Page("solve zoo:resnet18 --symbolic M --summary -o x.pdf", 1, 40, 640),
    "training": Page("solve ai61002.sheet --training adam --batch 32 --rows 1 -o x.pdf", 2, 30, 480),
    "memory": Page("solve ai61002.sheet -c memory --summary -o x.pdf", 2, 30, 440),
    "burden": Page("burden zoo:resnet50-caffe -o x.pdf", 1),
    "terminal-demo": Screen("demo --no-open", 0, 20),
    "solution": Page("solve zoo:resnet18 -o x.pdf", 1, 30, 640),
    "gates": Page("formulas LSTM -o x.pdf", 1, 40, 680),
    "hindi": Page("solve ai61002.sheet --language hi -o x.pdf", 1, 30, 640),
    "german": Page("solve ai61002.sheet --language de -o x.pdf", 3, 30, 560),
    **{f"ai61002-{number}": Page("solve ai61002.sheet -o x.pdf", number) for number in range(1, 6)},
    "resnet18-network": Page("solve zoo:resnet18 --picture -o x.pdf", 3, 30, 640),
    "growth-side": Drawing("grow zoo:mobilenet-v1 zoo:densenet121 zoo:resnet18 --side 112..672 --column macs", GROWTH),
    "growth-side-log": Drawing(
        "grow zoo:mobilenet-v1 zoo:densenet121 zoo:resnet18 --side 112..672 --column macs", f"{GROWTH}-log"
    ),
    "growth-steps": Drawing("grow zoo:mobilenet-v1 --side 193..288 --column macs", "mobilenet-v1-macs-M"),
    "growth-length-log": Drawing("grow zoo:llama-3-8b --length 64..131072 --column macs", "llama-3-8b-macs-L-log"),
    "growth-length-kinds": Drawing("grow zoo:llama-3-8b --length 64..131072 --column macs", "llama-3-8b-macs-L-kinds"),
    "growth-conventions": Drawing("grow zoo:gpt2 --length 64..1024 -c textbook -c torchinfo -c fvcore", "gpt2-what-is-counted-L"),
    "attention-share": Drawing("transformer", "attention"),
    "gpt2-tokens": Drawing("transformer zoo:gpt2", "gpt2-tokens"),
    "fragment": Article("solve zoo:resnet50 --by stage --unit G --fragment -o x.tex"),
    "phone": Phone("solve ai61002.sheet -o x.html", 1100),
    "question-sheet": Page("", 1),
    "key": Page("", 1),
    "answer-form": Listing("out/forms/20CS30001.md", 22),
    "feedback": Page("", 1),
    "class-report": Page("", 1),
}
HOMEWORK = {"question-sheet", "key", "answer-form", "feedback", "class-report"}  # of a homework that a class has done


def run(words: list[str] | str, folder: Path) -> str:
    """Run the command in a folder; what it prints."""
    import shlex

    line = [sys.executable, "-m", "worksheet.cli", *(shlex.split(words) if isinstance(words, str) else words)]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "110", "NO_COLOR": "1"}
    return subprocess.run(line, cwd=folder, env=surroundings, check=True, capture_output=True, text=True).stdout


def cut(pdf: Path, page: Page, name: str) -> None:
    """Put a part of a page of a PDF among the pictures."""
    scale = page.resolution / 72
    area = ["-y", str(round(page.top * scale)), "-H", str(round((page.bottom - page.top) * scale)), "-W", str(round(596 * scale))]
    place = ["-f", str(page.page), "-l", str(page.page), "-r", str(page.resolution), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *place, *area, pdf, IMAGES / name], check=True)
    reduce(IMAGES / f"{name}.png", name)


def reduce(picture: Path, name: str) -> None:
    """Put a picture among the others, in as many colours as a reader can distinguish."""
    from PIL import Image

    with Image.open(picture) as whole:
        paper = Image.new("RGBA", whole.size, "white")
        paper.alpha_composite(whole.convert("RGBA"))
    paper.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


def phone(folder: Path, name: str, height: int) -> None:
    """Put the top of a page among the pictures, as wide as a phone."""
    framed = folder / "phone.html"  # Chromium's own window is never as narrow
    framed.write_text(f'<body style="margin:0"><iframe src="x.html" style="border:0;width:{PHONE}px;height:{height}px">')
    shot = folder / "phone.png"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={PHONE},{height}"]
    subprocess.run(["chromium", *flags, f"--screenshot={shot}", framed.as_uri()], check=True, capture_output=True)
    reduce(shot, name)


def article(folder: Path, name: str) -> None:
    """Put the top of the first column of an article among the pictures."""
    (folder / "article.tex").write_text(ARTICLE, encoding="utf-8")
    for _ in range(2):  # the second one knows the table's number
        subprocess.run(["pdflatex", "-interaction=batchmode", "article.tex"], cwd=folder, check=True, capture_output=True)
    cut(folder / "article.pdf", Page("", top=70, bottom=360, resolution=80), name)


def screen(text: str, name: str, words: str) -> None:
    """Put a terminal's screen among the pictures, with the reader's own fonts."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=110, file=nowhere)
        console.print(Text(words, style="bold"), Text(text), sep="\n")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="worksheet", unique_id=name), flags=re.DOTALL)
    (IMAGES / f"{name}.svg").write_text(svg.replace("Fira Code, monospace", "monospace"), encoding="utf-8")


def answers(out: Path) -> Iterator[tuple[str, ...]]:
    """The answers of a made-up class: mostly right, with some biases forgotten and some multiply-adds counted twice."""
    dice = random.Random(2020)
    yield "student", "row", "column", "answer"
    for form in sorted((out / "key").glob("*.json")):
        key = json.loads(form.read_text(encoding="utf-8"))
        yield from ((form.stem, "total", column, str(value)) for column, value in key["totals"].items())
        for row in key["rows"]:
            asked = {"output": "x".join(map(str, row["output"])), **{name: str(value) for name, value in row["columns"].items()}}
            if row["kind"] == "Conv2d" and dice.random() < 0.3:
                asked["params"] = str(row["counts"]["weights"])
            if row["kind"] == "Conv2d" and dice.random() < 0.3:
                asked["flops"] = str(2 * row["counts"]["macs"])
            yield from ((form.stem, str(row["no"]), column, answer) for column, answer in asked.items())


def homework(folder: Path) -> dict[str, Path]:
    """The PDFs of a homework that a small class has done."""
    roster = [("id", "name"), *((f"20CS3000{i}", f"Student {i}") for i in range(1, STUDENTS + 1))]
    with (folder / "class.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(roster)
    run("generate homework.yaml --roster class.csv -o out", folder)
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(answers(folder / "out"))
    run("mark homework.yaml answers.csv --roster class.csv -o marks --feedback pdf --report pdf", folder)
    return {
        "question-sheet": folder / "out/sheets/20CS30001.pdf",
        "key": folder / "out/key/20CS30001.pdf",
        "feedback": folder / "marks/feedback/20CS30002.pdf",
        "class-report": folder / "marks/class.pdf",
    }


def make(names: list[str]) -> None:
    """Remake the pictures of these names."""
    with TemporaryDirectory() as place:
        folder = Path(shutil.copytree(EXAMPLES, Path(place) / "examples"))
        pdfs = homework(folder) if set(names) & HOMEWORK else {}
        for name in names:
            draw(PICTURES[name], name, folder, pdfs)


def draw(picture: Picture, name: str, folder: Path, pdfs: dict[str, Path]) -> None:
    """Put one picture among the others."""
    match picture:
        case Screen(words, first, last):
            screen("\n".join(run(words, folder).splitlines()[first:last]), name, f"$ worksheet {words}")
        case Listing(file, last):
            screen("\n".join((folder / file).read_text(encoding="utf-8").splitlines()[:last]), name, f"$ cat {file}")
        case Drawing(words, drawing):
            run(f"{words} --pictures {folder} -f json", folder)
            reduce(folder / f"{drawing}.png", name)
        case Phone(words, height):
            run(words, folder)
            phone(folder, name, height)
        case Article(words):
            run(words, folder)
            article(folder, name)
        case Page(words):
            if name not in pdfs:
                run(words, folder)
            cut(pdfs.get(name, folder / "x.pdf"), picture, name)


if __name__ == "__main__":
    make(sys.argv[1:] or list(PICTURES))
