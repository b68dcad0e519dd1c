"""What happens to accounts, as the rules say it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """An account was opened."""

    user_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class UserUpdated:
    """A profile or the roles of an account changed."""

    user_id: UUID
    version: int


UserEvent = UserRegistered | UserUpdated
