"""What the cases work with: sellers, goods and buyers, made as they are needed and used again."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from cli.conformance.case import require
from cli.conformance.client import Account, Client, Reply, UnexpectedError, new_key
from cli.conformance.provider import Provider

ADDRESS = {"name": "Ada Buyer", "line1": "1 Harbour Street", "city": "Berlin", "postalCode": "10115", "country": "DE"}
GOOD, BAD, ASKS = "pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"
# In a healthy market, what follows from an answer is there long before.
PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_SIGNING_UP_AT_ONCE = 8
_CAPTURED = {"CAPTURED", "PARTIALLY_REFUNDED", "REFUNDED", "DISPUTED"}


@dataclass(frozen=True, slots=True)
class Goods:
    """One variant of a product."""

    shop_id: str
    seller: Account
    product_id: str
    variant_id: str
    sku: str
    stock: int


@dataclass(frozen=True, slots=True)
class Scale:
    """How hard the market is tried."""

    tries: int
    buyers: int
    copies: int


class Bench:
    """A market under trial."""

    def __init__(
        self,
        client: Client,
        scale: Scale,
        chance: random.Random,
        provider: Provider | None,
        admin: Account | None,
        progress: Callable[[int, int], None],
    ) -> None:
        """`provider` is the control of the sandbox, where there is one; `progress` hears of tries done and of all."""
        self.client = client
        self.scale = scale
        self.chance = chance
        self.provider = provider
        self.progress = progress
        self._admin = admin
        self._idle: asyncio.Queue[Account] = asyncio.Queue()
        self._known = 0
        self._stalls: list[tuple[Account, str]] = []

    async def ready(self, buyers: int) -> None:
        """See to it that there are so many buyers."""
        slots = asyncio.Semaphore(_SIGNING_UP_AT_ONCE)

        async def sign_up() -> None:
            async with slots:
                self._idle.put_nowait(await self.client.sign_up("buyer"))

        missing, self._known = max(0, buyers - self._known), max(buyers, self._known)
        async with asyncio.TaskGroup() as group:
            for _ in range(missing):
                group.create_task(sign_up())

    @asynccontextmanager
    async def buyer(self) -> AsyncIterator[Account]:
        """A buyer who does nothing else meanwhile. Whoever was idle longest comes first."""
        account = await self._idle.get()
        try:
            yield account
        finally:
            self._idle.put_nowait(account)

    async def stall(self, number: int = 0) -> tuple[Account, str]:
        """A seller and the verified shop."""
        while len(self._stalls) <= number:
            self._stalls.append(await self._open_shop())
        return self._stalls[number]

    async def _open_shop(self) -> tuple[Account, str]:
        seller = await self.client.sign_up("seller")
        body = {"name": "Conformance", "description": "", "country": "DE", "currency": "EUR"}
        shop = await self.client.must("POST", "/shops", body, who=seller)
        if shop["state"] != "VERIFIED":
            if self._admin is None:
                raise UnexpectedError("shops wait for an administrator here: set SOUK_ADMIN_PASSWORD")
            await self.client.must("POST", f"/shops/{shop['shopId']}:verify", {}, who=self._admin)
        await self.client.renew(seller)
        return seller, shop["shopId"]

    async def goods(self, stock: int, price: int = 2_500, *, stall: int = 0) -> Goods:
        """A new thing with so many units in stock."""
        seller, shop_id = await self.stall(stall)
        sku = new_key()[:12].upper()
        variant = {"sku": sku, "price": euros(price), "stock": stock}
        body = {"shopId": shop_id, "title": f"Conformance {sku}", "variants": [variant]}
        product = await self.client.must("POST", "/products", body, who=seller)
        return Goods(shop_id, seller, product["productId"], product["variants"][0]["variantId"], sku, stock)

    async def fill_cart(self, buyer: Account, goods: Goods, quantity: int = 1) -> dict[str, Any]:
        """Put these and nothing else into the buyer's cart."""
        if (await self.client.get("/cart", who=buyer))["items"]:
            await self.client.must("DELETE", "/cart", who=buyer)
        added = {"variantId": goods.variant_id, "quantity": quantity}
        return await self.client.must("POST", "/cart/items", added, who=buyer)

    async def place(self, buyer: Account, total: dict[str, Any], token: str = GOOD, key: str = "") -> Reply:
        """Order what is in the cart; settled."""
        return await self.client.settle("POST", "/orders", order_of(total, token), who=buyer, key=key or new_key())

    async def buy(self, buyer: Account, goods: Goods, token: str = GOOD, quantity: int = 1) -> dict[str, Any]:
        """An order that is only preparation."""
        cart = await self.fill_cart(buyer, goods, quantity)
        reply = await self.place(buyer, cart["total"], token)
        if not reply.ok:
            raise UnexpectedError(f"an order was refused: {reply.said} {reply.body.get('message', '')}")
        return reply.body

    async def pay(self, buyer: Account, order: dict[str, Any], token: str = GOOD) -> Reply:
        """Pay an open order, with a key of its own; settled. Without a token: take up what is under way."""
        payments = [{"provider": "stripe", "token": token}] if token else []
        body = {"orderId": order["orderId"], "payments": payments}
        return await self.client.settle("POST", "/payments/pay", body, who=buyer, key=new_key())

    async def order(self, buyer: Account, order: dict[str, Any]) -> dict[str, Any]:
        """The order as it is now."""
        return await self.client.get(f"/orders/{order['orderId']}", who=buyer)

    async def order_when(
        self, buyer: Account, order: dict[str, Any], done: Callable[[dict[str, Any]], bool], what: str
    ) -> dict[str, Any]:
        """The order once it is so; WrongEffectError where it never becomes so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done(now := await self.order(buyer, order)):
            state = f"{now['status']}, {now['paymentState']}"
            require(holds=time.monotonic() < deadline, otherwise=f"order {order['orderId']} is {state}, never {what}")
            await asyncio.sleep(_PAUSE_SECONDS)
        return now

    async def require_paid_once(self, buyer: Account, order: dict[str, Any]) -> None:
        """The order is paid, with one payment, and what was captured is its total."""
        now = await self.order_when(buyer, order, lambda each: each["paymentState"] == "PAID", "PAID")
        taken = [each for each in now["payments"] if each["state"] in _CAPTURED]
        require(holds=len(taken) == 1, otherwise=f"order {order['orderId']} was paid {len(taken)} times")
        payment = await self.client.get(f"/payments/{taken[0]['paymentId']}", who=buyer)
        require(
            holds=payment["capturedAmount"] == now["total"],
            otherwise=f"order {order['orderId']}: {payment['capturedAmount']} was taken for {now['total']}",
        )

    async def require_sold(self, goods: Goods, units: int) -> None:
        """So many units left the stock, and none is held any more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        wanted = (goods.stock - units, 0)
        while True:
            stock = await self.client.get(f"/inventory/{goods.variant_id}", who=goods.seller)
            found = int(stock["onHand"]), int(stock["reserved"])
            if found == wanted:
                return
            message = f"{units} of {goods.stock} were sold, but {found[0]} are on hand and {found[1]} reserved"
            require(holds=time.monotonic() < deadline, otherwise=message)
            await asyncio.sleep(_PAUSE_SECONDS)


def order_of(total: dict[str, Any], token: str = GOOD) -> dict[str, Any]:
    """The body that orders a cart for that total."""
    payments = [{"provider": "stripe", "token": token}]
    return {"shippingAddress": ADDRESS, "payments": payments, "expectedTotal": total}


def euros(amount: int) -> dict[str, str]:
    """Money as the API writes it."""
    return {"currency": "EUR", "amount": str(amount)}
