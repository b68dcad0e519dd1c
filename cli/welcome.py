"""What a start says when it is done."""

from rich.console import Console

from cli.first_sale import first_sale, something_in_stock
from cli.market import ADMIN_EMAIL, admin_password
from cli.overview import processes_table
from cli.rest import Rest, RestError
from mesh.stack.home import Home
from mesh.stack.state import State


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
    console.print(
        f"\nReady in {seconds:.1f} s. {_first_sale(state.edge)}\n", markup=False, highlight=False, soft_wrap=True
    )


def _first_sale(edge: str) -> str:
    try:
        variant = something_in_stock(Rest(edge))
    except RestError as error:
        return f"It does not show its goods: {error}"
    if variant is None:
        return "The market is empty; `souk seed` stocks it."
    return f"This buys something:\n\n{first_sale(edge, variant)}"
