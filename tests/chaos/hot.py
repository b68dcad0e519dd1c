"""T12 where it is hot: ten thousand units of one variant, held for two hundred buyers through InventoryService."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from souk.inventory.v1.inventory_service_pb2 import ReserveStockRequest
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.inventory.v1.reservation_pb2 import ReservationLine

from mesh.errors import SoukError
from tests.chaos.lab import Lab, killing
from tests.chaos.sales import flash_sale, percentile
from tests.goods import Goods

BUYERS = 200
# So many are held for each one that is sold by a checkout: 10,000 where nothing else is asked for.
_HELD_EACH = 5
_HOLD_SECONDS = 900
# How often each asks again once there is nothing left.
_VAIN = 5
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 90.0
# How often each worker dies in the middle of it.
_DEATHS = 3


@dataclass
class Crowd:
    """What came of it. An answer counts from the first question to it, however often it had to be asked."""

    sold: int = 0
    sold_out_time: float = 0.0
    asked_again: int = 0
    refused: list[tuple[float, float]] = field(default_factory=list)

    @property
    def late_seconds(self) -> list[float]:
        """How long those waited for their refusal who came after the last unit."""
        return [ended - began for began, ended in self.refused if began > self.sold_out_time]


async def sell_to_everybody(lab: Lab) -> None:
    """T12: hot stock without faults as a figure, then while workers die; and whole checkouts while all parts do."""
    await sell_hot(lab, kill=False)
    await sell_hot(lab, kill=True)
    await flash_sale(lab)


async def sell_hot(lab: Lab, *, kill: bool) -> None:
    """Everybody takes one unit after the other; with `kill` workers die meanwhile."""
    units = lab.units * _HELD_EACH
    goods = await lab.goods("Hot" if kill else "Warm", stock=units)
    crowd = Crowd()
    began = time.monotonic()
    victims = lab.rng.sample(lab.workers, len(lab.workers)) * _DEATHS if kill else []
    async with lab.calling_as("order", "inventory", InventoryServiceStub) as stub:
        sale = asyncio.gather(*(_take_on(stub, goods, crowd) for _ in range(BUYERS)))
        await killing(lab, victims, lambda: crowd.sold, units, sale)
    took = crowd.sold_out_time - began
    lab.expect(crowd.sold == units, f"{crowd.sold} of {units} units were held")
    lab.expect(await lab.left_of(goods) == 0, "units are left")
    lab.expect(await _row_count(lab, goods) > 1, "the stock was never spread over buckets")
    lab.expect(crowd.asked_again or not kill, "nobody felt that workers died")
    how = f"{len(victims)} kills of workers, {crowd.asked_again} asked again" if kill else "no fault"
    late = crowd.late_seconds
    lab.note(
        f"{crowd.sold} of {units} units held for {BUYERS} buyers at once in {took:.1f} s, {units / took:.0f}/s, {how};"
        f" {len(late)} refused once it was over, p99 {percentile(late, 0.99):.0f} ms"
    )


async def _row_count(lab: Lab, goods: Goods) -> int:
    """How many rows the stock lies in; the holds keep it from being put together again."""
    async with lab.database() as database:
        rows = "SELECT count(*) FROM inventory.stock WHERE variant_id = $1"
        return int(await database.fetchval(rows, uuid.UUID(goods.variant_id)))


async def _take_on(stub: Any, goods: Goods, crowd: Crowd) -> None:
    vain = 0
    while vain < _VAIN:
        began = time.monotonic()
        if await _holds(stub, goods, str(uuid.uuid4()), crowd):
            crowd.sold, crowd.sold_out_time = crowd.sold + 1, time.monotonic()
        else:
            vain += 1
            crowd.refused.append((began, time.monotonic()))


async def _holds(stub: Any, goods: Goods, order_id: str, crowd: Crowd) -> bool:
    """Ask for one order until the answer is known. Raises TimeoutError."""
    lines = [ReservationLine(variant_id=goods.variant_id, quantity=1)]
    request = ReserveStockRequest(order_id=order_id, lines=lines, ttl_seconds=_HOLD_SECONDS)
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await _asked(stub, request)
        except SoukError as error:
            if time.monotonic() > until:
                raise TimeoutError(f"a hold was never answered: {error.reason} {error.message}") from error
        crowd.asked_again += 1
        await asyncio.sleep(_PAUSE_SECONDS)


async def _asked(stub: Any, request: ReserveStockRequest) -> bool:
    try:
        await stub.ReserveStock(request)
    except SoukError as error:
        if error.reason != "OUT_OF_STOCK":
            raise
        return False
    return True
