"""The invariants that payments, the ledger and the provider can decide."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from souk.mesh.v1.invariants_pb2 import CheckInvariantsResponse, InvariantResult

from mesh.database import Database
from mesh.errors import Unavailable
from mesh.scans import run_scan
from services.payment.domain.provider import OutcomeUnknown, ProviderPayment
from services.payment.handlers.ports import Provider
from services.payment.repository import invariants as queries
from services.payment.repository import wallets

DEFAULT_SETTLE_SECONDS = 30
LISTED = 100
_BATCH = 500
# How much longer than its time a payment may stay open: recovery looks at it every five minutes.
_GRACE = timedelta(minutes=10)
# Provider and database have clocks of their own.
_CLOCK_SECONDS = 5.0


class Checks:
    """I1, I3, I4, I5, I7 and I8."""

    def __init__(
        self,
        db: Database,
        provider: Provider,
        verify_delivery: Callable[[float], Awaitable[InvariantResult]],
        open_at_most: timedelta,
        provider_payments: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """A payment may be open for `open_at_most`; the newest `provider_payments` of the provider are compared."""
        self._db = db
        self._provider = provider
        self._verify_delivery = verify_delivery
        self._open_at_most = open_at_most
        self._provider_payments = provider_payments
        self._clock = clock

    async def run(self, settle_seconds: int) -> CheckInvariantsResponse:
        """Check all; facts younger than `settle_seconds` are not judged."""
        settle = settle_seconds or DEFAULT_SETTLE_SECONDS
        captures, orphans = await self._provider_view(settle)
        scanned = await asyncio.gather(*(run_scan(self._db, check, settle) for check in queries.SCANS))
        async with self._db.read() as unit:
            _add(orphans, await queries.overdue(unit, self._open_at_most + _GRACE), "is still open: {state}")
            owed = _result(
                "I1", "Each wallet is what the ledger owes its owner, never below zero.", await wallets.count(unit)
            )
            detail = "holds {balance} {currency}, the ledger owes {owed}; {held} of it are held, orders hold {holds}"
            _add(owed, await wallets.wrong(unit), detail)
        delivery = await self._verify_delivery(settle)
        results = sorted([*scanned, owed, captures, orphans, delivery], key=lambda result: result.invariant)
        return CheckInvariantsResponse(results=results)

    async def _provider_view(self, settle: int) -> tuple[InvariantResult, InvariantResult]:
        """I3 and the provider's half of I4: its newest payments against ours, both ways."""
        captures = _result("I3", "The provider has captured what our payments say.", 0)
        orphans = _result("I4", "Nothing is captured without a payment of ours, or open beyond its time.", 0)
        listed = await self._listed()
        for start in range(0, len(listed), _BATCH):
            await self._compare(listed[start : start + _BATCH], settle, captures, orphans)
        complete = len(listed) < self._provider_payments
        since = 0.0 if complete else min(payment.create_time for payment in listed) + _CLOCK_SECONDS
        await self._require_listed({payment.reference for payment in listed}, since, settle, captures)
        return captures, orphans

    async def _listed(self) -> list[ProviderPayment]:
        try:
            return [payment async for payment in self._provider.newest_payments(self._provider_payments)]
        except OutcomeUnknown as unknown:
            raise Unavailable("PROVIDER_UNAVAILABLE", "The payment provider does not answer.") from unknown

    async def _compare(
        self, listed: list[ProviderPayment], settle: int, captures: InvariantResult, orphans: InvariantResult
    ) -> None:
        async with self._db.read() as unit:
            ours = await queries.by_reference(
                unit, [payment.reference for payment in listed], timedelta(seconds=settle)
            )
        captures.checked_count += len(listed)
        orphans.checked_count += len(listed)
        settled = self._clock() - settle
        for payment in listed:
            row = ours.get(payment.reference)
            if payment.update_time > settled or (row is not None and row["is_fresh"]):
                continue
            if row is None and payment.captured:
                _note(orphans, payment.reference, f"{payment.captured} captured without a payment of ours")
            elif row is not None and row["captured_amount"] != payment.captured:
                detail = f"the provider has {payment.captured}, we have {row['captured_amount']}"
                _note(captures, str(row["id"]), detail)

    async def _require_listed(self, listed: set[str], since: float, settle: int, captures: InvariantResult) -> None:
        """What we hold for captured is with the provider."""
        async with self._db.read() as unit:
            rows = await queries.captured_since(unit, since, timedelta(seconds=settle), self._provider_payments)
        for row in rows:
            if row["provider_reference"] not in listed:
                _note(captures, str(row["id"]), "the provider does not have it")


def _result(name: str, description: str, checked: int) -> InvariantResult:
    return InvariantResult(invariant=name, description=description, checked_count=checked)


def _note(result: InvariantResult, offender: str, detail: str) -> None:
    result.violation_count += 1
    if len(result.violations) < LISTED:
        result.violations.add(id=offender, detail=detail)


def _add(result: InvariantResult, rows: Iterable[Mapping[str, Any]], detail: str) -> None:
    """Note rows of a query that counts its offenders in `total`."""
    total = 0
    for row in rows:
        total = row["total"]
        _note(result, str(row["id"]), detail.format(**row))
    result.violation_count += max(0, total - LISTED)
