"""Idempotency keys: each keyed call takes effect once, and its answer is kept, sealed, with the effect's commit."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from google.protobuf.message import Message

from mesh.call import Call
from mesh.contract import Idempotency
from mesh.database import Database, ReadUnit, Record, UnitOfWork
from mesh.errors import Aborted, InvalidArgument, SoukError, from_status, to_status
from mesh.ids import fingerprint
from mesh.keyring import is_sealed
from mesh.statement import in_schema

HEADER = "idempotency-key"
_FIRST_POLL, _LONGEST_POLL = 0.02, 0.25


@dataclass(frozen=True, slots=True)
class CallKey:
    """What makes a call the same call: the method, who calls, and the key; `request_hash` is what was asked."""

    method: str
    caller: str
    key: str
    request_hash: bytes

    @classmethod
    def of(cls, call: Call, request: Message) -> "CallKey":
        """The key of a call that has an Idempotency-Key. The declared headers are part of what was asked."""
        inputs = "\n".join(_shown(call))
        digest = hashlib.sha256(request.SerializeToString(deterministic=True))
        digest.update(inputs.encode())
        # An anonymous caller is told apart by what it shows instead of a token.
        caller = call.principal.subject or fingerprint(inputs)
        return cls(call.method.path, caller, call.idempotency_key or "", digest.digest())

    @property
    def place(self) -> dict[str, str]:
        """The columns that name the row."""
        return {"method": self.method, "caller": self.caller, "key": self.key}


def is_told_apart(call: Call) -> bool:
    """Whether a key can be the caller's own. Of those who show nothing each would get the other's stored answer."""
    return not call.principal.is_anonymous or call.method.idempotency is Idempotency.KEY_REQUIRED or any(_shown(call))


def _shown(call: Call) -> list[str]:
    """What came in the headers that the contract declares, the key left out."""
    return [call.headers.get(header.name, "") for header in call.method.headers if header.name != HEADER]


class New(NamedTuple):
    """The call is this caller's to do; `resumed` where an earlier holder's lease ran out before it finished."""

    resumed: bool = False


class Stored(NamedTuple):
    """The call was done before: its response, or the error that it ended with."""

    response: bytes | None
    error: SoukError | None

    def answer(self) -> bytes:
        """The serialised response. Raises the stored error."""
        if self.error is not None:
            raise self.error
        return self.response or b""


class Running(NamedTuple):
    """Another call with the key is at work, at most until its lease runs out unless it renews it."""

    lease_until: datetime


Claim: TypeAlias = New | Stored | Running


_INSERT = """
INSERT INTO {schema}.idempotency_keys (method, caller, key, request_hash, lease_until)
VALUES (:method, :caller, :key, :request_hash, clock_timestamp() + make_interval(secs => :lease))
ON CONFLICT DO NOTHING"""
_SELECT = """
SELECT request_hash, response, error, lease_until FROM {schema}.idempotency_keys
WHERE method = :method AND caller = :caller AND key = :key"""
_RENEW = """
UPDATE {schema}.idempotency_keys SET lease_until = clock_timestamp() + make_interval(secs => :lease)
WHERE method = :method AND caller = :caller AND key = :key AND response IS NULL AND error IS NULL"""
_TAKE_OVER = """
UPDATE {schema}.idempotency_keys SET lease_until = clock_timestamp() + make_interval(secs => :lease)
WHERE method = :method AND caller = :caller AND key = :key AND response IS NULL AND error IS NULL
AND lease_until <= clock_timestamp()"""
_FINISH = """
UPDATE {schema}.idempotency_keys SET response = :response, error = :error
WHERE method = :method AND caller = :caller AND key = :key AND response IS NULL AND error IS NULL"""
_RELEASE = """
DELETE FROM {schema}.idempotency_keys
WHERE method = :method AND caller = :caller AND key = :key AND response IS NULL AND error IS NULL"""


async def claim(uow: UnitOfWork, key: CallKey, lease_seconds: float) -> Claim:
    """Take the key for `lease_seconds`, or tell what became of it. Waits where another transaction is just taking it.

    Raises InvalidArgument IDEMPOTENCY_KEY_REUSED where the key came with another request before.
    """
    insert = in_schema(uow.service, _INSERT)
    inserted = await uow.execute(insert, **key.place, request_hash=key.request_hash, lease=lease_seconds)
    if inserted:
        return New()
    row = await _read(uow, key)
    if row is None:  # released between the two statements
        return await claim(uow, key, lease_seconds)
    stored = _stored(uow, key, row)
    if stored is not None:
        return stored
    if await uow.execute(in_schema(uow.service, _TAKE_OVER), **key.place, lease=lease_seconds):
        return New(resumed=True)
    return Running(row["lease_until"])


async def renew(uow: UnitOfWork, key: CallKey, lease_seconds: float) -> bool:
    """Extend the lease; false where the key is no longer open."""
    return bool(await uow.execute(in_schema(uow.service, _RENEW), **key.place, lease=lease_seconds))


async def finish(uow: UnitOfWork, key: CallKey, answer: Message | bytes | SoukError) -> None:
    """Store the answer, or the permanent error, in the commit of the effect. The first answer stays."""
    response = error = None
    if isinstance(answer, SoukError):
        error = uow.answers.seal(to_status(answer), _place(uow, key))
    else:
        plain = answer if isinstance(answer, bytes) else answer.SerializeToString()
        response = uow.answers.seal(plain, _place(uow, key))
    uow.defer(in_schema(uow.service, _FINISH), **key.place, response=response, error=error)


async def release(uow: UnitOfWork, key: CallKey) -> None:
    """Free a key whose call failed for a passing reason, so that the same call may be tried again."""
    await uow.execute(in_schema(uow.service, _RELEASE), **key.place)


async def find(unit: ReadUnit, key: CallKey) -> Stored | None:
    """The stored answer, None where there is none yet. Raises as `claim` does for another request."""
    row = await _read(unit, key)
    return None if row is None else _stored(unit, key, row)


async def await_answer(db: Database, key: CallKey, until: float) -> bytes:
    """Wait for the answer of the call that holds the key, at most until `until` on the monotonic clock.

    Raises the stored error, or Aborted REQUEST_IN_PROGRESS where there is no answer by then.
    """
    pause = _FIRST_POLL
    while True:
        async with db.read() as unit:
            stored = await find(unit, key)
        if stored is not None:
            return stored.answer()
        if time.monotonic() + pause >= until:
            raise Aborted("REQUEST_IN_PROGRESS", "The same request is still at work; ask again.", retry_after=1.0)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_POLL)


async def _read(unit: ReadUnit, key: CallKey) -> Record | None:
    row = await unit.fetch_one(in_schema(unit.service, _SELECT), **key.place)
    if row is not None and row["request_hash"] != key.request_hash:
        raise InvalidArgument("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another request before.")
    return row


def _stored(unit: ReadUnit, key: CallKey, row: Record) -> Stored | None:
    if row["error"] is not None:
        return Stored(None, from_status(_opened(unit, key, row["error"])))
    return None if row["response"] is None else Stored(_opened(unit, key, row["response"]), None)


def _opened(unit: ReadUnit, key: CallKey, stored: bytes) -> bytes:
    # Those of an earlier version lie there as they are, for the rest of their days.
    return unit.answers.open(stored, _place(unit, key)) if is_sealed(stored) else stored


def _place(unit: ReadUnit, key: CallKey) -> str:
    return f"{unit.service}\n{key.method}\n{key.caller}\n{key.key}"
