"""Makes the pages on the ways of counting in docs/conventions: python -m tests.conventions.pages."""

from pathlib import Path

import worksheet as ws
from worksheet.conventions import names

FOLDER = Path(__file__).parents[2] / "docs" / "conventions"
MADE = "\n*Made by `python -m tests.conventions.pages`; a test fails where this page is not what the program has.*\n"


def pages() -> dict[str, str]:
    """The pages by their files' names."""
    index = _titled(ws.convention_list())
    for name in names():
        index = index.replace(f"| {name.replace('_', chr(92) + '_')} |", f"| [{name}]({name}.md) |")
    return {"README.md": index} | {f"{name}.md": _titled(ws.convention_page(name)) for name in names()}


def _titled(report: object) -> str:
    title, rest = ws.render(report, "md").decode().split("\n", 1)  # type: ignore[arg-type]
    return f"{title}\n{MADE}{rest}"


def write() -> None:
    """Write every page, and take away those of conventions that are no more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    write()
