"""The record of the generated files: whose they are, and what they were made from, so that a run can be continued."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worksheet.derive.worked_solution import derive
from worksheet.errors import OutputError, Where
from worksheet.frozen import frozen
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.roster import safe_name
from worksheet.version import VERSION
from worksheet.writers import render, save

NAME = "manifest.json"
MAX_BYTES = 256 * 2**20
MAX_TEMPLATES = 16 * 2**20  # bytes of a folder of templates
HINT = "another folder for -o, or remove this file"


@frozen
class ManifestEntry:
    """One student: the name of the files without suffix, the student's name, a digest of what the files are made from, the
    files, and the fingerprint of the network."""

    file: str
    name: str = ""
    made: str = ""
    files: tuple[str, ...] = ()
    network: str = ""


@dataclass
class Manifest:
    """The content of a folder. ``assignment`` and ``bound`` are digests: of the assignment, and of the sheets in one PDF."""

    assignment: str = ""
    title: str = ""
    students: dict[str, ManifestEntry] = field(default_factory=dict)
    bound: str = ""

    def save(self, folder: Path) -> None:
        """Write it into a folder. Raises OutputError."""
        students = {id: vars(entry) for id, entry in self.students.items()}
        data = {"title": self.title, "assignment": self.assignment, "bound": self.bound, "students": students}
        save(folder / NAME, (json.dumps(data, ensure_ascii=True, indent=1) + "\n").encode())


def manifest_in(folder: Path) -> Manifest:
    """A folder's manifest; an empty one if there is none. Raises OutputError for another file of that name."""
    path = folder / NAME
    if not path.exists():
        return Manifest()
    where = Where(str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise OutputError(f"is larger than {MAX_BYTES // 2**20} MiB", where, HINT)
        return _read(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OutputError("is not a manifest of homework, so nothing is written beside it", where, HINT) from None


def _read(data: Any) -> Manifest:
    students = {id: _entry(entry) for id, entry in data["students"].items()}
    return Manifest(str(data["assignment"]), str(data["title"]), students, str(data["bound"]))


def _entry(data: Any) -> ManifestEntry:
    file, name, made, network = (str(data[key]) for key in ("file", "name", "made", "network"))
    return ManifestEntry(file, name, made, tuple(map(str, data["files"])), network)


def digest(*parts: str | bytes) -> str:
    """A fingerprint of texts, each with its length."""
    hasher = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(raw).to_bytes(8, "big") + raw)
    return hasher.hexdigest()


def assignment_digest(assignment: Assignment) -> str:
    """A fingerprint of everything that papers are made from: the file, the worked network, the convention, the version."""
    worked = derive(assignment.network, assignment.convention, batch=assignment.batch)
    words = (
        assignment.title,
        assignment.course,
        assignment.question,
        *assignment.rules,
        assignment.digits,
        repr(assignment.language),
    )
    return digest(VERSION, assignment.text, assignment.source, render(worked, "md"), *words)


def templates_digest(folder: Path | None) -> str:
    """A fingerprint of a folder of templates. Raises OutputError if it is too large."""
    if folder is None or not folder.is_dir():
        return ""
    parts: list[bytes] = []
    size = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size += path.stat().st_size
        if size > MAX_TEMPLATES:
            raise OutputError(f"is larger than {MAX_TEMPLATES // 2**20} MiB: not a folder of templates", Where(str(folder)))
        parts += [str(path.relative_to(folder)).encode(), path.read_bytes()]
    return digest(*parts)


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """A different safe file name, without suffix, for each id, also on file systems that ignore case. The second of two that
    differ only in case is numbered.

    >>> file_names(["a1", "A1", "../x"])
    {'a1': 'a1', 'A1': 'A1~2', '../x': 'x~d6b96a97d1'}
    """
    taken: set[str] = set()
    names: dict[str, str] = {}
    for id in ids:
        stem, number = safe_name(id), 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{safe_name(id)}~{number}"
        taken.add(stem.casefold())
        names[id] = stem
    return names
