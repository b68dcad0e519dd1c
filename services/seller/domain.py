"""Shops: the states they move through, and what each move means to the rest of the market."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from mesh.countries import COUNTRIES
from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.money import EXPONENTS

MAX_SHOPS = 20
PAGE_FIELDS = ("name", "description")
OWNER = "OWNER"


class ShopState(StrEnum):
    """Whether a shop may sell."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class Happening(StrEnum):
    """What became of a shop."""

    APPLIED = "APPLIED"
    VERIFIED = "VERIFIED"
    SUSPENDED = "SUSPENDED"
    UPDATED = "UPDATED"


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop. `version` counts its changes from 1."""

    shop_id: UUID
    owner_user_id: UUID
    name: str
    description: str
    country: str
    currency: str
    commission_bps: int
    state: ShopState = ShopState.PENDING
    suspend_reason: str = ""
    version: int = 1
    create_time: datetime | None = None
    update_time: datetime | None = None
    verify_time: datetime | None = None

    def verified(self, now: datetime) -> "Shop":
        """The shop once it may sell."""
        self._refuse_closed()
        return replace(self, state=ShopState.VERIFIED, suspend_reason="", verify_time=now, version=self.version + 1)

    def suspended(self, reason: str) -> "Shop":
        """The shop once it may no longer sell."""
        self._refuse_closed()
        return replace(self, state=ShopState.SUSPENDED, suspend_reason=reason, version=self.version + 1)

    def renamed(self, name: str, description: str) -> "Shop":
        """The shop with another page."""
        self._refuse_closed()
        return replace(self, name=_required_name(name), description=description, version=self.version + 1)

    def _refuse_closed(self) -> None:
        if self.state is ShopState.CLOSED:
            raise FailedPrecondition("SHOP_CLOSED", "The shop was given up.", shopId=str(self.shop_id))


@dataclass(frozen=True, slots=True)
class ShopEvent:
    """What became of a shop, with the shop as it is afterwards."""

    happening: Happening
    shop: Shop


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's place in one shop."""

    shop_id: UUID
    user_id: UUID
    role: str
    shop_state: ShopState


def apply_for_shop(shop: Shop) -> ShopEvent:
    """Take in an application. Raises UNKNOWN_CURRENCY or UNKNOWN_COUNTRY."""
    if shop.currency not in EXPONENTS:
        fields = {"currency": "is not a currency code of ISO 4217"}
        raise InvalidArgument("UNKNOWN_CURRENCY", f"{shop.currency} is not a currency.", fields=fields)
    if shop.country not in COUNTRIES:
        fields = {"country": "is not a country code of ISO 3166-1"}
        raise InvalidArgument("UNKNOWN_COUNTRY", f"{shop.country} is not a country code.", fields=fields)
    return ShopEvent(Happening.APPLIED, replace(shop, name=_required_name(shop.name)))


def refuse_too_many(count: int) -> None:
    """Raise TOO_MANY_SHOPS where a person who owns `count` shops may not apply for another one."""
    if count >= MAX_SHOPS:
        raise FailedPrecondition("TOO_MANY_SHOPS", f"One person owns at most {MAX_SHOPS} shops.")


def _required_name(name: str) -> str:
    if not name.strip():
        raise InvalidArgument("NAME_REQUIRED", "A shop has a name.", fields={"name": "is required"})
    return name.strip()
