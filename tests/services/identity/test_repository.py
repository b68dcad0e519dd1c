"""The second wall: repositories ask whose a row is, whatever the contract has let through."""

from typing import Any
from uuid import UUID

import pytest

from mesh.errors import NotFound
from mesh.principal import ANONYMOUS, Principal
from services.identity.repository.users import Users, WrittenUsers
from tests.services.identity.test_users_rpc import STAFF, person, register
from tests.services.market import Market

STRANGERS = (ANONYMOUS, Principal(subject=str(UUID(int=9)), roles=frozenset({"CUSTOMER"})))


class TestUsers:
    async def test_are_read_and_locked_by_their_person_and_staff_alone(self, market: Market) -> None:
        ada = person(await register(market, "ada"))
        async with market.unit("identity") as unit:
            users: Any = WrittenUsers(unit, market.node.keyring)
            for reader in (ada, STAFF):
                assert (await users.get(ada.user_id, reader)).user_id == ada.user_id
                assert (await users.lock(ada.user_id, reader)).user_id == ada.user_id
            for stranger in STRANGERS:
                with pytest.raises(NotFound):
                    await users.get(ada.user_id, stranger)
                with pytest.raises(NotFound):
                    await users.lock(ada.user_id, stranger)

    async def test_are_left_out_once_they_are_erased(self, market: Market) -> None:
        ada, bob = person(await register(market, "ada")), person(await register(market, "bob"))
        async with market.unit("identity") as unit:
            await market.node.keyring.erase(unit, ada.user_id)
        async with market.unit("identity") as unit:
            found = await Users(unit, market.node.keyring).by_ids([ada.user_id, bob.user_id])
        assert [account.user_id for account in found] == [bob.user_id]
