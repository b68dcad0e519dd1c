"""Grow the store of a running market by paid orders: `python -m tests.bench.growth --home DIR --orders 100000`.

COPY loads who bought what and when; the rows of all services follow from it in SQL. They are what months of trade leave
behind: orders of the customers and products that are there, most of them delivered and completed, their payments,
ledger, holds and movements of stock. All are older than the streams and the keys of calls are kept, so there are no
events of them; the provider knows the newest payments, which are all that `souk verify` asks it for; the sellers'
money is paid out in a month.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from mesh.database import Database
from mesh.ids import NUMBER_BITS, new_id, order_number_of
from mesh.keyring import Keyring
from mesh.money import Money
from mesh.pool import Pool
from mesh.stack.home import Home, find_home
from mesh.stack.state import read_state
from sandbox.shapes import payment_intent
from sandbox.store import Store
from services.order.domain.address import Address
from services.order.repository.orders import BILLING_ADDRESS, SHIPPING_ADDRESS
from services.payment.domain.amounts import to_stripe

_BATCH = 20_000
_YOUNGEST, _OLDEST = timedelta(days=9), timedelta(days=180)
# An odd factor leads through all order numbers without a repetition.
_NUMBERS, _STRIDE = 1 << NUMBER_BITS, 0x9E3779B97F
# As many of the provider's payments as `souk verify` compares.
_AT_PROVIDER = 5000
_MOST_LINES, _MOST_UNITS = 3, 2
_ADDRESS = Address("Mira Okonkwo", "Lindenstr. 12", "", "Berlin", "", "10969", "DE", "")
_STATEMENTS = Path(__file__).with_name("growth.sql")
_GROWN = ("order", "payment", "inventory")
_PREPARE = """
SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB'; SET jit = off;
CREATE FUNCTION pg_temp.id_at(made timestamptz, name text) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '8' || substr(md5(name), 1, 3)
    || '800' || substr(md5(name), 4, 13))::uuid $$;
CREATE TEMP TABLE grown_customers (customer int PRIMARY KEY, user_id uuid, cart_id uuid, shipping_address bytea,
  billing_address bytea);
CREATE TEMP TABLE grown_orders (number bigint PRIMARY KEY, order_number text, customer int, place_time timestamptz,
  order_id uuid);
CREATE TEMP TABLE grown_lines (number bigint, line int, good int, quantity int);
CREATE TEMP TABLE goods AS
SELECT row_number() OVER (ORDER BY v.id)::int - 1 AS good, v.id AS variant_id, v.product_id, v.shop_id, p.title, v.sku,
  v.options, p.image_url, v.currency, v.price, s.commission_bps
FROM catalog.variants v JOIN catalog.products p ON p.id = v.product_id JOIN seller.shops s ON s.id = v.shop_id
JOIN inventory.stock i ON i.variant_id = v.id AND i.location = 'default' AND i.bucket_count = 1
WHERE NOT v.withdrawn AND v.price > 0;
ALTER TABLE goods ADD PRIMARY KEY (good);
ANALYZE goods"""
_CUSTOMERS = "SELECT id FROM identity.users WHERE roles = '{CUSTOMER}' ORDER BY id LIMIT 10000"
_PAYOUTS = """
INSERT INTO payment.payout_accounts (shop_id, provider, next_payout_time)
SELECT DISTINCT shop_id, 'stripe', now() + interval '30 days' FROM goods
ON CONFLICT (shop_id) DO UPDATE SET next_payout_time = excluded.next_payout_time"""
_GROWN_BEFORE = "SELECT count(*) FROM payment.payments WHERE provider_reference LIKE 'pi\\_growth\\_%'"
_NEWEST = """
SELECT provider_reference, id, order_id, amount, currency, extract(epoch FROM create_time) AS created
FROM payment.payments WHERE provider_reference LIKE 'pi\\_growth\\_%' ORDER BY create_time DESC LIMIT $1"""


class NothingToSell(Exception):
    """The market has no customers or no products."""


async def grow(home: Home, orders: int, seed: int = 1) -> None:
    """Add so many orders to the store of a running market. Raises NothingToSell."""
    pool = Pool(read_state(home).urls["postgres"], size=1)
    session = await _superuser(home)
    try:
        await session.execute(_PREPARE)
        await _copy_customers(session, home, Database("order", pool))
        before = await session.fetchval(_GROWN_BEFORE)
        chance = random.Random(f"{seed} {before}")  # noqa: S311 - a seeded draw
        await _add(session, chance, before, orders)
        await session.execute(_PAYOUTS)
        await _analyze(session)
        _tell_provider(home, await session.fetch(_NEWEST, _AT_PROVIDER))
    finally:
        await session.close()
        await pool.close()


async def _superuser(home: Home) -> asyncpg.Connection:
    """A session in which the rows of a batch, which are whole, are not checked one by one."""
    url = read_state(home).urls["postgres"]
    return await asyncpg.connect(url, user="postgres", password=home.secret("postgres"))


async def _copy_customers(session: asyncpg.Connection, home: Home, orders: Database) -> None:
    user_ids = [row["id"] for row in await session.fetch(_CUSTOMERS)]
    if not user_ids or not await session.fetchval("SELECT count(*) FROM goods"):
        raise NothingToSell("The market needs customers and products before it can have sold anything.")
    keyring = Keyring.from_file(home.keys / "root.key")
    records = [(number, *await _customer(keyring, orders, user_id)) for number, user_id in enumerate(user_ids)]
    await session.copy_records_to_table("grown_customers", records=records)


async def _customer(keyring: Keyring, orders: Database, user_id: UUID) -> tuple[UUID, UUID, bytes, bytes]:
    """A customer with a cart and addresses, sealed as the order service does it."""
    plaintext = json.dumps(asdict(_ADDRESS)).encode()
    async with orders.write() as uow:
        shipping = await keyring.seal(uow, user_id, plaintext, SHIPPING_ADDRESS)
        billing = await keyring.seal(uow, user_id, plaintext, BILLING_ADDRESS)
    return user_id, new_id(), shipping, billing


async def _add(session: asyncpg.Connection, chance: random.Random, before: int, orders: int) -> None:
    shelves: defaultdict[str, list[int]] = defaultdict(list)
    for row in await session.fetch("SELECT good, currency FROM goods"):
        shelves[row["currency"]].append(row["good"])
    customers = await session.fetchval("SELECT count(*) FROM grown_customers")
    end = datetime.now(UTC) - _YOUNGEST
    step = (_OLDEST - _YOUNGEST) / orders
    began = time.monotonic()
    for first in range(0, orders, _BATCH):
        count = min(_BATCH, orders - first)
        times = [end - step * (orders - first - number) for number in range(count)]
        bought = _draw(chance, before + first + 1, times, customers, list(shelves.values()))
        async with session.transaction():
            await _add_batch(session, *bought)
        done = first + count
        print(f"{done:,} of {orders:,} orders, {done / (time.monotonic() - began):,.0f}/s", file=sys.stderr)  # noqa: T201


def _draw(
    chance: random.Random, number: int, times: Sequence[datetime], customers: int, shelves: Sequence[list[int]]
) -> tuple[list[Any], list[Any]]:
    """Who buys what and when: records of orders and of their lines."""
    orders, lines = [], []
    weights = [len(shelf) for shelf in shelves]
    for position, place_time in enumerate(times, start=number):
        shelf = chance.choices(shelves, weights)[0]
        goods = {chance.choice(shelf) for _ in range(chance.randint(1, _MOST_LINES))}
        lines += [(position, line, good, chance.randint(1, _MOST_UNITS)) for line, good in enumerate(sorted(goods))]
        shown = order_number_of(position * _STRIDE % _NUMBERS)
        orders.append((position, shown, chance.randrange(customers), place_time))
    return orders, lines


async def _add_batch(session: asyncpg.Connection, orders: list[Any], lines: list[Any]) -> None:
    await session.execute("TRUNCATE grown_orders, grown_lines")
    columns = ("number", "order_number", "customer", "place_time")
    await session.copy_records_to_table("grown_orders", records=orders, columns=columns)
    await session.copy_records_to_table("grown_lines", records=lines)
    await session.execute("UPDATE grown_orders SET order_id = pg_temp.id_at(place_time, number || ' order')")
    await session.execute(_STATEMENTS.read_text())


async def _analyze(session: asyncpg.Connection) -> None:
    """What vacuum and analyze would have done over the months."""
    for schema in _GROWN:
        tables = await session.fetch("SELECT relname FROM pg_stat_user_tables WHERE schemaname = $1", schema)
        for table in tables:
            await session.execute(f'VACUUM (ANALYZE) "{schema}".{table["relname"]}')
    await session.execute("CHECKPOINT")


def _tell_provider(home: Home, newest: Sequence[asyncpg.Record]) -> None:
    """Write payments into the sandbox's memory, older than all that it has from elsewhere."""
    store = Store(home.data("sandbox") / "sandbox.sqlite")
    insert = "INSERT INTO objects (seq, id, kind, created, body) VALUES (?, ?, 'payment_intent', ?, ?)"
    with store.transaction():
        store.query("DELETE FROM objects WHERE id LIKE 'pi_growth_%'")
        place = store.query("SELECT coalesce(min(seq), 1) FROM objects")[0][0]
        for number, row in enumerate(newest, start=1):
            body = _intent(row)
            store.query(insert, place - number, body["id"], body["created"], json.dumps(body))
    store.close()


def _intent(row: asyncpg.Record) -> dict[str, Any]:
    amount, currency = to_stripe(Money(row["currency"], row["amount"])), row["currency"].lower()
    names = {"payment_id": str(row["id"]), "order_id": str(row["order_id"])}
    asked = {"amount": amount, "currency": currency, "metadata": names, "transfer_group": names["order_id"]}
    paid = {"amount_received": amount, "status": "succeeded"}
    return {**payment_intent(asked), "id": row["provider_reference"], "created": int(row["created"]), **paid}


def main() -> int:
    """Parse and grow."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--home", type=Path, help="the folder of the running market; SOUK_HOME, or the project's own")
    parser.add_argument("--orders", type=int, required=True, help="how many orders are added")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    home = Home(options.home.resolve()) if options.home else find_home()
    try:
        asyncio.run(grow(home, options.orders, options.seed))
    except NothingToSell as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
