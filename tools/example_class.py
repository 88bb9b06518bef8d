"""The class of examples/: its roster, its answers with known mistakes, and what marking them gives."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.generated import ROOT

EXAMPLES = ROOT / "examples"
MARKED = ("marks.csv", "class.html", "feedback/S02.html")  # of the marked class, what a reader may want to see


def pages() -> dict[str, str]:
    """The files by their paths."""
    import worksheet as ws
    from worksheet.homework.demo import answers, roster

    with TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("homework.yaml", "ai61002.sheet"):
            shutil.copy(EXAMPLES / name, folder / name)
        made = {"class.csv": roster(), "answers.csv": answers(ws.assignment(folder / "homework.yaml"))}
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
        marked = ws.mark(folder / "homework.yaml", folder / "answers.csv", roster=folder / "class.csv")
        marked.write(folder / "marks", feedback=["html"], report=["html"])
        made |= {f"marks/{name}": (folder / "marks" / name).read_text(encoding="utf-8") for name in MARKED}
    return {f"examples/{name}": text for name, text in made.items()}
