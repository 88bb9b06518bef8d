"""Gradescope's list of submissions: who handed in which folder, alone or as a group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from worksheet.grading.answers.bounds import MAX_STUDENTS
from worksheet.grading.answers.students import Students

METADATA = "submission_metadata.yml"
ENTRY = re.compile(r"(\S[^:]{0,200}):\s*")
FIELD = re.compile(r"\s*(?:-\s+)?:(name|sid|email):\s*(.{0,400})")
SUBMITTERS = re.compile(r"(\s*):submitters:\s*")
PREFERRED = ("sid", "email", "name")


def submitters(text: str, students: Students) -> Mapping[str, tuple[str, ...]]:
    """The students by the names of their folders or files: by SID, else address, else name, as the roster knows them.

    The file is read by lines, since Ruby writes more in it than YAML for all.
    """
    people: dict[str, list[dict[str, str]]] = {}
    for entry, is_first, name, value in _fields(text):
        group = people.setdefault(entry, [])
        if is_first or not group:
            group.append({})
        group[-1][name] = value
        if len(people) > MAX_STUDENTS:
            break
    return {entry: tuple(filter(None, (_known(person, students) for person in group))) for entry, group in people.items()}


def _fields(text: str) -> Iterator[tuple[str, bool, str, str]]:
    """The fields of all submitters: the entry, whether a person begins here, the field's name and value."""
    entry, inside = "", -1
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if match := ENTRY.fullmatch(line):
            entry, inside = match[1].strip("'\""), -1
        elif match := SUBMITTERS.fullmatch(line):
            inside = len(match[1])
        elif inside >= 0 and (indent < inside or (indent == inside and not line.lstrip().startswith("-"))):
            inside = -1
        elif inside >= 0 and (match := FIELD.fullmatch(line)):
            yield entry, line.lstrip().startswith("-"), match[1], match[2].strip().strip("'\"")


def _known(person: Mapping[str, str], students: Students) -> str:
    texts = [person[name] for name in PREFERRED if person.get(name)]
    return next((text for text in texts if students.find(text) is not None), texts[0] if texts else "")
