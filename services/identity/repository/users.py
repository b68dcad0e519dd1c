"""Accounts in their table; what a person tells is sealed with the person's key."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import AlreadyExists, NotFound
from mesh.keyring import Keyring
from mesh.principal import Principal
from mesh.statement import any_of, statement
from services.identity.domain.accounts import Account, Profile
from services.identity.domain.events import UserEvent
from services.identity.events import to_message
from services.identity.tables import users

PROFILE = "profile"
_COLUMNS = (
    users.c.id,
    users.c.profile_sealed,
    users.c.roles,
    users.c.email_verified,
    users.c.version,
    users.c.create_time,
    users.c.update_time,
)
_AFTER = bindparam("after", type_=Uuid)
_EMAIL_HASH = bindparam("email_hash", type_=LargeBinary)
_IS_ADMIN = text("'ADMIN' = ANY(roles)")

_BY_ID = statement(select(*_COLUMNS).where(users.c.id == bindparam("user_id")))
_LOCK = statement(select(*_COLUMNS).where(users.c.id == bindparam("user_id")).with_for_update())
_BY_IDS = statement(select(*_COLUMNS).where(users.c.id == any_of("user_ids", Uuid)))
_BY_EMAIL = statement(select(*_COLUMNS, users.c.password_hash).where(users.c.email_hash == bindparam("email_hash")))
_ADMINS = statement(select(users.c.id).where(_IS_ADMIN).order_by(users.c.id).with_for_update())
_HAS_ADMIN = statement(select(func.count()).select_from(users).where(_IS_ADMIN))
_PAGE = statement(
    select(*_COLUMNS)
    .where(
        or_(_AFTER.is_(None), users.c.id < _AFTER),
        or_(_EMAIL_HASH.is_(None), users.c.email_hash == _EMAIL_HASH),
    )
    .order_by(users.c.id.desc())
    .limit(bindparam("size"))
)
_ADD = statement(
    upsert(users)
    .values(
        id=bindparam("user_id"),
        email_hash=bindparam("email_hash"),
        profile_sealed=bindparam("profile_sealed"),
        password_hash=bindparam("password_hash"),
        roles=bindparam("roles"),
    )
    .on_conflict_do_nothing(index_elements=[users.c.email_hash])
    .returning(users.c.create_time, users.c.update_time)
)
_SAVE = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .values(
        profile_sealed=bindparam("profile_sealed"),
        roles=bindparam("roles"),
        version=users.c.version + 1,
        update_time=func.now(),
    )
    .returning(users.c.version, users.c.update_time)
)
_REHASH = statement(
    update(users).where(users.c.id == bindparam("user_id")).values(password_hash=bindparam("password_hash"))
)


def not_found() -> NotFound:
    """The error for an account that there is not, or not for this caller."""
    return NotFound("USER_NOT_FOUND", "There is no such account.")


class Users:
    """Accounts as one unit of work sees them. With a read unit only the reading methods work."""

    def __init__(self, unit: ReadUnit, keyring: Keyring) -> None:
        """Work in `unit`, sealing and opening with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def get(self, user_id: UUID, principal: Principal) -> Account:
        """The account, to its owner and to staff. Raises USER_NOT_FOUND."""
        row = await self._unit.fetch_one(_BY_ID, user_id=user_id) if _may_see(principal, user_id) else None
        return await self._account(row)

    async def lock(self, user_id: UUID, principal: Principal) -> Account:
        """As `get`, and nobody else changes the account until the end of the unit of work."""
        row = await self._unit.fetch_one(_LOCK, user_id=user_id) if _may_see(principal, user_id) else None
        return await self._account(row)

    async def of_session(self, user_id: UUID) -> Account:
        """The account that a session belongs to; for who holds the session's secret."""
        return await self._account(await self._unit.fetch_one(_BY_ID, user_id=user_id))

    async def by_email(self, email: str) -> tuple[Account, str] | None:
        """The account with a canonical address, and the hash of its password; None where there is none."""
        row = await self._unit.fetch_one(_BY_EMAIL, email_hash=self._keyring.lookup_hash(email))
        return None if row is None else (await self._account(row), row["password_hash"])

    async def by_ids(self, user_ids: Sequence[UUID]) -> list[Account]:
        """Those of the accounts that there are; for services."""
        return await self._accounts(await self._unit.fetch(_BY_IDS, user_ids=user_ids))

    async def page(self, after: UUID | None, email: str, size: int) -> list[Account]:
        """Accounts for staff, newest first, from the one after `after` on."""
        email_hash = self._keyring.lookup_hash(email) if email else None
        rows = await self._unit.fetch(_PAGE, after=after, email_hash=email_hash, size=size)
        return await self._accounts(rows)

    async def has_admin(self) -> bool:
        """Whether anybody is an admin."""
        return bool(await self._unit.fetch_value(_HAS_ADMIN))

    async def lock_admins(self) -> frozenset[UUID]:
        """The admins, none of whom changes until the end of the unit of work."""
        return frozenset(row["id"] for row in await self._unit.fetch(_ADMINS))

    async def _account(self, row: Record | None) -> Account:
        if row is None:
            raise not_found()
        return _account(row, await self._keyring.open(self._unit, row["id"], row["profile_sealed"], PROFILE))

    async def _accounts(self, rows: Sequence[Record]) -> list[Account]:
        """The accounts in the order of their rows; those of erased persons are left out."""
        sealed = [(row["id"], row["profile_sealed"]) for row in rows]
        opened = await self._keyring.open_many(self._unit, sealed, PROFILE)
        return [_account(row, plain) for row, plain in zip(rows, opened, strict=True) if plain is not None]


class WrittenUsers(Users):
    """Accounts in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`, sealing and opening with `keyring`."""
        super().__init__(unit, keyring)

    async def add(self, account: Account, password_hash: str) -> Account:
        """Add an account and return it as it is stored. Raises EMAIL_TAKEN."""
        row = await self._unit.fetch_one(
            _ADD,
            user_id=account.user_id,
            email_hash=self._keyring.lookup_hash(account.profile.email),
            profile_sealed=await self._sealed(account),
            password_hash=password_hash,
            roles=sorted(account.roles),
        )
        if row is None:
            fields = {"email": "has an account"}
            raise AlreadyExists("EMAIL_TAKEN", "The e-mail address has an account already.", fields=fields)
        return replace(account, create_time=row["create_time"], update_time=row["update_time"])

    async def save(self, account: Account) -> Account:
        """Store a changed profile and roles and return the account with its new version."""
        row = await self._unit.fetch_one(
            _SAVE,
            user_id=account.user_id,
            profile_sealed=await self._sealed(account),
            roles=sorted(account.roles),
        )
        if row is None:
            raise not_found()
        return replace(account, version=row["version"], update_time=row["update_time"])

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Store the password's hash anew."""
        await self._unit.execute(_REHASH, user_id=user_id, password_hash=password_hash)

    def publish(self, event: UserEvent) -> None:
        """Publish what happened, with the commit."""
        self._unit.publish(to_message(event), event.user_id, event.version)

    async def _sealed(self, account: Account) -> bytes:
        plain = json.dumps(asdict(account.profile)).encode()
        return await self._keyring.seal(self._unit, account.user_id, plain, PROFILE)


def _may_see(principal: Principal, user_id: UUID) -> bool:
    return principal.is_admin or principal.subject == str(user_id)


def _account(row: Record, plain: bytes) -> Account:
    return Account(
        row["id"],
        Profile(**json.loads(plain)),
        frozenset(row["roles"]),
        row["email_verified"],
        row["version"],
        row["create_time"],
        row["update_time"],
    )
