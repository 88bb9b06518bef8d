"""Files that may have been meant by a name that there is no file of."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

MAX_ENTRIES = 2000  # of a folder, looked through for a name that is close


def meant(path: Path) -> str | None:
    """A hint with the files beside a missing one whose names are close; or that its folder is missing too."""
    from difflib import get_close_matches

    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    names = {each.name: each for each in entries(path.parent) if each.is_file()}
    close = [str(names[name]) for name in get_close_matches(path.name, names, n=2, cutoff=0.75)]
    return f"did you mean {' or '.join(close)}?" if close else None


def entries(folder: Path) -> list[Path]:
    """The files and folders in a folder, in order, none where it cannot be read."""
    try:
        return sorted(islice(folder.iterdir(), MAX_ENTRIES))
    except OSError:
        return []
