"""The local channel: a `grpc.aio.Channel` to services of the same process, without a socket and with its semantics.

A call runs in a task and a context of its own, and messages pass as bytes: neither side can reach into the other.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextvars import Context
from typing import Any, Final, Self

import grpc

from mesh.call import Call, outgoing_deadline, refuse_held_connection
from mesh.errors import Code, ResourceExhausted, SoukError, Unimplemented, of_code
from mesh.pipeline import Endpoint
from mesh.principal import current_principal
from mesh.statuses import STATUS_CODES
from mesh.trace import current_span

Serialise = Callable[[Any], bytes]
Deserialise = Callable[[bytes], Any]
# Finds the endpoint of a method path among those hosted here, None where there is none.
Find = Callable[[str], Endpoint | None]

_NO_HEADERS: Final[Mapping[str, str]] = {}
# How many messages of a stream wait for a reader that is slower than the writer.
_STREAM_AHEAD: Final = 4
_END: Final = None


class LocalMethod:
    """One method of a service hosted here, as a stub calls it."""

    def __init__(self, channel: "LocalChannel", path: str, serialise: Serialise, deserialise: Deserialise) -> None:
        self._channel = channel
        self._path = path
        self._serialise = serialise
        self._deserialise = deserialise
        self._endpoint: Endpoint | None = None

    def _begin(self, request: Any, timeout: float | None, metadata: Any) -> tuple[Endpoint, Call, bytes]:
        refuse_held_connection(self._path)
        endpoint = self._endpoint or self._find()
        channel = self._channel
        if channel.running >= channel.most_running:
            raise ResourceExhausted("OVERLOADED", "Too many calls at once; try again soon.", retry_after=1.0)
        contract = endpoint.contract
        latest = time.monotonic() + contract.deadline
        deadline = outgoing_deadline(timeout)
        if deadline is None or deadline > latest:
            deadline = latest
        headers = {key.lower(): value for key, value in metadata} if metadata else _NO_HEADERS
        call = Call(
            contract, endpoint.node, headers, deadline, endpoint.node.tracer.start(contract.path[1:], current_span())
        )
        call.principal = current_principal().through(channel.service)
        call.trusted = True
        return endpoint, call, self._serialise(request)

    def _find(self) -> Endpoint:
        self._endpoint = self._channel.find(self._path)
        if self._endpoint is None:
            raise Unimplemented("UNIMPLEMENTED", f"{self._path} is not served.")
        return self._endpoint


class LocalUnary(LocalMethod, grpc.aio.UnaryUnaryMultiCallable[Any, Any]):
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
    ) -> "LocalUnaryCall":
        """Start the call in a task of its own."""
        del credentials, wait_for_ready, compression
        endpoint, call, data = self._begin(request, timeout, metadata)
        assert endpoint.unary is not None  # noqa: S101 - the stub and the contract come from one proto
        task = asyncio.get_running_loop().create_task(endpoint.unary(call, data), context=Context())
        self._channel.track(task)
        return LocalUnaryCall(call, task, self._deserialise)


class LocalStream(LocalMethod, grpc.aio.UnaryStreamMultiCallable[Any, Any]):
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
    ) -> "LocalStreamCall":
        """Start the call in a task of its own, which waits for the reader."""
        del credentials, wait_for_ready, compression
        endpoint, call, data = self._begin(request, timeout, metadata)
        assert endpoint.stream is not None  # noqa: S101 - the stub and the contract come from one proto
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_STREAM_AHEAD)
        coroutine = _pump(endpoint.stream(call, data), queue)
        task = asyncio.get_running_loop().create_task(coroutine, context=Context())
        self._channel.track(task)
        return LocalStreamCall(call, task, self._deserialise, queue)


async def _pump(stream: AsyncIterator[bytes], queue: "asyncio.Queue[bytes | None]") -> None:
    async for message in stream:
        await queue.put(message)
    await queue.put(_END)


class LocalCall:
    """What every local call in progress tells its caller."""

    def __init__(self, call: Call, task: "asyncio.Task[Any]", deserialise: Deserialise) -> None:
        self._call = call
        self._task = task
        self._deserialise = deserialise

    def cancel(self) -> bool:
        """Give up. A callee that is committing finishes."""
        return self._task.cancel()

    def cancelled(self) -> bool:
        """Whether the call ended because the caller gave up."""
        return self._task.cancelled()

    def done(self) -> bool:
        """Whether the call has ended."""
        return self._task.done()

    def time_remaining(self) -> float:
        """The seconds that the callee has left."""
        return self._call.remaining()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Call `callback` with this object when the call ends."""
        self._task.add_done_callback(lambda _: callback(self))

    async def wait_for_connection(self) -> None:
        """There is nothing to connect to."""

    async def initial_metadata(self) -> tuple[tuple[str, str], ...]:
        """The callee's response headers, once the call has ended."""
        await asyncio.wait((self._task,))
        return tuple(self._call.response_headers)

    async def trailing_metadata(self) -> tuple[tuple[str, str], ...]:
        """Errors pass as objects, so that no trailing metadata are needed."""
        await asyncio.wait((self._task,))
        return ()

    async def code(self) -> grpc.StatusCode:
        """The code that the call ended with."""
        error = await self._failure()
        return grpc.StatusCode.OK if error is None else STATUS_CODES[error.code]

    async def details(self) -> str:
        """The sentence that the call failed with, empty where it did not."""
        error = await self._failure()
        return "" if error is None else error.message

    async def _failure(self) -> SoukError | None:
        await asyncio.wait((self._task,))
        if self._task.cancelled():
            return of_code(Code.CANCELLED, "CANCELLED", "The caller gave up.")
        error = self._task.exception()
        return error if isinstance(error, SoukError) else None


class LocalUnaryCall(LocalCall):
    """A call in progress; awaiting it gives the answer or raises what the callee raised."""

    def __await__(self) -> Generator[Any, None, Any]:
        data = yield from self._task.__await__()
        return self._deserialise(data)


class LocalStreamCall(LocalCall):
    """A streamed call in progress."""

    def __init__(
        self, call: Call, task: "asyncio.Task[Any]", deserialise: Deserialise, queue: "asyncio.Queue[bytes | None]"
    ) -> None:
        super().__init__(call, task, deserialise)
        self._queue = queue

    def __aiter__(self) -> AsyncIterator[Any]:
        """The messages in order."""
        return self._messages()

    async def read(self) -> Any:
        """The next message, `grpc.aio.EOF` after the last one."""
        data = await self._next()
        return grpc.aio.EOF if data is _END else self._deserialise(data)

    async def _messages(self) -> AsyncIterator[Any]:
        try:
            while (data := await self._next()) is not _END:
                yield self._deserialise(data)
        finally:
            self._task.cancel()

    async def _next(self) -> bytes | None:
        """The next message; raises what the callee raised."""
        getter = asyncio.ensure_future(self._queue.get())
        await asyncio.wait((getter, self._task), return_when=asyncio.FIRST_COMPLETED)
        if getter.done():
            return getter.result()
        getter.cancel()
        if self._queue.empty():
            await self._task
            return _END
        return self._queue.get_nowait()


class LocalChannel(grpc.aio.Channel):
    """All services hosted here, as seen by one of them."""

    def __init__(self, service: str, find: Find, *, most_running: int) -> None:
        """`service` calls; `find` looks up who answers; above `most_running` calls at once are refused."""
        self.service = service
        self.find = find
        self.most_running = most_running
        self.running = 0

    def track(self, task: "asyncio.Task[Any]") -> None:
        """Count a call until it ends."""
        self.running += 1
        task.add_done_callback(self._ended)

    def _ended(self, _: object) -> None:
        self.running -= 1

    def unary_unary(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: Any = None,
    ) -> LocalUnary:
        """A method with one answer."""
        return LocalUnary(self, method, request_serializer, response_deserializer)

    def unary_stream(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: Any = None,
    ) -> LocalStream:
        """A method whose answer is a stream."""
        return LocalStream(self, method, request_serializer, response_deserializer)

    def stream_unary(self, method: str, *_: Any, **__: Any) -> Any:
        """Streamed requests are not served."""
        raise NotImplementedError(method)

    def stream_stream(self, method: str, *_: Any, **__: Any) -> Any:
        """Streamed requests are not served."""
        raise NotImplementedError(method)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def close(self, grace: float | None = None) -> None:
        """There is nothing to close."""

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:  # noqa: FBT001, FBT002 - grpc's name
        """Always ready."""
        del try_to_connect
        return grpc.ChannelConnectivity.READY

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Never changes."""
        del last_observed_state
        await asyncio.Event().wait()

    async def channel_ready(self) -> None:
        """Always ready."""
