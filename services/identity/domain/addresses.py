"""Saved addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mesh.countries import COUNTRIES
from mesh.errors import FailedPrecondition, InvalidArgument

MAX_ADDRESSES = 50


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address that a person keeps; `lines` are the fields of the shared address type, by name."""

    address_id: UUID
    user_id: UUID
    lines: Mapping[str, str]
    label: str = ""
    is_default: bool = False
    create_time: datetime | None = None
    update_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressChange:
    """What an update of a saved address changes; None leaves as it is."""

    lines: Mapping[str, str] | None = None
    label: str | None = None
    is_default: bool | None = None

    def of(self, address: SavedAddress) -> SavedAddress:
        """The address after the change."""
        changed = {name: getattr(self, name) for name in ("lines", "label", "is_default")}
        return replace(address, **{name: value for name, value in changed.items() if value is not None})


def refuse_unknown_country(lines: Mapping[str, str]) -> None:
    """Raise UNKNOWN_COUNTRY where the country is not in ISO 3166-1."""
    country = lines.get("country", "")
    if country not in COUNTRIES:
        fields = {"address.country": "is not a country code of ISO 3166-1"}
        raise InvalidArgument("UNKNOWN_COUNTRY", f"{country} is not a country code.", fields=fields)


def refuse_too_many(count: int) -> None:
    """Raise TOO_MANY_ADDRESSES where a person with `count` addresses may save no more."""
    if count >= MAX_ADDRESSES:
        raise FailedPrecondition("TOO_MANY_ADDRESSES", f"At most {MAX_ADDRESSES} addresses are kept.")
