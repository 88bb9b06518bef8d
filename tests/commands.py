"""Every command as typer has it, by its name; those that --help does not list are hidden."""

from typing import Any

import typer

from worksheet.cli import app

GROUP: Any = typer.main.get_command(app)
GROUP.list_commands(None)  # imports all of them
EVERY: dict[str, Any] = dict(GROUP.commands)
COMMANDS = {name: command for name, command in EVERY.items() if not command.hidden}
