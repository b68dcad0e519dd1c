"""The RPCs of identity: decode, call the use case, encode."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from souk.identity.v1 import auth_service_pb2 as auth_pb
from souk.identity.v1 import auth_service_pb2_grpc as auth_grpc
from souk.identity.v1 import identity_service_pb2 as pb
from souk.identity.v1 import identity_service_pb2_grpc as pb_grpc
from souk.identity.v1 import user_pb2
from souk.mesh.v1 import invariants_pb2, session_service_pb2, session_service_pb2_grpc

from mesh.call import Call
from mesh.errors import NotFound
from mesh.field_mask import changes
from mesh.ids import new_id
from mesh.node import ServiceNode
from mesh.page import decode_id, next_page, page_size
from services.identity.clients import SellerMemberships
from services.identity.domain.accounts import PROFILE_FIELDS, canonical_email
from services.identity.domain.addresses import AddressChange, SavedAddress
from services.identity.encoding import (
    address_to_proto,
    contact_to_proto,
    lines_of,
    tokens_to_proto,
    user_to_proto,
)
from services.identity.handlers import addresses as on_addresses
from services.identity.handlers import auth as on_auth
from services.identity.handlers import users as on_users
from services.identity.repository.addresses import Addresses, WrittenAddresses
from services.identity.repository.sessions import Sessions, WrittenSessions
from services.identity.repository.users import Users, WrittenUsers

# The settling time of an invariant check that asks for none, in seconds.
SETTLE_SECONDS = 30


class AuthServicer(auth_grpc.AuthServiceServicer):
    """Getting in and out."""

    def __init__(self, auth: on_auth.Auth) -> None:
        self._auth = auth

    async def Register(self, request: auth_pb.RegisterRequest, call: Call) -> auth_pb.RegisterResponse:
        done = await on_auth.register(self._auth, request.email, request.password, request.display_name)
        return auth_pb.RegisterResponse(
            user=user_to_proto(done.account, has_shop=bool(done.shop_ids)), tokens=tokens_to_proto(done)
        )

    async def Login(self, request: auth_pb.LoginRequest, call: Call) -> auth_pb.LoginResponse:
        done = await on_auth.login(self._auth, request.email, request.password)
        return auth_pb.LoginResponse(
            user=user_to_proto(done.account, has_shop=bool(done.shop_ids)), tokens=tokens_to_proto(done)
        )

    async def RefreshTokens(self, request: auth_pb.RefreshTokensRequest, call: Call) -> auth_pb.RefreshTokensResponse:
        done = await on_auth.refresh(self._auth, request.refresh_token, _arrive_time(call))
        return auth_pb.RefreshTokensResponse(tokens=tokens_to_proto(done))

    async def Logout(self, request: auth_pb.LogoutRequest, call: Call) -> auth_pb.LogoutResponse:
        await on_auth.logout(self._auth, request.refresh_token)
        return auth_pb.LogoutResponse()


class SessionServicer(session_service_pb2_grpc.SessionServiceServicer):
    """Tells every process which sessions live."""

    async def GetSession(
        self, request: session_service_pb2.GetSessionRequest, call: Call
    ) -> session_service_pb2.Session:
        async with call.db.read() as unit:
            session = await Sessions(unit).get(UUID(request.session_id))
        if session is None or session.ended:
            raise NotFound("SESSION_ENDED", "The session has ended.")
        return session_service_pb2.Session(session_id=str(session.session_id), epoch=session.epoch)


@dataclass(frozen=True, slots=True)
class IdentityServicer(pb_grpc.IdentityServiceServicer):
    """Accounts and saved addresses. What seller knows is asked before a unit of work begins."""

    node: ServiceNode
    memberships: SellerMemberships

    async def GetProfile(self, request: pb.GetProfileRequest, call: Call) -> user_pb2.User:
        return await self._get(call.principal.user_id, call)

    async def UpdateProfile(self, request: pb.UpdateProfileRequest, call: Call) -> user_pb2.User:
        return await self._update(call.principal.user_id, request, call)

    async def GetUser(self, request: pb.GetUserRequest, call: Call) -> user_pb2.User:
        return await self._get(UUID(request.user_id), call)

    async def UpdateUser(self, request: pb.UpdateUserRequest, call: Call) -> user_pb2.User:
        return await self._update(UUID(request.user_id), request, call)

    async def ListUsers(self, request: pb.ListUsersRequest, call: Call) -> pb.ListUsersResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            users = Users(unit, self.node.keyring)
            found = await users.page(after, canonical_email(request.email), size + 1)
        sellers = await self.memberships.sellers_among([account.user_id for account in found[:size]])
        return pb.ListUsersResponse(
            users=[user_to_proto(account, has_shop=account.user_id in sellers) for account in found[:size]],
            next_page_token=next_page([account.user_id for account in found], size),
        )

    async def SetUserRoles(self, request: pb.SetUserRolesRequest, call: Call) -> user_pb2.User:
        user_id = UUID(request.user_id)
        roles = frozenset(user_pb2.Role.Value.Name(role) for role in request.roles)
        sellers = await self.memberships.sellers_among([user_id])
        users, sessions = WrittenUsers(call.uow, self.node.keyring), WrittenSessions(call.uow)
        account = await on_users.set_roles(users, sessions, call.uow, user_id, call.principal, roles)
        return user_to_proto(account, has_shop=user_id in sellers)

    async def ListAddresses(self, request: pb.ListAddressesRequest, call: Call) -> pb.ListAddressesResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await Addresses(unit, self.node.keyring).page(call.principal, after, size + 1)
        return pb.ListAddressesResponse(
            addresses=[address_to_proto(address) for address in found[:size]],
            next_page_token=next_page([address.address_id for address in found], size),
        )

    async def CreateAddress(self, request: pb.CreateAddressRequest, call: Call) -> user_pb2.SavedAddress:
        lines = lines_of(request.address)
        address = SavedAddress(new_id(), call.principal.user_id, lines, request.label, request.is_default)
        return address_to_proto(await on_addresses.create_address(self._addresses(call), call.principal, address))

    async def UpdateAddress(self, request: pb.UpdateAddressRequest, call: Call) -> user_pb2.SavedAddress:
        changed = changes(request, ("address", "label", "is_default"))
        lines = lines_of(changed["address"]) if "address" in changed else None
        change = AddressChange(lines, changed.get("label"), changed.get("is_default"))
        addresses, address_id = self._addresses(call), UUID(request.address_id)
        return address_to_proto(await on_addresses.update_address(addresses, call.principal, address_id, change))

    async def DeleteAddress(self, request: pb.DeleteAddressRequest, call: Call) -> pb.DeleteAddressResponse:
        await self._addresses(call).delete(UUID(request.address_id), call.principal)
        return pb.DeleteAddressResponse()

    async def BatchGetUsers(self, request: pb.BatchGetUsersRequest, call: Call) -> pb.BatchGetUsersResponse:
        async with call.db.read() as unit:
            found = await Users(unit, self.node.keyring).by_ids([UUID(user_id) for user_id in request.user_ids])
        return pb.BatchGetUsersResponse(users=[contact_to_proto(account) for account in found])

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])

    async def _get(self, user_id: UUID, call: Call) -> user_pb2.User:
        async with call.db.read() as unit:
            account = await Users(unit, self.node.keyring).get(user_id, call.principal)
        return user_to_proto(account, has_shop=bool(await self.memberships.shops_of(user_id)))

    async def _update(self, user_id: UUID, request: Any, call: Call) -> user_pb2.User:
        replace = call.headers.get("x-envoy-original-method") == "PUT"
        changed = changes(request, PROFILE_FIELDS, replace=replace)
        has_shop = bool(await self.memberships.shops_of(user_id))
        users = WrittenUsers(call.uow, self.node.keyring)
        return user_to_proto(await on_users.update_user(users, user_id, call.principal, changed), has_shop=has_shop)

    def _addresses(self, call: Call) -> WrittenAddresses:
        return WrittenAddresses(call.uow, self.node.keyring)


def _arrive_time(call: Call) -> datetime:
    """When the call reached the edge, which says so in a header that it lets nobody else set; else now."""
    seconds = call.headers.get("x-souk-arrive-time")
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else datetime.now(UTC)
