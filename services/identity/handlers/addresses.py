"""Saved addresses: each person's own."""

from dataclasses import replace
from typing import Protocol
from uuid import UUID

from mesh.principal import Principal
from services.identity.domain.addresses import (
    AddressChange,
    SavedAddress,
    refuse_too_many,
    refuse_unknown_country,
)


class WrittenAddresses(Protocol):
    """Saved addresses that may be changed."""

    async def count(self, principal: Principal) -> int: ...
    async def lock(self, address_id: UUID, principal: Principal) -> SavedAddress: ...
    async def add(self, address: SavedAddress) -> SavedAddress: ...
    async def save(self, address: SavedAddress) -> SavedAddress: ...


async def create_address(addresses: WrittenAddresses, principal: Principal, address: SavedAddress) -> SavedAddress:
    """Save an address; the first one becomes the default."""
    refuse_unknown_country(address.lines)
    count = await addresses.count(principal)
    refuse_too_many(count)
    return await addresses.add(replace(address, is_default=address.is_default or count == 0))


async def update_address(
    addresses: WrittenAddresses, principal: Principal, address_id: UUID, change: AddressChange
) -> SavedAddress:
    """Change a saved address."""
    if change.lines is not None:
        refuse_unknown_country(change.lines)
    return await addresses.save(change.of(await addresses.lock(address_id, principal)))
