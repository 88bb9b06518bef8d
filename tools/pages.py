"""Remakes every generated page: python -m tools.pages. With --check it changes nothing and fails where one is out of date."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

import tools
from tools.generated import END_OF_PART, MADE, ROOT, CannotBeMade


def collect() -> dict[Path, str]:
    """The text of every generated page by its path, from each module here that has ``pages``; wholly generated ones say so."""
    names = sorted(info.name for info in pkgutil.iter_modules(tools.__path__))
    makers = [importlib.import_module(f"tools.{name}") for name in names if name != "pages"]
    made = {ROOT / path: text for maker in makers if hasattr(maker, "pages") for path, text in maker.pages().items()}
    return {path: text if path.suffix != ".md" or END_OF_PART in text else _signed(text) for path, text in made.items()}


def _signed(text: str) -> str:
    return f"{text.rstrip()}\n\n---\n\n{MADE}\n"


def outdated() -> dict[Path, str | None]:
    """The pages that differ from what the program has now, with their right text; None for one that has lost its subject."""
    pages = collect()
    changed = {path: text for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    return {**changed, **dict.fromkeys(set(_generated()) - set(pages))}


def _generated() -> Iterator[Path]:
    """The pages of docs that say that they are generated."""
    return (path for path in (ROOT / "docs").rglob("*.md") if MADE in path.read_text(encoding="utf-8"))


def write(pages: dict[Path, str | None]) -> None:
    """Put each page in place whole, and take away those that have lost their subject."""
    for path, text in pages.items():
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as part:
            part.write(text)
        Path(part.name).chmod(0o644)
        Path(part.name).replace(path)


def main(words: list[str]) -> int:
    """Run the command; 1 where a page is out of date (with --check) or cannot be made."""
    try:
        pages = outdated()
    except CannotBeMade as fault:
        print(fault, file=sys.stderr)  # no page was touched
        return 1
    if "--check" not in words:
        write(pages)
    for path in sorted(pages):
        print(f"{'out of date' if '--check' in words else 'made'}: {path.relative_to(ROOT)}")
    return int("--check" in words and bool(pages))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
