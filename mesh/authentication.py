"""Who a call from a socket is from: a token of another node, a person's access token, or nobody."""

from collections.abc import Callable, Mapping

from mesh.errors import Unauthenticated
from mesh.principal import ANONYMOUS, Principal
from mesh.remote import PRINCIPAL_HEADER
from mesh.tokens import AccessTokens, NodeTokens

_BEARER = "bearer "


class Authenticator:
    """Headers that claim an identity are believed only where a key of ours has signed them."""

    def __init__(self, access_tokens: AccessTokens, node_tokens: Callable[[], NodeTokens]) -> None:
        """The nodes' keys are read when the first token of a node comes."""
        self.access_tokens = access_tokens
        self.node_tokens = node_tokens

    async def __call__(self, headers: Mapping[str, str]) -> Principal:
        """The principal of a call with these headers. Raises Unauthenticated for a token that is not good."""
        node_token = headers.get(PRINCIPAL_HEADER)
        if node_token is not None:
            return self.node_tokens().verify(node_token)
        authorization = headers.get("authorization")
        if authorization is None:
            return ANONYMOUS
        if authorization[: len(_BEARER)].lower() != _BEARER:
            raise Unauthenticated("TOKEN_INVALID", "The authorization header holds no bearer token.")
        return await self.access_tokens.verify(authorization[len(_BEARER) :])
