import asyncpg
import nats
import redis.asyncio as redis

from tests.stores import Stores


class TestStores:
    async def test_postgres_lets_the_login_role_make_roles_and_become_them(self, stores: Stores) -> None:
        connection = await asyncpg.connect(stores.postgres_url)
        try:
            await connection.execute("CREATE ROLE souk_example NOLOGIN")
            await connection.execute("CREATE SCHEMA example AUTHORIZATION souk_example")
            async with connection.transaction():
                await connection.execute("SET LOCAL ROLE souk_example")
                assert await connection.fetchval("SELECT current_user") == "souk_example"
        finally:
            await connection.execute("DROP SCHEMA IF EXISTS example; DROP ROLE IF EXISTS souk_example")
            await connection.close()

    async def test_postgres_writes_through(self, stores: Stores) -> None:
        connection = await asyncpg.connect(stores.postgres_url)
        try:
            assert await connection.fetchval("SHOW fsync") == "on"
            assert await connection.fetchval("SHOW synchronous_commit") == "on"
            assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        finally:
            await connection.close()

    async def test_nats_has_jetstream(self, stores: Stores) -> None:
        client = await nats.connect(stores.nats_url)
        try:
            account = await client.jetstream().account_info()
            assert account.limits.max_storage == -1 or account.limits.max_storage > 0
        finally:
            await client.close()

    async def test_redis_speaks_version_seven_or_later(self, stores: Stores) -> None:
        client = redis.from_url(stores.redis_url)
        try:
            information = await client.info("server")
            assert int(information["redis_version"].split(".")[0]) >= 7
        finally:
            await client.aclose()
