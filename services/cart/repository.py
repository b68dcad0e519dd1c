"""Every query of cart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from mesh.database import Database, ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.money import Money
from mesh.statement import Statement, any_of, statement
from services.cart.domain import Cart, Item
from services.cart.tables import cart_items, carts


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart is meant: a customer's, or that of the guest with the secret of this hash; else nobody's yet."""

    user_id: UUID | None = None
    token_hash: bytes | None = None


# How many carts a periodic job takes at once.
AT_ONCE = 100
_ITEM_COLUMNS = (
    "id",
    "variant_id",
    "product_id",
    "shop_id",
    "title",
    "amount",
    "currency",
    "quantity",
    "added_version",
)
_COLUMNS = (carts.c.id, carts.c.user_id, carts.c.version)
# Not one statement for both: it would be planned anew for each owner.
_OF_USER = carts.c.user_id == bindparam("user_id")
_OF_GUEST = carts.c.token_hash == bindparam("token_hash")
_LOCK_OF_USER, _LOCK_OF_GUEST = (
    statement(select(*_COLUMNS).where(owner).with_for_update()) for owner in (_OF_USER, _OF_GUEST)
)
_LOCK_BY_ID = statement(select(*_COLUMNS).where(carts.c.id == bindparam("cart_id")).with_for_update())
_INSERT = statement(
    insert(carts)
    .values(id=bindparam("id"), user_id=bindparam("user_id"), token_hash=bindparam("token_hash"))
    .on_conflict_do_nothing()
)
_LINE = (
    cart_items.c.id,
    cart_items.c.variant_id,
    cart_items.c.product_id,
    cart_items.c.shop_id,
    cart_items.c.title,
    cart_items.c.amount,
    cart_items.c.currency,
    cart_items.c.quantity,
    cart_items.c.added_version,
)
_FIND_OF_USER, _FIND_OF_GUEST = (
    statement(
        select(carts.c.id.label("cart_id"), carts.c.user_id, carts.c.version, *_LINE)
        .outerjoin_from(carts, cart_items, cart_items.c.cart_id == carts.c.id)
        .where(owner)
        .order_by(cart_items.c.id)
    )
    for owner in (_OF_USER, _OF_GUEST)
)
_ITEMS = statement(
    select(cart_items.c.cart_id, *_LINE)
    .where(cart_items.c.cart_id == any_of("cart_ids", Uuid))
    .order_by(cart_items.c.id)
)
_SAVE_CART = statement(
    update(carts)
    .where(carts.c.id == bindparam("cart_id"))
    .values(
        version=bindparam("new_version"), currency=bindparam("new_currency"), update_time=func.now(), abandon_time=None
    )
)
_ITEM = {name: bindparam(name, type_=cart_items.c[name].type) for name in _ITEM_COLUMNS}


def _or_change(line: Insert) -> Insert:
    """A line that is there already takes on what the buyer has seen now."""
    names = ("title", "amount", "currency", "quantity")
    changed = {name: line.excluded[name] for name in names}
    return line.on_conflict_do_update(index_elements=[cart_items.c.id], set_={**changed, "update_time": func.now()})


def _with_item(cart: Any) -> Statement:
    """One statement that writes a cart and one line of it, or nothing; its rows tell which."""
    written = cart.returning(carts.c.id.label("cart_id")).cte("cart")
    line = insert(cart_items).from_select(["cart_id", *_ITEM], select(written.c.cart_id, *_ITEM.values()))
    return statement(select(written.c.cart_id).add_cte(_or_change(line).cte("line")))


_ADD_ITEM = _with_item(
    update(carts)
    .where(carts.c.id == bindparam("known_cart_id"), carts.c.version == bindparam("known_version"))
    .values(
        version=bindparam("known_version") + 1,
        currency=bindparam("currency"),
        update_time=func.now(),
        abandon_time=None,
    )
)
_CREATE_WITH_ITEM = _with_item(
    insert(carts)
    .values(
        id=bindparam("known_cart_id"),
        user_id=bindparam("user_id"),
        token_hash=bindparam("token_hash"),
        version=1,
        currency=bindparam("currency"),
    )
    .on_conflict_do_nothing()
)
_SAVE_ITEM = statement(_or_change(insert(cart_items).values(cart_id=bindparam("cart_id"), **_ITEM)))
_DELETE_ITEMS = statement(delete(cart_items).where(cart_items.c.id == any_of("item_ids", Uuid)))
_DELETE_CART = statement(delete(carts).where(carts.c.id == bindparam("cart_id")))
_LOCK_LEFT = statement(
    select(*_COLUMNS)
    .where(carts.c.abandon_time.is_(None), carts.c.currency.is_not(None))
    .where(carts.c.update_time < func.now() - bindparam("age", type_=Interval))
    .order_by(carts.c.update_time)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_LOCK_UNTOLD = statement(
    select(*_COLUMNS)
    .where(carts.c.version > carts.c.told_version)
    .order_by(carts.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_MARK_TOLD = statement(update(carts).where(carts.c.id == any_of("cart_ids", Uuid)).values(told_version=carts.c.version))
_MARK_ABANDONED = statement(update(carts).where(carts.c.id == bindparam("cart_id")).values(abandon_time=func.now()))
_old_guests = (
    select(carts.c.id)
    .where(carts.c.user_id.is_(None), carts.c.update_time < func.now() - bindparam("age", type_=Interval))
    .limit(500)
    .with_for_update(skip_locked=True)
)
_FORGET_GUESTS = statement(delete(carts).where(carts.c.id.in_(_old_guests)))
_LATEST_LINES = statement(
    select(cart_items.c.id, cart_items.c.variant_id, cart_items.c.product_id, cart_items.c.shop_id)
    .where(cart_items.c.create_time < func.now() - bindparam("settle", type_=Interval))
    .order_by(cart_items.c.id.desc())
    .limit(2000)
)


def _item(row: Record) -> Item:
    return Item(
        item_id=row["id"],
        variant_id=row["variant_id"],
        product_id=row["product_id"],
        shop_id=row["shop_id"],
        title=row["title"],
        quantity=row["quantity"],
        price=Money(row["currency"], row["amount"]),
        added_version=row["added_version"],
    )


async def _with_items(unit: ReadUnit, rows: Sequence[Record]) -> list[Cart]:
    read = {row["id"]: Cart(row["id"], row["user_id"], row["version"]) for row in rows}
    for line in await unit.fetch(_ITEMS, cart_ids=list(read)):
        item = _item(line)
        read[line["cart_id"]].items[item.variant_id] = item
    return list(read.values())


async def _fetch_of(unit: ReadUnit, owner: Owner, of_user: Statement, of_guest: Statement) -> list[Record]:
    if owner.user_id:
        return await unit.fetch(of_user, user_id=owner.user_id)
    return await unit.fetch(of_guest, token_hash=owner.token_hash) if owner.token_hash else []


async def find_cart(unit: ReadUnit, owner: Owner) -> Cart | None:
    """The owner's cart, None where there is none."""
    rows = await _fetch_of(unit, owner, _FIND_OF_USER, _FIND_OF_GUEST)
    if not rows:
        return None
    items = [_item(row) for row in rows if row["id"]]
    first = rows[0]
    return Cart(first["cart_id"], first["user_id"], first["version"], {item.variant_id: item for item in items})


async def lock_cart(uow: UnitOfWork, owner: Owner) -> Cart | None:
    """The owner's cart with its row locked, None where there is none."""
    rows = await _fetch_of(uow, owner, _LOCK_OF_USER, _LOCK_OF_GUEST)
    return (await _with_items(uow, rows))[0] if rows else None


async def lock_cart_by_id(uow: UnitOfWork, cart_id: UUID) -> Cart | None:
    """A cart with its row locked, None where it is gone."""
    row = await uow.fetch_one(_LOCK_BY_ID, cart_id=cart_id)
    return (await _with_items(uow, [row]))[0] if row else None


async def lock_or_create_cart(uow: UnitOfWork, owner: Owner) -> Cart:
    """The owner's cart with its row locked, made where there was none."""
    cart = await lock_cart(uow, owner)
    if cart is None:
        await uow.execute(_INSERT, id=new_id(), user_id=owner.user_id, token_hash=owner.token_hash)
        cart = await lock_cart(uow, owner)
    assert cart is not None  # noqa: S101  # narrows the type: the insert made it, or met the one made meanwhile
    return cart


async def put_item(db: Database, owner: Owner, cart: Cart, item: Item) -> bool:
    """Write a cart with the one line that has brought its version, in a transaction of its own.

    False, with nothing written, where the cart has changed since it was read or another one was made meanwhile.
    """
    row = _item_row(item)
    if cart.version == 1:
        return bool(
            await db.run(
                _CREATE_WITH_ITEM,
                known_cart_id=cart.cart_id,
                user_id=owner.user_id,
                token_hash=owner.token_hash,
                **row,
            )
        )
    return bool(await db.run(_ADD_ITEM, known_cart_id=cart.cart_id, known_version=cart.version - 1, **row))


async def save_cart(uow: UnitOfWork, cart: Cart, before: Sequence[Item]) -> None:
    """Write what differs from the lines of `before`, at the latest with the commit."""
    uow.defer(_SAVE_CART, cart_id=cart.cart_id, new_version=cart.version, new_currency=cart.currency or None)
    kept = {item.item_id for item in cart.items.values()}
    removed = [item.item_id for item in before if item.item_id not in kept]
    if removed:
        uow.defer(_DELETE_ITEMS, item_ids=removed)
    known = set(before)
    rows = [_item_row(item) for item in cart.items.values() if item not in known]
    if rows:
        # A line may take the place of one that is removed.
        await uow.flush()
    await uow.execute_many(_SAVE_ITEM, [{"cart_id": cart.cart_id, **row} for row in rows])


def _item_row(item: Item) -> dict[str, object]:
    return {
        "id": item.item_id,
        "variant_id": item.variant_id,
        "product_id": item.product_id,
        "shop_id": item.shop_id,
        "title": item.title,
        "amount": item.price.amount,
        "currency": item.price.currency,
        "quantity": item.quantity,
        "added_version": item.added_version,
    }


async def delete_cart(uow: UnitOfWork, cart_id: UUID) -> None:
    """Forget a cart with its lines."""
    await uow.execute(_DELETE_CART, cart_id=cart_id)


async def lock_left_carts(uow: UnitOfWork, age: timedelta) -> list[Cart]:
    """Up to 100 carts with something in them that nobody has touched for `age`, rows locked."""
    return await _with_items(uow, await uow.fetch(_LOCK_LEFT, age=age))


async def lock_untold_carts(uow: UnitOfWork) -> list[Cart]:
    """Up to 100 carts that have changed since they were told, rows locked."""
    return await _with_items(uow, await uow.fetch(_LOCK_UNTOLD))


async def mark_told(uow: UnitOfWork, cart_ids: Sequence[UUID]) -> None:
    """Remember that the carts were told as they are."""
    await uow.execute(_MARK_TOLD, cart_ids=list(cart_ids))


async def mark_abandoned(uow: UnitOfWork, cart_id: UUID) -> None:
    """Remember that the cart was reported as abandoned; its next change forgets that."""
    await uow.execute(_MARK_ABANDONED, cart_id=cart_id)


async def forget_guests(uow: UnitOfWork, age: timedelta) -> int:
    """Delete up to 500 guests' carts that nobody has touched for `age`."""
    return await uow.execute(_FORGET_GUESTS, age=age)


async def latest_lines(unit: ReadUnit, settle: timedelta) -> list[Record]:
    """The ids of the latest lines that are older than `settle`, at most 2,000."""
    return await unit.fetch(_LATEST_LINES, settle=settle)
