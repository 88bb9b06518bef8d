"""What the makers of generated pages share: where the pages are, what each says of itself, and why one cannot be made."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = "python -m tools.pages"
MADE = f"*Made by `{COMMAND}`; a test fails where this page differs from what the program has.*"
END_OF_PART = "<!-- end of keys -->"  # in pages of which only a part is generated


class CannotBeMade(Exception):
    """Something is missing for a page; the message says what to write, and where."""
