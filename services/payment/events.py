"""Payment's events as messages."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from google.protobuf.message import Message
from souk.money.v1 import money_pb2
from souk.payment.v1 import payment_events_pb2 as events_pb2
from souk.payment.v1 import refund_pb2

from mesh import money
from mesh.money import Money
from services.payment.domain.dispute import Dispute
from services.payment.domain.payment import Payment, PaymentState
from services.payment.domain.payout import Payout
from services.payment.domain.refund import Refund, RefundLine, RefundState

_MESSAGES: Mapping[PaymentState, Callable[..., Message]] = {
    PaymentState.AUTHORIZED: events_pb2.PaymentAuthorized,
    PaymentState.CAPTURED: events_pb2.PaymentCaptured,
    PaymentState.DECLINED: events_pb2.PaymentFailed,
    PaymentState.CANCELLED: events_pb2.PaymentFailed,
    PaymentState.REQUIRES_ACTION: events_pb2.PaymentRequiresAction,
}


def amount_of(currency: str, amount: int) -> money_pb2.Money:
    return money_pb2.Money(currency=currency, amount=amount)


def payment_moved(payment: Payment) -> Message:
    """The event of the state that the provider's answer has moved a payment to."""
    message = _MESSAGES[payment.state](
        payment_id=str(payment.id),
        order_id=str(payment.order_id),
        user_id=str(payment.user_id),
        amount=money.to_proto(payment.amount),
        state=payment.state.value,
    )
    if isinstance(message, events_pb2.PaymentFailed):
        message.decline_reason = payment.decline_reason
    return message


def refund_moved(refund: Refund, payment: Payment) -> Message:
    """The event of the end of a refund."""
    currency = payment.amount.currency
    common: dict[str, Any] = {
        "refund_id": str(refund.id),
        "payment_id": str(payment.id),
        "order_id": str(payment.order_id),
        "user_id": str(payment.user_id),
        "amount": money.to_proto(refund.amount),
        "lines": lines_to_proto(refund.lines, currency),
        "total_refunded": amount_of(currency, payment.refunded),
        "captured_amount": amount_of(currency, payment.captured),
    }
    if refund.state is RefundState.SUCCEEDED:
        return events_pb2.RefundSucceeded(**common, reason=refund.reason)
    return events_pb2.RefundFailed(**common, failure_reason=refund.failure_reason)


def lines_to_proto(lines: Sequence[RefundLine], currency: str) -> list[refund_pb2.RefundLine]:
    return [
        refund_pb2.RefundLine(
            line_id=str(line.line_id),
            shop_id=str(line.shop_id),
            quantity=line.quantity,
            amount=money.to_proto(Money(currency, line.shares.total)),
        )
        for line in lines
    ]


def payout_created(payout: Payout) -> Message:
    """A shop is paid."""
    return events_pb2.PayoutCreated(
        payout_id=str(payout.id), shop_id=str(payout.shop_id), amount=money.to_proto(payout.amount)
    )


def payout_closed(payout: Payout) -> Message:
    """All transfers of a payout have ended."""
    return events_pb2.PayoutClosed(
        payout_id=str(payout.id),
        shop_id=str(payout.shop_id),
        amount=money.to_proto(payout.amount),
        failed_amount=amount_of(payout.amount.currency, payout.failed),
        state=payout.state.value,
    )


def dispute_opened(dispute: Dispute, payment: Payment, shop_ids: Iterable[uuid.UUID]) -> Message:
    """A buyer's bank has taken a payment back."""
    return events_pb2.DisputeOpened(
        dispute_id=str(dispute.id),
        payment_id=str(payment.id),
        order_id=str(payment.order_id),
        user_id=str(payment.user_id),
        amount=money.to_proto(dispute.amount),
        reason=dispute.reason,
        shop_ids=sorted(str(shop_id) for shop_id in shop_ids),
    )


def dispute_closed(dispute: Dispute, payment: Payment) -> Message:
    """The bank has decided."""
    return events_pb2.DisputeClosed(
        dispute_id=str(dispute.id),
        payment_id=str(payment.id),
        order_id=str(payment.order_id),
        user_id=str(payment.user_id),
        amount=money.to_proto(dispute.amount),
        state=dispute.state.value,
        payment_state=payment.state.value,
        total_refunded=amount_of(payment.amount.currency, payment.refunded),
    )
