"""Payments, refunds and the ledger as messages."""

from collections.abc import Mapping
from typing import Any

from souk.payment.v1 import ledger_pb2, payment_pb2, refund_pb2

from mesh import money
from services.payment.domain.payment import Payment
from services.payment.domain.refund import Refund
from services.payment.events import amount_of, lines_to_proto


def payment_to_proto(payment: Payment, client_secret: str = "") -> payment_pb2.Payment:
    currency = payment.amount.currency
    return payment_pb2.Payment(
        payment_id=str(payment.id),
        order_id=str(payment.order_id),
        state=payment.state.value,
        amount=money.to_proto(payment.amount),
        captured_amount=amount_of(currency, payment.captured),
        refunded_amount=amount_of(currency, payment.refunded),
        decline_reason=payment.decline_reason,
        client_secret=client_secret,
        provider_reference=payment.reference or "",
        provider=payment.provider,
        create_time=payment.create_time,
    )


def refund_to_proto(refund: Refund) -> refund_pb2.Refund:
    return refund_pb2.Refund(
        refund_id=str(refund.id),
        payment_id=str(refund.payment_id),
        order_id=str(refund.order_id),
        state=refund.state.value,
        amount=money.to_proto(refund.amount),
        reason=refund.reason,
        lines=lines_to_proto(refund.lines, refund.amount.currency),
        create_time=refund.create_time,
    )


def posting_to_proto(row: Mapping[str, Any]) -> ledger_pb2.Posting:
    return ledger_pb2.Posting(
        transaction_id=str(row["transaction_id"]),
        kind=row["kind"],
        account=row["account"],
        shop_id=str(row["shop_id"] or ""),
        amount=amount_of(row["currency"], row["amount"]),
        order_id=str(row["order_id"]),
        reference_id=str(row["reference_id"]),
        post_time=row["post_time"],
    )


def balance_to_proto(row: Mapping[str, Any]) -> ledger_pb2.AccountBalance:
    return ledger_pb2.AccountBalance(
        account=row["account"],
        shop_id=str(row["shop_id"] or ""),
        debit=amount_of(row["currency"], int(row["debit"])),
        credit=amount_of(row["currency"], int(row["credit"])),
    )
