"""Every query of cart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.money import Money
from mesh.statement import statement
from services.cart.domain import Cart, Item
from services.cart.tables import cart_items, carts


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart is meant: a customer's, or that of the guest with the secret of this hash; else nobody's yet."""

    user_id: UUID | None = None
    token_hash: bytes | None = None


_COLUMNS = (carts.c.id, carts.c.user_id, carts.c.version)
_OF_OWNER = (carts.c.user_id == bindparam("user_id")) | (carts.c.token_hash == bindparam("token_hash"))
_FIND = statement(select(*_COLUMNS).where(_OF_OWNER))
_LOCK = statement(select(*_COLUMNS).where(_OF_OWNER).with_for_update())
_LOCK_BY_ID = statement(select(*_COLUMNS).where(carts.c.id == bindparam("cart_id")).with_for_update())
_INSERT = statement(
    insert(carts)
    .values(id=bindparam("id"), user_id=bindparam("user_id"), token_hash=bindparam("token_hash"))
    .on_conflict_do_nothing()
)
_ITEMS = statement(
    select(
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
    .where(cart_items.c.cart_id == bindparam("cart_id"))
    .order_by(cart_items.c.id)
)
_SAVE_CART = statement(
    update(carts)
    .where(carts.c.id == bindparam("cart_id"))
    .values(
        version=bindparam("new_version"), currency=bindparam("new_currency"), update_time=func.now(), abandon_time=None
    )
)
_insert_item = insert(cart_items).values(
    id=bindparam("id"),
    cart_id=bindparam("cart_id"),
    variant_id=bindparam("variant_id"),
    product_id=bindparam("product_id"),
    shop_id=bindparam("shop_id"),
    title=bindparam("title"),
    amount=bindparam("amount"),
    currency=bindparam("currency"),
    quantity=bindparam("quantity"),
    added_version=bindparam("added_version"),
)
_SAVE_ITEM = statement(
    _insert_item.on_conflict_do_update(
        index_elements=[cart_items.c.id],
        set_={
            "title": _insert_item.excluded.title,
            "amount": _insert_item.excluded.amount,
            "currency": _insert_item.excluded.currency,
            "quantity": _insert_item.excluded.quantity,
            "update_time": func.now(),
        },
    )
)
_DELETE_ITEMS = statement(delete(cart_items).where(cart_items.c.id == func.any(bindparam("item_ids"))))
_DELETE_CART = statement(delete(carts).where(carts.c.id == bindparam("cart_id")))
_LOCK_LEFT = statement(
    select(*_COLUMNS)
    .where(carts.c.abandon_time.is_(None), carts.c.currency.is_not(None))
    .where(carts.c.update_time < func.now() - bindparam("age", type_=Interval))
    .order_by(carts.c.update_time)
    .limit(100)
    .with_for_update(skip_locked=True)
)
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


async def _with_items(unit: ReadUnit, row: Record) -> Cart:
    items = [_item(item) for item in await unit.fetch(_ITEMS, cart_id=row["id"])]
    return Cart(row["id"], row["user_id"], row["version"], {item.variant_id: item for item in items})


async def find_cart(unit: ReadUnit, owner: Owner) -> Cart | None:
    """The owner's cart, None where there is none."""
    row = await unit.fetch_one(_FIND, user_id=owner.user_id, token_hash=owner.token_hash)
    return await _with_items(unit, row) if row else None


async def lock_cart(uow: UnitOfWork, owner: Owner) -> Cart | None:
    """The owner's cart with its row locked, None where there is none."""
    row = await uow.fetch_one(_LOCK, user_id=owner.user_id, token_hash=owner.token_hash)
    return await _with_items(uow, row) if row else None


async def lock_cart_by_id(uow: UnitOfWork, cart_id: UUID) -> Cart | None:
    """A cart with its row locked, None where it is gone."""
    row = await uow.fetch_one(_LOCK_BY_ID, cart_id=cart_id)
    return await _with_items(uow, row) if row else None


async def lock_or_create_cart(uow: UnitOfWork, owner: Owner) -> Cart:
    """The owner's cart with its row locked, made where there was none."""
    cart = await lock_cart(uow, owner)
    if cart is None:
        await uow.execute(_INSERT, id=new_id(), user_id=owner.user_id, token_hash=owner.token_hash)
        cart = await lock_cart(uow, owner)
    assert cart is not None  # noqa: S101  # narrows the type: the insert made it, or met the one made meanwhile
    return cart


async def save_cart(uow: UnitOfWork, cart: Cart, before: Sequence[Item]) -> None:
    """Write what differs from the lines of `before`."""
    await uow.execute(_SAVE_CART, cart_id=cart.cart_id, new_version=cart.version, new_currency=cart.currency or None)
    kept = {item.item_id for item in cart.items.values()}
    removed = [item.item_id for item in before if item.item_id not in kept]
    if removed:
        await uow.execute(_DELETE_ITEMS, item_ids=removed)
    known = set(before)
    await uow.execute_many(
        _SAVE_ITEM, [_item_row(cart.cart_id, item) for item in cart.items.values() if item not in known]
    )


def _item_row(cart_id: UUID, item: Item) -> dict[str, object]:
    return {
        "id": item.item_id,
        "cart_id": cart_id,
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
    rows = await uow.fetch(_LOCK_LEFT, age=age)
    return [await _with_items(uow, row) for row in rows]


async def mark_abandoned(uow: UnitOfWork, cart_id: UUID) -> None:
    """Remember that the cart was reported as abandoned; its next change forgets that."""
    await uow.execute(_MARK_ABANDONED, cart_id=cart_id)


async def forget_guests(uow: UnitOfWork, age: timedelta) -> int:
    """Delete up to 500 guests' carts that nobody has touched for `age`."""
    return await uow.execute(_FORGET_GUESTS, age=age)


async def latest_lines(unit: ReadUnit, settle: timedelta) -> list[Record]:
    """The ids of the latest lines that are older than `settle`, at most 2,000."""
    return await unit.fetch(_LATEST_LINES, settle=settle)
