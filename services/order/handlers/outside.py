"""What orders need of others."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from mesh.money import Money
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order
from services.order.domain.pricing import Basket, Offer, Shop
from services.order.domain.saga import PaymentReport, RefundAnswer


class Carts(Protocol):
    """The carts that are bought."""

    async def basket(self, user_id: UUID) -> Basket:
        """The customer's cart, empty where there is none."""


class Catalog(Protocol):
    """What is offered at which price."""

    async def offers(self, variant_ids: Collection[UUID]) -> Mapping[UUID, Offer]:
        """The variants that the catalog knows."""


class Shops(Protocol):
    """Who sells."""

    async def shops(self, shop_ids: Collection[UUID]) -> Mapping[UUID, Shop]:
        """The shops that there are."""


class Stock(Protocol):
    """What is there to sell. All three may be asked again without another effect."""

    async def reserve(self, order: Order, ttl_seconds: int, supersedes: UUID | None) -> datetime:
        """Hold all of the order's goods, in place of an earlier order's; returns until when.

        Raises FailedPrecondition OUT_OF_STOCK with a violation for each variant that is short.
        """

    async def release(self, order_id: UUID) -> None:
        """Give back what is held, so that nothing can be held for this order any more."""

    async def commit(self, order_id: UUID) -> None:
        """Turn the hold into a sale. Raises FailedPrecondition OUT_OF_STOCK as `reserve`."""


class Payments(Protocol):
    """Who takes the money. All may be asked again without another effect."""

    async def plan_wallet(self, user_id: UUID, total: Money) -> Money:
        """How much of a total the buyer's wallet can pay now; nothing is held."""

    async def start(self, order: Order, attempt: Attempt) -> PaymentReport:
        """Take the money, or take up where an earlier try of the same attempt stands."""

    async def cancel(self, order: Order, attempt: Attempt) -> PaymentReport:
        """Make sure that no money comes of the payment; it tells where money has come already."""

    async def refund(self, refund_id: UUID, order_id: UUID, payment_id: UUID | None, reason: str) -> RefundAnswer:
        """Give back all that is left of the order's money."""
