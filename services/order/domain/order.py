"""An order with its sellers' parts and its attempts to pay, and the moves between their states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from mesh.errors import FailedPrecondition, NotFound
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.attempt import Attempt, Standing
from services.order.domain.part import Line, Part, Shipment, check_open
from services.order.domain.pricing import Sums
from services.order.domain.status import (
    MONEY_TAKEN,
    AttemptState,
    FulfilmentState,
    OrderState,
    OrderStatus,
    PaymentState,
    fulfilment_of,
    payment_state_of,
    status_of,
)

REASONS = {
    "OUT_OF_STOCK": "Something in the order was sold out; nothing was charged.",
    "OUT_OF_STOCK_AFTER_PAYMENT": (
        "The payment came after the goods were no longer held, and they are sold out by now. All of it is refunded."
    ),
    "BUYER": "You cancelled the order. What was paid is refunded.",
    "STAFF": "The market cancelled the order. What was paid is refunded.",
    "SUPERSEDED": "A newer order of the same cart took its place; nothing was charged for this one.",
    "PAYMENT_EXPIRED": "The order was not paid in time; nothing was charged.",
}


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of the status."""

    status: OrderStatus
    time: datetime
    reason: str = ""


@dataclass(slots=True)
class Order:
    """One purchase. Every move raises `version` and keeps the history of the status."""

    order_id: UUID
    order_number: str
    user_id: UUID
    cart_id: UUID
    cart_version: int
    place_key: str
    sums: Sums
    parts: list[Part]
    shipping_address: Address | None
    billing_address: Address | None
    place_time: datetime
    state: OrderState = OrderState.OPEN
    payment_state: PaymentState = PaymentState.UNPAID
    attempts: list[Attempt] = field(default_factory=list)
    history: list[StatusChange] = field(default_factory=list)
    reason: str = ""
    superseded_by_id: UUID | None = None
    hold_expire_time: datetime | None = None
    pay_time: datetime | None = None
    deliver_time: datetime | None = None
    refunded_amount: int = 0
    version: int = 1

    @property
    def total(self) -> Money:
        """What the buyer pays."""
        return self.sums.total

    @property
    def lines(self) -> list[Line]:
        """All lines, in the order of the cart, by which their ids were made."""
        return sorted((line for part in self.parts for line in part.lines), key=lambda line: line.line_id)

    @property
    def fulfilment(self) -> FulfilmentState:
        """Where the goods stand, over all sellers."""
        return fulfilment_of([part.fulfilment for part in self.parts])

    @property
    def status(self) -> OrderStatus:
        """The one word for the three axes."""
        return status_of(self.state, self.payment_state, self.fulfilment)

    @property
    def was_paid(self) -> bool:
        """Whether the order was ever confirmed."""
        return self.pay_time is not None

    @property
    def attempt(self) -> Attempt | None:
        """The last attempt to pay, None where there was none."""
        return self.attempts[-1] if self.attempts else None

    @property
    def latest_try(self) -> list[Attempt]:
        """The last attempt, and what the wallet pays beside it."""
        last = self.attempt
        if last is None:
            return []
        return [each for each in self.attempts if last.payment_id in (each.payment_id, each.beside_id)]

    def wallet_beside(self, attempt: Attempt) -> Attempt | None:
        """What the wallet pays beside a card, None where it pays nothing."""
        return next((each for each in self.attempts if each.beside_id == attempt.payment_id), None)

    @property
    def unreturned(self) -> Money:
        """What was taken for an order that is over and has not been given back, or not yet."""
        is_over = self.state in {OrderState.CANCELLED, OrderState.REJECTED}
        amount = sum(attempt.unreturned for attempt in self.attempts) if is_over else 0
        return Money(self.total.currency, amount)

    @property
    def reason_text(self) -> str:
        """Why the order is over, for the buyer to read; a refund that is not there yet is not told as done."""
        text, unreturned = REASONS.get(self.reason, ""), self.unreturned
        return f"{text} Not given back yet: {unreturned.format()}." if text and unreturned else text

    @property
    def live_attempt(self) -> Attempt | None:
        """The attempt from which money may still come, None where there is none."""
        return self.attempt if self.attempt and not self.attempt.is_dead else None

    def part_status(self, part: Part) -> OrderStatus:
        """Where one part stands: the order's own status with that part's goods alone."""
        return status_of(self.state, self.payment_state, part.fulfilment)

    def part(self, seller_order_id: UUID) -> Part:
        """The part with this id."""
        for part in self.parts:
            if part.seller_order_id == seller_order_id:
                return part
        raise NotFound("SELLER_ORDER_NOT_FOUND", "There is no such part of an order.")

    def _moved(self, now: datetime, reason: str = "") -> None:
        self.version += 1
        if not self.history or self.history[-1].status is not self.status:
            self.history.append(StatusChange(self.status, now, reason))

    def placed(self) -> None:
        """Begin the history."""
        self.history.append(StatusChange(self.status, self.place_time))

    # Paying

    def begin_attempts(self, attempts: Sequence[Attempt], now: datetime) -> None:
        """Try to pay once more."""
        self.attempts += attempts
        self.payment_state = PaymentState.UNPAID
        self._moved(now)

    def learn(self, state: AttemptState, decline_reason: str, now: datetime) -> None:
        """Take up where the last attempt stands, without confirming anything."""
        for attempt in self.latest_try:
            attempt.stands(state, decline_reason)
        self.payment_state = payment_state_of(state)
        self._moved(now)

    def confirm(self, now: datetime) -> None:
        """The order is paid: the sellers have to send it."""
        self._expect(OrderState.OPEN)
        self.state = OrderState.CONFIRMED
        self.payment_state = PaymentState.PAID
        self.pay_time = now
        for attempt in self.latest_try:
            attempt.stands(AttemptState.CAPTURED)
        self._moved(now)

    def reject(self, reason: str, now: datetime) -> None:
        """The order cannot be sold, and nothing was taken."""
        self._expect(OrderState.OPEN)
        self.state = OrderState.REJECTED
        self.reason = reason
        self._give_up_attempt()
        self._moved(now, reason)

    def cancel(self, reason: str, now: datetime, *, superseded_by: UUID | None = None) -> None:
        """The order is given up. What was taken is given back before, see `money_returned`."""
        self._expect(OrderState.OPEN, OrderState.CONFIRMED)
        self.state = OrderState.CANCELLED
        self.reason = reason
        self.superseded_by_id = superseded_by
        self._give_up_attempt()
        self._moved(now, reason)

    def _give_up_attempt(self) -> None:
        last = self.live_attempt
        if last is not None and not last.is_taken:
            for attempt in self.latest_try:
                attempt.state = AttemptState.CANCELLED
            self.payment_state = PaymentState.UNPAID

    def money_returned(self, payment_id: UUID, refunded_amount: int, now: datetime) -> bool:
        """Take up how much of a payment was given back in all; says whether that is news."""
        attempt = self._taken(payment_id)
        if attempt is None or attempt.refunded == refunded_amount:
            return False
        attempt.gave_back(refunded_amount)
        self._settled(now)
        return True

    def all_returned(self, now: datetime) -> None:
        """All that was taken is given back."""
        for attempt in self.attempts:
            if attempt.unreturned:
                attempt.gave_back(attempt.amount.amount)
        self._settled(now)

    def money_disputed(self, payment_id: UUID, state: AttemptState, now: datetime) -> bool:
        """The buyer's bank took the money back, or has decided; says whether that is news."""
        attempt = self._taken(payment_id)
        if attempt is None or attempt.state is state:
            return False
        attempt.state = state
        self._settled(now)
        return True

    def money_stands(self, standing: Standing, now: datetime) -> bool:
        """Take up where the owner of a payment has it; says whether that is news."""
        attempt = next((each for each in self.attempts if each.payment_id == standing.payment_id), None)
        if attempt is None or (attempt.state, attempt.refunded) == (standing.state, standing.refunded):
            return False
        attempt.state, attempt.refunded = standing.state, standing.refunded
        self._settled(now)
        return True

    def money_came_late(self, payment_id: UUID, now: datetime) -> bool:
        """An attempt of an order that is over has taken money after all; says whether that is news."""
        for attempt in self.attempts:
            if attempt.payment_id == payment_id and attempt.is_dead:
                attempt.state = AttemptState.CAPTURED
                self._settled(now)
                return True
        return False

    def _taken(self, payment_id: UUID) -> Attempt | None:
        return next((each for each in self.attempts if each.payment_id == payment_id and each.is_taken), None)

    def _settled(self, now: datetime) -> None:
        """Where the money stands, over all that was taken: a dispute first, then how much of it was given back."""
        taken = [attempt for attempt in self.attempts if attempt.is_taken]
        self.refunded_amount = sum(attempt.refunded for attempt in taken)
        states = {attempt.state for attempt in taken}
        if AttemptState.DISPUTED in states:
            self.payment_state = PaymentState.DISPUTED
        elif len(states) == 1:
            self.payment_state = payment_state_of(states.pop())
        elif states:
            self.payment_state = PaymentState.PARTIALLY_REFUNDED
        self._moved(now)

    def _expect(self, *states: OrderState) -> None:
        if self.state not in states:
            raise AssertionError(f"order {self.order_id} is {self.state}, not {' or '.join(states)}")

    def check_cancellable(self) -> None:
        """Raise ORDER_NOT_CANCELLABLE where something was sent, or the order is over."""
        sent = any(line.shipped_quantity for line in self.lines)
        if self.state not in {OrderState.OPEN, OrderState.CONFIRMED} or sent:
            raise FailedPrecondition(
                "ORDER_NOT_CANCELLABLE",
                "Something was sent already." if sent else f"The order is {self.status}.",
                orderId=str(self.order_id),
                status=self.status,
            )

    def check_payable(self) -> None:
        """Raise ORDER_NOT_PAYABLE where the order does not wait for money."""
        if self.state is not OrderState.OPEN:
            raise FailedPrecondition(
                "ORDER_NOT_PAYABLE", f"The order is {self.status}.", orderId=str(self.order_id), status=self.status
            )

    # Sending

    def _check_sendable(self, part: Part, to: OrderStatus) -> None:
        if self.state is not OrderState.CONFIRMED or self.payment_state not in MONEY_TAKEN:
            self._refuse_move(part, to)

    def _refuse_move(self, part: Part, to: OrderStatus, why: str = "") -> NoReturn:
        now = self.part_status(part)
        metadata: dict[str, Any] = {"from": now, "to": to}
        raise FailedPrecondition("INVALID_TRANSITION", why or f"The part is {now} and cannot become {to}.", **metadata)

    def process(self, part: Part, now: datetime) -> None:
        """The shop is at work on its part."""
        self._check_sendable(part, OrderStatus.PROCESSING)
        if part.fulfilment is not FulfilmentState.UNFULFILLED:
            self._refuse_move(part, OrderStatus.PROCESSING)
        part.fulfilment = FulfilmentState.PROCESSING
        self._moved(now)

    def ship(
        self,
        part: Part,
        shipment_id: UUID,
        carrier: str,
        tracking_number: str,
        quantities: Mapping[UUID, int],
        now: datetime,
    ) -> Shipment:
        """The shop sent a parcel with `quantities` of its lines, or with all that is open where none are named."""
        self._check_sendable(part, OrderStatus.SHIPPED)
        if not part.open_quantities():
            self._refuse_move(part, OrderStatus.SHIPPED)
        sent = dict(quantities) or part.open_quantities()
        check_open(part, sent)
        for line_id, quantity in sent.items():
            part.line(line_id).shipped_quantity += quantity
        shipment = Shipment(shipment_id, carrier, tracking_number, sent, now)
        part.shipments.append(shipment)
        part.fulfilment = FulfilmentState.PARTIALLY_SHIPPED if part.open_quantities() else FulfilmentState.SHIPPED
        self._moved(now)
        return shipment

    def deliver(self, part: Part, now: datetime) -> None:
        """All parcels of a part arrived."""
        self._check_sendable(part, OrderStatus.DELIVERED)
        if part.fulfilment is not FulfilmentState.SHIPPED:
            still = sum(part.open_quantities().values())
            why = f"{still} of it are still to be sent." if part.shipments and still else ""
            self._refuse_move(part, OrderStatus.DELIVERED, why)
        part.fulfilment = FulfilmentState.DELIVERED
        for shipment in part.shipments:
            shipment.deliver_time = shipment.deliver_time or now
        if self.fulfilment is FulfilmentState.DELIVERED:
            self.deliver_time = now
        self._moved(now)

    def complete(self, now: datetime) -> None:
        """The time to send it back is over."""
        self._expect(OrderState.CONFIRMED)
        self.state = OrderState.COMPLETED
        self._moved(now)
