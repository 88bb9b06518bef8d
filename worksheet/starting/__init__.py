"""Files to start from, one for each kind: whatever is in this folder is offered by ``worksheet new``."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def starting() -> dict[str, Path]:
    """The files and folders to start from, by their kinds: ``homework`` is homework.yaml, ``template`` the folder templates."""
    entries = (path for path in FOLDER.iterdir() if not path.name.startswith(("_", ".")))
    return {path.stem.removesuffix("s") if path.is_dir() else path.stem: path for path in sorted(entries)}
