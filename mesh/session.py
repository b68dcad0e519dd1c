"""A session that knows the types which another one has asked for: asyncpg asks anew in each, some 30 ms a time."""

from types import SimpleNamespace
from typing import Any

import asyncpg

# Types below this are PostgreSQL's own, the same in every database.
# https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT
_FIRST_OWN_TYPE = 16384
_known: dict[frozenset[int], Any] = {}
# Stands for the statement that was not run: only its name is looked at, to see whether another one was lost for it.
_NO_STATEMENT = SimpleNamespace(name="known")


class Session(asyncpg.Connection):  # type: ignore[misc]  # asyncpg is untyped
    """A connection that asks once in a process what PostgreSQL's own types, arrays above all, are made of."""

    async def _introspect_types(self, typeoids: Any, timeout: float) -> Any:  # noqa: ASYNC109  # asyncpg's own shape
        wanted = frozenset(typeoids)
        if wanted in _known:
            return _known[wanted], _NO_STATEMENT
        types, statement = await super()._introspect_types(typeoids, timeout)
        if max(wanted) < _FIRST_OWN_TYPE:
            _known[wanted] = types
        return types, statement
