"""The package's templates are kept compiled, as Python keeps its modules; nothing depends on it."""

import sys
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES, SHEET
from worksheet.writers import templating


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(templating, "CACHE", tmp_path)
    templating._environment.cache_clear()
    yield tmp_path
    templating._environment.cache_clear()


def test_the_same_bytes_with_and_without(cache: Path, solution: ws.Derivation) -> None:
    fresh = ws.render(solution, "md")
    kept = {path: path.read_bytes() for path in cache.iterdir()}
    assert kept
    templating._environment.cache_clear()
    assert ws.render(solution, "md") == fresh
    for path in kept:  # a broken file is made again
        path.write_bytes(b"j2")
    templating._environment.cache_clear()
    assert ws.render(solution, "md") == fresh
    assert {path: path.read_bytes() for path in cache.iterdir()} == kept


def test_templates_of_a_user_are_not_kept(cache: Path, solution: ws.Derivation) -> None:
    ws.render(solution, "typ", template=EXAMPLES / "templates")
    assert list(cache.iterdir()) == []


def test_nothing_is_kept_where_python_keeps_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    ws.render(ws.derive(ws.read(SHEET)), "md")
    assert list(cache.iterdir()) == []


def test_a_full_disk_is_no_fault(cache: Path, monkeypatch: pytest.MonkeyPatch, solution: ws.Derivation) -> None:
    import tempfile

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    assert ws.render(solution, "md").startswith(b"# (Solved)")
