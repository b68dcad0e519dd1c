"""The proof: the mails that went out, and a ledger that adds up."""

import time
from collections import defaultdict
from typing import Any

from rich.table import Table

from cli.rest import Account, RestError
from cli.story.act import PATIENCE_SECONDS, StepFailedError, Story, shown
from mesh.money import Money

ADMIN_EMAIL = "admin@example.com"


def see_mails(story: Story, customer: Account, order: dict[str, Any]) -> None:
    """The mails that the sale sent, as the embedded mailbox holds them."""
    story.tell("Mails went out")
    wanted = len(order["sellerOrders"]) + 1
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while len(mails := _mails_to(story, customer.email)) < wanted and time.monotonic() < deadline:
            time.sleep(0.2)
    except RestError:
        story.note("not checked: this market has no mailbox that can be read")
        return
    for mail in reversed(mails):
        story.note(mail["subject"])
    story.check(
        holds=any(order["orderNumber"] in mail["subject"] + mail["text"] for mail in mails),
        otherwise="no mail names the order",
    )
    story.check(holds=len(mails) >= wanted, otherwise=f"{len(mails)} mails to the customer, not {wanted} or more")


def _mails_to(story: Story, address: str) -> list[dict[str, Any]]:
    messages = story.rest.call("GET", "//dev/mailbox")["messages"]
    return [mail for mail in messages if address in mail["to"]]


def see_ledger(story: Story, order: dict[str, Any]) -> None:
    """Every posting of the order, which sum to nothing."""
    story.tell("The ledger adds up")
    password = story.admin_password or _own_admin_password(story)
    if not password:
        story.note("not checked: only an administrator sees the ledger (SOUK_ADMIN_PASSWORD)")
        return
    admin = story.rest.login(ADMIN_EMAIL, password)
    page = story.rest.call("GET", "/admin/ledger/postings", account=admin, orderId=order["orderId"], pageSize=100)
    if not page["postings"]:
        raise StepFailedError("the order moved no money")
    sums: dict[str, int] = defaultdict(int)
    table = Table("account", "amount", box=None, padding=(0, 2, 0, 5), show_header=False)
    for posting in page["postings"]:
        sums[posting["amount"]["currency"]] += int(posting["amount"]["amount"])
        table.add_row(posting["account"], shown(posting["amount"]), style="dim")
    story.console.print(table)
    for currency, total in sums.items():
        story.check(holds=total == 0, otherwise=f"the postings sum to {Money(currency, total).format()}")
    story.note("sum: " + ", ".join(Money(currency, total).format() for currency, total in sums.items()))


def _own_admin_password(story: Story) -> str:
    path = story.home.secrets / "admin-password"
    return path.read_text().strip() if path.exists() else ""
