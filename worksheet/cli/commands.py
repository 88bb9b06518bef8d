"""The list of commands: each is imported when it is run, and all of them where they are listed."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from worksheet.cli.panels import COMMAND_PANELS, PanelledCommand, Row, option_panels, write_help
from worksheet.cli.waiting import interrupted, terminating
from worksheet.discover import collect, names, offered

PACKAGE, CONSTANT = "worksheet.cli", "COMMAND"
OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}


class Commands(TyperGroup):
    """The commands of the folder, in panels."""

    def list_commands(self, _: Any) -> list[str]:
        found = collect(PACKAGE, CONSTANT).items()
        listed = sorted(found, key=lambda item: (COMMAND_PANELS.index(item[1].panel), item[1].place))
        for name, command in listed:
            self._add(name, command)
        return [name for name, _ in listed]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in names(PACKAGE):
            self._add(cmd_name, offered(PACKAGE, cmd_name, CONSTANT))
        elif cmd_name not in self.commands:
            self.list_commands(ctx)  # it may be a further name of one of them
        return self.commands.get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        try:
            with terminating():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # a file is put in place whole or not at all
            raise typer.Exit(interrupted("nothing is half-written")) from None

    def _add(self, name: str, command: Any) -> None:
        if command is None or name in self.commands:
            return
        self.add_command(built(name, command))
        if command.alias:
            self.add_command(built(command.alias, command, hidden=True))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        offers = collect(PACKAGE, CONSTANT)
        panels: dict[str, list[Row]] = {title: [] for title in COMMAND_PANELS}
        for name in self.list_commands(ctx):
            purpose = (self.commands[name].help or "").partition("\n\n")[0]
            panels[offers[name].panel].append((name, " ".join(purpose.split())))
        listed = [(title, rows) for title, rows in panels.items() if rows]
        write_help(self, ctx, formatter, [*listed, *option_panels(self, ctx)])


def built(name: str, command: Any, *, hidden: bool = False) -> Any:
    """A command as typer makes it of its function."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = OPEN if command.open else {}
    single.command(name, cls=PanelledCommand, epilog=command.example, context_settings=settings, hidden=hidden)(command.run)
    return typer.main.get_command(single)
