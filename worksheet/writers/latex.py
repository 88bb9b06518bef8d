"""Writes a complete LaTeX document, assembled with PyLaTeX, and compiles it with latexmk where TeX is installed.

pdfLaTeX sets languages in Latin script; XeLaTeX sets those that need a font of the machine.
"""

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
from worksheet.language import current
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.tikz import tikz
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

PAPER_OPTIONS = {"a4": "a4paper", "letter": "letterpaper"}
PROGRAMS = {"pdflatex": "-pdf", "xelatex": "-pdfxe"}  # with the option of latexmk
COMMAND = ("latexmk", "-norc", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
SECONDS = 300
# The same bytes whatever the day; no file outside the document's own folder is read or written.
SURROUNDINGS = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "openin_any": "p", "openout_any": "p", "shell_escape": "f"}

SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "{-}",
    "→": r"$\rightarrow$", "≈": r"$\approx$", "×": r"$\times$", "−": r"$-$", "—": r"\textemdash{}", "–": r"\textendash{}",
    "…": r"\dots{}", "✓": r"\ding{51}", "✗": r"\ding{55}",
    "„": r"\quotedblbase{}",
    "’": r"\textquoteright{}", "‘": r"\textquoteleft{}", "“": r"\textquotedblleft{}", "”": r"\textquotedblright{}",
    "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,",
}  # fmt: skip
FORMULAS = {  # signs of formulas that occur in prose
    "√": r"$\surd$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$", "⌉": r"$\rceil$",
    **{sign: f"$^{power}$" for power, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: f"$\\{name}$" for name, sign in GREEK.items()},
}  # fmt: skip
LAST_LATIN = 0x17F  # what the T1 fonts can print; of others the language's own signs are printed, the rest named by numbers
OWN = "ownscript"  # the command that chooses the font of the language's own signs
PACKAGES = {
    "pdflatex": "texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended lmodern",
    "xelatex": "texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended texlive-xetex lmodern",
}


def escape(text: str) -> str:
    """Text that LaTeX prints as it is; a sign that is not in the fonts is printed as its number, U+0939."""
    return "".join(SIGNS.get(sign) or FORMULAS.get(sign) or _printable(sign) for sign in text)


def words(text: str) -> str:
    """Words inside a formula."""
    return LATEX.text("".join(map(_printable, text)))


def _printable(sign: str) -> str:
    if ord(sign) <= LAST_LATIN or sign in SIGNS or current().own_signs.fullmatch(sign):
        return sign
    return f"[U+{ord(sign):04X}]"


SETTING = Setting(
    LATEX, width=91, beside=0.6, words=words, draws=True, drawing=lambda picture: tikz(picture, escape), escape=escape,
    mark=r"\allowbreak{}",
)  # fmt: skip


def source(document: Document, options: Options) -> str:
    """The document: PyLaTeX assembles class and packages, the templates give preamble and body."""
    import pylatex

    language = current()
    own = _program() == "xelatex"
    names = view(document, SETTING) | {"babel": Ready(_babel()), "language": Ready(language.tag)}
    names |= {
        "own_font": Ready("".join(language.fonts[:1])),
        "script": Ready(language.header("X-Script")),
        "base": Ready(language.base),
    }
    paper = pylatex.Document(
        documentclass="article",
        document_options=["10pt", "fleqn", PAPER_OPTIONS[options.paper]],
        fontenc=None if own else "T1",
        inputenc=None if own else "utf8",
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
    text = re.sub(r"%\n(?=\\|%)", "\n", str(paper.dumps())) + "\n"
    return f"% !TeX program = xelatex\n{language.own_signs.sub(_in_own_font, text)}" if own else text


def _in_own_font(signs: re.Match[str]) -> str:
    return f"{{\\{OWN} {signs[0]}}}"


def _program() -> str:
    """Which TeX sets the language."""
    return "xelatex" if current().fonts else "pdflatex"


def _babel() -> str:
    """The language as babel names it; a script of its own needs no hyphenation, so its words in Latin script are English."""
    return current().header("X-LaTeX") or "english"


def render(document: Document, options: Options) -> bytes:
    return source(document, options).encode()


def compile(document: Document, options: Options) -> bytes:
    """The PDF by latexmk, without shell escape. Raises OutputError where TeX is missing or refuses the document."""
    program = _program()
    if not shutil.which(COMMAND[0]) or not shutil.which(program):
        hint = (
            f"install TeX Live with latexmk (Debian: apt install latexmk {PACKAGES[program]}), or leave --engine out: "
            "the default engine needs nothing"
        )
        raise OutputError(f"the LaTeX engine needs latexmk and {program}, which are not on this machine", hint=hint)
    with tempfile.TemporaryDirectory(prefix="worksheet-") as folder:
        own = options.templates / "tex" if options.templates else Path(folder)
        if options.templates and own.is_dir():  # a logo may lie beside the templates
            shutil.copytree(own, folder, dirs_exist_ok=True)
        Path(folder, "solution.tex").write_bytes(render(document, options))
        run = _run(folder, program)
        result = Path(folder, "solution.pdf")
        if run.returncode or not result.exists():
            raise _refusal(_reason(folder, run.stdout))
        return result.read_bytes()


def _refusal(reason: str) -> OutputError:
    """What LaTeX says; in words where it does not find the language's font."""
    fonts = current().fonts
    if fonts and re.search(rf'font\s+"{re.escape(fonts[0])}"\s+cannot\s+be\s+found', reason):
        hint = f"install {fonts[0]} (Debian: apt install {current().header('X-Font-Packages')}), or write HTML"
        return OutputError(f"no font on this machine has the letters of the language {current().code!r}", hint=hint)
    return OutputError(f"LaTeX refuses the document: {reason}")


def _run(folder: str, program: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*COMMAND, PROGRAMS[program], "solution.tex"],
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
