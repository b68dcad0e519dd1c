"""Webhooks: kept as they come, and applied later from the provider's object as it is then."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from mesh import crash
from mesh.database import Database, Record
from mesh.errors import InvalidArgument, SoukError
from services.payment.domain.provider import OutcomeUnknown
from services.payment.domain.webhook import is_about_dispute, is_about_payment, parse_stripe, verify_signature
from services.payment.handlers.disputing import Disputing
from services.payment.handlers.ports import Provider
from services.payment.handlers.refunding import Refunding
from services.payment.handlers.taking import Taking
from services.payment.repository import payments, refunds, webhooks
from services.payment.telemetry import webhooks_refused

_log = logging.getLogger(__name__)
_BATCH = 50
# After so many tries, some four minutes, what the webhook is about is none of ours.
_MOST_TRIES = 8
# A webhook overtakes the answer of the call that it is about: with so much patience that answer is known, and the
# provider need not be asked again.
_HEAD_START_SECONDS = 0.2


class Webhooks:
    """Takes and applies webhooks."""

    def __init__(
        self,
        db: Database,
        provider: Provider,
        taking: Taking,
        refunding: Refunding,
        disputing: Disputing,
        secrets: Sequence[str],
        tolerance: float,
        *,
        livemode: bool,
        wake: Callable[[], None],
    ) -> None:
        """`wake` has `apply_due` run soon."""
        self._db = db
        self._provider = provider
        self._taking = taking
        self._refunding = refunding
        self._disputing = disputing
        self._secrets = secrets
        self._tolerance = tolerance
        self._livemode = livemode
        self._wake = wake

    async def receive(self, payload: bytes, signature: str) -> None:
        """Keep a genuine webhook. Raises for a forged, stale or foreign one, of which nothing is kept."""
        try:
            verify_signature(payload, signature, self._secrets, time.time(), self._tolerance)
            webhook = parse_stripe(payload, livemode=self._livemode)
        except InvalidArgument as error:
            webhooks_refused.add(1)
            _log.warning("webhook refused: %s", error.reason)
            raise
        crash.point("payment.webhook.before_commit")
        if await webhooks.insert_new(self._db, webhook):
            asyncio.get_running_loop().call_later(_HEAD_START_SECONDS, self._wake)
        crash.point("payment.webhook.after_commit")

    async def apply_due(self) -> None:
        """Apply what has come; one that fails waits and holds up no other."""
        await webhooks.finish_settled(self._db)
        while True:
            async with self._db.read() as unit:
                batch = await webhooks.due(unit, _BATCH)
            for row in batch:
                await self._apply(row)
            if len(batch) < _BATCH:
                return

    async def forget_old(self) -> None:
        """Delete what nobody needs any more."""
        async with self._db.write() as uow:
            await webhooks.forget_old(uow)

    async def _apply(self, row: Record) -> None:
        try:
            known = await self._apply_known(row)
        except (OutcomeUnknown, SoukError) as error:
            _log.info("webhook %s waits: %s", row["id"], error)
            await self._postpone(row)
        except Exception:  # noqa: BLE001  # whatever one webhook does must not hold up the others
            _log.exception("webhook %s failed", row["id"])
            await self._postpone(row)
        else:
            if known or row["check_count"] >= _MOST_TRIES:
                await webhooks.finish(self._db, row["id"], applied=known)
            else:
                await self._postpone(row)

    async def _apply_known(self, row: Record) -> bool:
        """False where what the webhook is about is not known, or not yet: its commit may still be under way."""
        if is_about_payment(row["type"]):
            return await self._payment(row)
        if is_about_dispute(row["type"]):
            return await self._disputing.follow(row["object_reference"])
        return await self._refund(row)

    async def _postpone(self, row: Record) -> None:
        await webhooks.postpone(self._db, row["id"])

    async def _payment(self, row: Record) -> bool:
        async with self._db.read() as unit:
            payment = await payments.find_by_reference(unit, row["provider"], row["object_reference"])
        if payment is None:
            return False
        if payment.chargeable:
            await self._taking.settle(payment, await self._provider.read(payment))
        return True

    async def _refund(self, row: Record) -> bool:
        async with self._db.read() as unit:
            refund = await refunds.find_by_reference(unit, row["object_reference"])
            payment = None if refund is None else await payments.load(unit, refund.payment_id)
        if refund is None or payment is None:
            return False
        seen = await self._provider.find_refund(refund, payment)
        if seen is not None:
            await self._refunding.record(refund, seen)
        return True
