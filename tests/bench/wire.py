"""HTTP/1.1 over kept connections, as cheap as Python can: a request is bytes that were made before."""

import asyncio
import json
import secrets
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlsplit

# Replaced by something new each time that a request is sent.
KEY = b"{key}"


class Answer:
    """Status and body of one answer, and whether it says when to come again."""

    __slots__ = ("body", "has_retry_after", "status")

    def __init__(self, status: int, body: bytes, *, has_retry_after: bool = False) -> None:
        self.status = status
        self.body = body
        self.has_retry_after = has_retry_after

    @property
    def is_refusal(self) -> bool:
        """Whether the market had too much to do."""
        return self.status in (429, 503)

    def json(self) -> dict[str, Any]:
        """The body of a good answer; RuntimeError for any other."""
        if self.status != 200:
            raise RuntimeError(f"{self.status} {self.body[:300].decode(errors='replace')}")
        return dict(json.loads(self.body))


class Connection(asyncio.Protocol):
    """One connection that carries one request at a time."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, url: str) -> "Connection":
        """Connect to the server of `url`."""
        parts = urlsplit(url)
        _, connection = await asyncio.get_running_loop().create_connection(cls, parts.hostname, parts.port)
        return connection

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> Answer:
        """Send a request and return the answer; ConnectionError where the server closes before."""
        if self._transport is None:
            raise ConnectionError("closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The event loop's own class need not be asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        answer = _parse(self._received)
        if answer is not None:
            self._received = b""
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(str(exc or "closed")))


def _parse(received: bytes) -> Answer | None:
    """The answer, once it is there as a whole."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = received[:head_end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        start = at + len(b"\r\ncontent-length:")
        end = head.find(b"\r\n", start)
        length = int(head[start:] if end < 0 else head[start:end])
        body = received[head_end + 4 :]
        return _answer(head, body) if len(body) >= length else None
    if not received.endswith(b"0\r\n\r\n"):
        return None
    return _answer(head, b"".join(received[head_end + 4 :].split(b"\r\n")[1::2]))


def _answer(head: bytes, body: bytes) -> Answer:
    status = int(head[9:12])
    return Answer(status, body, has_retry_after=status != 200 and b"\r\nretry-after:" in head)


def request(
    method: str, path: str, body: object = None, *, token: str = "", keyed: bool = False, headers: str = ""
) -> bytes:
    """The bytes of one request below /api/v1; with `keyed` each sending has an Idempotency-Key of its own."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} /api/v1{path} HTTP/1.1\r\nhost: souk\r\n{headers}"
    if token:
        head += f"authorization: Bearer {token}\r\n"
    if keyed:
        head += f"idempotency-key: {KEY.decode()}\r\n"
    if body is not None:
        head += f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


def with_keys(requests: Iterable[bytes]) -> list[bytes]:
    """The requests with an Idempotency-Key of its own each, for who sends them without a generator."""
    return [each.replace(KEY, secrets.token_hex(16).encode()) for each in requests]


async def exchange_all(url: str, requests: Iterable[bytes], connections: int = 8) -> list[Answer]:
    """The answers to all requests, in their order."""
    waiting = list(enumerate(requests))
    answers: list[Answer] = [Answer(0, b"")] * len(waiting)
    waiting.reverse()

    async def work() -> None:
        connection = await Connection.open(url)
        try:
            while waiting:
                at, data = waiting.pop()
                if not connection.is_open:
                    connection = await Connection.open(url)
                answers[at] = await connection.exchange(data)
        finally:
            connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(connections, len(waiting))):
            group.create_task(work())
    return answers
