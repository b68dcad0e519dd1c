"""Every query of reservations. A line is only changed under the lock of the stock row that it holds."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, Integer, Uuid, bindparam, func, select, text

from mesh.database import ReadUnit, UnitOfWork
from mesh.statement import any_of, statement
from services.inventory.domain.reservation import Line, LineState, Reservation, ReservationState
from services.inventory.domain.stock import Stock
from services.inventory.tables import reservation_lines, reservations

_order_ids = bindparam("order_ids", type_=ARRAY(Uuid))
_OPEN_RESERVATION = statement(
    text(
        """
        INSERT INTO inventory.reservations (order_id, state, expire_time)
        VALUES (:order_id, :state, now() + make_interval(secs => cast(:ttl_seconds AS int)))
        ON CONFLICT DO NOTHING
        RETURNING expire_time
        """
    )
)
_LOCK_RESERVATIONS = statement(
    select(
        reservations.c.order_id,
        reservations.c.state,
        reservations.c.expire_time,
        (reservations.c.expire_time <= func.clock_timestamp()).label("has_expired"),
    )
    .where(reservations.c.order_id == any_of("order_ids", Uuid))
    .order_by(reservations.c.order_id)
    .with_for_update()
)
_READ_LINES = statement(
    select(
        reservation_lines.c.order_id,
        reservation_lines.c.variant_id,
        reservation_lines.c.quantity,
        reservation_lines.c.state,
        reservation_lines.c.location,
    )
    .where(reservation_lines.c.order_id == any_of("order_ids", Uuid))
    .order_by(reservation_lines.c.variant_id)
)
_INSERT_LINES = statement(
    text(
        """
        INSERT INTO inventory.reservation_lines (order_id, variant_id, location, quantity, state, expire_time)
        SELECT :order_id, variant_id, location, quantity, 'HELD', :expire_time
        FROM unnest(cast(:variant_ids AS uuid[]), cast(:locations AS text[]), cast(:quantities AS int[]))
            AS new (variant_id, location, quantity)
        """
    )
)
_SAVE_LINES = statement(
    text(
        """
        UPDATE inventory.reservation_lines SET state = new.state, location = new.location
        FROM unnest(cast(:order_ids AS uuid[]), cast(:variant_ids AS uuid[]), cast(:states AS text[]),
                    cast(:locations AS text[])) AS new (order_id, variant_id, state, location)
        WHERE reservation_lines.order_id = new.order_id AND reservation_lines.variant_id = new.variant_id
        """
    )
)
_SAVE = statement(
    text(
        """
        UPDATE inventory.reservations SET state = new.state, update_time = now()
        FROM unnest(cast(:order_ids AS uuid[]), cast(:states AS text[])) AS new (order_id, state)
        WHERE reservations.order_id = new.order_id
        """
    )
)
_EXTEND = statement(
    text(
        """
        WITH extended AS (
            UPDATE inventory.reservations
            SET expire_time = greatest(expire_time, now() + make_interval(secs => cast(:ttl_seconds AS int))),
                update_time = now()
            WHERE order_id = :order_id
            RETURNING order_id, expire_time
        ), lines AS (
            UPDATE inventory.reservation_lines SET expire_time = extended.expire_time
            FROM extended WHERE reservation_lines.order_id = extended.order_id
        )
        SELECT expire_time FROM extended
        """
    )
)
_TAKE_EXPIRED = statement(
    text(
        """
        UPDATE inventory.reservation_lines AS line SET state = 'RELEASED'
        FROM unnest(cast(:variant_ids AS uuid[]), cast(:locations AS text[])) AS locked (variant_id, location)
        WHERE line.variant_id = locked.variant_id AND line.location = locked.location AND line.state = 'HELD'
        AND line.expire_time <= now() AND line.order_id <> :but
        RETURNING line.order_id, line.variant_id, line.location, line.quantity
        """
    )
)
_FIND_EXPIRED = statement(
    select(reservation_lines.c.variant_id)
    .where(text("state = 'HELD'"), reservation_lines.c.expire_time <= func.now())
    .order_by(reservation_lines.c.expire_time)
    .limit(bindparam("count", type_=Integer))
)


class ReservationRepository:
    """Reservations and their lines in a write transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def open(self, order_id: uuid.UUID, state: ReservationState, ttl_seconds: int) -> datetime | None:
        """Make the order's reservation and return its expiry; None where the order has one."""
        expire_time: datetime | None = await self._uow.fetch_value(
            _OPEN_RESERVATION, order_id=order_id, state=state.value, ttl_seconds=ttl_seconds
        )
        return expire_time

    async def lock(self, order_id: uuid.UUID) -> Reservation | None:
        """Lock an order's reservation; its lines are read once the stock is locked."""
        return (await self.lock_all([order_id])).get(order_id)

    async def lock_all(self, order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reservation]:
        """Lock the reservations of several orders, in the order of their ids; one that has none is left out."""
        rows = await self._uow.fetch(_LOCK_RESERVATIONS, order_ids=list(order_ids))
        return {
            row["order_id"]: Reservation(
                row["order_id"], ReservationState(row["state"]), row["expire_time"], has_expired=row["has_expired"]
            )
            for row in rows
        }

    async def read_lines(self, reservation: Reservation) -> None:
        await self.read_all_lines([reservation])

    async def read_all_lines(self, reservations: Sequence[Reservation]) -> None:
        lines: dict[uuid.UUID, list[Line]] = {each.order_id: [] for each in reservations}
        for row in await self._uow.fetch(_READ_LINES, order_ids=list(lines)):
            line = Line(row["variant_id"], row["quantity"], LineState(row["state"]), row["location"])
            lines[row["order_id"]].append(line)
        for reservation in reservations:
            reservation.lines = lines[reservation.order_id]

    async def add_lines(self, reservation: Reservation) -> None:
        """Write new lines with the commit."""
        self._uow.defer(
            _INSERT_LINES,
            order_id=reservation.order_id,
            variant_ids=reservation.variant_ids,
            locations=[line.location for line in reservation.lines],
            quantities=[line.quantity for line in reservation.lines],
            expire_time=reservation.expire_time,
        )

    async def extend(self, reservation: Reservation, ttl_seconds: int) -> None:
        """Hold for `ttl_seconds` from now, or for as long as before where that is longer."""
        reservation.expire_time = await self._uow.fetch_value(
            _EXTEND, order_id=reservation.order_id, ttl_seconds=ttl_seconds
        )

    async def save(self, reservation: Reservation) -> None:
        """Write the states of a reservation and its lines, with the commit."""
        await self.save_all([reservation])

    async def save_all(self, reservations: Sequence[Reservation]) -> None:
        """The same for several."""
        lines = [(each.order_id, line) for each in reservations for line in each.lines]
        self._uow.defer(
            _SAVE_LINES,
            order_ids=[order_id for order_id, _ in lines],
            variant_ids=[line.variant_id for _, line in lines],
            states=[line.state.value for _, line in lines],
            locations=[line.location for _, line in lines],
        )
        self._uow.defer(
            _SAVE,
            order_ids=[each.order_id for each in reservations],
            states=[each.state.value for each in reservations],
        )

    async def take_expired(self, rows: Iterable[Stock], but: uuid.UUID) -> list[tuple[uuid.UUID, Line]]:
        """Give up the lines on locked rows that have run out, those of order `but` left alone.

        Returns each with its order.
        """
        keys = [(row.variant_id, row.location) for row in rows]
        variant_ids, locations = zip(*keys, strict=True)
        taken = await self._uow.fetch(_TAKE_EXPIRED, variant_ids=variant_ids, locations=locations, but=but)
        return [
            (row["order_id"], Line(row["variant_id"], row["quantity"], LineState.RELEASED, row["location"]))
            for row in taken
        ]


async def find_expired(unit: ReadUnit, count: int) -> set[uuid.UUID]:
    """Variants with lines that have run out, those of the oldest `count` lines."""
    return {row["variant_id"] for row in await unit.fetch(_FIND_EXPIRED, count=count)}
