"""Taking money: begun, asked of the provider, and recorded, each in a commit of its own."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from mesh import crash
from mesh.database import Database
from mesh.errors import Unavailable
from services.payment import events
from services.payment.domain.lines import PaymentLine
from services.payment.domain.method import Means
from services.payment.domain.payment import Observation, Payment, PaymentState
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.handlers import wallets
from services.payment.handlers.ports import Provider
from services.payment.repository import payments

# Whoever began a payment has its outcome by then, or has died.
_LOOK_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment, and what completes it in the buyer's browser where that is needed."""

    payment: Payment
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the buyer's wallet pays beside a card."""

    payment: Payment
    lines: list[PaymentLine]


class Taking:
    """Takes money for orders."""

    def __init__(self, db: Database, provider: Provider) -> None:
        self._db = db
        self._provider = provider

    async def start(self, new: Payment, lines: list[PaymentLine], means: Means, beside: Beside | None = None) -> Taken:
        """Begin a payment, or go on with one: never charges twice, whatever was reached before."""
        payment, is_new = await self._begin(new, lines, beside)
        payment.require_same(new.order_id, new.amount)
        if not payment.is_open or payment.is_wallet:
            return Taken(payment)
        if payment.reference is None:
            payment = await self._create(payment, means)
            if not payment.is_open:
                return Taken(payment)
        seen = None if is_new else await self._read(payment)
        if seen is None or seen.state is PaymentState.PENDING:
            seen = await self._confirm(payment)
        return await self.settle(payment, seen)

    async def status(self, payment_id: uuid.UUID) -> Taken:
        """A payment, brought up to date from the provider where its outcome is still to come."""
        async with self._db.read() as unit:
            payment = await payments.load(unit, payment_id)
        if not payment.is_open or payment.reference is None:
            return Taken(payment)
        return await self.settle(payment, await self._read(payment))

    async def cancel(self, payment_id: uuid.UUID, planned: Payment | None = None) -> Payment:
        """Give a payment up where nothing was taken yet; one that was never begun is kept as given up if `planned`."""
        async with self._db.read() as unit:
            payment = await payments.find(unit, payment_id)
        if payment is None:
            return await self._bury(payment_id, planned)
        if planned is not None:
            payment.require_same(planned.order_id, planned.amount)
        if not payment.chargeable:
            return payment
        if payment.reference is None:
            return await self._cancel_unknown(payment)
        after_refusal = payment.state is PaymentState.DECLINED
        try:
            seen = await self._provider.cancel(payment, after_refusal=after_refusal)
        except OutcomeUnknown as unknown:
            raise await self._unavailable(payment, unknown) from unknown
        return await self.record(payment_id, seen)

    async def _bury(self, payment_id: uuid.UUID, planned: Payment | None) -> Payment:
        """Whoever still means to begin it, late, finds that it is over."""
        if planned is None:
            raise payments.not_found(payment_id)
        planned.give_up()
        crash.point("payment.never_begun.before_commit")
        is_new = await payments.insert_new(self._db.run_returning, planned, [], _LOOK_AFTER)
        crash.point("payment.never_begun.after_commit")
        return planned if is_new else await self.cancel(payment_id)

    async def _cancel_unknown(self, payment: Payment) -> Payment:
        """The provider was never told to charge it: without a reference nobody can any more."""
        async with self._db.write() as uow:
            locked = await payments.lock(uow, payment.id)
            if locked.reference is None and locked.observe(Observation(PaymentState.CANCELLED)):
                await payments.save(uow, locked)
                await wallets.follow(uow, locked)
                uow.publish(events.payment_moved(locked), locked.order_id)
                return locked
        return await self.cancel(payment.id)

    async def _begin(self, new: Payment, lines: list[PaymentLine], beside: Beside | None) -> tuple[Payment, bool]:
        if new.is_wallet or beside is not None:
            async with self._db.write() as uow:
                is_new = await payments.insert_new(uow.fetch, new, lines, _LOOK_AFTER)
                if is_new and new.is_wallet:
                    await wallets.pay_alone(uow, new)
                elif is_new and beside is not None:
                    await wallets.hold_beside(uow, new, beside.payment, beside.lines)
                crash.point("payment.p1.before_commit")
        else:
            crash.point("payment.p1.before_commit")
            is_new = await payments.insert_new(self._db.run_returning, new, lines, _LOOK_AFTER)
        crash.point("payment.p1.after_commit")
        return (new if is_new else await self._load(new.id)), is_new

    async def _load(self, payment_id: uuid.UUID) -> Payment:
        async with self._db.read() as unit:
            return await payments.load(unit, payment_id)

    async def _create(self, payment: Payment, means: Means) -> Payment:
        """Have the provider know the payment, unconfirmed, and keep its id: from then on there is an object to read."""
        try:
            reference = await self._provider.create(payment, means)
        except Refused as refused:
            seen = Observation(PaymentState.DECLINED, decline_reason=refused.reason)
            return await self.record(payment.id, seen)
        except OutcomeUnknown as unknown:
            raise await self._unavailable(payment, unknown) from unknown
        crash.point("payment.provider_create.after_call")
        crash.point("payment.p1b.before_commit")
        is_kept = await payments.set_reference(self._db, payment.id, reference)
        crash.point("payment.p1b.after_commit")
        # Else given up, or begun by another call, meanwhile: this intent is never confirmed.
        return replace(payment, reference=reference) if is_kept else await self._load(payment.id)

    async def _confirm(self, payment: Payment) -> Observation:
        try:
            seen = await self._provider.confirm(payment)
        except OutcomeUnknown as unknown:
            seen = await self._read(payment)
            if seen.state is PaymentState.PENDING:
                raise await self._unavailable(payment, unknown) from unknown
        crash.point("payment.provider_confirm.after_call")
        return seen

    async def _read(self, payment: Payment) -> Observation:
        try:
            return await self._provider.read(payment)
        except OutcomeUnknown as unknown:
            raise _unavailable() from unknown

    async def _unavailable(self, payment: Payment, unknown: OutcomeUnknown) -> Unavailable:
        """The error to raise; where the provider keeps its own error for the key, the next call uses another."""
        if unknown.answered:
            async with self._db.write() as uow:
                await payments.next_attempt(uow, payment)
        return _unavailable()

    async def settle(self, payment: Payment, seen: Observation) -> Taken:
        """Record what the provider says; a refused intent is closed first, so that nobody pays it later."""
        if seen.state is PaymentState.DECLINED and seen.chargeable:
            # Where that fails it stays chargeable in our row, and recovery closes it.
            with suppress(OutcomeUnknown):
                seen = await self._provider.cancel(payment, after_refusal=True)
        recorded = await self.record(payment.id, seen)
        return Taken(recorded, seen.client_secret if recorded.state is PaymentState.REQUIRES_ACTION else "")

    async def record(self, payment_id: uuid.UUID, seen: Observation) -> Payment:
        """One commit: the result, its postings and its event, where the payment moved at all."""
        async with self._db.write() as uow:
            payment = await payments.lock(uow, payment_id)
            was_chargeable = payment.chargeable
            moved = payment.observe(seen)
            if moved or payment.chargeable is not was_chargeable:
                payments.save_at_commit(uow, payment)
            if moved and payment.state is PaymentState.CAPTURED:
                await wallets.post_capture(uow, payment)
            await wallets.follow(uow, payment)
            if moved:
                uow.publish(events.payment_moved(payment), payment.order_id)
            crash.point("payment.p2.before_commit")
        crash.point("payment.p2.after_commit")
        return payment


def _unavailable() -> Unavailable:
    return Unavailable("PROVIDER_UNAVAILABLE", "The payment provider does not answer; the outcome is not known yet.")
