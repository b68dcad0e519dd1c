"""Buyers who ask again until they know, and who keep what they were told."""

import asyncio
import random
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from tests.goods import ADDRESS, PASSWORD, Goods, a_mail_address

VISA = "pm_card_visa"
DECLINED = "pm_card_chargeDeclined"
NEEDS_ACTION = "pm_card_authenticationRequired"
_TIMEOUT_SECONDS = 20.0
_PAUSE_SECONDS = 0.3
# Nothing in an experiment is away for longer.
_PATIENCE_SECONDS = 150.0
_CONNECTIONS = 400
_REGISTERING_AT_ONCE = 16
# Nothing is known after these: ask again. 401 comes while nobody can say whether a session lives.
_UNSURE = frozenset({0, 401, 408, 409, 429, 500, 502, 503, 504})
# Who comes with a key that is at work gets 409 too, but what exists already exists for ever.
_ALREADY_EXISTS = 6


class Outcome(StrEnum):
    """What a client knows of an operation."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    body: dict[str, Any]
    seconds: float
    began: float = 0.0
    call: str = ""
    retry_after: str = ""

    @property
    def outcome(self) -> Outcome:
        if self.status == httpx.codes.OK:
            return Outcome.OK
        is_unsure = self.status in _UNSURE and self.body.get("code") != _ALREADY_EXISTS
        return Outcome.UNKNOWN if is_unsure else Outcome.FAILED

    @property
    def reason(self) -> str:
        return next((str(each["reason"]) for each in self.body.get("details", ()) if "reason" in each), "")


@dataclass
class Operation:
    """One keyed call: every answer that it got, in order."""

    buyer: "Buyer"
    path: str
    key: str
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    answers: list[Answer] = field(default_factory=list)

    @property
    def last(self) -> Answer:
        return self.answers[-1]

    @property
    def outcome(self) -> Outcome:
        return self.last.outcome if self.answers else Outcome.UNKNOWN

    @property
    def order_id(self) -> str:
        return str(self.last.body.get("orderId", ""))


@dataclass
class Buyer:
    """Somebody who is signed in, and all that they did."""

    token: str
    operations: list[Operation] = field(default_factory=list)


class Market:
    """A market over REST, for many buyers at once."""

    def __init__(self, edge: str, rng: random.Random) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{edge}/api/v1", timeout=_TIMEOUT_SECONDS, limits=httpx.Limits(max_connections=_CONNECTIONS)
        )
        self._healthz = f"{edge}/healthz"
        self._rng = rng
        self.buyers: list[Buyer] = []
        self.answers: list[Answer] = []

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, path: str, buyer: Buyer | None = None, body: Any = None, key: str = "") -> Answer:
        """One try."""
        headers = {"authorization": f"Bearer {buyer.token}"} if buyer else {}
        if key:
            headers["idempotency-key"] = key
        began = time.monotonic()
        try:
            reply = await self._http.request(method, path, json=body, headers=headers)
            status, document, retry = reply.status_code, reply.json() if reply.content else {}, reply.headers
        except (httpx.HTTPError, ValueError) as error:
            status, document, retry = 0, {"message": type(error).__name__}, httpx.Headers()
        took = time.monotonic() - began
        answer = Answer(status, document, took, began, f"{method} {path}", retry.get("retry-after", ""))
        self.answers.append(answer)
        return answer

    async def sure(self, method: str, path: str, buyer: Buyer | None = None, body: Any = None) -> Answer:
        """Ask with one key until the answer is known. Raises TimeoutError."""
        key = secrets.token_hex(16) if method == "POST" else ""
        until = time.monotonic() + _PATIENCE_SECONDS
        while (answer := await self.call(method, path, buyer, body, key)).outcome is Outcome.UNKNOWN:
            if time.monotonic() > until:
                raise TimeoutError(f"{answer.call} was never answered: {answer.status} {answer.body}")
            await self.pause()
        return answer

    async def is_up(self) -> bool:
        """Whether the edge answers."""
        return (await self.call("GET", self._healthz)).status == httpx.codes.OK

    async def pause(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS * self._rng.uniform(0.5, 1.5))

    async def register(self) -> Buyer:
        """Open an account. Tokens are not kept for a key, so who asked twice signs in to what the first call opened."""
        known = {"email": a_mail_address(), "password": PASSWORD}
        answer = await self.sure("POST", "/auth/register", None, known | {"displayName": "Mira"})
        if answer.reason == "EMAIL_TAKEN":
            answer = await self.sure("POST", "/auth/login", None, known)
        buyer = Buyer(answer.body["tokens"]["accessToken"])
        self.buyers.append(buyer)
        return buyer

    async def register_many(self, count: int) -> list[Buyer]:
        gate = asyncio.Semaphore(_REGISTERING_AT_ONCE)

        async def one() -> Buyer:
            async with gate:
                return await self.register()

        return list(await asyncio.gather(*(one() for _ in range(count))))

    async def fill(self, buyer: Buyer, goods: Goods, quantity: int = 1) -> dict[str, Any]:
        """Put goods into the cart; returns its total."""
        await self.sure("POST", "/cart/items", buyer, {"variantId": goods.variant_id, "quantity": quantity})
        return dict((await self.sure("GET", "/cart", buyer)).body.get("total", {}))

    async def keyed(self, buyer: Buyer, path: str, body: Any, until: float | None = None) -> Operation:
        """Ask with one key until the answer is known, or until a time on the monotonic clock; kept in the history."""
        operation = Operation(buyer, path, secrets.token_hex(16))
        until = operation.began + _PATIENCE_SECONDS if until is None else until
        buyer.operations.append(operation)
        while True:
            operation.answers.append(await self.call("POST", path, buyer, body, operation.key))
            if operation.outcome is not Outcome.UNKNOWN or time.monotonic() > until:
                operation.ended = time.monotonic()
                return operation
            await self.pause()

    async def place(
        self, buyer: Buyer, total: dict[str, Any], token: str = VISA, until: float | None = None
    ) -> Operation:
        return await self.keyed(buyer, "/orders", order_body(total, token), until)

    async def checkout(self, buyer: Buyer, goods: Goods, token: str = VISA) -> Operation:
        """Fill the cart and order it; a price that changed meanwhile is looked at again."""
        while True:
            total = await self.fill(buyer, goods)
            operation = await self.place(buyer, total, token)
            if operation.last.reason not in ("PRICE_CHANGED", "CART_EMPTY"):
                return operation

    async def orders(self, buyer: Buyer) -> dict[str, dict[str, Any]]:
        """All orders of a buyer by their ids."""
        found: dict[str, dict[str, Any]] = {}
        token = ""
        while True:
            page = (await self.sure("GET", f"/orders?pageSize=100&pageToken={token}", buyer)).body
            found |= {order["orderId"]: order for order in page["orders"]}
            token = page.get("nextPageToken", "")
            if not token:
                return found

    @property
    def operations(self) -> list[Operation]:
        return [operation for buyer in self.buyers for operation in buyer.operations]

    def counts(self) -> str:
        """How the operations ended, and how many were in doubt on the way."""
        ends = Counter(operation.outcome.value for operation in self.operations)
        doubts = sum(len(operation.answers) > 1 for operation in self.operations)
        return f"{ends['ok']} ok, {ends['failed']} refused, {ends['unknown']} unknown, {doubts} asked again"


def order_body(total: dict[str, Any], token: str = VISA) -> dict[str, Any]:
    """The request of PlaceOrder."""
    payments = [{"provider": "stripe", "token": token}]
    return {"shippingAddress": ADDRESS, "payments": payments, "expectedTotal": total}
