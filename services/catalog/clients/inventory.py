"""Inventory, for what can be bought."""

import asyncio
import time
import uuid
from collections.abc import Sequence

from souk.inventory.v1 import inventory_service_pb2, stock_pb2
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

from mesh.errors import DeadlineExceeded, ResourceExhausted, Unavailable

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.05


class InventoryClient:
    def __init__(self, stub: InventoryServiceStub) -> None:
        self._stub = stub

    async def availability(self, variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, stock_pb2.Availability]:
        """What inventory has of the variants; those that it does not know are left out."""
        request = inventory_service_pb2.BatchGetAvailabilityRequest(variant_ids=map(str, variant_ids))
        response = await self._stub.BatchGetAvailability(request)
        return {uuid.UUID(found.variant_id): found for found in response.availabilities}

    async def await_variants(self, variant_ids: Sequence[uuid.UUID], seconds: float) -> bool:
        """Wait until inventory knows the variants, at most so long; false where it did not learn of them in time."""
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE
        try:
            while len(await self.availability(variant_ids)) < len(variant_ids):
                if time.monotonic() + pause > until:
                    return False
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        except (DeadlineExceeded, ResourceExhausted, Unavailable):
            # The product is made; its stock comes with the event.
            return False
        return True
