"""The `souk` command. Each group of commands lies in a module of its own, loaded only when one of them is used."""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from mesh.stack.errors import StackError

# The module that holds each command.
_MODULES = {
    "stack": ("up", "down", "status", "logs", "stop", "start", "reset", "serve", "migrate"),
    "trace": ("trace",),
    "seed": ("seed",),
    "imports": ("import",),
    "demo": ("demo",),
    "verify": ("verify",),
    "metrics": ("metrics",),
    "money": ("ledger",),
    "why": ("why",),
    "conform": ("conformance",),
    "data": ("dlq", "replay"),
    "rebuild": ("rebuild",),
    "faults": ("break", "crash-points"),
    "edge": ("edge",),
}
_MODULE_OF = {command: module for module, commands in _MODULES.items() for command in commands}


class _LazyGroup(TyperGroup):
    # typer carries a click of its own, whose types it does not export.
    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name in _MODULE_OF if self.get_command(ctx, name)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = f"cli.{_MODULE_OF.get(cmd_name, '')}"
        if cmd_name not in _MODULE_OF or find_spec(module) is None:
            return None
        return typer.main.get_group(import_module(module).app).get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


@app.callback()
def souk() -> None:
    """Run and look into a Souk."""


def main() -> None:
    """Entry point: what is wrong with the machine or the store is one sentence, not a traceback."""
    try:
        app()
    except StackError as error:
        Console(stderr=True).print(f"souk: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
