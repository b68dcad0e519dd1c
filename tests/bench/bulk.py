"""A file of 100,000 rows through `souk import`: rows in a second, and whether memory stays flat meanwhile."""

import asyncio
import csv
import io
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import psutil

from cli.seeds.catalogue import make_products, make_shops
from cli.seeds.files import Export
from mesh.stack.state import memory_bytes
from tests.bench.accounting import read_cpu, since
from tests.bench.figures import Figures
from tests.bench.findings import Finding, Tell, at_least, at_most, exactly
from tests.bench.market import Market
from tests.bench.run import Runner

NAME = "import"
ROWS = 100_000
_SEED = 4
_SAMPLE_SECONDS = 1.0
_IMPORTED_WITHIN_SECONDS = _DRAINED_WITHIN_SECONDS = 600.0
_MIB = 1024 * 1024
_IMPORT = """
SELECT row_count, error_count, extract(epoch FROM finish_time - create_time)::float AS seconds
FROM catalog.imports ORDER BY create_time DESC LIMIT 1
"""
_TRACKED = "SELECT count(*) FROM inventory.stock"
_SOLD = "SELECT count(*) FROM catalog.variants"


async def measure_import(runner: Runner, tell: Tell, rows: int = ROWS) -> list[Figures]:
    """Import a file into a shop of its own; then wait until inventory knows all of it."""
    market = runner.market
    file = market.stack.home.root / "many-things.csv"
    _write(file, rows)
    pids = market.pids()
    before = read_cpu(pids)
    memory = asyncio.create_task(_watch_memory(pids))
    await asyncio.to_thread(market.stack.souk, "import", str(file), seconds=_IMPORTED_WITHIN_SECONDS)
    imported, drain_seconds = await _result(market)
    memory.cancel()
    peaks = await memory
    await runner.quiet()
    used = sum(since(before, read_cpu(pids)).values())
    tell(at_least(NAME, "rows a second", imported["row_count"] / imported["seconds"], 2_000.0))
    tell(exactly(NAME, "rows left out", imported["error_count"] + rows - imported["row_count"], 0))
    tell(Finding(NAME, "all consumers done after", drain_seconds, "s more"))
    tell(Finding(NAME, "all that follows included", used / imported["row_count"], "CPU-ms a row"))
    for group, (first, most, late) in peaks.items():
        tell(Finding(NAME, f"memory of {group}, most over before", (most - first) / _MIB, "MiB"))
        tell(at_most(NAME, f"memory of {group}, second half over first", late / _MIB, 32.0, "MiB"))
    return []


def _write(file: Path, rows: int) -> None:
    (shop,) = make_shops(1, _SEED)
    export, count = Export(shop), 0
    for _, product in make_products([shop], rows, _SEED):
        if count + len(product.variants) > rows:
            break
        export.add(product, "/media/seed/none.svg")
        count += len(product.variants)
    file.write_bytes(_filled_up(export.content(), rows - count))


def _filled_up(content: bytes, missing: int) -> bytes:
    """The last product once more, under other handles, so that the file has exactly as many rows as were asked for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    last = [row for row in csv.reader(io.StringIO(content.decode(), newline="")) if row[1]][-1]
    for number in range(missing):
        writer.writerow([f"{last[0]}-again-{number}", *last[1:9], f"AGAIN-{number}", *last[10:]])
    return content + text.getvalue().encode()


async def _result(market: Market) -> tuple[Mapping[str, float], float]:
    """What became of the import, and how long after it everything that follows had happened."""
    connection = await asyncpg.connect(market.stack.urls["postgres"])
    try:
        imported = dict(await connection.fetchrow(_IMPORT))
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(_DRAINED_WITHIN_SECONDS):
            while await connection.fetchval(_TRACKED) < await connection.fetchval(_SOLD):
                await asyncio.sleep(0.25)
        return imported, loop.time() - began
    finally:
        await connection.close()


async def _watch_memory(pids: Mapping[str, list[int]]) -> dict[str, tuple[int, int, int]]:
    """Until cancelled: memory at first, at most, and how much the mean of the second half is above the first's."""
    seen: dict[str, list[int]] = {group: [] for group in ("workers", "postgres", "nats")}
    try:
        while True:
            for group, samples in seen.items():
                samples.append(sum(memory_bytes(psutil.Process(pid)) for pid in pids[group]))
            await asyncio.sleep(_SAMPLE_SECONDS)
    except asyncio.CancelledError:
        return {group: (samples[0], max(samples), _growth(samples)) for group, samples in seen.items()}


def _growth(samples: list[int]) -> int:
    # The first quarter is the warming up: connections, statements, caches.
    rest = samples[len(samples) // 4 :]
    half = len(rest) // 2 or 1
    return sum(rest[half:]) // max(1, len(rest[half:])) - sum(rest[:half]) // half
