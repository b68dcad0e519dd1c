"""Comparing the ledger with the provider's books, and booking the provider's fees."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from mesh.database import Database, UnitOfWork
from mesh.errors import Unavailable
from mesh.ids import new_id
from mesh.money import Money
from services.payment.domain.movements import fee_entry
from services.payment.domain.provider import OutcomeUnknown
from services.payment.domain.reconciliation import Booking, LedgerSide, Reconciliation, Span, compare
from services.payment.handlers.ports import Books
from services.payment.repository import ledger, reconciliations
from services.payment.telemetry import reconciliation_differences

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
# How much later than the provider, or earlier, we may book the same thing.
_EDGE = timedelta(hours=1)
# The provider has booked all of a day, and we too, so long after its end.
_PATIENCE = timedelta(hours=2)


def _now() -> datetime:
    return datetime.now(UTC)


class Reconciling:
    """Compares books."""

    def __init__(self, db: Database, books: Books, clock: Callable[[], datetime] = _now) -> None:
        self._db = db
        self._books = books
        self._clock = clock

    async def run(self) -> None:
        """Compare yesterday, in UTC, once, some time after it has ended."""
        end = (self._clock() - _PATIENCE).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._db.read() as unit:
            if await reconciliations.has_day(unit, end):
                return
        await self.reconcile(Span(end - _DAY, end), is_daily=True)

    async def reconcile(self, span: Span, *, is_daily: bool = False) -> Reconciliation:
        """Compare a span of time and keep the report."""
        span.require_short()
        bookings = await self._bookings(Span(span.begin - _EDGE, span.end + _EDGE))
        async with self._db.write() as uow:
            sides = await reconciliations.posted(uow, Span(span.begin - _EDGE, span.end + _EDGE))
            known = {side.provider_reference for side in sides}
            unseen = [booking.reference for booking in bookings if booking.reference not in known]
            sides += await reconciliations.by_references(uow, unseen)
            made = Reconciliation(new_id(), span, self._clock(), differences=compare(span, bookings, sides))
            made.difference_count = len(made.differences)
            made.transaction_count = sum(span.holds(booking.time) for booking in bookings)
            made.fee_count = await self._book_fees(uow, bookings, sides)
            await reconciliations.insert_new(uow, made, is_daily=is_daily)
        if made.differences:
            reconciliation_differences.add(made.difference_count)
            _log.error("reconciliation %s: %s differences", made.id, made.difference_count)
        return made

    async def _bookings(self, span: Span) -> list[Booking]:
        try:
            return [booking async for booking in self._books.bookings(span.begin, span.end)]
        except OutcomeUnknown as unknown:
            raise Unavailable("PROVIDER_UNAVAILABLE", "The payment provider does not answer.") from unknown

    async def _book_fees(self, uow: UnitOfWork, bookings: Sequence[Booking], sides: Sequence[LedgerSide]) -> int:
        """Post what the provider has kept of what we know, each fee once."""
        ours = {side.key: side for side in sides}
        charged = [(ours[booking.key], booking) for booking in bookings if booking.fee and booking.key in ours]
        booked = await reconciliations.with_fees(uow, [side.reference_id for side, _ in charged])
        fresh = [(side, booking) for side, booking in charged if side.reference_id not in booked]
        for side, booking in fresh:
            fee = Money(booking.currency, booking.fee)
            await ledger.post(uow, fee_entry(side.reference_id, side.order_id, fee))
        return len(fresh)
