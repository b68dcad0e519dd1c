"""Sagas, their leases and fences. Leases are measured by the clock of the database, which all drivers share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import Aborted
from mesh.statement import statement
from services.order.domain.saga import Goal, PendingCall, Saga, SagaState
from services.order.tables import order_sagas


class LeaseLost(Aborted):
    """Another driver has taken the saga over: what this one still does must have no effect."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive one saga. `now` is the database's time when it was taken."""

    order_id: UUID
    fence: int
    now: datetime


def _seconds(name: str) -> Any:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam(name))


_FREE = (order_sagas.c.lease_until.is_(None)) | (order_sagas.c.lease_until <= func.clock_timestamp())
_INSERT = statement(
    insert(order_sagas).values(
        order_id=bindparam("order_id"),
        goal=bindparam("goal"),
        state=bindparam("state"),
        due_time=_seconds("lease"),
        fence=1,
        lease_until=_seconds("lease"),
        run_time=func.now(),
        supersedes_id=bindparam("supersedes_id"),
        call_method=bindparam("call_method"),
        call_caller=bindparam("call_caller"),
        call_key=bindparam("call_key"),
        call_hash=bindparam("call_hash"),
    )
)
_TAKE = statement(
    update(order_sagas)
    .where(order_sagas.c.order_id == bindparam("order"), _FREE)
    .values(fence=order_sagas.c.fence + 1, lease_until=_seconds("lease"))
    .returning(order_sagas.c.fence, func.clock_timestamp().label("now"))
)
_SAVE = statement(
    update(order_sagas)
    .where(order_sagas.c.order_id == bindparam("order"), order_sagas.c.fence == bindparam("present_fence"))
    .values(
        goal=bindparam("new_goal"),
        state=bindparam("new_state"),
        due_time=func.coalesce(bindparam("new_due", type_=order_sagas.c.due_time.type), _seconds("due_in")),
        lease_until=_seconds("lease"),
        run_time=text("CASE WHEN order_sagas.state = 'RUNNING' THEN order_sagas.run_time ELSE now() END"),
        attempt_count=bindparam("new_attempt_count"),
        cancel_reason=bindparam("new_cancel_reason"),
        refund_id=bindparam("new_refund_id"),
        supersedes_id=bindparam("new_supersedes_id"),
        call_method=bindparam("new_method"),
        call_caller=bindparam("new_caller"),
        call_key=bindparam("new_key"),
        call_hash=bindparam("new_hash"),
    )
)
_DROP = statement(
    update(order_sagas)
    .where(order_sagas.c.order_id == bindparam("order"), order_sagas.c.fence == bindparam("present_fence"))
    .values(lease_until=None)
)
_LOAD = statement(select(*order_sagas.c).where(order_sagas.c.order_id == bindparam("order_id")))
_WAKE = statement(
    update(order_sagas)
    .where(order_sagas.c.order_id == bindparam("order"), order_sagas.c.state == bindparam("present_state"))
    .values(
        state=SagaState.RUNNING.value,
        goal=bindparam("new_goal"),
        due_time=func.clock_timestamp(),
        run_time=func.now(),
        refund_id=func.coalesce(order_sagas.c.refund_id, bindparam("new_refund_id")),
        attempt_count=0,
    )
)
_WAKE_ALL = statement(
    text(
        """
        UPDATE "order".order_sagas SET state = 'RUNNING', goal = :new_goal, due_time = clock_timestamp(),
            run_time = now(), attempt_count = 0
        WHERE order_id IN (
            SELECT order_id FROM "order".order_sagas
            WHERE order_id = ANY(ARRAY(SELECT unnest(cast(:order_ids AS uuid[])))) AND state = :present_state
            ORDER BY order_id FOR UPDATE
        )
        RETURNING order_id
        """
    )
)
_DUE = statement(
    select(order_sagas.c.order_id)
    .where(order_sagas.c.state != "DONE", order_sagas.c.due_time <= func.clock_timestamp(), _FREE)
    .order_by(order_sagas.c.due_time)
    .limit(bindparam("most"))
)


def _call_columns(call: PendingCall | None, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}method": call and call.method,
        f"{prefix}caller": call and call.caller,
        f"{prefix}key": call and call.key,
        f"{prefix}hash": call and call.request_hash,
    }


def insert_saga(uow: UnitOfWork, saga: Saga, lease_seconds: float) -> Lease:
    """Write, with the commit, a new saga that its writer drives at once."""
    uow.defer(
        _INSERT,
        order_id=saga.order_id,
        goal=saga.goal,
        state=saga.state,
        lease=lease_seconds,
        supersedes_id=saga.supersedes_id,
        **_call_columns(saga.call, "call_"),
    )
    saga.fence = 1
    return Lease(saga.order_id, saga.fence, saga.due_time)


async def take_lease(uow: UnitOfWork, order_id: UUID, lease_seconds: float) -> Lease | None:
    """Become the one who drives a saga, None where somebody else does. Every earlier holder is fenced off."""
    row = await uow.fetch_one(_TAKE, order=order_id, lease=lease_seconds)
    return Lease(order_id, row["fence"], row["now"]) if row else None


async def drop_lease(uow: UnitOfWork, lease: Lease) -> None:
    """Let others drive the saga."""
    await uow.execute(_DROP, order=lease.order_id, present_fence=lease.fence)


async def save_saga(
    uow: UnitOfWork, saga: Saga, lease: Lease, *, due: datetime | None = None, due_in: float = 0.0, keep: float = 0.0
) -> None:
    """Write a saga under its fence, due at `due` or else in `due_in` seconds; the lease is kept for `keep` seconds.

    Raises LeaseLost where another has taken it over.
    """
    saved = await uow.execute(
        _SAVE,
        order=saga.order_id,
        present_fence=lease.fence,
        new_goal=saga.goal,
        new_state=saga.state,
        new_due=due,
        due_in=due_in,
        lease=keep,
        new_attempt_count=saga.attempt_count,
        new_cancel_reason=saga.cancel_reason,
        new_refund_id=saga.refund_id,
        new_supersedes_id=saga.supersedes_id,
        **_call_columns(saga.call, "new_"),
    )
    if not saved:
        raise LeaseLost("LEASE_LOST", "Another process drives this checkout now.")


async def load_saga(unit: ReadUnit, order_id: UUID) -> Saga:
    """The saga of an order."""
    row = await unit.fetch_one(_LOAD, order_id=order_id)
    assert row is not None  # noqa: S101  # narrows the type: every order is written with its saga
    return _saga(row)


def _saga(row: Record) -> Saga:
    call = None
    if row["call_key"] is not None:
        call = PendingCall(row["call_method"], row["call_caller"], row["call_key"], row["call_hash"])
    return Saga(
        order_id=row["order_id"],
        goal=Goal(row["goal"]),
        state=SagaState(row["state"]),
        due_time=row["due_time"],
        fence=row["fence"],
        cancel_reason=row["cancel_reason"],
        refund_id=row["refund_id"],
        call=call,
        attempt_count=row["attempt_count"],
        supersedes_id=row["supersedes_id"],
    )


async def wake_saga(
    uow: UnitOfWork, order_id: UUID, present: SagaState, goal: Goal, refund_id: UUID | None = None
) -> bool:
    """Let a saga that rests run toward `goal`; says whether it was at rest in `present`."""
    woken = await uow.execute(_WAKE, order=order_id, present_state=present, new_goal=goal, new_refund_id=refund_id)
    return bool(woken)


async def wake_sagas(uow: UnitOfWork, order_ids: Sequence[UUID], present: SagaState, goal: Goal) -> set[UUID]:
    """The same for several, which it locks in the order of their ids; returns those that were at rest in `present`."""
    rows = await uow.fetch(_WAKE_ALL, order_ids=order_ids, present_state=present, new_goal=goal)
    return {row["order_id"] for row in rows}


async def list_due(unit: ReadUnit, most: int) -> list[UUID]:
    """The orders whose sagas are due and that nobody drives, the longest due first."""
    return [row["order_id"] for row in await unit.fetch(_DUE, most=most)]
