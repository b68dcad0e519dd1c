"""What runs and where, for people."""

from rich.console import Console, RenderableType
from rich.table import Table

from cli.first_sale import first_sale
from cli.market import ADMIN_EMAIL, admin_password
from mesh.stack.home import Home
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


def print_welcome(console: Console, home: Home, state: State, seconds: float) -> None:
    """After a start: the processes, the addresses, and how to buy something."""
    console.print(processes_table(state))
    console.print()
    rows = [("edge", state.edge), ("API reference", f"{state.edge}/docs"), ("data", str(home.root))]
    if "sandbox" in state.urls:
        rows.append(("mailbox", f"{state.edge}/dev/mailbox"))
    if state.fresh:
        rows.append(("administrator", f"{ADMIN_EMAIL}, password {admin_password(home)} (shown this once)"))
    for name, value in rows:
        console.print(f"{name:15}{value}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"\nReady in {seconds:.1f} s. This buys something:\n", markup=False)
    console.print(first_sale(state.edge), markup=False, highlight=False, soft_wrap=True)
    console.print()
