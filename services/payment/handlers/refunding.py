"""Giving money back: set aside under the payment's lock, asked of the provider, and recorded."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mesh import crash
from mesh.database import Database, UnitOfWork
from mesh.errors import InvalidArgument, NotFound
from mesh.ids import new_id
from mesh.money import Money
from mesh.principal import Principal
from services.payment import events
from services.payment.domain.ledger import refund_entry, reversal_entry
from services.payment.domain.lines import PaymentLine, Shares
from services.payment.domain.payment import Payment, PaymentState
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.domain.refund import (
    GivenBack,
    Refund,
    RefundLine,
    RefundObservation,
    RefundState,
    require_amount,
    require_some_left,
)
from services.payment.domain.refund_plan import plan_shared
from services.payment.handlers import wallets
from services.payment.handlers.ports import Provider
from services.payment.repository import balances, ledger, payments, refunds
from services.payment.repository.lines import lines_of, move_lines

# Done in the commit that ends a refund: keeps the caller's answer.
AtEnd = Callable[[UnitOfWork, GivenBack], Awaitable[None]]
_AtEndOfOne = Callable[[UnitOfWork, Refund], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants back: units of lines, an amount, or, with neither, all that is left."""

    reason: str
    units: Mapping[uuid.UUID, int] | None = None
    amount: Money | None = None

    def require_one(self) -> None:
        """Refuse neither and both."""
        if not self.units and self.amount is None:
            raise InvalidArgument("REFUND_EMPTY", "Name lines or an amount.", fields={"lines": "or amount is required"})
        if self.units and self.amount is not None:
            raise InvalidArgument("REFUND_AMBIGUOUS", "Name lines or an amount, not both.")

    def plan(self, sale: Sequence[Sequence[PaymentLine]], currency: str) -> list[list[RefundLine]]:
        """What is taken from which line of which payment."""
        if self.amount is not None:
            require_amount(self.amount, currency)
        return plan_shared(sale, self.units, self.amount, currency)


class Refunding:
    """Gives money back."""

    def __init__(self, db: Database, provider: Provider) -> None:
        self._db = db
        self._provider = provider

    async def refund_payment(
        self, payment_id: uuid.UUID, wish: Wish, principal: Principal, request_key: str, at_end: AtEnd
    ) -> GivenBack:
        """A seller's or staff's refund; a repeated call with the same key goes on with the same refund."""
        wish.require_one()
        async with self._db.write() as uow:
            sale = await payments.lock_sale(uow, payment_id)
            refund = await refunds.find_by_request(uow, request_key)
            if refund is None:
                before = _amounts(sale)
                lines = [_own_lines(await lines_of(uow, payment.id), principal) for payment in sale]
                if not any(lines):
                    raise payments.not_found(payment_id)
                given = await self._begin(uow, sale, lines, wish, new_id(), request_key)
                uow.audit(payment_id, before, _amounts(sale))
            else:
                given = await _given(uow, refund, sale)
            if given.is_over:
                await at_end(uow, given)
            crash.point("payment.r1.before_commit")
        crash.point("payment.r1.after_commit")
        return await self._pursue(given, sale, at_end)

    async def refund_order(
        self, refund_id: uuid.UUID, order_id: uuid.UUID, payment_id: uuid.UUID | None, wish: Wish
    ) -> GivenBack:
        """The order service's refund, with an id of its own: the same id is the same refund."""
        async with self._db.write() as uow:
            sale = await self._sale_of(uow, order_id, payment_id)
            refund = await refunds.find(uow, refund_id)
            if refund is None:
                # What the buyer's bank has taken back is decided there; the rest need not wait for it.
                free = [payment for payment in sale if payment.state is not PaymentState.DISPUTED] or sale
                require_some_left(free)
                lines = [await lines_of(uow, payment.id) for payment in free]
                given = await self._begin(uow, free, lines, wish, refund_id, None)
            else:
                refund.require_same(order_id)
                given = await _given(uow, refund, sale)
            crash.point("payment.r1_order.before_commit")
        crash.point("payment.r1_order.after_commit")
        return await self._pursue(given, sale, None)

    async def _sale_of(self, uow: UnitOfWork, order_id: uuid.UUID, payment_id: uuid.UUID | None) -> list[Payment]:
        if payment_id is None:
            sale = await payments.lock_taken(uow, order_id)
        else:
            sale = await payments.lock_sale(uow, payment_id)
        if not sale:
            raise NotFound("PAYMENT_NOT_FOUND", "Nothing was taken for this order.", orderId=str(order_id))
        if any(payment.order_id != order_id for payment in sale):
            raise NotFound("PAYMENT_NOT_FOUND", "The order has no such payment.", paymentId=str(payment_id))
        return sale

    async def _begin(
        self,
        uow: UnitOfWork,
        sale: Sequence[Payment],
        lines: Sequence[Sequence[PaymentLine]],
        wish: Wish,
        refund_id: uuid.UUID,
        request_key: str | None,
    ) -> GivenBack:
        """Set aside what each payment gives back; what the wallet gives back is there in this commit."""
        begun: list[Refund] = []
        for payment, planned in zip(sale, wish.plan(lines, sale[0].amount.currency), strict=True):
            if not planned:
                continue
            refund = await self._set_aside(uow, payment, planned, wish.reason, new_id() if begun else refund_id)
            refund.part_of_id = refund_id if begun else None
            await refunds.insert_new(uow, refund, None if begun else request_key)
            if payment.is_wallet:
                await wallets.give_back(uow, payment, refund)
            begun.append(refund)
        return GivenBack(begun)

    async def _set_aside(
        self, uow: UnitOfWork, payment: Payment, planned: list[RefundLine], reason: str, refund_id: uuid.UUID
    ) -> Refund:
        amount = sum(line.shares.total for line in planned)
        payment.set_aside(amount)
        await payments.save(uow, payment)
        await move_lines(uow, payment.id, _moves(planned), 1)
        return Refund(
            id=refund_id,
            payment_id=payment.id,
            order_id=payment.order_id,
            user_id=payment.user_id,
            amount=Money(payment.amount.currency, amount),
            reason=reason,
            lines=planned,
            create_time=datetime.now(UTC),
        )

    async def _pursue(self, given: GivenBack, sale: Sequence[Payment], at_end: AtEnd | None) -> GivenBack:
        """Have the provider give back what is on its way. The last of them takes the caller's answer along."""
        by_id = {payment.id: payment for payment in sale}
        for refund in given.refunds:
            if refund.state is RefundState.PENDING:
                given = given.with_part(await self.pursue(refund, by_id[refund.payment_id], _ending(given, at_end)))
        return given

    async def pursue(self, refund: Refund, payment: Payment, at_end: _AtEndOfOne | None = None) -> Refund:
        """Have the provider give back what is set aside. Without an answer the refund stays PENDING, and goes on."""
        try:
            seen = await self._ask(refund, payment)
        except OutcomeUnknown as unknown:
            if unknown.answered:
                async with self._db.write() as uow:
                    await refunds.next_attempt(uow, refund)
            return await self._finish(refund, at_end)
        crash.point("payment.provider_refund.after_call")
        return await self.record(refund, seen, at_end)

    async def _ask(self, refund: Refund, payment: Payment) -> RefundObservation:
        if refund.reference is not None:
            return await self._find(refund, payment) or RefundObservation(refund.reference, RefundState.PENDING)
        try:
            return await self._provider.refund(refund, payment)
        except Refused as refused:
            # A refund of an earlier try may be why nothing is left now.
            seen = await self._find(refund, payment)
            return seen or RefundObservation("", RefundState.FAILED, refused.reason)
        except OutcomeUnknown as unknown:
            seen = await self._find(refund, payment)
            if seen is None:
                raise OutcomeUnknown(str(unknown), answered=unknown.answered) from unknown
            return seen

    async def _find(self, refund: Refund, payment: Payment) -> RefundObservation | None:
        return await self._provider.find_refund(refund, payment)

    async def _finish(self, refund: Refund, at_end: _AtEndOfOne | None) -> Refund:
        if at_end is not None:
            async with self._db.write() as uow:
                await at_end(uow, refund)
        return refund

    async def record(self, refund: Refund, seen: RefundObservation, at_end: _AtEndOfOne | None = None) -> Refund:
        """One commit: the result, its postings and its event, where the refund moved at all."""
        async with self._db.write() as uow:
            payment = await payments.lock(uow, refund.payment_id)
            refund = await refunds.load(uow, refund.id)
            if (refund.state, refund.reference) != (seen.state, seen.reference or None):
                await self._move(uow, payment, refund, seen)
            if at_end is not None:
                await at_end(uow, refund)
            crash.point("payment.r2.before_commit")
        crash.point("payment.r2.after_commit")
        return refund

    async def _move(self, uow: UnitOfWork, payment: Payment, refund: Refund, seen: RefundObservation) -> None:
        before, refund.reference = refund.state, refund.reference or seen.reference or None
        amount, shares = refund.amount.amount, [(line.shop_id, line.shares) for line in refund.lines]
        if before is RefundState.PENDING and seen.state is RefundState.SUCCEEDED:
            payment.give_back(amount)
            await balances.note_debt(uow, [line.shop_id for line in refund.lines])
            await ledger.post(uow, refund_entry(refund.id, refund.order_id, shares, refund.amount))
        elif before is not RefundState.FAILED and seen.state is RefundState.FAILED:
            was_given = before is RefundState.SUCCEEDED
            payment.put_back(amount, was_given=was_given)
            await move_lines(uow, payment.id, _moves(refund.lines), -1)
            if was_given:
                await ledger.post(uow, reversal_entry(refund.id, refund.order_id, shares, refund.amount))
        else:
            # Nothing moves back: a late look at an earlier state only tells the provider's id.
            await refunds.save(uow, refund)
            return
        refund.state, refund.failure_reason = seen.state, seen.failure_reason
        await payments.save(uow, payment)
        await refunds.save(uow, refund)
        uow.publish(events.refund_moved(refund, payment), refund.order_id)


def _ending(given: GivenBack, at_end: AtEnd | None) -> _AtEndOfOne | None:
    """The caller's answer once a part has ended: all of what is given back."""
    if at_end is None:
        return None

    async def end(uow: UnitOfWork, refund: Refund) -> None:
        await at_end(uow, given.with_part(refund))

    return end


async def _given(uow: UnitOfWork, refund: Refund, sale: Sequence[Payment]) -> GivenBack:
    return GivenBack([refund, *(await refunds.parts_of(uow, refund.id) if len(sale) > 1 else ())])


def _own_lines(lines: list[PaymentLine], principal: Principal) -> list[PaymentLine]:
    return lines if principal.is_admin else [line for line in lines if principal.can_act_for(line.shop_id)]


def _moves(lines: Sequence[RefundLine]) -> list[tuple[uuid.UUID, int, Shares]]:
    return [(line.line_id, line.quantity, line.shares) for line in lines]


def _amounts(sale: Sequence[Payment]) -> dict[str, int]:
    return {
        "captured": sum(payment.captured for payment in sale),
        "refunded": sum(payment.refunded for payment in sale),
        "refunding": sum(payment.refunding for payment in sale),
    }
