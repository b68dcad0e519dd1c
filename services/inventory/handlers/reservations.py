"""Holds and sales. Each use case locks reservations first, then stock in the order of its keys, then reads lines."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from mesh.errors import NotFound
from services.inventory import events
from services.inventory.domain.holding import Locked, hold
from services.inventory.domain.reservation import Line, LineState, Reservation, ReservationState, demand_of
from services.inventory.domain.stock import DEFAULT_LOCATION, Stock
from services.inventory.handlers.warehouse import Warehouse

# Makes what is published in its `with` block follow from the event that an order came by.
Story: TypeAlias = Callable[[], AbstractContextManager[object]]


async def reserve_stock(  # what the call says, and what is known of the stock
    warehouse: Warehouse,
    order_id: uuid.UUID,
    lines: Iterable[tuple[uuid.UUID, int]],
    ttl_seconds: int,
    supersedes: uuid.UUID | None = None,
    *,
    spread: Collection[uuid.UUID] = (),
    whole: bool = False,
    notice: Callable[[Stock], None] = lambda _: None,
) -> Reservation:
    """Hold all lines or none; for an order that has its hold already, make it whole and longer.

    Any row with enough will do for the variants that are `spread`; with `whole` all rows of all variants are locked.
    Without it, raises Scattered where what was asked for may lie in other rows. `notice` sees the rows that are locked.
    """
    demand = demand_of(lines)
    expire_time = await warehouse.holds.open(order_id, ReservationState.HELD, ttl_seconds)
    if expire_time is None:
        return await _reserve_again(warehouse, order_id, demand, ttl_seconds)
    superseded = await _superseded(warehouse, supersedes)
    fresh = [Line(variant_id, quantity) for variant_id, quantity in demand.items()]
    reservation = Reservation(order_id, ReservationState.HELD, expire_time, fresh)
    whole = whole or bool(superseded and _lies_in_buckets(superseded, demand, spread))
    stocks = await _lock_for(warehouse, demand, superseded.variant_ids if superseded else [], spread, whole=whole)
    for row in stocks:
        notice(row)
    if superseded:
        # Read again: a line may have been given back before its stock was locked.
        await warehouse.holds.read_lines(superseded)
        await _release(warehouse, superseded, stocks)
        await warehouse.outbox.flush()
    await warehouse.give_back_expired(stocks, order_id)
    hold(stocks, reservation.lines, order_id)
    await warehouse.holds.add_lines(reservation)
    await warehouse.save(stocks)
    warehouse.outbox.publish(events.stock_reserved(order_id, reservation.lines), order_id)
    return reservation


def _lies_in_buckets(superseded: Reservation, demand: Iterable[uuid.UUID], spread: Collection[uuid.UUID]) -> bool:
    held_in_bucket = any(line.location != DEFAULT_LOCATION for line in superseded.lines)
    return held_in_bucket or any(variant_id in spread for variant_id in demand)


async def _lock_for(
    warehouse: Warehouse,
    demand: Mapping[uuid.UUID, int],
    superseded: Sequence[uuid.UUID],
    spread: Collection[uuid.UUID],
    *,
    whole: bool,
) -> Locked:
    """Lock what new holds need. Nothing is waited for once a row of a spread variant is locked: no deadlock."""
    if whole:
        return await warehouse.shelves.lock_whole([*demand, *superseded])
    plain = {*demand, *superseded} - {*spread}
    stocks = await warehouse.shelves.lock(plain) if plain else Locked()
    for variant_id in [variant_id for variant_id in demand if variant_id in spread]:
        row = await warehouse.shelves.pick(variant_id, demand[variant_id])
        if row is None:
            stocks.in_vain.add(variant_id)
        else:
            stocks.add(row)
    return stocks


async def _superseded(warehouse: Warehouse, order_id: uuid.UUID | None) -> Reservation | None:
    if order_id is None:
        return None
    found = await _closed(warehouse, order_id)
    if found.state is not ReservationState.HELD:
        return None
    await warehouse.holds.read_lines(found)
    return found


async def _reserve_again(
    warehouse: Warehouse, order_id: uuid.UUID, demand: Mapping[uuid.UUID, int], ttl_seconds: int
) -> Reservation:
    reservation = await _known(warehouse, order_id)
    reservation.require_not_released()
    stocks = await _lock_with_lines(warehouse, reservation)
    reservation.require_same(demand)
    if reservation.state is ReservationState.HELD:
        await _make_whole(warehouse, reservation, stocks)
        await warehouse.holds.save(reservation)
        await warehouse.holds.extend(reservation, ttl_seconds)
        await warehouse.save(stocks)
    return reservation


async def _known(warehouse: Warehouse, order_id: uuid.UUID) -> Reservation:
    reservation = await warehouse.holds.lock(order_id)
    if reservation is None:
        raise _no_reservation(order_id)
    return reservation


def _no_reservation(order_id: uuid.UUID) -> NotFound:
    return NotFound("RESERVATION_NOT_FOUND", "The order holds nothing.", orderId=str(order_id))


async def _lock_with_lines(warehouse: Warehouse, reservation: Reservation) -> Locked:
    """Lock the stock of a reservation, then read its lines: others only change them under that lock.

    Of a hold that has run out lines may have been given back, and be taken again from any row.
    """
    if reservation.state is ReservationState.HELD and reservation.has_expired:
        await warehouse.holds.read_lines(reservation)
        stocks = await warehouse.shelves.lock_whole(reservation.variant_ids)
    else:
        stocks = await warehouse.shelves.lock_of_order(reservation.order_id)
    await warehouse.holds.read_lines(reservation)
    return stocks


async def _make_whole(warehouse: Warehouse, reservation: Reservation, stocks: Locked) -> None:
    """Take again what was given back when the hold ran out."""
    if lost := reservation.in_state(LineState.RELEASED):
        await warehouse.give_back_expired(stocks, reservation.order_id)
        hold(stocks, lost, reservation.order_id)


async def commit_stock(warehouse: Warehouse, order_id: uuid.UUID) -> Reservation:
    """Turn a hold into a sale, taking it again first where it has run out."""
    reservation = await _known(warehouse, order_id)
    reservation.require_not_released()
    return await _commit(warehouse, reservation)


async def commit_paid_order(warehouse: Warehouse, order_id: uuid.UUID) -> None:
    """Commit the stock of an order that is paid; one that was cancelled meanwhile has given it back for good."""
    reservation = await _known(warehouse, order_id)
    if reservation.state is not ReservationState.RELEASED:
        await _commit(warehouse, reservation)


async def commit_paid_orders(warehouse: Warehouse, orders: Mapping[uuid.UUID, Story]) -> None:
    """The same for several orders at once, each told of in its story: their stock is locked in the order of its keys.

    One whose hold has run out is committed like one that comes alone, after the others.
    """
    reservations = await warehouse.holds.lock_all(orders)
    for order_id in orders:
        if order_id not in reservations:
            raise _no_reservation(order_id)
    held = [each for each in reservations.values() if each.state is ReservationState.HELD]
    ready = [each for each in held if not each.has_expired]
    if ready:
        stocks = await warehouse.shelves.lock_of_orders([each.order_id for each in ready])
        await warehouse.holds.read_all_lines(ready)
        whole = [each for each in ready if not each.in_state(LineState.RELEASED)]
        for reservation in whole:
            _sell(stocks, reservation)
        await warehouse.holds.save_all(whole)
        for reservation in whole:
            with orders[reservation.order_id]():
                _tell_committed(warehouse, reservation)
        await warehouse.save(stocks)
        held = [each for each in held if each not in whole]
        await warehouse.outbox.flush()
    for reservation in held:
        with orders[reservation.order_id]():
            await _commit(warehouse, reservation)
            await warehouse.outbox.flush()


async def _commit(warehouse: Warehouse, reservation: Reservation) -> Reservation:
    stocks = await _lock_with_lines(warehouse, reservation)
    if reservation.state is ReservationState.COMMITTED:
        return reservation
    await _make_whole(warehouse, reservation, stocks)
    _sell(stocks, reservation)
    await warehouse.holds.save(reservation)
    await warehouse.save(stocks)
    _tell_committed(warehouse, reservation)
    return reservation


def _sell(stocks: Locked, reservation: Reservation) -> None:
    for line in reservation.lines:
        stocks.at(line.variant_id, line.location).commit(line.quantity, reservation.order_id)
        line.state = LineState.COMMITTED
    reservation.state = ReservationState.COMMITTED


def _tell_committed(warehouse: Warehouse, reservation: Reservation) -> None:
    warehouse.outbox.publish(events.stock_committed(reservation.order_id, reservation.lines), reservation.order_id)


async def release_stock(warehouse: Warehouse, order_id: uuid.UUID) -> Reservation:
    """Give back what is held, and see to it that a hold that is still on its way finds the door closed."""
    reservation = await _closed(warehouse, order_id)
    reservation.require_not_committed()
    return await _give_back(warehouse, reservation)


async def restock_order(warehouse: Warehouse, order_id: uuid.UUID) -> Reservation:
    """Put back what was sold, or what is still held."""
    return await _give_back(warehouse, await _closed(warehouse, order_id))


async def _closed(warehouse: Warehouse, order_id: uuid.UUID) -> Reservation:
    """The order's reservation under lock; one that is released from the start where there was none."""
    await warehouse.holds.open(order_id, ReservationState.RELEASED, 0)
    return await _known(warehouse, order_id)


async def _give_back(warehouse: Warehouse, reservation: Reservation) -> Reservation:
    if reservation.state is ReservationState.COMMITTED:
        await _restock(warehouse, reservation)
    else:
        stocks = await _lock_with_lines(warehouse, reservation)
        if reservation.state is ReservationState.HELD:
            await _release(warehouse, reservation, stocks)
        await warehouse.save(stocks)
    return reservation


async def _restock(warehouse: Warehouse, reservation: Reservation) -> None:
    """Put what was sold where all of a variant can lie: the row that it was taken from may be out of use."""
    await warehouse.holds.read_lines(reservation)
    stocks = await warehouse.shelves.lock(reservation.variant_ids)
    sold = reservation.in_state(LineState.COMMITTED)
    for line in sold:
        stocks.at(line.variant_id, DEFAULT_LOCATION).restock(line.quantity, reservation.order_id)
        line.state = LineState.RESTOCKED
    await _close(warehouse, reservation, sold, restocked=True)
    await warehouse.save(stocks)


async def _release(warehouse: Warehouse, reservation: Reservation, stocks: Locked) -> None:
    held = reservation.in_state(LineState.HELD)
    for line in held:
        stocks.at(line.variant_id, line.location).release(line.quantity, reservation.order_id)
        line.state = LineState.RELEASED
    await _close(warehouse, reservation, held, restocked=False)


async def _close(
    warehouse: Warehouse, reservation: Reservation, given_back: Sequence[Line], *, restocked: bool
) -> None:
    reservation.state = ReservationState.RELEASED
    await warehouse.holds.save(reservation)
    event = events.stock_released(reservation.order_id, given_back, restocked=restocked)
    warehouse.outbox.publish(event, reservation.order_id)
