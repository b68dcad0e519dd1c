"""Where the machine meets the real market: shops and buyers that are used again, and all that was answered."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from cli.market import ADMIN_EMAIL
from cli.rest import Account, Rest
from cli.sellers import open_shop
from tests.goods import ADDRESS, PASSWORD, a_mail_address
from tests.stack_process import Stack

SHOPS, BUYERS = 2, 3
_SETTLE_SECONDS = 15.0
_PAUSE_SECONDS = 0.01
_UNSURE = {0, 409, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Said:
    """One answer; its reason is empty where the call was done."""

    status: int
    reason: str
    body: dict[str, Any]

    @property
    def outcome(self) -> str:
        """What the client knows: "ok", "failed" or "unknown"."""
        return "ok" if self.status == httpx.codes.OK else "unknown" if self.status in _UNSURE else "failed"

    @property
    def order_id(self) -> str:
        """The order that it speaks of, also where it was refused."""
        named = [each["metadata"]["orderId"] for each in self.body.get("details", ()) if _names_order(each)]
        return str(self.body.get("orderId") or (named[0] if named else ""))


@dataclass
class Asked:
    """A keyed call as its client remembers it."""

    buyer: int
    path: str
    body: dict[str, Any]
    key: str
    answers: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Shelf:
    """One thing for sale."""

    shop: int
    product_id: str
    variant_id: str
    sku: str


class Desk:
    """A market over REST."""

    def __init__(self, stack: Stack) -> None:
        self._rest = Rest(stack.edge)
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=20)
        self._http = httpx.Client(base_url=f"{stack.edge}/api/v1", timeout=30.0, limits=limits)
        self._bank = httpx.Client(base_url=stack.urls["sandbox"], timeout=30.0)
        self._hands = ThreadPoolExecutor(BUYERS + 2)
        shop = {"description": "", "country": "DE", "currency": "EUR"}
        self.sellers = [open_shop(self._rest, name="Model", **shop) for _ in range(SHOPS)]
        self.buyers = [self._rest.register(a_mail_address(), PASSWORD, "Mira") for _ in range(BUYERS)]
        self._staff = self._rest.login(ADMIN_EMAIL, stack.home.secret("admin-password"))

    def close(self) -> None:
        self._hands.shutdown()
        self._http.close()
        self._bank.close()
        self._rest.__exit__()

    def ask(self, method: str, path: str, body: object = None, *, who: Account, key: str = "") -> Said:
        """One call."""
        headers = {"authorization": f"Bearer {who.token}", "idempotency-key": key or secrets.token_hex(16)}
        try:
            answer = self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            return Said(0, type(error).__name__, {})
        document = answer.json()
        reasons = [each["reason"] for each in document.get("details", ()) if "reason" in each]
        done = answer.status_code == httpx.codes.OK
        return Said(answer.status_code, "" if done else (reasons or [document["message"]])[0], document)

    def get(self, path: str, who: Account) -> dict[str, Any]:
        """What is there."""
        said = self.ask("GET", path, who=who)
        assert said.outcome == "ok", f"GET {path}: {said}"
        return said.body

    def settle(self, asked: Asked) -> Said:
        """Ask with one key until the answer is known; the client remembers each."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            asked.answers.append(self.ask("POST", asked.path, asked.body, who=self.buyers[asked.buyer], key=asked.key))
            if asked.answers[-1].outcome != "unknown" or time.monotonic() > deadline:
                return asked.answers[-1]
            time.sleep(_PAUSE_SECONDS)

    def at_once(self, asked: Sequence[Asked]) -> list[Said]:
        """Several clients at the same moment."""
        return list(self._hands.map(self.settle, asked))

    def as_staff(self, path: str) -> Said:
        return self.ask("POST", path, {}, who=self._staff)

    def as_seller(self, method: str, path: str, body: object, shop: int) -> Said:
        return self.ask(method, path, body, who=self.sellers[shop][0])

    def put_up(self, shop: int, price: int, stock: int) -> Shelf:
        seller, shop_id = self.sellers[shop]
        sku = secrets.token_hex(6).upper()
        body = {"shopId": shop_id, "title": f"Model {sku}", "variants": [self.variant(sku, price) | {"stock": stock}]}
        made = self.ask("POST", "/products", body, who=seller)
        assert made.outcome == "ok", made
        return Shelf(shop, made.body["productId"], made.body["variants"][0]["variantId"], sku)

    @staticmethod
    def variant(sku: str, price: int) -> dict[str, Any]:
        return {"sku": sku, "price": euros(price)}

    def stock(self, shelf: Shelf) -> tuple[int, int]:
        """How many are on hand, and how many of those are held."""
        said = self.as_seller("GET", f"/inventory/{shelf.variant_id}", None, shelf.shop)
        return (int(said.body["onHand"]), int(said.body["reserved"])) if said.outcome == "ok" else (0, 0)

    def money(self, buyer: int, order: dict[str, Any]) -> tuple[int, int]:
        """What was taken for an order and what went back, over all its payments."""
        paths = [f"/payments/{each['paymentId']}" for each in order["payments"]]
        found = [said.body for path in paths if (said := self.ask("GET", path, who=self.buyers[buyer])).outcome == "ok"]
        amounts = [(int(each["capturedAmount"]["amount"]), int(each["refundedAmount"]["amount"])) for each in found]
        return sum(taken for taken, _ in amounts), sum(back for _, back in amounts)

    def authenticate(self, order: dict[str, Any]) -> None:
        """The buyer's bank says yes to the provider, who tells the market."""
        secret = next(each["clientSecret"] for each in reversed(order["payments"]) if each.get("clientSecret"))
        done = self._bank.post(f"/authenticate/{quote(secret)}", data={"outcome": "succeed"})
        assert done.status_code < httpx.codes.BAD_REQUEST, done.text


def eventually(see: Callable[[], object], wanted: object, what: str) -> None:
    """AssertionError unless it becomes so soon."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while (seen := see()) != wanted:
        assert time.monotonic() < deadline, f"{what} is {seen}, not {wanted}"
        time.sleep(_PAUSE_SECONDS)


def euros(amount: int) -> dict[str, str]:
    return {"currency": "EUR", "amount": str(amount)}


def order_body(total: int, card: str) -> dict[str, Any]:
    """The request of PlaceOrder."""
    payments = [{"provider": "stripe", "token": card}]
    return {"shippingAddress": ADDRESS, "payments": payments, "expectedTotal": euros(total)}


def _names_order(detail: dict[str, Any]) -> bool:
    return bool(detail.get("metadata", {}).get("orderId"))
