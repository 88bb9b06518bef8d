"""What contributors and CI run, each session in a separate environment: ``nox -l`` lists them, ``nox -s lint types`` runs two.

The README's commands are read from the README and run in a clean copy of the files in git. Every environment is rebuilt with the
newest version of each dependency, except that of ``lowest``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
TORCH = ["torch==2.13.0", "numpy", "pillow", "torchinfo"]
# The tests need only the Python part of torchvision; its compiled part requires a certain build of torch.
TORCHVISION = "torchvision==0.28.0"
EVERYTHING = "tex,poppler,browser,torch,torchvision,onnx,pandas"  # what the tests must then not skip
TEX, POPPLER, BROWSERS = r"latexmk|(la|pdf|pdfla|xe|xela|lua|luala)?tex", r"pdf(info|to\w+)", r"chrom\w*|google-chrome.*"
# At least one test file for each dependency, for its lowest version.
SMALL = [
    "tests/formula",  # sympy, Babel
    "tests/grading/test_answers.py",  # openpyxl
    "tests/homework/test_assignment.py",  # pyyaml, jsonschema
    "tests/homework/test_workers.py",  # joblib, distributed
    "tests/readers/test_onnx.py",
    "tests/readers/test_prototxt_reference.py",  # lark
    "tests/test_ai61002.py",  # jinja2, typst, pylatex, pypdf
    "tests/test_cli.py",  # typer, rich
    "tests/homework/test_forms.py",  # markdown-it-py
]
nox.options.sessions = ["lint", "types", "minimal"]
nox.options.error_on_external_run = True


# Style


@nox.session
def lint(session: nox.Session) -> None:
    """Format, style, spelling."""
    session.install("ruff>=0.9", "typos")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("typos")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    session.install(".[dev]")
    session.run("mypy")


# The README's commands


def readme(mark: str) -> str:
    """The command below a mark in the README."""
    command = re.search(rf"<!-- {mark} -->\n```sh\n(.+)\n```", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert command, f"the README needs a command below <!-- {mark} -->"
    return command[1]


def new_folder(session: nox.Session, name: str) -> Path:
    """An empty folder for a session."""
    folder = ROOT / ".nox" / "folders" / session.name / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def clean_copy(session: nox.Session) -> Path:
    """A folder with the files that are in git, as in a new clone."""
    folder = new_folder(session, "clone")
    names = session.run("git", "ls-files", "-z", external=True, silent=True, log=False)
    for name in filter(None, str(names).split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def bare_path(session: nox.Session) -> str:
    """A folder with links to the programs of this machine, except TeX, poppler and browsers."""
    folder = new_folder(session, "bin")
    left_out = re.compile(rf"{TEX}|{POPPLER}|{BROWSERS}|python[\d.]*|pip[\d.]*")
    for place in map(Path, os.environ["PATH"].split(os.pathsep)):
        for program in place.iterdir() if place.is_dir() else ():
            if not left_out.fullmatch(program.name) and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    python = folder / "python3"  # not a link: an environment looks for its library beside the program that created it
    python.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" "$@"\n')
    python.chmod(0o755)
    return str(folder)


@nox.session(venv_backend="none")
def first(session: nox.Session) -> None:
    """The README's first command, without TeX: five pages."""
    folder = clean_copy(session)
    with session.chdir(folder):
        session.run("bash", "-c", readme("run"), env={"PATH": bare_path(session)}, external=True)
        count = "import pypdf; pages = len(pypdf.PdfReader('ai61002.pdf').pages); assert pages == 5, pages"
        session.run(".venv/bin/python", "-c", count, external=True)


@nox.session(venv_backend="none")
def minimal(session: nox.Session) -> None:
    """The README's test command, without torch, onnx, dask, TeX, poppler and a browser."""
    folder = clean_copy(session)
    command = " ".join([readme("test"), *session.posargs])
    with session.chdir(folder):
        session.run("bash", "-c", command, env={"PATH": bare_path(session)}, external=True)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """The README's test command, with everything that a test may need: a test that is skipped for a missing dependency fails."""
    folder = clean_copy(session)
    command = " ".join([readme("test"), *session.posargs])
    with session.chdir(folder):
        session.run("python3", "-m", "venv", ".venv", external=True)
        session.run(".venv/bin/pip", "install", "-q", *TORCH, ".[docs]", "pandas", external=True)
        session.run(".venv/bin/pip", "install", "-q", "--no-deps", TORCHVISION, external=True)
        session.run("bash", "-c", command, env={"WORKSHEET_REQUIRE": EVERYTHING}, external=True)


@nox.session
def lowest(session: nox.Session) -> None:
    """Tests of each dependency, with its lowest version that pyproject.toml allows."""
    session.install("uv")
    session.run("uv", "pip", "install", "-q", "--resolution", "lowest-direct", ".[all,test]")
    session.run("pytest", "-n", "auto", "-q", "-m", "not tex and not browser", *(session.posargs or SMALL))


@nox.session
def coverage(session: nox.Session) -> None:
    """The share of the package's lines that the tests run."""
    session.install(".[all,test]", "pytest-cov", *TORCH)
    session.install("--no-deps", TORCHVISION)
    session.run("pytest", "-n", "auto", "-q", "--cov=worksheet", "--cov-report=term", *session.posargs)


# Pages, records, releases


@nox.session
def pages(session: nox.Session) -> None:
    """Whether the generated pages are up to date, and whether the site builds without anything from another host."""
    session.install("-e", ".[docs]")
    session.run("python", "-m", "tools.pages", "--check")
    session.run("python", "-m", "tools.site")


@nox.session
def record(session: nox.Session) -> None:
    """Times and long fuzzing, for the record; ``nox -s record -- --smoke`` only checks that they run."""
    session.install(".")
    smoke = "--smoke" in session.posargs
    if not smoke:
        session.install(".[all,fuzz]", *TORCH)
        session.install("--no-deps", TORCHVISION)
    for parser in ("number", "formula"):
        session.run("python", "benchmarks/fuzz.py", parser, "--runs", "5000" if smoke else "1000000")
    students = ["--students", "20" if smoke else "2000", "--runs", "1"]
    session.run("python", "benchmarks/homework.py", *students)
    for name in ("speed",) if smoke else ("speed", "large", "counters", "homework_pdf", "symbolic", "growth"):
        session.run("python", f"benchmarks/{name}.py")


@nox.session
def release(session: nox.Session) -> None:
    """Build the wheel and the source archive, and try the wheel: docs/release.md."""
    folder = clean_copy(session)
    session.install("build", "twine")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.run("python", "-m", "build", "-q", "--outdir", str(ROOT / "dist"), str(folder))
    session.run("twine", "check", "--strict", *map(str, sorted((ROOT / "dist").iterdir())))
    [wheel] = (ROOT / "dist").glob("*.whl")
    session.install(str(wheel))
    session.chdir(new_folder(session, "elsewhere"))
    session.run("worksheet", "solve", str(folder / "examples" / "ai61002.sheet"), "-o", "ai61002.pdf")
    session.run("python", "-c", "import worksheet; print(worksheet.__version__)")
