"""Saved addresses in their table, sealed with the person's key. Every read takes whose they are."""

import json
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func, insert, or_, select, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.keyring import Keyring
from mesh.principal import Principal
from mesh.statement import Statement, statement
from services.identity.domain.addresses import SavedAddress
from services.identity.tables import addresses, users

ADDRESS = "address"
_COLUMNS = (
    addresses.c.id,
    addresses.c.user_id,
    addresses.c.address_sealed,
    addresses.c.is_default,
    addresses.c.create_time,
    addresses.c.update_time,
)
_AFTER = bindparam("after", type_=Uuid)
_OWN = (addresses.c.id == bindparam("address_id")) & (addresses.c.user_id == bindparam("user_id"))

_LOCK = statement(select(*_COLUMNS).where(_OWN).with_for_update())
_PAGE = statement(
    select(*_COLUMNS)
    .where(
        addresses.c.user_id == bindparam("user_id"),
        or_(_AFTER.is_(None), addresses.c.id > _AFTER),
    )
    .order_by(addresses.c.id)
    .limit(bindparam("size"))
)
# The person's row is the lock under which addresses are counted and the default moves.
_LOCK_OWNER = statement(select(users.c.id).where(users.c.id == bindparam("user_id")).with_for_update())
_COUNT = statement(select(func.count()).select_from(addresses).where(addresses.c.user_id == bindparam("user_id")))
_CLEAR_DEFAULT = statement(
    update(addresses)
    .where(addresses.c.user_id == bindparam("user_id"), addresses.c.is_default)
    .values(is_default=False)
)
_ADD = statement(
    insert(addresses)
    .values(
        id=bindparam("address_id"),
        user_id=bindparam("user_id"),
        address_sealed=bindparam("address_sealed"),
        is_default=bindparam("is_default"),
    )
    .returning(addresses.c.create_time, addresses.c.update_time)
)
_SAVE = statement(
    update(addresses)
    .where(_OWN)
    .values(address_sealed=bindparam("address_sealed"), is_default=bindparam("is_default"), update_time=func.now())
    .returning(addresses.c.update_time)
)
_DELETE = statement(delete(addresses).where(_OWN))


def not_found() -> NotFound:
    """The error for an address that there is not, or not for this caller."""
    return NotFound("ADDRESS_NOT_FOUND", "There is no such address.")


class Addresses:
    """Saved addresses as a read unit sees them."""

    def __init__(self, unit: ReadUnit, keyring: Keyring) -> None:
        """Work in `unit`, opening with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def page(self, principal: Principal, after: UUID | None, size: int) -> list[SavedAddress]:
        """The caller's addresses, oldest first, from the one after `after` on."""
        rows = await self._unit.fetch(_PAGE, user_id=principal.user_id, after=after, size=size)
        return [await self._address(row) for row in rows]

    async def _address(self, row: Record) -> SavedAddress:
        plain = json.loads(await self._keyring.open(self._unit, row["user_id"], row["address_sealed"], ADDRESS))
        return SavedAddress(
            row["id"],
            row["user_id"],
            plain["lines"],
            plain["label"],
            row["is_default"],
            row["create_time"],
            row["update_time"],
        )


class WrittenAddresses(Addresses):
    """Saved addresses in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`, sealing and opening with `keyring`."""
        super().__init__(unit, keyring)

    async def count(self, principal: Principal) -> int:
        """How many addresses the caller has; nobody adds one for them until the end of the unit of work."""
        await self._unit.fetch_value(_LOCK_OWNER, user_id=principal.user_id)
        return int(await self._unit.fetch_value(_COUNT, user_id=principal.user_id))

    async def lock(self, address_id: UUID, principal: Principal) -> SavedAddress:
        """The caller's address, which nobody else changes until the end. Raises ADDRESS_NOT_FOUND."""
        await self._unit.fetch_value(_LOCK_OWNER, user_id=principal.user_id)
        row = await self._unit.fetch_one(_LOCK, address_id=address_id, user_id=principal.user_id)
        if row is None:
            raise not_found()
        return await self._address(row)

    async def add(self, address: SavedAddress) -> SavedAddress:
        """Add an address and return it as it is stored."""
        row = await self._write(_ADD, address)
        return replace(address, create_time=row["create_time"], update_time=row["update_time"])

    async def save(self, address: SavedAddress) -> SavedAddress:
        """Store a changed address and return it."""
        row = await self._write(_SAVE, address)
        return replace(address, update_time=row["update_time"])

    async def delete(self, address_id: UUID, principal: Principal) -> None:
        """Delete the caller's address. Raises ADDRESS_NOT_FOUND."""
        if not await self._unit.execute(_DELETE, address_id=address_id, user_id=principal.user_id):
            raise not_found()

    async def _write(self, written: Statement, address: SavedAddress) -> Record:
        if address.is_default:
            await self._unit.execute(_CLEAR_DEFAULT, user_id=address.user_id)
        row = await self._unit.fetch_one(
            written,
            address_id=address.address_id,
            user_id=address.user_id,
            address_sealed=await self._sealed(address),
            is_default=address.is_default,
        )
        if row is None:
            raise not_found()
        return row

    async def _sealed(self, address: SavedAddress) -> bytes:
        plain = json.dumps({"lines": dict(address.lines), "label": address.label}).encode()
        return await self._keyring.seal(self._unit, address.user_id, plain, ADDRESS)
