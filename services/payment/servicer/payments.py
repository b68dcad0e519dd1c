"""PaymentService: decodes, calls the use case, encodes."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

from google.api import httpbody_pb2
from souk.mesh.v1 import invariants_pb2
from souk.payment.v1 import payment_pb2, refund_pb2
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceServicer

from mesh import money
from mesh.call import Call
from mesh.database import UnitOfWork
from mesh.errors import InvalidArgument
from mesh.idempotency import CallKey, finish
from mesh.money import Money
from mesh.page import decode_id, decode_page, encode_page, next_page, page_size
from services.payment.domain.lines import PaymentLine, divide_lines, make_line, require_sum
from services.payment.domain.method import Means
from services.payment.domain.payment import STRIPE, WALLET, Payment
from services.payment.domain.refund import GivenBack
from services.payment.encoding import (
    balance_to_proto,
    given_to_proto,
    payment_to_proto,
    posting_to_proto,
    refund_to_proto,
)
from services.payment.events import amount_of
from services.payment.handlers.listing import RefundFilter, list_refunds
from services.payment.handlers.once import once
from services.payment.handlers.refunding import Refunding, Wish
from services.payment.handlers.saving import Saving
from services.payment.handlers.taking import Beside, Taking
from services.payment.handlers.webhooks import Webhooks
from services.payment.invariants import Checks
from services.payment.repository import ledger, payments

SIGNATURE_HEADER = "stripe-signature"


class PaymentServicer(PaymentServiceServicer):
    """Payments, refunds, webhooks and the ledger."""

    def __init__(
        self, taking: Taking, refunding: Refunding, webhooks: Webhooks, checks: Checks, saving: Saving
    ) -> None:
        self._saving = saving
        self._taking = taking
        self._refunding = refunding
        self._webhooks = webhooks
        self._checks = checks

    async def StartPayment(self, request: pb.StartPaymentRequest, call: Call) -> payment_pb2.Payment:
        payment, lines, means = _payment(request), _lines(request), Means(request.token)
        if request.saved_method_id:
            means = await self._saving.means(payment.user_id, uuid.UUID(request.saved_method_id))
        elif request.save_method and not payment.is_wallet:
            means = await self._saving.to_keep(payment.user_id, request.token)
        lines, beside = _beside(request, payment, lines)
        taken = await self._taking.start(payment, lines, means, beside)
        if means.keep and taken.payment.captured:
            await self._saving.keep_used(taken.payment)
        return payment_to_proto(taken.payment, taken.client_secret)

    async def GetPaymentStatus(self, request: pb.GetPaymentStatusRequest, call: Call) -> payment_pb2.Payment:
        taken = await self._taking.status(uuid.UUID(request.payment_id))
        return payment_to_proto(taken.payment, taken.client_secret)

    async def BatchGetPayments(self, request: pb.BatchGetPaymentsRequest, call: Call) -> pb.BatchGetPaymentsResponse:
        async with call.db.read() as unit:
            found = await payments.find_many(unit, [uuid.UUID(payment_id) for payment_id in request.payment_ids])
        return pb.BatchGetPaymentsResponse(payments=map(payment_to_proto, found))

    async def CancelPayment(self, request: pb.CancelPaymentRequest, call: Call) -> payment_pb2.Payment:
        return payment_to_proto(await self._taking.cancel(uuid.UUID(request.payment_id), _planned(request)))

    async def RefundOrder(self, request: pb.RefundOrderRequest, call: Call) -> refund_pb2.Refund:
        wish = Wish(request.reason, amount=_amount(request))
        given = await self._refunding.refund_order(
            uuid.UUID(request.refund_id), uuid.UUID(request.order_id), _optional(request.payment_id), wish
        )
        return given_to_proto(given)

    async def GetPayment(self, request: pb.GetPaymentRequest, call: Call) -> payment_pb2.Payment:
        async with call.db.read() as unit:
            payment = await payments.load_own(unit, uuid.UUID(request.payment_id), call.principal)
        return payment_to_proto(payment)

    async def RefundPayment(self, request: pb.RefundPaymentRequest, call: Call) -> bytes:
        async def work(key: CallKey) -> refund_pb2.Refund:
            async def keep_answer(uow: UnitOfWork, given: GivenBack) -> None:
                await finish(uow, key, given_to_proto(given))

            payment_id, request_key = uuid.UUID(request.payment_id), f"{key.caller} {key.key}"
            given = await self._refunding.refund_payment(
                payment_id, _wish(request), call.principal, request_key, keep_answer
            )
            return given_to_proto(given)

        return await once(call, request, work)

    async def ListRefunds(self, request: pb.ListRefundsRequest, call: Call) -> pb.ListRefundsResponse:
        size, before = page_size(request.page_size), decode_id(request.page_token)
        wanted = RefundFilter(_optional(request.payment_id), _optional(request.order_id), _optional(request.shop_id))
        found = await list_refunds(call.db, call.principal, wanted, before, size + 1)
        return pb.ListRefundsResponse(
            refunds=[refund_to_proto(refund) for refund in found[:size]],
            next_page_token=next_page([refund.id for refund in found], size),
        )

    async def ReceiveStripeWebhook(self, request: httpbody_pb2.HttpBody, call: Call) -> pb.ReceiveStripeWebhookResponse:
        await self._webhooks.receive(request.data, call.headers.get(SIGNATURE_HEADER, ""))
        return pb.ReceiveStripeWebhookResponse()

    async def ListPostings(self, request: pb.ListPostingsRequest, call: Call) -> pb.ListPostingsResponse:
        size, after = page_size(request.page_size), _posting_after(request.page_token)
        async with call.db.read() as unit:
            rows = await ledger.list_oldest(unit, _optional(request.order_id), after, size + 1)
        return pb.ListPostingsResponse(
            postings=[posting_to_proto(row) for row in rows[:size]],
            next_page_token=encode_page((rows[size - 1]["id"],)) if len(rows) > size else "",
        )

    async def GetTrialBalance(self, request: pb.GetTrialBalanceRequest, call: Call) -> pb.GetTrialBalanceResponse:
        order_id = _optional(request.order_id)
        async with call.db.read() as unit:
            accounts, totals = await ledger.balances(unit, order_id), await ledger.totals(unit, order_id)
        return pb.GetTrialBalanceResponse(
            accounts=[balance_to_proto(row) for row in accounts],
            totals=[
                pb.CurrencyTotal(
                    debit=amount_of(row["currency"], int(row["debit"])),
                    credit=amount_of(row["currency"], int(row["credit"])),
                )
                for row in totals
            ],
        )

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        return await self._checks.run(request.settle_seconds)


def _optional(text: str) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _posting_after(page_token: str) -> int:
    """The number of the posting that the page begins after. Raises INVALID_PAGE_TOKEN."""
    match decode_page(page_token):
        case None:
            return 0
        case (int(number),):
            return number
        case _:
            raise InvalidArgument("INVALID_PAGE_TOKEN", "The page token is of another list.")


def _payment(request: pb.StartPaymentRequest) -> Payment:
    provider = request.provider or STRIPE
    if provider not in (STRIPE, WALLET):
        message = f"There is no payment provider {request.provider!r}."
        raise InvalidArgument("PROVIDER_UNKNOWN", message, fields={"provider": 'must be "stripe" or "wallet"'})
    if provider == STRIPE and not request.token and not request.saved_method_id:
        raise InvalidArgument("PAYMENT_METHOD_REQUIRED", "There is no token.", fields={"token": "is required"})
    return Payment(
        id=uuid.UUID(request.payment_id),
        order_id=uuid.UUID(request.order_id),
        user_id=uuid.UUID(request.user_id),
        provider=provider,
        amount=money.asked(request.amount, "amount"),
        create_time=datetime.now(UTC),
        # No provider is ever told of a wallet's payment.
        chargeable=provider == STRIPE,
        companion_id=uuid.UUID(request.wallet.payment_id) if request.HasField("wallet") else None,
    )


def _planned(request: pb.CancelPaymentRequest) -> Payment | None:
    """What the payment was to be, where the caller says so."""
    if not (request.order_id and request.user_id and request.HasField("amount")):
        return None
    return Payment(
        id=uuid.UUID(request.payment_id),
        order_id=uuid.UUID(request.order_id),
        user_id=uuid.UUID(request.user_id),
        provider=STRIPE,
        amount=money.asked(request.amount, "amount"),
        create_time=datetime.now(UTC),
    )


def _beside(
    request: pb.StartPaymentRequest, card: Payment, lines: list[PaymentLine]
) -> tuple[list[PaymentLine], Beside | None]:
    """The card's part of the lines, and what the wallet pays of them."""
    if card.companion_id is None:
        return lines, None
    amount = money.asked(request.wallet.amount, "wallet.amount")
    taken, left = divide_lines(lines, amount)
    part = replace(card, id=card.companion_id, provider=WALLET, amount=amount, chargeable=False, companion_id=card.id)
    return left, Beside(part, taken)


def _lines(request: pb.StartPaymentRequest) -> list[PaymentLine]:
    amount = money.asked(request.amount, "amount")
    if request.HasField("wallet"):
        amount += money.asked(request.wallet.amount, "wallet.amount")
    lines = [
        make_line(
            uuid.UUID(line.line_id),
            uuid.UUID(line.shop_id),
            line.quantity,
            line.amount.amount,
            line.commission.amount,
            line.tax.amount,
            line.shipping.amount,
        )
        for line in request.lines
    ]
    require_sum(lines, amount)
    return lines


def _wish(request: pb.RefundPaymentRequest) -> Wish:
    units = {uuid.UUID(line.line_id): line.quantity for line in request.lines}
    return Wish(request.reason, units, _amount(request))


def _amount(request: pb.RefundPaymentRequest | pb.RefundOrderRequest) -> Money | None:
    return money.asked(request.amount, "amount") if request.HasField("amount") else None
