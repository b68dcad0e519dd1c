"""Calls with an Idempotency-Key: the key is claimed by the first statement of the effect's own unit of work.

So nothing holds a connection while the handler calls others, and key, effect and answer are one commit.
"""

import re
from typing import Any, Final

from mesh.call import Call
from mesh.contract import Idempotency, MethodContract
from mesh.database import Database, UnitOfWork
from mesh.errors import Aborted, InvalidArgument, SoukError
from mesh.idempotency import CallKey, Running, Stored, claim, find, finish
from mesh.pool import Connection

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
# What a claim outlives the method's own deadline by, in seconds.
_SLACK: Final = 5.0


class AnswerStored(Exception):
    """Another call with the key was faster; its answer is this one's."""

    def __init__(self, stored: Stored) -> None:
        """`stored` is the answer."""
        super().__init__()
        self.stored = stored


class KeyedUnit(UnitOfWork):
    """A unit of work that claims a key when it begins."""

    __slots__ = ("_key", "_lease")

    def __init__(self, database: Database, key: CallKey, lease: float) -> None:
        """`lease` is in seconds."""
        super().__init__(database)
        self._key = key
        self._lease = lease

    async def begin(self) -> None:
        """Claim the key where no statement has done so."""
        if not self.holds_connection:
            await self._take()

    async def _take(self) -> Connection:
        connection = await super()._take()
        claimed = await claim(self, self._key, self._lease)
        if isinstance(claimed, Stored):
            raise AnswerStored(claimed)
        if isinstance(claimed, Running):
            raise Aborted("REQUEST_IN_PROGRESS", "The same request is still at work; ask again.", retry_after=1.0)
        return connection


def check_key(contract: MethodContract, call: Call) -> None:
    """Raise InvalidArgument where a key is required and absent, or is none."""
    key = call.idempotency_key
    if key is None:
        if contract.idempotency is Idempotency.KEY_REQUIRED:
            raise InvalidArgument("IDEMPOTENCY_KEY_REQUIRED", "This method needs an Idempotency-Key header.")
    elif not _KEY.fullmatch(key):
        raise InvalidArgument("IDEMPOTENCY_KEY_INVALID", "An Idempotency-Key has 1 to 255 visible ASCII characters.")


async def invoke_keyed(contract: MethodContract, handler: Any, request: Any, call: Call) -> bytes:
    """Run the handler unless the key's call was done before; its answer, or its lasting error, is kept with the key."""
    key, lease = CallKey.of(call, request), contract.deadline + _SLACK
    async with call.db.read() as unit:
        stored = await find(unit, key)
    if stored is not None:
        return stored.answer()
    unit_of_work = call.begin_with(KeyedUnit(call.db, key, lease))
    try:
        response = await handler(request, call)
        answer = response if isinstance(response, bytes) else bytes(response.SerializeToString())
        await unit_of_work.begin()
        await finish(unit_of_work, key, answer)
        await call.commit()
    except AnswerStored as done:
        await call.rollback()
        return done.stored.answer()
    except SoukError as error:
        await call.rollback()
        if error.permanent:
            return await _keep_error(KeyedUnit(call.db, key, lease), key, error)
        raise
    except BaseException:
        await call.rollback()
        raise
    return answer


async def _keep_error(unit: KeyedUnit, key: CallKey, error: SoukError) -> bytes:
    """Store a lasting error so that it never turns into a success, and raise it."""
    try:
        async with unit:
            await unit.begin()
            await finish(unit, key, error)
    except AnswerStored as done:
        return done.stored.answer()
    raise error
