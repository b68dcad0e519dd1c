"""Payments, refunds, payouts and the ledger as messages."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from souk.payment.v1 import (
    ledger_pb2,
    payment_method_service_pb2,
    payment_pb2,
    payout_pb2,
    payout_service_pb2,
    reconciliation_pb2,
    refund_pb2,
    wallet_pb2,
)

from mesh import money
from services.payment.domain.method import SavedMethod
from services.payment.domain.payment import Payment
from services.payment.domain.payout import Payout, PayoutItem
from services.payment.domain.reconciliation import Reconciliation
from services.payment.domain.refund import GivenBack, Refund
from services.payment.domain.wallet import WalletBalance, WalletEntry
from services.payment.events import amount_of, lines_to_proto

_LISTED_DIFFERENCES = 100


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
        companion_id=str(payment.companion_id or ""),
    )


def given_to_proto(given: GivenBack) -> refund_pb2.Refund:
    """What one wish gave back; the parts are told where there are several."""
    if len(given.refunds) == 1:
        return refund_to_proto(given.refund)
    first, currency = given.refund, given.amount.currency
    return refund_pb2.Refund(
        refund_id=str(first.id),
        payment_id=str(first.payment_id),
        order_id=str(first.order_id),
        state=given.state.value,
        amount=money.to_proto(given.amount),
        reason=first.reason,
        lines=[
            refund_pb2.RefundLine(
                line_id=str(line.line_id),
                shop_id=str(line.shop_id),
                quantity=line.quantity,
                amount=amount_of(currency, amount),
            )
            for line, amount in given.line_amounts
        ],
        create_time=first.create_time,
        parts=[
            refund_pb2.RefundPart(
                refund_id=str(part.id),
                payment_id=str(part.payment_id),
                state=part.state.value,
                amount=money.to_proto(part.amount),
            )
            for part in given.refunds
        ],
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
        order_id=str(row["order_id"] or ""),
        reference_id=str(row["reference_id"]),
        post_time=row["post_time"],
        user_id=str(row["user_id"] or ""),
    )


def balance_to_proto(row: Mapping[str, Any]) -> ledger_pb2.AccountBalance:
    return ledger_pb2.AccountBalance(
        account=row["account"],
        shop_id=str(row["shop_id"] or ""),
        debit=amount_of(row["currency"], int(row["debit"])),
        credit=amount_of(row["currency"], int(row["credit"])),
    )


def payout_to_proto(payout: Payout) -> payout_pb2.Payout:
    return payout_pb2.Payout(
        payout_id=str(payout.id),
        shop_id=str(payout.shop_id),
        state=payout.state.value,
        amount=money.to_proto(payout.amount),
        failed_amount=amount_of(payout.amount.currency, payout.failed),
        create_time=payout.create_time,
    )


def explanation_to_proto(
    payout: Payout, entries: Mapping[uuid.UUID, Sequence[Mapping[str, Any]]]
) -> payout_service_pb2.ExplainPayoutResponse:
    """A payout with its orders; `entries` are what moved each order's money."""
    currency = payout.amount.currency
    return payout_service_pb2.ExplainPayoutResponse(
        payout=payout_to_proto(payout),
        balance=amount_of(currency, payout.balance),
        held=amount_of(currency, payout.held),
        debt=amount_of(currency, payout.debt),
        reserve=amount_of(currency, payout.reserve),
        items=[_item_to_proto(item, entries[item.order_id]) for item in payout.items],
    )


def _item_to_proto(item: PayoutItem, entries: Sequence[Mapping[str, Any]]) -> payout_pb2.PayoutItem:
    return payout_pb2.PayoutItem(
        order_id=str(item.order_id),
        taken=amount_of(item.currency, item.taken),
        debt_offset=amount_of(item.currency, item.offset),
        amount=money.to_proto(item.amount),
        state=item.state.value,
        failure_reason=item.failure_reason,
        transfer_reference=item.reference or "",
        reversed_amount=amount_of(item.currency, item.reversed),
        entries=[
            payout_pb2.PayoutEntry(
                kind=row["kind"], amount=amount_of(row["currency"], row["amount"]), post_time=row["post_time"]
            )
            for row in entries
            if row["currency"] == item.currency
        ],
    )


def reconciliation_to_proto(made: Reconciliation) -> reconciliation_pb2.Reconciliation:
    return reconciliation_pb2.Reconciliation(
        reconciliation_id=str(made.id),
        begin_time=made.span.begin,
        end_time=made.span.end,
        transaction_count=made.transaction_count,
        fee_count=made.fee_count,
        difference_count=made.difference_count,
        differences=[
            reconciliation_pb2.ReconciliationDifference(
                kind=difference.kind.value,
                provider_reference=difference.provider_reference,
                ledger_reference=difference.ledger_reference,
                provider_amount=amount_of(difference.currency, difference.provider_amount),
                ledger_amount=amount_of(difference.currency, difference.ledger_amount),
            )
            for difference in made.differences[:_LISTED_DIFFERENCES]
        ],
        create_time=made.create_time,
    )


def wallet_to_proto(balances: Iterable[WalletBalance]) -> wallet_pb2.Wallet:
    return wallet_pb2.Wallet(
        balances=[
            wallet_pb2.WalletBalance(
                balance=amount_of(each.currency, each.balance),
                held=amount_of(each.currency, each.held),
                available=amount_of(each.currency, each.available),
            )
            for each in balances
        ]
    )


def wallet_entry_to_proto(entry: WalletEntry) -> wallet_pb2.WalletEntry:
    return wallet_pb2.WalletEntry(
        entry_id=str(entry.id),
        kind=entry.kind.value,
        amount=money.to_proto(entry.amount),
        balance=amount_of(entry.amount.currency, entry.balance),
        order_id=str(entry.order_id or ""),
        reason=entry.reason,
        create_time=entry.create_time,
    )


def method_to_proto(method: SavedMethod) -> payment_method_service_pb2.PaymentMethod:
    return payment_method_service_pb2.PaymentMethod(
        payment_method_id=str(method.id),
        provider="stripe",
        brand=method.details.brand,
        last4=method.details.last4,
        exp_month=method.details.exp_month,
        exp_year=method.details.exp_year,
        create_time=method.create_time,
    )
