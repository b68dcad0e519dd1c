"""Accounts: what a person tells, what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mesh.errors import FailedPrecondition, InvalidArgument

CUSTOMER, SELLER, ADMIN = "CUSTOMER", "SELLER", "ADMIN"
ROLES = (CUSTOMER, SELLER, ADMIN)
PROFILE_FIELDS = ("display_name", "given_name", "family_name", "phone")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person tells about themself: all of it is personal data."""

    email: str
    display_name: str
    given_name: str = ""
    family_name: str = ""
    phone: str = ""

    def changed(self, changes: Mapping[str, str]) -> "Profile":
        """The profile with some of PROFILE_FIELDS changed. The display name is never empty."""
        profile = replace(self, **{name: text.strip() for name, text in changes.items()})
        if not profile.display_name:
            fields = {"displayName": "is required"}
            raise InvalidArgument("DISPLAY_NAME_REQUIRED", "A display name is required.", fields=fields)
        return profile


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `roles` holds what was granted; SELLER follows from the shops and is not among them."""

    user_id: UUID
    profile: Profile
    roles: frozenset[str] = frozenset({CUSTOMER})
    email_verified: bool = False
    version: int = 1
    create_time: datetime | None = None
    update_time: datetime | None = None

    def with_roles(self, roles: frozenset[str]) -> "Account":
        """The account with its granted roles set: CUSTOMER stays, SELLER cannot be granted."""
        return replace(self, roles=(roles | {CUSTOMER}) - {SELLER})

    def all_roles(self, *, has_shop: bool) -> frozenset[str]:
        """The granted roles, and SELLER for who has a shop."""
        return self.roles | {SELLER} if has_shop else self.roles

    def loses(self, roles: frozenset[str]) -> frozenset[str]:
        """The roles that `with_roles` would take away."""
        return self.roles - self.with_roles(roles).roles


def open_account(user_id: UUID, email: str, display_name: str, roles: frozenset[str] = frozenset()) -> Account:
    """A new account; without a name others see the part of the address before the @."""
    address = canonical_email(email)
    name = display_name.strip() or address.partition("@")[0]
    return Account(user_id, Profile(address, name), roles | {CUSTOMER})


def canonical_email(email: str) -> str:
    """The one form that addresses are compared and stored in."""
    return email.strip().lower()


def refuse_last_admin(account: Account, roles: frozenset[str], admin_ids: frozenset[UUID]) -> None:
    """Raise LAST_ADMIN where nobody would be left who can grant roles."""
    if ADMIN in account.loses(roles) and admin_ids <= {account.user_id}:
        raise FailedPrecondition("LAST_ADMIN", "The last admin cannot lose the role.")
