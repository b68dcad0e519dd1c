"""What notification says when others tell something. One durable for each stream: what is told keeps its order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from souk.identity.v1.identity_events_pb2 import UserRegistered
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.order.v1 import order_events_pb2 as order_pb
from souk.payment.v1 import payment_events_pb2 as payment_pb
from souk.payment.v1.payment_pb2 import PaymentState
from souk.seller.v1.seller_events_pb2 import ShopSuspended, ShopVerified

from mesh import money
from mesh.consumer import Consumer
from mesh.database import UnitOfWork
from mesh.keyring import Keyring
from services.notification.clients import Shops
from services.notification.domain import letters
from services.notification.domain.letters import Item, Letter
from services.notification.handlers import tell
from services.notification.repository.messages import Messages
from services.notification.repository.notifications import WrittenNotifications

# A letter with those whom it goes to.
Told = tuple[Letter, list[UUID]]
# An order that gave way to a newer one of the same cart is no news to its buyer, who placed both.
_SUPERSEDED = "SUPERSEDED"


class Consumers:
    """The consumers of notification."""

    def __init__(self, keyring: Keyring, shops: Shops, wake: Callable[[], None]) -> None:
        """Seal with `keyring`, ask `shops` who sells, and `wake` the sender after each commit."""
        self._keyring = keyring
        self._shops = shops
        self._wake = wake

    def all(self) -> tuple[Consumer, ...]:
        """One for each stream."""
        return (
            _consumer("identity", ("user.registered",), self.on_account),
            _consumer("seller", ("shop.verified", "shop.suspended"), self.on_shop),
            _consumer("payment", ("payment.failed", "refund.succeeded"), self.on_payment),
            Consumer(
                name="notification-tell-order",
                subjects=_subjects(
                    "order", ("order.paid", "order.cancelled", "seller_order.shipped", "seller_order.delivered")
                ),
                handler=self.on_order,
                prepare=self.letters_to_sellers,
            ),
        )

    async def on_account(self, event: UserRegistered, _: Envelope, uow: UnitOfWork) -> None:
        """Welcome who opened an account."""
        await self._tell(uow, [(letters.welcome(event.user_id), [UUID(event.user_id)])])

    async def on_shop(self, event: ShopVerified | ShopSuspended, _: Envelope, uow: UnitOfWork) -> None:
        """Tell the owner whether the shop may sell."""
        letter = letters.shop_verified if isinstance(event, ShopVerified) else letters.shop_suspended
        await self._tell(uow, [(letter(event.shop_id, event.name), [UUID(event.owner_user_id)])])

    async def on_payment(
        self, event: payment_pb.PaymentFailed | payment_pb.RefundSucceeded, _: Envelope, uow: UnitOfWork
    ) -> None:
        """Tell the buyer what became of the money."""
        letter = letter_to_payer(event)
        if letter is not None:
            await self._tell(uow, [(letter, [UUID(event.user_id)])])

    async def letters_to_sellers(self, event: Any, _: Envelope) -> list[Told]:
        """What the sellers of a paid order are told: each the own part."""
        if not isinstance(event, order_pb.OrderPaid):
            return []
        parts = lines_by_shop(event.lines)
        names = await self._shops.names(parts)
        return [
            (
                letters.order_received(event.order_id, event.order_number, names.get(shop_id, "Your shop"), items),
                await self._shops.members(shop_id),
            )
            for shop_id, items in parts.items()
        ]

    async def on_order(self, event: Any, _: Envelope, uow: UnitOfWork, to_sellers: list[Told]) -> None:
        """Tell the buyer, and the sellers of a paid order."""
        letter = letter_to_buyer(event)
        to_buyer = [] if letter is None else [(letter, [UUID(event.user_id)])]
        await self._tell(uow, [*to_buyer, *to_sellers])

    async def _tell(self, uow: UnitOfWork, told: Iterable[Told]) -> None:
        shown, queue = WrittenNotifications(uow, self._keyring), Messages(uow, self._keyring)
        await tell(shown, queue, [(user_id, letter) for letter, user_ids in told for user_id in user_ids])
        uow.after_commit(self._wake)


def _consumer(service: str, events: tuple[str, ...], handler: Any) -> Consumer:
    return Consumer(name=f"notification-tell-{service}", subjects=_subjects(service, events), handler=handler)


def _subjects(service: str, events: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"souk.{service}.v1.{event}" for event in events)


def letter_to_buyer(event: Any) -> Letter | None:
    """What the buyer is told of an order's event; None where it is no news."""
    match event:
        case order_pb.OrderPaid():
            total = money.from_proto(event.total)
            return letters.order_confirmed(event.order_id, event.order_number, total, _items(event.lines))
        case order_pb.OrderCancelled() if event.reason != _SUPERSEDED:
            return letters.order_cancelled(event.order_id, event.order_number, was_paid=event.was_paid)
        case order_pb.SellerOrderShipped():
            return letters.parcel_sent(
                event.order_id, event.order_number, event.carrier, event.tracking_number, _items(event.lines)
            )
        case order_pb.SellerOrderDelivered():
            return letters.parcel_arrived(event.order_id, event.order_number, _items(event.lines))
    return None


def letter_to_payer(event: payment_pb.PaymentFailed | payment_pb.RefundSucceeded) -> Letter | None:
    """What the buyer is told of a payment's event; None where it is no news."""
    amount = money.from_proto(event.amount)
    if isinstance(event, payment_pb.RefundSucceeded):
        return letters.money_returned(event.order_id, amount)
    if event.state == PaymentState.DECLINED:
        return letters.payment_declined(event.order_id, amount)
    return None


def lines_by_shop(lines: Iterable[order_pb.OrderEventLine]) -> Mapping[str, list[Item]]:
    """The lines of an order by the shop that sells them, in the order of the order."""
    parts: dict[str, list[Item]] = {}
    for line in lines:
        parts.setdefault(line.shop_id, []).append(_item(line))
    return parts


def _items(lines: Iterable[order_pb.OrderEventLine]) -> list[Item]:
    return [_item(line) for line in lines]


def _item(line: order_pb.OrderEventLine) -> Item:
    return Item(line.title, line.quantity, money.from_proto(line.line_total).format())
