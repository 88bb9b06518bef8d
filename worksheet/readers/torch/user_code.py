"""Lines of the user's code: where a call was made, where an error arose."""

import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

from worksheet.errors import SheetError, Where, WorksheetError

MAX_REASON = 300  # characters of the message of another exception


def find_user_line() -> Where | None:
    """The innermost line on the stack that belongs to neither torch nor this package."""
    frame: Any = sys._getframe()  # noqa: SLF001  how logging finds its callers too
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            return where_of_line(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None


@cache
def _foreign() -> tuple[str, ...]:
    import torch

    return f"{Path(torch.__file__).parent}/", f"{Path(__file__).parents[2]}/"


@cache
def is_users(file: str) -> bool:
    """Whether a file is the user's, not part of torch, this package or Python."""
    library = f"{Path(traceback.__file__).parent}/"
    own = file.startswith(library) and "site-packages" not in file
    return not (file.startswith(("<", *_foreign())) or own)


def where_of_line(file: str, line: int | None) -> Where:
    """A line of the user's code, with its text for the message."""
    import linecache

    text = linecache.getline(file, line or 0).rstrip("\n")
    stripped = text.strip()
    if not stripped:
        return Where(_relative(file), line)
    return Where(_relative(file), line, len(text) - len(text.lstrip()) + 1, text, len(stripped))


def _relative(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def fault_of(error: BaseException, what: str, otherwise: Where | None = None, hint: str | None = None) -> WorksheetError:
    """An exception as a fault at the user's innermost line in its traceback, or else at ``otherwise``."""
    if isinstance(error, WorksheetError):
        return error
    reason = next(iter(str(error).strip().splitlines()), "")[:MAX_REASON]
    message = f"{what}: {type(error).__name__}" + (f": {reason}" if reason else "")
    if isinstance(error, SyntaxError) and error.filename:
        return SheetError(message, where_of_line(error.filename, error.lineno))
    lines = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__) if is_users(frame.filename)]
    return SheetError(message, where_of_line(*lines[-1]) if lines else otherwise, hint)
