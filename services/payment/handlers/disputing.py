"""Disputes: followed as the provider has them; the sellers' parts are held until the bank has decided."""

import uuid

from mesh import crash
from mesh.database import Database, UnitOfWork
from mesh.ids import new_id
from services.payment import events
from services.payment.domain.dispute import Dispute, DisputeObservation, DisputeState, held_shares
from services.payment.domain.ledger import EntryKind
from services.payment.domain.movements import dispute_lost_entry, dispute_opened_entry, dispute_won_entry
from services.payment.domain.payment import Payment
from services.payment.handlers.ports import Disputes
from services.payment.repository import balances, disputes, ledger, payments
from services.payment.repository.lines import lines_of


class Disputing:
    """Follows disputes."""

    def __init__(self, db: Database, provider: Disputes) -> None:
        self._db = db
        self._provider = provider

    async def follow(self, reference: str) -> bool:
        """Bring a dispute up to date from the provider. False where its payment is not known, or not taken yet."""
        seen = await self._provider.read_dispute(reference)
        if seen is None:
            return False
        async with self._db.read() as unit:
            payment = await payments.find_by_reference(unit, "stripe", seen.payment_reference)
        if payment is None or not payment.captured:
            return False
        await self._record(payment.id, seen)
        return True

    async def _record(self, payment_id: uuid.UUID, seen: DisputeObservation) -> None:
        """One commit: what moved, its postings and its events. The payment's lock is the dispute's."""
        async with self._db.write() as uow:
            payment = await payments.lock(uow, payment_id)
            dispute = await disputes.find(uow, seen.reference)
            if dispute is None and seen.state is not None:
                dispute = await self._open(uow, payment, seen)
            if dispute is not None and dispute.close(seen.state):
                await self._close(uow, payment, dispute)
            crash.point("payment.dispute.before_commit")
        crash.point("payment.dispute.after_commit")

    async def _open(self, uow: UnitOfWork, payment: Payment, seen: DisputeObservation) -> Dispute:
        dispute = Dispute(new_id(), payment.id, payment.order_id, seen.amount, seen.reason, seen.reference)
        held = held_shares(await lines_of(uow, payment.id), seen.amount)
        payment.dispute()
        await payments.save(uow, payment)
        await disputes.insert_new(uow, dispute)
        await ledger.post(uow, dispute_opened_entry(dispute, held))
        await balances.note_debt(uow, list(held))
        uow.publish(events.dispute_opened(dispute, payment, held), dispute.order_id)
        return dispute

    async def _close(self, uow: UnitOfWork, payment: Payment, dispute: Dispute) -> None:
        opened = await ledger.postings_of(uow, EntryKind.DISPUTE_OPENED, dispute.id)
        if dispute.state is DisputeState.WON:
            payment.regain()
            await payments.save(uow, payment)
            await ledger.post(uow, dispute_won_entry(dispute, opened))
        else:
            await ledger.post(uow, dispute_lost_entry(dispute, opened))
        await disputes.save(uow, dispute)
        uow.publish(events.dispute_closed(dispute, payment), dispute.order_id)
