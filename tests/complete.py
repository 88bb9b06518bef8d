"""Asserts that two sets of names are the same, and says in words what to do where they are not."""

from collections.abc import Iterable


def complete(have: Iterable[object], wanted: Iterable[object], *, add: str, drop: str = "remove") -> None:
    """``add`` says how a wanted name is added, ``drop`` what to do with one that is not wanted."""
    missing, extra = set(wanted) - set(have), set(have) - set(wanted)
    said = [f"{what}: {', '.join(sorted(map(str, names)))}" for what, names in ((add, missing), (drop, extra)) if names]
    assert not said, "; ".join(said)
