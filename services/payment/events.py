"""Payment's events as messages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.protobuf.message import Message
from souk.money.v1 import money_pb2
from souk.payment.v1 import payment_events_pb2 as events_pb2
from souk.payment.v1 import refund_pb2

from mesh import money
from mesh.money import Money
from services.payment.domain.payment import Payment, PaymentState
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
