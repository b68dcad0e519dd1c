"""The invariants that carts can decide."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

from souk.mesh.v1 import invariants_pb2

from mesh.database import Database
from services.cart import repository
from services.cart.domain import Offer
from services.cart.handlers import Catalog

DEFAULT_SETTLE_SECONDS = 30
LISTED = 100
_BATCH = 200


class Checks:
    """I5 over the own durables, I10 over what lines say of their variants."""

    def __init__(
        self,
        db: Database,
        catalog: Catalog,
        verify_delivery: Callable[[int], Awaitable[invariants_pb2.InvariantResult]],
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._verify_delivery = verify_delivery

    async def run(self, settle_seconds: int) -> invariants_pb2.CheckInvariantsResponse:
        """Check both; facts younger than `settle_seconds` are not judged."""
        settle = settle_seconds or DEFAULT_SETTLE_SECONDS
        results = [await self._verify_delivery(settle), await self._check_lines(settle)]
        return invariants_pb2.CheckInvariantsResponse(results=results)

    async def _check_lines(self, settle: int) -> invariants_pb2.InvariantResult:
        async with self._db.read() as unit:
            lines = await repository.latest_lines(unit, timedelta(seconds=settle))
        result = invariants_pb2.InvariantResult(
            invariant="I10",
            description="the latest 2,000 cart lines name the product and shop that the catalog has for their variant",
            checked_count=len(lines),
        )
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            offers = await self._catalog.offers({line["variant_id"] for line in batch})
            wrong = [line["id"] for line in batch if _differs(line, offers)]
            result.violation_count += len(wrong)
            for line_id in wrong[: LISTED - len(result.violations)]:
                result.violations.add(id=str(line_id), detail="the catalog has another product or shop for the variant")
        return result


def _differs(line: Mapping[str, UUID], offers: Mapping[UUID, Offer]) -> bool:
    offer = offers.get(line["variant_id"])
    return offer is not None and (offer.product_id, offer.shop_id) != (line["product_id"], line["shop_id"])
