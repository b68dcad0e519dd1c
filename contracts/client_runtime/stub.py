"""What every generated client stands on: one typed unary call over grpc.aio, with token, key, deadline and errors."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import betterproto2
import grpc

from .errors import from_rpc_error

Answer = TypeVar("Answer", bound=betterproto2.Message)
TokenSource = Callable[[], str | None]
# The client waits a little longer than the server works, so that the server's own answer is the one that counts.
_GRACE_SECONDS = 0.5


class Client:
    """The base of every generated client.

    `channel` is a `grpc.aio` channel to the edge or to a service. `token` gives the present access token, or
    None for a guest. `headers` go with every call, for example `{"x-cart-token": ...}`.
    """

    def __init__(
        self,
        channel: grpc.aio.Channel,
        *,
        token: TokenSource | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Bind the client to a channel; nothing is sent yet."""
        self._channel = channel
        self._token = token
        self._headers = dict(headers or {})
        self._methods: dict[str, Any] = {}

    async def _call(
        self,
        method: str,
        request: betterproto2.Message,
        answer: type[Answer],
        *,
        deadline: float,
        timeout: float | None,
        idempotency_key: str | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        """Make one unary call; raise a `SoukError` where it fails."""
        try:
            return await self._method(method, answer)(
                request,
                timeout=timeout if timeout is not None else deadline + _GRACE_SECONDS,
                metadata=self._metadata(idempotency_key, headers),
            )
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from error

    def _method(self, method: str, answer: type[Answer]) -> Any:
        """The multi-callable of a method, made once."""
        if method not in self._methods:
            self._methods[method] = self._channel.unary_unary(
                method, request_serializer=bytes, response_deserializer=answer.parse
            )
        return self._methods[method]

    def _metadata(self, idempotency_key: str | None, headers: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
        """The metadata of one call: token, key, trace and what the caller adds."""
        metadata = {**self._headers, **(headers or {})}
        token = self._token() if self._token else None
        if token:
            metadata["authorization"] = f"Bearer {token}"
        if idempotency_key:
            metadata["idempotency-key"] = idempotency_key
        metadata.setdefault("traceparent", f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00")
        return tuple(metadata.items())
