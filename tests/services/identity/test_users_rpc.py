"""Accounts and roles, through the mesh on a real store."""

from typing import Any

import pytest
from souk.identity.v1 import identity_service_pb2 as pb
from souk.identity.v1.auth_service_pb2 import RefreshTokensRequest, RegisterRequest, RegisterResponse
from souk.identity.v1.auth_service_pb2_grpc import AuthServiceStub
from souk.identity.v1.identity_service_pb2_grpc import IdentityServiceStub
from souk.identity.v1.user_pb2 import Role

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from mesh.principal import Principal, acting_as
from tests.services.identity.test_auth_rpc import claims_of
from tests.services.market import Market

NOBODY = "01890000-0000-8000-8000-000000000001"
STAFF = Principal(subject=NOBODY, roles=frozenset({"CUSTOMER", "ADMIN"}))


@pytest.fixture
def identity(market: Market) -> Any:
    return market.stub(IdentityServiceStub)


async def register(market: Market, name: str) -> RegisterResponse:
    auth: Any = market.stub(AuthServiceStub)
    request = RegisterRequest(email=f"{name}@example.com", password="the loom sings", display_name=name)
    answer: RegisterResponse = await auth.Register(request)
    return answer


def person(registered: RegisterResponse) -> Principal:
    return Principal(subject=registered.user.user_id, roles=frozenset({"CUSTOMER"}))


class TestProfile:
    async def test_changes_what_is_sent_and_nothing_else(self, market: Market, identity: Any) -> None:
        with acting_as(person(await register(market, "ada"))):
            await identity.UpdateProfile(pb.UpdateProfileRequest(phone="+49 30 1", given_name="Ada"))
            changed = await identity.UpdateProfile(pb.UpdateProfileRequest(phone=""))
        assert (changed.display_name, changed.given_name, changed.phone) == ("ada", "Ada", "")
        assert await market.events("identity") == ["UserRegistered", "UserUpdated", "UserUpdated"]

    async def test_replaces_all_of_it_by_put(self, market: Market, identity: Any) -> None:
        put = (("x-envoy-original-method", "PUT"),)
        with acting_as(person(await register(market, "ada"))):
            await identity.UpdateProfile(pb.UpdateProfileRequest(given_name="Ada"))
            request = pb.UpdateProfileRequest(display_name="Countess")
            changed = await identity.UpdateProfile(request, metadata=put)
            with pytest.raises(InvalidArgument, match="DISPLAY_NAME_REQUIRED"):
                await identity.UpdateProfile(pb.UpdateProfileRequest(given_name="Ada"), metadata=put)
        assert (changed.display_name, changed.given_name) == ("Countess", "")

    async def test_changes_what_the_mask_names(self, market: Market, identity: Any) -> None:
        request = pb.UpdateProfileRequest(phone="1", given_name="Ada")
        request.update_mask.paths.append("given_name")
        with acting_as(person(await register(market, "ada"))):
            changed = await identity.UpdateProfile(request)
            request.update_mask.paths.append("email")
            with pytest.raises(InvalidArgument, match="UNKNOWN_FIELD"):
                await identity.UpdateProfile(request)
        assert (changed.given_name, changed.phone) == ("Ada", "")

    async def test_is_nobodys_without_a_sign_in(self, market: Market, identity: Any) -> None:
        del market
        with pytest.raises((Unauthenticated, PermissionDenied)):
            await identity.GetProfile(pb.GetProfileRequest())

    async def test_is_stored_sealed(self, market: Market) -> None:
        await register(market, "ada")
        (row,) = await market.rows("SELECT users::text AS row FROM identity.users")
        assert b"ada".hex() not in row["row"]


class TestUser:
    async def test_is_seen_by_its_person_and_staff_alone(self, market: Market, identity: Any) -> None:
        ada, bob = await register(market, "ada"), await register(market, "bob")
        request = pb.GetUserRequest(user_id=ada.user.user_id)
        for reader in (person(ada), STAFF):
            with acting_as(reader):
                assert (await identity.GetUser(request)).email == "ada@example.com"
        with acting_as(person(bob)), pytest.raises(NotFound):
            await identity.GetUser(request)
        with acting_as(STAFF), pytest.raises(NotFound, match="USER_NOT_FOUND"):
            await identity.GetUser(pb.GetUserRequest(user_id=NOBODY))

    async def test_is_found_by_staff_by_address(self, market: Market, identity: Any) -> None:
        await register(market, "ada")
        await register(market, "bob")
        with acting_as(STAFF):
            found = await identity.ListUsers(pb.ListUsersRequest(email="ADA@example.com"))
        assert [user.display_name for user in found.users] == ["ada"]
        assert (await market.events("identity"))[-1] == "AuditRecord"

    async def test_is_listed_in_pages_the_newest_first(self, market: Market, identity: Any) -> None:
        for name in ("ada", "bob", "cyd"):
            await register(market, name)
        with acting_as(STAFF):
            first = await identity.ListUsers(pb.ListUsersRequest(page_size=2))
            rest = await identity.ListUsers(pb.ListUsersRequest(page_size=2, page_token=first.next_page_token))
            with pytest.raises(InvalidArgument, match="INVALID_PAGE_TOKEN"):
                await identity.ListUsers(pb.ListUsersRequest(page_token="WzFd"))
        names = [[user.display_name for user in page.users] for page in (first, rest)]
        assert names == [["cyd", "bob"], ["ada"]]
        assert rest.next_page_token == ""


class TestRoles:
    async def test_taken_away_leave_no_good_token(self, market: Market, identity: Any) -> None:
        auth: Any = market.stub(AuthServiceStub)
        ada, bob = await register(market, "ada"), await register(market, "bob")
        await self.set_roles(identity, bob, Role.ADMIN)
        granted = await self.set_roles(identity, ada, Role.CUSTOMER, Role.ADMIN)
        taken = await self.set_roles(identity, ada, Role.CUSTOMER)
        answer = await auth.RefreshTokens(RefreshTokensRequest(refresh_token=ada.tokens.refresh_token))
        claims = claims_of(market, answer.tokens.access_token)
        assert list(granted.roles) == [Role.CUSTOMER, Role.ADMIN]
        assert list(taken.roles) == [Role.CUSTOMER]
        assert (claims["roles"], claims["epo"]) == (["CUSTOMER"], 2)
        assert (await market.events("identity")).count("AuditRecord") == 3

    async def test_leave_one_admin(self, market: Market, identity: Any) -> None:
        ada = await register(market, "ada")
        await self.set_roles(identity, ada, Role.ADMIN)
        with pytest.raises(FailedPrecondition, match="LAST_ADMIN"):
            await self.set_roles(identity, ada, Role.CUSTOMER)

    async def test_are_not_given_by_oneself(self, market: Market, identity: Any) -> None:
        ada = await register(market, "ada")
        request = pb.SetUserRolesRequest(user_id=ada.user.user_id, roles=[Role.ADMIN])
        with acting_as(person(ada)), pytest.raises(PermissionDenied):
            await identity.SetUserRoles(request)

    async def set_roles(self, identity: Any, registered: RegisterResponse, *roles: Any) -> Any:
        with acting_as(STAFF):
            request = pb.SetUserRolesRequest(user_id=registered.user.user_id, roles=roles)
            return await identity.SetUserRoles(request)
