"""Saved means of payment and the provider's customers."""

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.keyring import Keyring
from mesh.statement import statement
from services.payment.domain.method import MOST_METHODS, Details, SavedMethod
from services.payment.tables import customers, payment_methods

_FIELD = "payment_method"
_COLUMNS = (
    payment_methods.c.id,
    payment_methods.c.user_id,
    payment_methods.c.details_sealed,
    payment_methods.c.create_time,
)
_OWN = payment_methods.c.user_id == bindparam("owner_id")
_LIST = statement(select(*_COLUMNS).where(_OWN).order_by(payment_methods.c.id.desc()).limit(MOST_METHODS))
_FIND = statement(select(*_COLUMNS).where(payment_methods.c.id == bindparam("method_id"), _OWN))
_COUNT = statement(select(func.count()).select_from(payment_methods).where(_OWN))
_INSERT = statement(
    insert(payment_methods)
    .values(
        id=bindparam("id"), user_id=bindparam("user_id"), provider="stripe", details_sealed=bindparam("details_sealed")
    )
    .on_conflict_do_update(index_elements=[payment_methods.c.id], set_={"provider": "stripe"})
    .returning(payment_methods.c.create_time)
)
_DELETE = statement(delete(payment_methods).where(payment_methods.c.id == bindparam("method_id"), _OWN))
_CUSTOMER = statement(select(customers.c.provider_reference).where(customers.c.user_id == bindparam("owner_id")))
_INSERT_CUSTOMER = statement(
    insert(customers)
    .values(user_id=bindparam("user_id"), provider="stripe", provider_reference=bindparam("reference"))
    .on_conflict_do_nothing()
)


@dataclass(frozen=True, slots=True)
class Methods:
    """The saved means of payment of buyers, each only for its owner."""

    keyring: Keyring

    async def of_user(self, unit: ReadUnit, user_id: uuid.UUID) -> list[SavedMethod]:
        """Newest first."""
        return [await self._method(unit, row) for row in await unit.fetch(_LIST, owner_id=user_id)]

    async def find(self, unit: ReadUnit, user_id: uuid.UUID, method_id: uuid.UUID) -> SavedMethod | None:
        """One of the user's own."""
        row = await unit.fetch_one(_FIND, method_id=method_id, owner_id=user_id)
        return None if row is None else await self._method(unit, row)

    async def _method(self, unit: ReadUnit, row: Record) -> SavedMethod:
        details = await self.keyring.open(unit, row["user_id"], row["details_sealed"], _FIELD)
        return SavedMethod(row["id"], row["user_id"], Details.from_bytes(details), row["create_time"])

    async def insert_new(
        self, uow: UnitOfWork, method_id: uuid.UUID, user_id: uuid.UUID, details: Details
    ) -> SavedMethod:
        sealed = await self.keyring.seal(uow, user_id, details.to_bytes(), _FIELD)
        create_time = await uow.fetch_value(_INSERT, id=method_id, user_id=user_id, details_sealed=sealed)
        return SavedMethod(method_id, user_id, details, create_time)


async def count(unit: ReadUnit, user_id: uuid.UUID) -> int:
    return int(await unit.fetch_value(_COUNT, owner_id=user_id))


async def remove(uow: UnitOfWork, user_id: uuid.UUID, method_id: uuid.UUID) -> None:
    await uow.execute(_DELETE, method_id=method_id, owner_id=user_id)


async def find_customer(unit: ReadUnit, user_id: uuid.UUID) -> str | None:
    """Whom the provider knows the user as."""
    reference: str | None = await unit.fetch_value(_CUSTOMER, owner_id=user_id)
    return reference


async def insert_customer(uow: UnitOfWork, user_id: uuid.UUID, reference: str) -> None:
    await uow.execute(_INSERT_CUSTOMER, user_id=user_id, reference=reference)
