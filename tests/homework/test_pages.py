"""The pages for teachers and assistants keep step with the program."""

import re
import shlex

import pytest

from tests.commands import COMMANDS
from tests.sheet_facts import EXAMPLES, ROOT
from worksheet.grading.mark import FLAGS, Verdict
from worksheet.grading.results.class_report import ClassReport
from worksheet.homework.assignment.assignment_file import read_assignment

TEACHERS = (ROOT / "docs" / "teachers.md").read_text()
ASSISTANTS = (ROOT / "docs" / "assistants.md").read_text()
PAGES = TEACHERS + ASSISTANTS + (ROOT / "docs" / "assignment.md").read_text()
LINES = sorted(set(re.findall(r"^ +worksheet (.+)$", PAGES, re.MULTILINE)))


@pytest.mark.parametrize("line", LINES)
def test_commands_and_options_that_the_pages_show(line: str) -> None:
    name, *words = shlex.split(line)
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    columns = {"--output", "--params", "--flops"} if name == "check" else set()
    assert not {word for word in words if word.startswith("-")} - known - columns


def test_the_teachers_file_is_an_assignment(tmp_path) -> None:
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    blocks = re.findall(r"\n\n((?:    .+\n)+)", TEACHERS)
    short, more = (re.sub("^    ", "", block, flags=re.MULTILINE) for block in blocks[:2])
    assert (tmp_path / "homework.yaml").write_text(short)
    assert read_assignment(tmp_path / "homework.yaml").policy.convention == 0
    (tmp_path / "homework.yaml").write_text(short + more)
    found = read_assignment(tmp_path / "homework.yaml")
    assert found.variants
    assert found.policy.convention * 2 == 1
    assert len(found.rules) == 1


def test_every_verdict_and_flag_is_explained() -> None:
    rows = re.findall(r"^\| (\w+) \| .+ \| .+ \|$", TEACHERS, re.MULTILINE)
    assert [row for row in rows if row in set(Verdict)] == list(Verdict)
    assert re.findall(r"^\| `([\w-]+)` \| .+ \| .+ \|$", ASSISTANTS, re.MULTILINE) == list(FLAGS)


def test_the_parts_of_the_class_report_have_these_names() -> None:
    import inspect

    import worksheet.grading.results.class_report as module

    assert ClassReport
    source = inspect.getsource(module)
    for title in re.findall(r"Title\(\"(.+?)\"\)", source):
        assert f"**{title}**" in ASSISTANTS, title
