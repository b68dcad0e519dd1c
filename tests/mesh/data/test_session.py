"""What sessions know of types."""

import uuid

import asyncpg
import pytest

from mesh.pool import Pool


class TestSession:
    async def test_asks_once_for_a_type_of_all_sessions(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        ask = asyncpg.Connection._introspect_types

        async def counted(self: asyncpg.Connection, types: set[int], timeout: float) -> object:  # noqa: ASYNC109
            asked.append(types)
            return await ask(self, types, timeout)

        monkeypatch.setattr(asyncpg.Connection, "_introspect_types", counted)
        monkeypatch.setattr("mesh.session._known", {})
        connections = [await pool.acquire() for _ in range(3)]
        try:
            for connection in connections:
                ids, texts = [uuid.uuid4()], [{"a": 1}]
                row = await connection.session.fetchrow("SELECT $1::uuid[], $2::jsonb[]", ids, texts)
                assert tuple(row) == (ids, texts)
        finally:
            for connection in connections:
                await pool.release(connection)
        assert len(asked) == 1
