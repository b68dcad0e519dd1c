"""The invariants that orders can decide."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from souk.mesh.v1.invariants_pb2 import CheckInvariantsResponse, InvariantResult

from mesh.database import Database
from mesh.errors import NotFound
from mesh.scans import run_scan
from services.order.domain.saga import PaymentReport
from services.order.domain.status import TAKEN_ATTEMPTS, AttemptState
from services.order.repository import audits

DEFAULT_SETTLE_SECONDS = 30
_ASKED = 100


class PaymentStates(Protocol):
    """Where payments stand."""

    async def status(self, payment_id: UUID) -> PaymentReport:
        """Raises NotFound for a payment that was never begun."""


class Checks:
    """I3, I6, I9 and I10 by scans of the own tables, I3 also against the payment service, I5 over the own durables."""

    def __init__(
        self,
        db: Database,
        payments: PaymentStates,
        verify_delivery: Callable[[float], Awaitable[InvariantResult]],
    ) -> None:
        self._db = db
        self._payments = payments
        self._verify_delivery = verify_delivery

    async def run(self, settle_seconds: int) -> CheckInvariantsResponse:
        """Check them; facts younger than `settle_seconds` are not judged."""
        settle = settle_seconds or DEFAULT_SETTLE_SECONDS
        results = await asyncio.gather(*(run_scan(self._db, check, settle) for check in audits.SCANS))
        results.append(await self._compare_payments(settle))
        results.append(await self._verify_delivery(settle))
        return CheckInvariantsResponse(results=results)

    async def _compare_payments(self, settle: int) -> InvariantResult:
        async with self._db.read() as unit:
            attempts = await audits.latest_attempts(unit, settle, _ASKED)
        result = InvariantResult(
            invariant="I3",
            description=f"the latest {_ASKED} attempts took money exactly where the payment service says so",
            checked_count=len(attempts),
        )
        for attempt in attempts:
            state = await self._state(attempt["id"])
            if (state in TAKEN_ATTEMPTS) is not (AttemptState(attempt["state"]) in TAKEN_ATTEMPTS):
                result.violation_count += 1
                result.violations.add(id=str(attempt["id"]), detail=f"order: {attempt['state']}, payment: {state}")
        return result

    async def _state(self, payment_id: UUID) -> AttemptState:
        try:
            return (await self._payments.status(payment_id)).state
        except NotFound:
            return AttemptState.CANCELLED
