"""Every query of seller."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, insert, or_, select, text, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.principal import Principal
from mesh.statement import any_of, statement
from services.seller.domain import OWNER, Membership, Shop, ShopEvent, ShopState
from services.seller.events import to_message
from services.seller.tables import shop_members, shops

_COLUMNS = (
    shops.c.id,
    shops.c.owner_user_id,
    shops.c.name,
    shops.c.description,
    shops.c.country,
    shops.c.currency,
    shops.c.commission_bps,
    shops.c.state,
    shops.c.suspend_reason,
    shops.c.version,
    shops.c.create_time,
    shops.c.update_time,
    shops.c.verify_time,
)
_AFTER = bindparam("after", type_=Uuid)
_STATE = bindparam("state", type_=Text)
_SHOP_ID = bindparam("shop_id", type_=Uuid)
_BEHIND = or_(_AFTER.is_(None), shops.c.id > _AFTER)
_IS_MEMBER = (shop_members.c.shop_id == shops.c.id) & (shop_members.c.user_id == bindparam("user_id"))

_GET = statement(
    select(*_COLUMNS, shop_members.c.role).outerjoin(shop_members, _IS_MEMBER).where(shops.c.id == _SHOP_ID)
)
_LOCK = statement(select(*_COLUMNS).where(shops.c.id == _SHOP_ID).with_for_update())
_BY_IDS = statement(select(*_COLUMNS).where(shops.c.id == any_of("shop_ids", Uuid)))
_OF_MEMBER = statement(
    select(*_COLUMNS).join(shop_members, _IS_MEMBER).where(_BEHIND).order_by(shops.c.id).limit(bindparam("size"))
)
_PAGE = statement(
    select(*_COLUMNS)
    .where(_BEHIND, or_(_STATE.is_(None), shops.c.state == _STATE))
    .order_by(shops.c.id)
    .limit(bindparam("size"))
)
# Applications of one person wait for each other, so that they are counted right; the person has no row here.
_LOCK_OWNER = statement(text("SELECT pg_advisory_xact_lock(hashtextextended('seller.owner:' || :owner, 0))"))
_COUNT_OWNED = statement(select(func.count()).select_from(shops).where(shops.c.owner_user_id == bindparam("user_id")))
_ADD = statement(
    insert(shops)
    .values(
        id=_SHOP_ID,
        owner_user_id=bindparam("owner_user_id"),
        name=bindparam("name"),
        description=bindparam("description"),
        country=bindparam("country"),
        currency=bindparam("currency"),
        commission_bps=bindparam("commission_bps"),
        state=bindparam("state"),
    )
    .returning(shops.c.create_time, shops.c.update_time)
)
_SAVE = statement(
    update(shops)
    .where(shops.c.id == _SHOP_ID, shops.c.version == bindparam("version") - 1)
    .values(
        name=bindparam("name"),
        description=bindparam("description"),
        state=bindparam("state"),
        suspend_reason=bindparam("suspend_reason"),
        verify_time=bindparam("verify_time"),
        version=bindparam("version"),
        update_time=func.now(),
    )
    .returning(shops.c.update_time)
)
_ADD_MEMBER = statement(
    insert(shop_members).values(shop_id=_SHOP_ID, user_id=bindparam("user_id"), role=bindparam("role"))
)
_MEMBERSHIPS = statement(
    select(shop_members.c.shop_id, shop_members.c.user_id, shop_members.c.role, shops.c.state)
    .join(shops, shops.c.id == shop_members.c.shop_id)
    .where(shop_members.c.user_id == any_of("user_ids", Uuid), shops.c.state != ShopState.CLOSED.value)
    .order_by(shop_members.c.user_id, shop_members.c.shop_id)
)
_MEMBERS = statement(
    select(shop_members.c.user_id)
    .where(shop_members.c.shop_id == _SHOP_ID)
    .order_by(shop_members.c.create_time, shop_members.c.user_id)
)


def not_found() -> NotFound:
    """The error for a shop that there is not, or not for this caller."""
    return NotFound("SHOP_NOT_FOUND", "There is no such shop.")


class Shops:
    """Shops as one unit of work sees them. With a read unit only the reading methods work."""

    def __init__(self, unit: ReadUnit) -> None:
        """Work in `unit`."""
        self._unit = unit

    async def get(self, shop_id: UUID, principal: Principal) -> tuple[Shop, bool]:
        """A shop, and whether the caller sees it from inside. Raises SHOP_NOT_FOUND for one that is hidden."""
        user_id = principal.user_id if principal.is_person else None
        row = await self._unit.fetch_one(_GET, shop_id=shop_id, user_id=user_id)
        if row is None:
            raise not_found()
        shop, inside = _shop(row), principal.is_admin or row["role"] is not None
        if not inside and shop.state is not ShopState.VERIFIED:
            raise not_found()
        return shop, inside

    async def by_ids(self, shop_ids: Sequence[UUID]) -> list[Shop]:
        """Those of the shops that there are; for services."""
        return [_shop(row) for row in await self._unit.fetch(_BY_IDS, shop_ids=shop_ids)]

    async def of_member(self, principal: Principal, after: UUID | None, size: int) -> list[Shop]:
        """The caller's shops, oldest first, from the one after `after` on."""
        rows = await self._unit.fetch(_OF_MEMBER, user_id=principal.user_id, after=after, size=size)
        return [_shop(row) for row in rows]

    async def page(self, state: ShopState | None, after: UUID | None, size: int) -> list[Shop]:
        """Shops for staff, oldest first, from the one after `after` on."""
        rows = await self._unit.fetch(_PAGE, state=state and state.value, after=after, size=size)
        return [_shop(row) for row in rows]

    async def memberships(self, user_ids: Sequence[UUID]) -> list[Membership]:
        """The places of people in shops that are not closed; for services."""
        rows = await self._unit.fetch(_MEMBERSHIPS, user_ids=user_ids)
        return [Membership(row["shop_id"], row["user_id"], row["role"], ShopState(row["state"])) for row in rows]

    async def members(self, shop_id: UUID) -> list[UUID]:
        """Who runs a shop, oldest member first; for services."""
        return [row["user_id"] for row in await self._unit.fetch(_MEMBERS, shop_id=shop_id)]


class WrittenShops(Shops):
    """Shops in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork) -> None:
        """Work in `unit`."""
        super().__init__(unit)

    async def count_owned(self, user_id: UUID) -> int:
        """How many shops a person owns; nobody adds one for them until the end of the unit of work."""
        await self._unit.fetch_value(_LOCK_OWNER, owner=str(user_id))
        return int(await self._unit.fetch_value(_COUNT_OWNED, user_id=user_id))

    async def lock(self, shop_id: UUID, principal: Principal) -> Shop:
        """A shop of the caller, or any to staff, which nobody else changes until the end. Raises SHOP_NOT_FOUND."""
        may_see = principal.is_admin or principal.can_act_for(shop_id)
        row = await self._unit.fetch_one(_LOCK, shop_id=shop_id) if may_see else None
        if row is None:
            raise not_found()
        return _shop(row)

    async def add(self, shop: Shop) -> Shop:
        """Add a shop with its owner and return it as it is stored."""
        row = await self._unit.fetch_one(
            _ADD,
            shop_id=shop.shop_id,
            owner_user_id=shop.owner_user_id,
            name=shop.name,
            description=shop.description,
            country=shop.country,
            currency=shop.currency,
            commission_bps=shop.commission_bps,
            state=shop.state.value,
        )
        await self._unit.execute(_ADD_MEMBER, shop_id=shop.shop_id, user_id=shop.owner_user_id, role=OWNER)
        return shop if row is None else replace(shop, create_time=row["create_time"], update_time=row["update_time"])

    async def save(self, shop: Shop) -> Shop:
        """Store a shop that was changed under its lock, and return it."""
        row = await self._unit.fetch_one(
            _SAVE,
            shop_id=shop.shop_id,
            name=shop.name,
            description=shop.description,
            state=shop.state.value,
            suspend_reason=shop.suspend_reason,
            verify_time=shop.verify_time,
            version=shop.version,
        )
        if row is None:
            raise not_found()
        return replace(shop, update_time=row["update_time"])

    def publish(self, event: ShopEvent) -> None:
        """Publish what became of a shop, with the commit."""
        self._unit.publish(to_message(event), event.shop.shop_id, event.shop.version)


def _shop(row: Record) -> Shop:
    return Shop(
        row["id"],
        row["owner_user_id"],
        row["name"],
        row["description"],
        row["country"],
        row["currency"],
        row["commission_bps"],
        ShopState(row["state"]),
        row["suspend_reason"],
        row["version"],
        row["create_time"],
        row["update_time"],
        row["verify_time"],
    )
