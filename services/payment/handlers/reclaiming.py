"""Taking back from sellers what was paid out and refunded or disputed since."""

import logging
import uuid

from mesh import crash
from mesh.database import Database, Record
from services.payment.domain.movements import reversal_begun_entry, reversal_failed_entry, reversal_paid_entry
from services.payment.domain.payout import PayoutItem, PayoutState, Reversal, TransferObservation, plan_reversals
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.handlers.paying import Paying
from services.payment.handlers.ports import Connect
from services.payment.repository import balances, ledger, payouts

_log = logging.getLogger(__name__)
_BATCH = 50


class Reclaiming:
    """Reverses transfers. What the provider cannot take back stays a debt, which later payouts pay."""

    def __init__(self, db: Database, connect: Connect, paying: Paying) -> None:
        self._db = db
        self._connect = connect
        self._paying = paying

    async def run(self) -> None:
        """Go on with what is on its way, then look at the shops that something was taken back from."""
        await self._resume()
        async with self._db.read() as unit:
            noted = await balances.in_debt(unit, _BATCH)
        for row in noted:
            await self._reclaim(row)

    async def _resume(self) -> None:
        async with self._db.read() as unit:
            items, reversals = await payouts.due(unit, _BATCH)
            owners = {item.payout_id: await payouts.find(unit, item.payout_id) for item in items}
        for item in items:
            await self._postpone(item)
            payout = owners[item.payout_id]
            if payout is not None:
                await self._paying.pursue(item, payout.destination, resumed=True)
        for reversal in reversals:
            await self._postpone(reversal)
            await self._pursue(reversal, resumed=True)

    async def _postpone(self, moved: PayoutItem | Reversal) -> None:
        async with self._db.write() as uow:
            await payouts.postpone(uow, moved)

    async def _reclaim(self, noted: Record) -> None:
        for reversal in await self._begin(noted["shop_id"], noted):
            await self._pursue(reversal)

    async def _begin(self, shop_id: uuid.UUID, noted: Record) -> list[Reversal]:
        """One commit: what is taken back and its postings, before the provider hears of it."""
        begun: list[Reversal] = []
        async with self._db.write() as uow:
            await balances.lock_account(uow, shop_id)
            for orders in (await balances.open_orders(uow, shop_id)).values():
                debts = [order for order in orders if order.amount < 0]
                items = await payouts.items_of_orders(uow, shop_id, [debt.order_id for debt in debts])
                begun += plan_reversals(debts, items)
            for reversal in begun:
                item = await payouts.lock_item(uow, reversal.item_id)
                item.reversed += reversal.amount.amount
                await payouts.save_item(uow, item)
                await payouts.insert_reversal(uow, reversal)
                await ledger.post(uow, reversal_begun_entry(reversal))
            await balances.forget_debt(uow, noted)
            crash.point("payment.reversal.before_commit")
        crash.point("payment.reversal.after_commit")
        return begun

    async def _pursue(self, reversal: Reversal, *, resumed: bool = False) -> None:
        try:
            seen = await self._ask(reversal, resumed=resumed)
        except OutcomeUnknown as unknown:
            _log.info("reversal %s waits: %s", reversal.id, unknown)
            if unknown.answered:
                async with self._db.write() as uow:
                    await payouts.next_attempt(uow, reversal)
            return
        crash.point("payment.provider_reversal.after_call")
        await self._record(reversal, seen)

    async def _ask(self, reversal: Reversal, *, resumed: bool) -> TransferObservation:
        found = await self._connect.find_reversal(reversal) if resumed else None
        if found is not None:
            return found
        try:
            return await self._connect.reverse(reversal)
        except Refused as refused:
            return TransferObservation("", PayoutState.FAILED, refused.reason)
        except OutcomeUnknown as unknown:
            found = await self._connect.find_reversal(reversal)
            if found is None:
                raise OutcomeUnknown(str(unknown), answered=unknown.answered) from unknown
            return found

    async def _record(self, reversal: Reversal, seen: TransferObservation) -> None:
        """One commit: the result and its postings."""
        async with self._db.write() as uow:
            item = await payouts.lock_item(uow, reversal.item_id)
            locked = await payouts.lock_reversal(uow, reversal.id)
            if locked.state is not PayoutState.PENDING:
                return
            locked.state, locked.reference = seen.state, seen.reference or None
            locked.failure_reason = seen.failure_reason
            if locked.state is PayoutState.FAILED:
                item.reversed -= locked.amount.amount
                item.is_out_of_reach = True
                await payouts.save_item(uow, item)
                await ledger.post(uow, reversal_failed_entry(locked))
            else:
                await ledger.post(uow, reversal_paid_entry(locked))
            await payouts.save_reversal(uow, locked)
            crash.point("payment.reversal_end.before_commit")
        crash.point("payment.reversal_end.after_commit")
