"""What runs and where, for people."""

from rich.console import RenderableType
from rich.table import Table

from mesh.stack.state import State, Status, memory_bytes

_COLOURS = {Status.RUNNING: "green", Status.FAILED: "red", Status.STOPPED: "dim"}
_MEBIBYTE = 1024 * 1024


def processes_table(state: State) -> RenderableType:
    """One row for each process."""
    if not state.processes:
        return "Nothing runs; `souk up` starts it."
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "port", "pid", "restarts", "memory"):
        table.add_column(heading, justify="left" if heading in {"part", "state"} else "right")
    for each in state.processes:
        process = each.process()
        memory = f"{memory_bytes(process) / _MEBIBYTE:.0f} MiB" if process else ""
        shown = each.state if process or each.state is not Status.RUNNING else Status.FAILED
        colour = _COLOURS.get(shown, "yellow")
        table.add_row(
            each.name, f"[{colour}]{shown}[/]", str(each.port), str(each.pid or ""), str(each.restarts), memory
        )
    return table
