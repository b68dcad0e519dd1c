"""Paying sellers: planned and posted under the shop's lock, asked of the provider, and recorded."""

import logging
import uuid
from datetime import UTC, datetime

from mesh import crash
from mesh.database import Database, UnitOfWork
from mesh.errors import FailedPrecondition, NotFound, SoukError, Unavailable
from services.payment import events
from services.payment.domain.movements import (
    offset_entry,
    payout_begun_entry,
    payout_failed_entry,
    payout_paid_entry,
)
from services.payment.domain.payout import (
    Payout,
    PayoutItem,
    PayoutState,
    Schedule,
    Terms,
    TransferObservation,
    plan_payout,
    require_verified,
)
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.handlers.ports import Connect, Shops
from services.payment.repository import balances, ledger, payouts

_log = logging.getLogger(__name__)
_BATCH = 50


class Paying:
    """Pays sellers."""

    def __init__(self, db: Database, connect: Connect, shops: Shops, terms: Terms, schedule: Schedule) -> None:
        self._db = db
        self._connect = connect
        self._shops = shops
        self._terms = terms
        self._schedule = schedule

    async def run(self) -> None:
        """Pay the shops whose turn has come; one that cannot be paid holds up no other."""
        async with self._db.read() as unit:
            due = await balances.due_shops(unit, _BATCH)
        for shop_id in due:
            try:
                await self.pay(shop_id)
            except (OutcomeUnknown, SoukError) as error:
                _log.info("shop %s is not paid now: %s", shop_id, error)
                async with self._db.write() as uow:
                    await balances.open_account(uow, shop_id)
            async with self._db.write() as uow:
                await balances.set_next_payout(uow, shop_id, self._schedule.period)

    async def pay(self, shop_id: uuid.UUID) -> list[Payout]:
        """Pay a shop what is due, one payout for each currency. Raises for one that is not verified."""
        await self._ensure_account(shop_id)
        begun = await self._begin(shop_id)
        for payout in begun:
            for item in payout.items:
                await self.pursue(item, payout.destination)
        async with self._db.read() as unit:
            found = [await payouts.find(unit, payout.id) for payout in begun]
        return [payout for payout in found if payout is not None]

    async def _ensure_account(self, shop_id: uuid.UUID) -> None:
        payee = await self._shops.payee(shop_id)
        if payee is None:
            raise NotFound("SHOP_NOT_FOUND", "There is no such shop.", shopId=str(shop_id))
        require_verified(shop_id, verified=payee.is_verified)
        async with self._db.write() as uow:
            reference = await balances.open_account(uow, shop_id)
        if reference is not None:
            return
        try:
            reference = await self._connect.open_account(shop_id, payee.country)
        except Refused as refused:
            message = f"The provider opens no account for this shop: {refused.reason}."
            raise FailedPrecondition("PAYOUT_ACCOUNT_REFUSED", message, shopId=str(shop_id)) from refused
        except OutcomeUnknown as unknown:
            raise Unavailable("PROVIDER_UNAVAILABLE", "The payment provider does not answer.") from unknown
        async with self._db.write() as uow:
            await balances.set_account(uow, shop_id, reference)

    async def _begin(self, shop_id: uuid.UUID) -> list[Payout]:
        """One commit: what is paid, order by order, and its postings, before the provider hears of it."""
        async with self._db.write() as uow:
            destination = await balances.lock_account(uow, shop_id)
            lately = await balances.earned_within(uow, shop_id, self._schedule.reserve_window)
            begun = []
            for currency, orders in sorted((await balances.open_orders(uow, shop_id)).items()):
                payout = plan_payout(
                    shop_id, currency, orders, lately.get(currency, 0), self._terms, datetime.now(UTC), destination
                )
                if payout is not None:
                    await self._write(uow, payout)
                    begun.append(payout)
            crash.point("payment.payout.before_commit")
        crash.point("payment.payout.after_commit")
        return begun

    async def _write(self, uow: UnitOfWork, payout: Payout) -> None:
        await payouts.insert_new(uow, payout)
        for item in payout.items:
            if item.offset:
                await ledger.post(uow, offset_entry(item))
            if item.amount.amount:
                await ledger.post(uow, payout_begun_entry(item))
        uow.publish(events.payout_created(payout), payout.shop_id)

    async def pursue(self, item: PayoutItem, destination: str, *, resumed: bool = False) -> None:
        """Have the provider transfer it, or find it where it may have. Without an answer it stays PENDING."""
        if item.state is not PayoutState.PENDING:
            return
        try:
            seen = await self._ask(item, destination, resumed=resumed)
        except OutcomeUnknown as unknown:
            _log.info("transfer %s waits: %s", item.id, unknown)
            if unknown.answered:
                async with self._db.write() as uow:
                    await payouts.next_attempt(uow, item)
            return
        crash.point("payment.provider_transfer.after_call")
        await self._record(item, seen)

    async def _ask(self, item: PayoutItem, destination: str, *, resumed: bool) -> TransferObservation:
        found = await self._connect.find_transfer(item) if resumed else None
        if found is not None:
            return found
        try:
            return await self._connect.transfer(item, destination)
        except Refused as refused:
            return TransferObservation("", PayoutState.FAILED, refused.reason)
        except OutcomeUnknown as unknown:
            found = await self._connect.find_transfer(item)
            if found is None:
                raise OutcomeUnknown(str(unknown), answered=unknown.answered) from unknown
            return found

    async def _record(self, item: PayoutItem, seen: TransferObservation) -> None:
        """One commit: the result and its postings, and the payout's end with its last transfer."""
        async with self._db.write() as uow:
            payout = await payouts.lock(uow, item.payout_id)
            locked = next(each for each in payout.items if each.id == item.id)
            if locked.state is not PayoutState.PENDING:
                return
            locked.state, locked.reference = seen.state, seen.reference or None
            locked.failure_reason = seen.failure_reason
            await payouts.save_item(uow, locked)
            paid = locked.state is PayoutState.PAID
            await ledger.post(uow, payout_paid_entry(locked) if paid else payout_failed_entry(locked))
            if payout.settle():
                await payouts.save(uow, payout)
                uow.publish(events.payout_closed(payout), payout.shop_id)
            crash.point("payment.payout_end.before_commit")
        crash.point("payment.payout_end.after_commit")
