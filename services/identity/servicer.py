"""The RPCs of identity: decode, call the use case, encode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.json_format import MessageToDict
from souk.address.v1 import address_pb2
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
from mesh.page import decode_page, encode_page, page_size
from services.identity.clients import SellerMemberships
from services.identity.domain.accounts import PROFILE_FIELDS, Account, canonical_email
from services.identity.domain.addresses import AddressChange, SavedAddress
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
        return auth_pb.RegisterResponse(user=_user(done.account, has_shop=bool(done.shop_ids)), tokens=_tokens(done))

    async def Login(self, request: auth_pb.LoginRequest, call: Call) -> auth_pb.LoginResponse:
        done = await on_auth.login(self._auth, request.email, request.password)
        return auth_pb.LoginResponse(user=_user(done.account, has_shop=bool(done.shop_ids)), tokens=_tokens(done))

    async def RefreshTokens(self, request: auth_pb.RefreshTokensRequest, call: Call) -> auth_pb.RefreshTokensResponse:
        done = await on_auth.refresh(self._auth, request.refresh_token, datetime.now(UTC))
        return auth_pb.RefreshTokensResponse(tokens=_tokens(done))

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
        size, after = page_size(request.page_size), _after(request.page_token)
        async with call.db.read() as unit:
            users = Users(unit, self.node.keyring)
            found = await users.page(after, canonical_email(request.email), size + 1)
        sellers = await self.memberships.sellers_among([account.user_id for account in found[:size]])
        return pb.ListUsersResponse(
            users=[_user(account, has_shop=account.user_id in sellers) for account in found[:size]],
            next_page_token=_next([account.user_id for account in found], size),
        )

    async def SetUserRoles(self, request: pb.SetUserRolesRequest, call: Call) -> user_pb2.User:
        user_id = UUID(request.user_id)
        roles = frozenset(user_pb2.Role.Value.Name(role) for role in request.roles)
        sellers = await self.memberships.sellers_among([user_id])
        users, sessions = WrittenUsers(call.uow, self.node.keyring), WrittenSessions(call.uow)
        account = await on_users.set_roles(users, sessions, call.uow, user_id, call.principal, roles)
        return _user(account, has_shop=user_id in sellers)

    async def ListAddresses(self, request: pb.ListAddressesRequest, call: Call) -> pb.ListAddressesResponse:
        size, after = page_size(request.page_size), _after(request.page_token)
        async with call.db.read() as unit:
            found = await Addresses(unit, self.node.keyring).page(call.principal, after, size + 1)
        return pb.ListAddressesResponse(
            addresses=[_address(address) for address in found[:size]],
            next_page_token=_next([address.address_id for address in found], size),
        )

    async def CreateAddress(self, request: pb.CreateAddressRequest, call: Call) -> user_pb2.SavedAddress:
        lines = _lines(request.address)
        address = SavedAddress(new_id(), call.principal.user_id, lines, request.label, request.is_default)
        return _address(await on_addresses.create_address(self._addresses(call), call.principal, address))

    async def UpdateAddress(self, request: pb.UpdateAddressRequest, call: Call) -> user_pb2.SavedAddress:
        changed = changes(request, ("address", "label", "is_default"))
        lines = _lines(changed["address"]) if "address" in changed else None
        change = AddressChange(lines, changed.get("label"), changed.get("is_default"))
        addresses, address_id = self._addresses(call), UUID(request.address_id)
        return _address(await on_addresses.update_address(addresses, call.principal, address_id, change))

    async def DeleteAddress(self, request: pb.DeleteAddressRequest, call: Call) -> pb.DeleteAddressResponse:
        await self._addresses(call).delete(UUID(request.address_id), call.principal)
        return pb.DeleteAddressResponse()

    async def BatchGetUsers(self, request: pb.BatchGetUsersRequest, call: Call) -> pb.BatchGetUsersResponse:
        async with call.db.read() as unit:
            found = await Users(unit, self.node.keyring).by_ids([UUID(user_id) for user_id in request.user_ids])
        return pb.BatchGetUsersResponse(users=[_contact(account) for account in found])

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])

    async def _get(self, user_id: UUID, call: Call) -> user_pb2.User:
        async with call.db.read() as unit:
            account = await Users(unit, self.node.keyring).get(user_id, call.principal)
        return _user(account, has_shop=bool(await self.memberships.shops_of(user_id)))

    async def _update(self, user_id: UUID, request: Any, call: Call) -> user_pb2.User:
        replace = call.headers.get("x-envoy-original-method") == "PUT"
        changed = changes(request, PROFILE_FIELDS, replace=replace)
        has_shop = bool(await self.memberships.shops_of(user_id))
        users = WrittenUsers(call.uow, self.node.keyring)
        return _user(await on_users.update_user(users, user_id, call.principal, changed), has_shop=has_shop)

    def _addresses(self, call: Call) -> WrittenAddresses:
        return WrittenAddresses(call.uow, self.node.keyring)


def _user(account: Account, *, has_shop: bool) -> user_pb2.User:
    profile = account.profile
    return user_pb2.User(
        user_id=str(account.user_id),
        email=profile.email,
        display_name=profile.display_name,
        roles=sorted(user_pb2.Role.Value.Value(role) for role in account.all_roles(has_shop=has_shop)),
        given_name=profile.given_name,
        family_name=profile.family_name,
        phone=profile.phone,
        email_verified=account.email_verified,
        create_time=account.create_time,
        update_time=account.update_time,
    )


def _contact(account: Account) -> user_pb2.UserContact:
    profile = account.profile
    return user_pb2.UserContact(user_id=str(account.user_id), email=profile.email, display_name=profile.display_name)


def _tokens(done: on_auth.SignedIn) -> auth_pb.Tokens:
    return auth_pb.Tokens(access_token=done.access_token, refresh_token=done.refresh_token, expires_in=done.expires_in)


def _address(address: SavedAddress) -> user_pb2.SavedAddress:
    return user_pb2.SavedAddress(
        address_id=str(address.address_id),
        label=address.label,
        address=address_pb2.Address(**address.lines),
        is_default=address.is_default,
        create_time=address.create_time,
        update_time=address.update_time,
    )


def _lines(address: address_pb2.Address) -> Mapping[str, str]:
    lines: Mapping[str, str] = MessageToDict(address, preserving_proto_field_name=True)
    return lines


def _after(page_token: str) -> UUID | None:
    key = decode_page(page_token)
    return UUID(str(key[0])) if key else None


def _next(ids: list[UUID], size: int) -> str:
    """The token of the next page, where one entry more than the page was found."""
    return encode_page((str(ids[size - 1]),)) if len(ids) > size else ""
