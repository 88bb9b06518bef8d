"""What spreadsheets need: texts that are never run as formulas, numbers that stay exact, workbooks without the time of day."""

from __future__ import annotations

import io
import re

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # how a formula in a spreadsheet begins
BEFORE = " '\"`\u00a0\u3000\ufeff"  # what a spreadsheet may skip before it
SEPARATORS = ";|\t"
# Where a formula would begin: at the start, or after a separator; and the apostrophe at that place in a guarded text.
CELL = f"(?:^|(?<=[{SEPARATORS}]))"
RUN = f"(?=[{re.escape(BEFORE)}]*[{re.escape(''.join(STARTS))}])"
FORMULA, GUARD = re.compile(CELL + RUN), re.compile(f"{CELL}'{RUN}")
MAX_LETTERS = 32_767  # in a cell of a workbook
MAX_EXACT = 2**53  # a spreadsheet's numbers are doubles: a larger whole number is written as text
EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the bytes do not depend on the day
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def guarded(text: str) -> str:
    """An untrusted text that no spreadsheet runs: an apostrophe before whatever begins like a formula.

    What follows a separator of another country's spreadsheet begins a cell there.

    >>> guarded("=HYPERLINK(1)"), guarded(' "-1'), guarded("20CS30001"), guarded("a=b"), guarded("x;=1+1")
    ("'=HYPERLINK(1)", '\\' "-1', '20CS30001', 'a=b', "x;'=1+1")
    """
    return FORMULA.sub("'", text)


def unguarded(text: str) -> str:
    """A guarded text without its guards."""
    plain = GUARD.sub("", text)
    return plain if guarded(plain) == text else text


def without_dates(book: bytes) -> bytes:
    """The same workbook without the time at which it was made."""
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = TIME.sub(b"1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()
