"""``--help``: options and commands in panels, as wide as the terminal and never cut; a line of an example can be pasted."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of the commands
START, COUNT, HOMEWORK, UNDERSTAND = "Start", "Count", "Homework", "Understand"
# Of a command's options, in the order in which they are printed
ARGUMENTS, INPUT, COUNTING, SIZES, HARDWARE, CONTENT, TABLE, OUTPUT, WORK, GENERAL = (
    "Arguments", "Input", "Counting", "Sizes", "Hardware", "Content", "The table alone", "Output", "Work", "General"
)  # fmt: skip
OPTION_PANELS = (ARGUMENTS, INPUT, COUNTING, SIZES, HARDWARE, CONTENT, TABLE, OUTPUT, WORK, GENERAL)
COMMAND_PANELS = (START, COUNT, HOMEWORK, UNDERSTAND)
INDENT, GAP = 2, 2
NO_BREAK = "\0"  # a space inside quotes, while an example is broken into lines

PLAIN_WORDS = {  # by what the parser of options says
    r"is not a valid int(eger)?( range)?\.": "is not a whole number.",
    r"is not a valid float( range)?\.": "is not a number.",
    r"is not in the range x>=(\S+)\.": r"is less than \1.",
    "No such option: --language": "This command answers in English: there is no --language.\n"
    "  hint: documents for students have one: solve, grow, find, formulas, conventions, generate, mark, check",
    r"Got unexpected extra arguments? ?(\(s\) )?\((.*)\)": r"There is one argument too many: \2\n"
    "  hint: a value with spaces needs quotes; several networks are for worksheet table",
}

Row = tuple[str, str]  # what is typed, and what it means


class PanelledCommand(TyperCommand):
    """A command whose help has a panel for each group of its options."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_help(self, ctx, formatter, option_panels(self, ctx))

    def parse_args(self, ctx: Any, args: Any) -> Any:
        try:
            return super().parse_args(ctx, args)
        except Exception as fault:
            if message := getattr(fault, "message", None):  # of the parser, in whichever package typer has it
                fault.message = _reworded(message)  # type: ignore[attr-defined]
            raise


def _reworded(message: str) -> str:
    """What the parser says of an argument, in plain words, with a hint."""
    for technical, plain in PLAIN_WORDS.items():
        message = re.sub(technical, plain, message)
    return message


def write_help(command: Any, context: Any, formatter: Any, panels: Iterable[tuple[str, Sequence[Row]]]) -> None:
    """Usage, purpose, panels, example: every line as wide as the terminal at most."""
    width = formatter.width
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    lines = [*_filled(usage, width, "Usage: ", " " * 7), ""]
    for paragraph in (command.help or "").split("\n\n"):
        lines += [*_filled(" ".join(paragraph.split()), width), ""]
    for title, rows in panels:
        lines += [_heading(title), *_definitions(rows, width), ""]
    if command.epilog:
        examples = command.epilog.splitlines()
        lines += [
            _heading("Examples" if examples[1:] else "Example"),
            *(part for line in examples for part in _pasted(line, width)),
        ]
    formatter.write("\n".join(lines).rstrip("\n") + "\n")


def option_panels(command: Any, context: Any) -> list[tuple[str, list[Row]]]:
    """The options of a command by their panels; arguments first, what every command has last."""
    panels: dict[str, list[Row]] = {title: [] for title in OPTION_PANELS}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            typed, meaning = record
            panels[panel_of(parameter)].append((typed, meaning.replace("\\[", "[")))  # early versions of typer escape for rich
    return [(title, rows) for title, rows in panels.items() if rows]


def panel_of(parameter: Any) -> str:
    """The panel of an option; those that are not in one are general."""
    if parameter.param_type_name == "argument":
        return ARGUMENTS
    return getattr(parameter, "rich_help_panel", None) or GENERAL


def _heading(title: str) -> str:
    return f"{title}:" if os.environ.get("NO_COLOR") else typer.style(f"{title}:", bold=True)


def _definitions(rows: Sequence[Row], width: int) -> list[str]:
    """Two columns; what is too long for the first one has a line to itself."""
    most = max(16, width // 3)
    column = min(most, max(len(typed) for typed, _ in rows)) + INDENT + GAP
    lines = []
    for typed, meaning in rows:
        first = " " * INDENT + typed
        if len(first) + GAP > column:
            lines += _filled(typed, width, " " * INDENT, " " * INDENT * 2)
            first = ""
        lines += _filled(meaning, width, first.ljust(column), " " * column)
    return lines


def _pasted(example: str, width: int) -> list[str]:
    """An example as lines that can be pasted into a shell: each but the last ends in a backslash."""
    quoted = re.compile(r"'[^']*'|\"[^\"]*\"")
    whole = quoted.sub(lambda match: match[0].replace(" ", NO_BREAK), example)
    *first, last = [line.replace(NO_BREAK, " ") for line in _filled(whole, width - 2, " " * INDENT, " " * INDENT * 2)]
    return [*(f"{line} \\" for line in first), last]


def _filled(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """Lines of whole words."""
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
