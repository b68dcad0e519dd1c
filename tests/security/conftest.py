"""Who attacks whom: two shops, a buyer with a paid order, a stranger, the administrator."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from cli.rest import Account, Rest
from tests.goods import PASSWORD, Goods, a_buyer, a_mail_address, place_order, put_up
from tests.stack_process import Stack

ADMIN_EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Town:
    """Everybody, and what belongs to the buyer."""

    goods: Goods
    other_goods: Goods
    buyer: Account
    stranger: Account
    admin: Account
    order: dict[str, Any]
    address_id: str
    notification_id: str

    @property
    def tokens(self) -> dict[str, str]:
        """An access token for each role."""
        return {
            "ANONYMOUS": "",
            "CUSTOMER": self.stranger.token,
            "SELLER": self.other_goods.seller.token,
            "ADMIN": self.admin.token,
        }


def faults(stack: Stack) -> list[str]:
    """The methods in which a worker has met an exception that was not typed.

    Jobs are left out: other tests of the run kill workers under them.
    """
    lines = [line for log in (stack.home.root / "logs").glob("worker-*.log") for line in log.read_text().splitlines()]
    places = {json.loads(line)["where"] for line in lines if '"message": "fault"' in line}
    return sorted(place for place in places if place.startswith("/"))


@pytest.fixture(scope="session")
def town(stack: Stack) -> Iterator[Town]:
    """The town, made once; whatever is tried on it, no worker meets a fault of ours."""
    before = faults(stack)
    yield _town(stack)
    assert faults(stack) == before


def _town(stack: Stack) -> Town:
    with Rest(stack.edge) as rest:
        goods, other_goods = put_up(rest, "Kiln", "Teapot", 8400), put_up(rest, "Loom", "Towel", 2650)
        buyer = a_buyer(rest, goods)
        order = place_order(rest, buyer)
        address = {"name": "A", "line1": "B", "city": "C", "postalCode": "1", "country": "DE"}
        saved = rest.call("POST", "/users/addresses", {"address": address}, account=buyer)
        shown = rest.wait("/notifications", lambda page: page["notifications"], seconds=20, account=buyer)
        return Town(
            goods,
            other_goods,
            buyer,
            rest.register(a_mail_address(), PASSWORD, "Stranger"),
            rest.login(ADMIN_EMAIL, (stack.home.root / "secrets" / "admin-password").read_text().strip()),
            order,
            saved["addressId"],
            shown["notifications"][0]["notificationId"],
        )


@pytest.fixture
def rest(stack: Stack) -> Iterator[Rest]:
    """The market over REST."""
    with Rest(stack.edge) as client:
        yield client


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    """The same without any help, from the API's root on."""
    with httpx.Client(base_url=f"{stack.edge}/api/v1", timeout=30) as client:
        yield client
