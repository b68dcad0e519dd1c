"""A sale that everybody wants: many buyers at once on one variant, until nobody gets any.

`python -m tests.services.inventory.sale` runs the whole one on a PostgreSQL of its own, plain and spread in turn.
"""

import asyncio
import resource
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mesh.database import Database
from mesh.errors import SoukError
from mesh.migrations import upgrade_all
from mesh.pool import Pool
from mesh.stack.home import Home
from services.inventory.domain.contention import Contention
from services.inventory.domain.stock import Place
from services.inventory.handlers.looking import Looking
from services.inventory.handlers.reserving import Reserving, Wish
from services.inventory.handlers.spreading import Spreading
from services.inventory.handlers.stock import track_variants
from services.inventory.invariants import check_stock
from services.inventory.settings import InventorySettings
from tests.services.inventory.conftest import warehouse_of
from tests.stores import running_stores

SETTINGS = InventorySettings()


@dataclass
class Sale:
    """What came of it."""

    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    sold_seconds: list[float] = field(default_factory=list)
    refused_seconds: list[float] = field(default_factory=list)
    # Of those who asked after the last unit was gone.
    late_seconds: list[float] = field(default_factory=list)
    sold_out_time: float = 0.0
    cpu_seconds: float = 0.0
    bucket_count: int = 1


def reserving_on(db: Database, buckets: int) -> Reserving:
    """Reserving as the service puts it together; one bucket is the plain mode."""
    contention = Contention(SETTINGS.hot_crowd, SETTINGS.hot_count, SETTINGS.hot_window_seconds, SETTINGS.hint_seconds)
    spreading = Spreading(db, warehouse_of, buckets, SETTINGS.calm_seconds, SETTINGS.calm_moves_per_second)
    return Reserving(db, warehouse_of, contention, spreading, Looking(db), asyncio.Semaphore(SETTINGS.hot_at_once))


async def sell_out(db: Database, units: int, buyers: int, buckets: int, refusals: int = 5) -> tuple[uuid.UUID, Sale]:
    """Put up `units` and let each of `buyers` take one after another until refused `refusals` times."""
    variant, sale = uuid.uuid4(), Sale()
    async with db.write() as uow:
        await track_variants(warehouse_of(uow), [Place(variant, uuid.uuid4(), uuid.uuid4(), units)])
    reserving = reserving_on(db, buckets)
    begin, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(_buy(reserving, variant, sale, refusals) for _ in range(buyers)))
    sale.seconds, sale.cpu_seconds = time.monotonic() - begin, time.process_time() - cpu
    if reserving.contention.spread_of([variant]):
        sale.bucket_count = buckets
    return variant, sale


async def _buy(reserving: Reserving, variant: uuid.UUID, sale: Sale, refusals: int) -> None:
    refused = 0
    while refused < refusals:
        begin = time.monotonic()
        try:
            await reserving.reserve(Wish(uuid.uuid4(), [(variant, 1)], 900))
        except SoukError as error:
            sale.outcomes[error.reason] += 1
            refused += error.reason == "OUT_OF_STOCK"
            sale.refused_seconds.append(time.monotonic() - begin)
            if sale.sold_out_time < begin:
                sale.late_seconds.append(time.monotonic() - begin)
        else:
            sale.sold_out_time = time.monotonic()
            sale.outcomes["SOLD"] += 1
            sale.sold_seconds.append(time.monotonic() - begin)


def percentile(values: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000 if values else 0.0


async def _run(url: str, units: int, buyers: int, rounds: int) -> None:
    await upgrade_all(url, ["inventory"])
    pool = Pool(url, size=16, patience=30.0)
    db = Database("inventory", pool)
    # A short sale first, so that neither mode pays for what is prepared only once.
    await sell_out(db, 500, buyers, 16)
    for buckets in [1, SETTINGS.hot_buckets] * rounds:
        before = resource.getrusage(resource.RUSAGE_SELF)
        _, sale = await sell_out(db, units, buyers, buckets)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(  # noqa: T201  # a report
            f"{'plain' if buckets == 1 else 'buckets'}: {dict(sale.outcomes)} in {sale.seconds:.2f} s,"
            f" {sale.outcomes['SOLD'] / sale.seconds:.0f}/s, {used.ru_utime - before.ru_utime:.2f} s CPU here,"
            f" sold p50 {percentile(sale.sold_seconds, 0.5):.0f} p99 {percentile(sale.sold_seconds, 0.99):.0f} ms,"
            f" refused p50 {percentile(sale.refused_seconds, 0.5):.0f}"
            f" p99 {percentile(sale.refused_seconds, 0.99):.0f} ms, of those who came after the last unit was sold"
            f" p99 {percentile(sale.late_seconds, 0.99):.0f} ms, now in {sale.bucket_count} rows"
        )
    checked = await check_stock(db)
    print(f"I2: {checked.checked_count} rows, {checked.violation_count} violations")  # noqa: T201  # as above
    await pool.close()


async def _main(units: int, buyers: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="souk-") as folder:
        async with running_stores(Home(Path(folder) / "home")) as stores:
            await _run(stores.postgres_url, units, buyers, rounds)


if __name__ == "__main__":
    _UNITS, _BUYERS, _ROUNDS = [int(argument) for argument in sys.argv[1:]] or (10_000, 200, 2)
    asyncio.run(_main(_UNITS, _BUYERS, _ROUNDS))
