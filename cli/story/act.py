"""What every act of the story shares: the market, the page it is written on, and what must hold."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console

from cli.rest import Account, Rest
from mesh.money import Money
from mesh.stack.home import Home

# Checks at the far end of an event may take a moment; nothing in a healthy market takes this long.
PATIENCE_SECONDS = 20.0


class StepFailedError(Exception):
    """A step of the story that is not as it should be."""


@dataclass
class Stall:
    """A shop of the story, with the seller who acts for it."""

    shop_id: str
    name: str
    seller: Account


@dataclass
class Story:
    """The running story."""

    rest: Rest
    console: Console
    home: Home
    admin_password: str = ""
    step: int = 0

    def tell(self, headline: str) -> None:
        """Begin a step."""
        self.step += 1
        self.console.print(f"[bold cyan]{self.step:2}[/bold cyan] {headline}")

    def note(self, line: str) -> None:
        """Add a line below the step."""
        self.console.print(f"     {line}", style="dim", markup=False, highlight=False)

    def check(self, *, holds: bool, otherwise: str) -> None:
        """End the story unless `holds`."""
        if not holds:
            raise StepFailedError(otherwise)


def shown(money: dict[str, Any]) -> str:
    """An amount as people read it."""
    return Money(money["currency"], int(money["amount"])).format()
