"""One connection to Redis for short commands: what is asked side by side travels together, and answers come in order.

A trip by the general client costs the process some ten times as much, and a cache makes one for almost every call.
"""

import asyncio
import ssl
from collections import deque
from typing import Any, Final, TypeAlias, cast

from redis.asyncio.connection import parse_url
from redis.exceptions import ResponseError

# What Redis answers: a text or value, a number, nothing, a list of such, or an error.
Answer: TypeAlias = "bytes | int | None | list[Any] | ResponseError"
_END: Final = b"\r\n"
_TEXT, _ERROR, _NUMBER, _BYTES = b"+-:$"
_DEFAULT_PORT: Final = 6379


class RedisLine:
    """Commands over one connection, which is made when the first is asked and again when it was lost."""

    def __init__(self, url: str, patience: float) -> None:
        """An answer that takes longer than `patience` seconds ends the connection with all that waits on it."""
        self._place: dict[str, Any] = dict(parse_url(url))
        self._patience = patience
        self._answers: _Answers | None = None
        self._opening: asyncio.Task[_Answers] | None = None

    async def ask(self, *command: bytes) -> Any:
        """The answer to one command. Raises ResponseError, ConnectionError or another OSError, or TimeoutError."""
        answers = self._answers
        if answers is None or answers.is_lost:
            answers = await self._open()
        return _right(await answers.ask(command))

    async def close(self) -> None:
        """Close the connection."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait({self._opening})
        if self._answers is not None:
            self._answers.end(ConnectionError("closed"))

    async def _open(self) -> "_Answers":
        if self._opening is None:
            self._opening = asyncio.create_task(self._connect())
            self._opening.add_done_callback(self._opened)
        # The others still wait for it when the first caller gives up.
        return await asyncio.shield(self._opening)

    def _opened(self, task: "asyncio.Task[_Answers]") -> None:
        self._opening = None
        if not task.cancelled() and task.exception() is None:
            self._answers = task.result()

    async def _connect(self) -> "_Answers":
        async with asyncio.timeout(self._patience):
            answers = await self._reach()
            try:
                for command in self._greeting():
                    _right(await answers.ask(command))
            except BaseException:
                answers.end(ConnectionError("not let in"))
                raise
        return answers

    async def _reach(self) -> "_Answers":
        loop, place = asyncio.get_running_loop(), self._place
        if "path" in place:
            _, answers = await loop.create_unix_connection(lambda: _Answers(self._patience), place["path"])
            return answers
        host, port = place.get("host", "localhost"), place.get("port", _DEFAULT_PORT)
        _, answers = await loop.create_connection(lambda: _Answers(self._patience), host, port, ssl=self._tls())
        return answers

    def _tls(self) -> ssl.SSLContext | None:
        if "connection_class" not in self._place:
            return None
        return ssl.create_default_context(cafile=self._place.get("ssl_ca_certs"))

    def _greeting(self) -> list[tuple[bytes, ...]]:
        place, greeting = self._place, []
        if place.get("password"):
            names = (name,) if (name := place.get("username")) else ()
            greeting.append((b"AUTH", *(each.encode() for each in (*names, place["password"]))))
        if place.get("db"):
            greeting.append((b"SELECT", str(place["db"]).encode()))
        return greeting


def _right(answer: Answer) -> Answer:
    if isinstance(answer, ResponseError):
        raise answer
    return answer


class _Answers(asyncio.Protocol):
    """Matches answers to what was asked, first in, first out."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, asyncio.Future[Answer]]] = deque()
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._watching = False
        self.is_lost = False

    def ask(self, command: tuple[bytes, ...]) -> "asyncio.Future[Answer]":
        """Send one command; all that is asked in one turn of the loop goes out in one write."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        if self.is_lost or self._transport is None:
            answer.set_exception(ConnectionError("lost"))
            return answer
        self._waiting.append((self._loop.time(), answer))
        parts = [b"*%d\r\n" % len(command), *(b"$%d\r\n%b\r\n" % (len(part), part) for part in command)]
        self._transport.write(b"".join(parts))
        if not self._watching:
            self._watch(self._patience)
        return answer

    def end(self, reason: Exception) -> None:
        """Close; everything that waits fails with `reason`."""
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()
        while self._waiting:
            _, answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The event loop's own class need not be asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(ConnectionError(str(exc or "Redis closed the connection")))

    def data_received(self, data: bytes) -> None:
        received, at = self._received + data if self._received else data, 0
        while (read := read_answer(received, at)) is not None:
            value, at = read
            _, answer = self._waiting.popleft()
            if not answer.done():
                answer.set_result(value)
        self._received = received[at:]

    def _watch(self, seconds: float) -> None:
        self._watching = True
        self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """One timer for all: the oldest is the first to have waited too long."""
        self._watching = False
        if not self._waiting:
            return
        left = self._waiting[0][0] + self._patience - self._loop.time()
        if left <= 0:
            self.end(TimeoutError("Redis takes too long"))
        else:
            self._watch(left)


def read_answer(data: bytes, at: int) -> tuple[Answer, int] | None:
    """The answer that begins at `at` and where it ends; None while a part of it is missing."""
    end = data.find(_END, at)
    if end < 0:
        return None
    kind, head, after = data[at], data[at + 1 : end], end + 2
    if kind == _BYTES:
        return _read_bytes(data, after, int(head))
    if kind == _TEXT:
        return head, after
    if kind == _NUMBER:
        return int(head), after
    if kind == _ERROR:
        return ResponseError(head.decode()), after
    return _read_list(data, after, int(head))


def _read_bytes(data: bytes, at: int, length: int) -> tuple[bytes | None, int] | None:
    if length < 0:
        return None, at
    after = at + length
    return (data[at:after], after + 2) if len(data) >= after + 2 else None


def _read_list(data: bytes, at: int, length: int) -> tuple[list[Any], int] | None:
    values: list[Any] = []
    for _ in range(length):
        read = read_answer(data, at)
        if read is None:
            return None
        value, at = read
        values.append(value)
    return values, at
