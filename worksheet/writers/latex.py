"""Writes a complete LaTeX document, assembled with PyLaTeX, and compiles it with latexmk where TeX is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from worksheet.document import Document
from worksheet.errors import OutputError
from worksheet.formula.dialects import GREEK, LATEX
from worksheet.language import ENGLISH, current
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.tikz import tikz
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

PAPER_OPTIONS = {"a4": "a4paper", "letter": "letterpaper"}
COMMAND = ("latexmk", "-pdf", "-norc", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
SECONDS = 300
# The same bytes whatever the day; no file outside the document's own folder is read or written.
SURROUNDINGS = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "openin_any": "p", "openout_any": "p", "shell_escape": "f"}

SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "{-}",
    "→": r"$\rightarrow$", "≈": r"$\approx$", "×": r"$\times$", "−": r"$-$", "—": r"\textemdash{}", "–": r"\textendash{}",
    "…": r"\dots{}", "✓": r"\ding{51}", "✗": r"\ding{55}",
    "’": r"\textquoteright{}", "‘": r"\textquoteleft{}", "“": r"\textquotedblleft{}", "”": r"\textquotedblright{}",
    "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,",
}  # fmt: skip
FORMULAS = {  # signs of formulas that occur in prose
    "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$", "⌉": r"$\rceil$",
    **{sign: f"$^{power}$" for power, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: f"$\\{name}$" for name, sign in GREEK.items()},
}  # fmt: skip
LAST_LATIN = 0x17F  # what the T1 fonts can print; anything else is named by its number


def escape(text: str) -> str:
    """Text that LaTeX prints as it is; a sign that is not in the fonts is printed as its number, U+0939."""
    return "".join(SIGNS.get(sign) or FORMULAS.get(sign) or _printable(sign) for sign in text)


def words(text: str) -> str:
    """Words inside a formula."""
    return LATEX.text("".join(map(_printable, text)))


def _printable(sign: str) -> str:
    return sign if ord(sign) <= LAST_LATIN or sign in SIGNS else f"[U+{ord(sign):04X}]"


SETTING = Setting(
    LATEX, width=91, beside=0.6, words=words, draws=True, drawing=lambda picture: tikz(picture, escape), escape=escape,
    mark=r"\allowbreak{}",
)  # fmt: skip


def source(document: Document, options: Options) -> str:
    """The document: PyLaTeX assembles class and packages, the templates give preamble and body."""
    import pylatex

    names = view(document, SETTING) | {"babel": Ready(_babel()), "language": Ready(current().tag)}
    paper = pylatex.Document(
        documentclass="article",
        document_options=["10pt", "fleqn", PAPER_OPTIONS[options.paper]],
        fontenc="T1",
        inputenc="utf8",
        lmodern=True,
        textcomp=False,
        microtype=True,
        page_numbers=False,
        indent=True,
    )
    paper.packages.append(pylatex.Package("pifont"))  # of ticks and crosses
    for where, file in ((paper.preamble, "tex/preamble.tex"), (paper, "tex/document.tex")):
        where.append(pylatex.NoEscape(rendered(file, names, escape, options.templates, ANGLES)))
    paper.preamble.append(pylatex.NoEscape(r"\usepackage{tikz}"))  # after a custom preamble, whatever options it gives xcolor
    return re.sub(r"%\n(?=\\|%)", "\n", str(paper.dumps())) + "\n"


def _babel() -> str:
    """The language as babel names it. Raises OutputError for one whose script the fonts do not have."""
    language = current()
    name = "english" if language.base == ENGLISH else language.header("X-LaTeX")
    if not name:
        hint = "leave --engine out: the default engine has fonts for it, and so has HTML"
        raise OutputError(f"the LaTeX engine has no fonts for the language {language.code!r}", hint=hint)
    return name


def render(document: Document, options: Options) -> bytes:
    return source(document, options).encode()


def compile(document: Document, options: Options) -> bytes:
    """The PDF by latexmk, without shell escape. Raises OutputError where TeX is missing or refuses the document."""
    if not shutil.which(COMMAND[0]) or not shutil.which("pdflatex"):
        hint = (
            "install TeX Live with latexmk (Debian: apt install latexmk texlive-latex-recommended texlive-latex-extra "
            "texlive-fonts-recommended lmodern), or leave --engine out: the default engine needs nothing"
        )
        raise OutputError("the LaTeX engine needs latexmk and pdflatex, which are not on this machine", hint=hint)
    with tempfile.TemporaryDirectory(prefix="worksheet-") as folder:
        own = options.templates / "tex" if options.templates else Path(folder)
        if options.templates and own.is_dir():  # a logo may lie beside the templates
            shutil.copytree(own, folder, dirs_exist_ok=True)
        Path(folder, "solution.tex").write_bytes(render(document, options))
        run = _run(folder)
        result = Path(folder, "solution.pdf")
        if run.returncode or not result.exists():
            raise OutputError(f"LaTeX refuses the document: {_reason(folder, run.stdout)}")
        return result.read_bytes()


def _run(folder: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*COMMAND, "solution.tex"],
            cwd=folder,
            env=os.environ | SURROUNDINGS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OutputError(f"LaTeX did not finish in {SECONDS} seconds") from None


def _reason(folder: str, output: str) -> str:
    """The first error of the log, with its line."""
    log = Path(folder, "solution.log")
    text = log.read_text(errors="replace") if log.exists() else output
    found = re.search(r"^!.*(?:\n(?!l\.\d).*){0,8}(?:\nl\.\d+.*)?", text, re.MULTILINE)
    return found.group().strip() if found else output.strip()[-500:]


def fragment(document: Document, options: Options) -> bytes:
    from worksheet.writers import latex_fragment

    return latex_fragment.render(document, options)


WRITER = Writer("tex", (".tex",), render, fragment=fragment)
