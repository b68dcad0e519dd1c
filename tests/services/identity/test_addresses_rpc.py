"""Saved addresses, through the mesh on a real store."""

from typing import Any

import pytest
from souk.address.v1.address_pb2 import Address
from souk.identity.v1 import identity_service_pb2 as pb
from souk.identity.v1.identity_service_pb2_grpc import IdentityServiceStub

from mesh.errors import InvalidArgument, NotFound
from mesh.principal import Principal, acting_as
from tests.services.identity.test_users_rpc import person, register
from tests.services.market import Market

HOME = Address(name="Ada", line1="Spindle Row 1", city="Leeds", postal_code="LS1", country="GB")


@pytest.fixture
def identity(market: Market) -> Any:
    return market.stub(IdentityServiceStub)


@pytest.fixture
async def ada(market: Market) -> Principal:
    return person(await register(market, "ada"))


class TestAddresses:
    async def test_start_with_a_default_that_can_move(self, identity: Any, ada: Principal) -> None:
        with acting_as(ada):
            first = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME, label="home"))
            second = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME, is_default=True))
            listed = (await identity.ListAddresses(pb.ListAddressesRequest())).addresses
        assert (first.is_default, second.is_default) == (True, True)
        assert [(each.address_id, each.is_default) for each in listed] == [
            (first.address_id, False),
            (second.address_id, True),
        ]
        assert listed[0].address == HOME

    async def test_change_as_a_whole_and_keep_their_label(self, identity: Any, ada: Principal) -> None:
        mill = Address(name="Ada", line1="Mill Lane 2", city="York", country="GB")
        with acting_as(ada):
            saved = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME, label="home"))
            request = pb.UpdateAddressRequest(address_id=saved.address_id, address=mill)
            changed = await identity.UpdateAddress(request)
        assert (changed.address, changed.label, changed.is_default) == (mill, "home", True)

    async def test_are_gone_when_deleted(self, identity: Any, ada: Principal) -> None:
        with acting_as(ada):
            saved = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME))
            request = pb.DeleteAddressRequest(address_id=saved.address_id)
            await identity.DeleteAddress(request)
            with pytest.raises(NotFound, match="ADDRESS_NOT_FOUND"):
                await identity.DeleteAddress(request)

    async def test_are_not_found_by_others(self, market: Market, identity: Any, ada: Principal) -> None:
        with acting_as(ada):
            saved = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME))
        with acting_as(person(await register(market, "bob"))):
            with pytest.raises(NotFound, match="ADDRESS_NOT_FOUND"):
                await identity.DeleteAddress(pb.DeleteAddressRequest(address_id=saved.address_id))
            with pytest.raises(NotFound, match="ADDRESS_NOT_FOUND"):
                await identity.UpdateAddress(pb.UpdateAddressRequest(address_id=saved.address_id, label="mine"))
            assert not (await identity.ListAddresses(pb.ListAddressesRequest())).addresses

    async def test_lie_in_a_country(self, identity: Any, ada: Principal) -> None:
        nowhere = Address(name="Ada", line1="1", city="Utopia", country="XX")
        with acting_as(ada), pytest.raises(InvalidArgument, match="UNKNOWN_COUNTRY"):
            await identity.CreateAddress(pb.CreateAddressRequest(address=nowhere))

    async def test_cannot_be_emptied(self, identity: Any, ada: Principal) -> None:
        with acting_as(ada):
            saved = await identity.CreateAddress(pb.CreateAddressRequest(address=HOME))
            request = pb.UpdateAddressRequest(address_id=saved.address_id)
            request.update_mask.paths.append("address")
            with pytest.raises(InvalidArgument, match="UNKNOWN_COUNTRY"):
                await identity.UpdateAddress(request)
