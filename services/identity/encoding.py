"""Between identity's domain and its messages."""

from collections.abc import Mapping

from google.protobuf.json_format import MessageToDict
from souk.address.v1 import address_pb2
from souk.identity.v1 import auth_service_pb2 as auth_pb
from souk.identity.v1 import user_pb2

from services.identity.domain.accounts import ROLES, Account
from services.identity.domain.addresses import SavedAddress
from services.identity.handlers.auth import SignedIn


def user_to_proto(account: Account, *, has_shop: bool) -> user_pb2.User:
    """The account; who has a shop is a seller."""
    profile, roles = account.profile, account.all_roles(has_shop=has_shop)
    return user_pb2.User(
        user_id=str(account.user_id),
        email=profile.email,
        display_name=profile.display_name,
        roles=[role for role in ROLES if role in roles],
        given_name=profile.given_name,
        family_name=profile.family_name,
        phone=profile.phone,
        email_verified=account.email_verified,
        create_time=account.create_time,
        update_time=account.update_time,
    )


def contact_to_proto(account: Account) -> user_pb2.UserContact:
    """How to reach a person."""
    profile = account.profile
    return user_pb2.UserContact(user_id=str(account.user_id), email=profile.email, display_name=profile.display_name)


def tokens_to_proto(done: SignedIn) -> auth_pb.Tokens:
    """The tokens of a session."""
    return auth_pb.Tokens(access_token=done.access_token, refresh_token=done.refresh_token, expires_in=done.expires_in)


def address_to_proto(address: SavedAddress) -> user_pb2.SavedAddress:
    """The saved address."""
    return user_pb2.SavedAddress(
        address_id=str(address.address_id),
        label=address.label,
        address=address_pb2.Address(**address.lines),
        is_default=address.is_default,
        create_time=address.create_time,
        update_time=address.update_time,
    )


def lines_of(address: address_pb2.Address) -> Mapping[str, str]:
    """The fields of an address that are not empty, by name."""
    lines: Mapping[str, str] = MessageToDict(address, preserving_proto_field_name=True)
    return lines
