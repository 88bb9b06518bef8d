"""Makes docs/conventions: a page for each convention that comes with the package, and their list."""

from __future__ import annotations

from pathlib import Path

import worksheet as ws
from tools.prose import broken
from worksheet.conventions import names
from worksheet.document import Document

FOLDER = Path("docs/conventions")
ABOUT = "What the words mean, and how to write a convention: [Conventions](../counting.md)."


def pages() -> dict[Path, str]:
    """The pages by their paths."""
    index = _titled(ws.convention_list(), ABOUT)
    for name in names():
        escaped = name.replace("_", r"\_")
        index = index.replace(f"\n| {escaped} |", f"\n| [{name}]({name}.md) |")
    return {FOLDER / "README.md": index} | {FOLDER / f"{name}.md": _titled(ws.convention_page(name)) for name in names()}


def _titled(report: Document, about: str = "") -> str:
    title, rest = ws.render(report, "md").decode().split("\n", 1)
    return broken(f"{title}\n\n{about}\n{rest}" if about else f"{title}\n{rest}")
