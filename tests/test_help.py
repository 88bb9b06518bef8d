"""--help: panels, as wide as the terminal, every command with an example that is one of its own."""

import re

import pytest

from tests.commands import COMMANDS
from tests.complete import complete
from tests.limits import within
from worksheet.cli.panels import GENERAL, panel_of
from worksheet.discover import collect

PAGES = [[], *([name] for name in sorted(COMMANDS))]


@pytest.mark.parametrize("words", PAGES, ids=lambda words: " ".join(words) or "worksheet")
def test_help_is_as_wide_as_the_terminal_and_never_cut(words: list[str], command) -> None:
    texts = {}
    for width in (60, 80, 120):
        shown = command(*words, "--help", COLUMNS=str(width))
        assert (shown.code, shown.err) == (0, "")
        assert max(map(len, shown.out.splitlines())) <= width
        assert "…" not in shown.out
        texts[width] = re.sub(r" \\\n *|\s+", " ", shown.out).split()
    assert texts[60] == texts[80] == texts[120], "the same words at every width"


def test_commands_are_in_panels(command) -> None:
    panels = re.findall(r"^(\w+):\n((?:  .+\n)+)", command("--help").out, re.MULTILINE)
    titles = [title for title, _ in panels]
    assert titles == ["Start", "Count", "Homework", "Understand", "General", "Examples"]
    listed = {title: re.findall(r"^  (\w+)  ", text, re.MULTILINE) for title, text in panels}
    assert listed["Start"] == ["demo", "new"]
    assert listed["Count"][0] == "solve"
    assert listed["Homework"] == ["generate", "mark", "check"]
    assert set(listed["Start"] + listed["Count"] + listed["Homework"] + listed["Understand"]) == set(COMMANDS)


def test_every_option_is_in_a_panel() -> None:
    options = {
        (name, parameter.opts[0]): panel_of(parameter)
        for name, each in COMMANDS.items()
        for parameter in each.params
        if parameter.param_type_name == "option"
    }
    complete([key for key, panel in options.items() if panel != GENERAL], options, add="give a panel= to the option")


def test_a_command_says_what_it_does_in_one_line() -> None:
    """On a terminal of 80 columns; and no two say the same."""
    purposes = {name: (each.help or "").partition("\n\n")[0] for name, each in COMMANDS.items()}
    assert not [name for name, purpose in purposes.items() if not 10 < len(purpose) <= 65 or "\n" in purpose]
    assert len(set(purposes.values())) == len(purposes)


def test_every_example_is_one_of_its_command() -> None:
    for name, offer in collect("worksheet.cli", "COMMAND").items():
        assert offer.example.startswith(f"worksheet {name}")
        for option in re.findall(r" (--?[a-z][a-z-]*)", offer.example):
            known = {each for parameter in COMMANDS[name].params for each in parameter.opts}
            assert option in known or offer.open, option


def test_a_long_example_can_be_pasted(command) -> None:
    import shlex

    shown = command("find", "--help", COLUMNS="60").out
    example = shown.partition("Example:\n")[2]
    assert example.count("\\\n") >= 1
    words = shlex.split(example.replace("\\\n", " "))
    assert words[:2] == ["worksheet", "find"]
    assert "conv1.output = 112" in words


IMPORTED = """
import sys
sys.argv = ["worksheet", "solve", "--help"]
from worksheet.cli import main
try:
    main()
except SystemExit:
    print(sorted({"rich", "torch", "sympy", "jinja2"} & set(sys.modules)))
"""


def test_help_is_fast() -> None:
    import subprocess
    import sys

    with within(1.0):  # children count once they have ended; importing rich or torch would not fit
        subprocess.run([sys.executable, "-m", "worksheet.cli", "--help"], check=True, capture_output=True)
    run = subprocess.run([sys.executable, "-c", IMPORTED], check=True, capture_output=True, text=True)
    assert run.stdout.endswith("[]\n")


def test_an_unknown_command_is_refused_with_the_nearest(command) -> None:
    shown = command("slove")
    assert shown.code == 2
    assert "'solve'" in shown.err
    assert command("options").code == 2  # a module of the folder that is no command
