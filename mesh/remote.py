"""The remote channel: calls to services in other processes, with deadline, principal, trace, typed errors and retry."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, Self

import grpc
from grpc.aio import AioRpcError

from mesh.call import outgoing_deadline, refuse_held_connection
from mesh.contract import MethodContract, find_method
from mesh.errors import DETAILS_KEY, Code, DeadlineExceeded, SoukError, from_rpc
from mesh.principal import Principal, current_principal
from mesh.statuses import CODES
from mesh.trace import current_span

PRINCIPAL_HEADER: Final = "x-souk-principal"
IDEMPOTENCY_HEADER: Final = "idempotency-key"
# The largest answer that is taken, in bytes.
MAX_ANSWER_BYTES: Final = 64 << 20
ATTEMPTS: Final = 3
_FIRST_PAUSE: Final = 0.05

# A service config with a mistake in it makes every call of the channel fail, so there is just this one.
SERVICE_CONFIG: Final = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})
OPTIONS: Final = (
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.enable_retries", 0),
    ("grpc.max_receive_message_length", MAX_ANSWER_BYTES),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)

Sign = Callable[[Principal], str]


class Budget:
    """How many retries a channel may make: a tenth of its calls, so that a retry never makes an overload worse."""

    __slots__ = ("_tokens",)
    _MOST = 10.0

    def __init__(self) -> None:
        self._tokens = self._MOST

    def earn(self) -> None:
        """A call went well."""
        self._tokens = min(self._MOST, self._tokens + 0.1)

    def spend(self) -> bool:
        """Whether one more retry may be made."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def target_of(address: str) -> str:
    """The gRPC target of an address: one `host:port`, several with commas between them, or a URI such as dns:///."""
    return f"ipv4:{address}" if "," in address and "://" not in address else address


@dataclass(frozen=True, slots=True)
class Attempt:
    """All that is needed to make a call, once or again."""

    method: Any
    request: Any
    metadata: tuple[tuple[str, str], ...]
    deadline: float | None

    def start(self) -> Any:
        """Make the call. Raises DeadlineExceeded where no time is left."""
        timeout = None
        if self.deadline is not None:
            timeout = self.deadline - time.monotonic()
            if timeout <= 0:
                raise DeadlineExceeded("DEADLINE_EXCEEDED", "The time for the call is over.")
        return self.method(self.request, timeout=timeout, metadata=self.metadata)


class RemoteMethod:
    """One method of a service elsewhere, as a stub calls it."""

    def __init__(self, channel: "RemoteChannel", path: str, method: Any) -> None:
        self._channel = channel
        self._path = path
        self._method = method
        self._contract: MethodContract | None = find_method(path)

    def _attempt(self, request: Any, timeout: float | None, metadata: Any) -> Attempt:
        refuse_held_connection(self._path)
        deadline = outgoing_deadline(timeout)
        if self._contract is not None:
            latest = time.monotonic() + self._contract.deadline
            deadline = latest if deadline is None else min(deadline, latest)
        principal = current_principal().through(self._channel.service)
        headers = [*(metadata or ()), (PRINCIPAL_HEADER, self._channel.sign(principal))]
        if (span := current_span()) is not None:
            headers.append(("traceparent", span.traceparent))
        return Attempt(self._method, request, tuple(headers), deadline)

    def _retries(self, metadata: Any) -> bool:
        """Only the outermost caller repeats, and only what may be repeated: else retries multiply at every hop."""
        if current_principal().act:
            return False
        keyed = any(key == IDEMPOTENCY_HEADER for key, _ in metadata or ())
        return keyed or (self._contract is not None and self._contract.is_safe)


class RemoteUnary(RemoteMethod, grpc.aio.UnaryUnaryMultiCallable[Any, Any]):
    """A method with one answer."""

    def __call__(  # type: ignore[override]  # our own call object stands for grpc's
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> "RemoteUnaryCall":
        """Start the call."""
        del credentials, wait_for_ready, compression
        attempt = self._attempt(request, timeout, metadata)
        return RemoteUnaryCall(attempt, self._channel.budget, ATTEMPTS if self._retries(metadata) else 1)


class RemoteStream(RemoteMethod, grpc.aio.UnaryStreamMultiCallable[Any, Any]):
    """A method whose answer is a stream."""

    def __call__(  # type: ignore[override]  # our own call object stands for grpc's
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> "RemoteStreamCall":
        """Start the call."""
        del credentials, wait_for_ready, compression
        return RemoteStreamCall(self._attempt(request, timeout, metadata).start())


class RemoteCall:
    """A call in progress: all that grpc's own object has, but failures are typed."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


class RemoteUnaryCall(RemoteCall):
    """Awaiting it gives the answer or raises the error that the callee raised."""

    def __init__(self, attempt: Attempt, budget: Budget, attempts: int) -> None:
        super().__init__(attempt.start())
        self._attempt = attempt
        self._budget = budget
        self._attempts = attempts

    def __await__(self) -> Generator[Any, None, Any]:
        return self._answer().__await__()

    async def _answer(self) -> Any:
        for number in range(1, self._attempts + 1):
            try:
                answer = await self._call
            except AioRpcError as failure:
                error = typed(failure)
                if error.code is not Code.UNAVAILABLE or number == self._attempts or not self._budget.spend():
                    raise error from None
            else:
                self._budget.earn()
                return answer
            await asyncio.sleep(_FIRST_PAUSE * 2**number * random.random())  # noqa: S311 - jitter
            self._call = self._attempt.start()
        raise AssertionError(self._attempts)


class RemoteStreamCall(RemoteCall):
    """Iterating gives the messages."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            async for message in self._call:
                yield message
        except AioRpcError as failure:
            raise typed(failure) from None

    async def read(self) -> Any:
        """The next message, `grpc.aio.EOF` after the last one."""
        try:
            return await self._call.read()
        except AioRpcError as failure:
            raise typed(failure) from None


def typed(failure: AioRpcError) -> SoukError:
    """The error that the callee raised, or that the transport did."""
    details = None
    for key, value in failure.trailing_metadata() or ():
        if key == DETAILS_KEY:
            details = value if isinstance(value, bytes) else value.encode()
    return from_rpc(CODES[failure.code()], failure.details() or "", details)


class RemoteChannel:
    """A channel to one service in other processes, as seen by a service of this one."""

    def __init__(self, service: str, address: str, sign: Sign) -> None:
        """`service` calls; `sign` makes the token that carries the principal."""
        self.service = service
        self.sign = sign
        self.budget = Budget()
        self._channel = grpc.aio.insecure_channel(target_of(address), options=OPTIONS)

    def unary_unary(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: Any = None,
    ) -> RemoteUnary:
        """A method with one answer."""
        inner = self._channel.unary_unary(method, request_serializer, response_deserializer)
        return RemoteUnary(self, method, inner)

    def unary_stream(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: Any = None,
    ) -> RemoteStream:
        """A method whose answer is a stream."""
        inner = self._channel.unary_stream(method, request_serializer, response_deserializer)
        return RemoteStream(self, method, inner)

    def stream_unary(self, method: str, *_: Any, **__: Any) -> Any:
        """Streamed requests are not served."""
        raise NotImplementedError(method)

    def stream_stream(self, method: str, *_: Any, **__: Any) -> Any:
        """Streamed requests are not served."""
        raise NotImplementedError(method)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Close the connections."""
        await self._channel.close(grace)
