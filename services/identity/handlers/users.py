"""Accounts: reading them, changing what a person tells, setting roles."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from mesh.principal import Principal
from services.identity.domain.accounts import Account, refuse_last_admin
from services.identity.domain.events import UserEvent, UserUpdated


class WrittenUsers(Protocol):
    """Accounts that may be changed."""

    async def lock(self, user_id: UUID, principal: Principal) -> Account: ...
    async def lock_admins(self) -> frozenset[UUID]: ...
    async def save(self, account: Account) -> Account: ...
    def publish(self, event: UserEvent) -> None: ...


class Sessions(Protocol):
    """Sessions."""

    async def raise_epochs(self, user_id: UUID) -> None: ...


class Trail(Protocol):
    """The audit trail."""

    def audit(self, resource_id: UUID, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None: ...


async def update_user(users: WrittenUsers, user_id: UUID, principal: Principal, changes: Mapping[str, str]) -> Account:
    """Change what a person tells about themself."""
    account = await users.lock(user_id, principal)
    return await _save(users, replace(account, profile=account.profile.changed(changes)))


async def set_roles(
    users: WrittenUsers,
    sessions: Sessions,
    trail: Trail,
    user_id: UUID,
    principal: Principal,
    roles: frozenset[str],
) -> Account:
    """Set an account's granted roles; where one is taken away, access tokens that carry it die."""
    admin_ids = await users.lock_admins()
    account = await users.lock(user_id, principal)
    refuse_last_admin(account, roles, admin_ids)
    changed = account.with_roles(roles)
    trail.audit(user_id, {"roles": sorted(account.roles)}, {"roles": sorted(changed.roles)})
    if account.loses(roles):
        await sessions.raise_epochs(user_id)
    return await _save(users, changed)


async def _save(users: WrittenUsers, account: Account) -> Account:
    saved = await users.save(account)
    users.publish(UserUpdated(saved.user_id, saved.version))
    return saved
