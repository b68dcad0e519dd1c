"""The connection to Redis, against servers that answer as they like."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ResponseError

from mesh.redisline import RedisLine, read_answer

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class TestReadAnswer:
    @pytest.mark.parametrize(
        ("data", "answer"),
        [
            (b"+OK\r\n", b"OK"),
            (b":7\r\n", 7),
            (b"$3\r\na\r\n\r\n", b"a\r\n"),
            (b"$-1\r\n", None),
            (b"*2\r\n$1\r\na\r\n$-1\r\n", [b"a", None]),
        ],
    )
    def test_reads_every_kind(self, data: bytes, answer: object) -> None:
        assert read_answer(data + b"+next", 0) == (answer, len(data))

    @pytest.mark.parametrize("data", [b"", b"$3\r", b"$3\r\nabc\r", b"*2\r\n$1\r\na\r\n$1\r\n"])
    def test_waits_for_what_is_missing(self, data: bytes) -> None:
        assert read_answer(data, 0) is None


@pytest.mark.allow_hosts(["127.0.0.1"])
class TestRedisLine:
    async def test_gives_each_its_own_answer(self) -> None:
        async with _serving(_in_pieces(b"$1\r\na\r\n$1\r\nb\r\n-ERR c\r\n")) as place:
            line = RedisLine(_url(place), patience=1)
            answers = [asyncio.ensure_future(line.ask(b"GET", key)) for key in (b"a", b"b", b"c")]
            await asyncio.wait(answers)
            assert [each.result() for each in answers[:2]] == [b"a", b"b"]
            assert isinstance(answers[2].exception(), ResponseError)
            await line.close()

    async def test_whoever_gives_up_takes_no_answer_of_another(self) -> None:
        async with _serving(_in_pieces(b"$1\r\na\r\n$1\r\nb\r\n")) as place:
            line = RedisLine(_url(place), patience=1)
            first = asyncio.ensure_future(line.ask(b"GET", b"a"))
            second = asyncio.ensure_future(line.ask(b"GET", b"b"))
            await asyncio.sleep(0.01)
            first.cancel()
            assert await second == b"b"
            await line.close()

    async def test_silence_ends_it_for_all_and_the_next_connects_anew(self) -> None:
        async with _serving(_silent) as place:
            line = RedisLine(_url(place), patience=0.05)
            for _ in range(2):
                results = await asyncio.gather(line.ask(b"GET", b"a"), line.ask(b"GET", b"b"), return_exceptions=True)
                assert [type(each) for each in results] == [TimeoutError, TimeoutError]
            await line.close()

    async def test_says_who_it_is_first(self) -> None:
        heard: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(3):
                heard.extend(await _command(reader))
                writer.write(b"+OK\r\n")

        async with _serving(serve) as place:
            line = RedisLine(_url(place, "souk:secret@", "/3"), patience=1)
            await line.ask(b"PING")
            assert heard == [b"AUTH", b"souk", b"secret", b"SELECT", b"3", b"PING"]
            await line.close()

    async def test_a_wrong_password_is_told(self) -> None:
        async with _serving(_in_pieces(b"-WRONGPASS\r\n")) as place:
            with pytest.raises(ResponseError):
                await RedisLine(_url(place, ":wrong@"), patience=1).ask(b"PING")


@asynccontextmanager
async def _serving(serve: Serve) -> AsyncIterator[str]:
    """A server that has let all its callers go at the end of the block; its host and port."""
    running: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        await serve(reader, writer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield "{}:{}".format(*server.sockets[0].getsockname())
        await asyncio.gather(*(each for each in running if each))


def _url(place: str, who: str = "", database: str = "") -> str:
    return f"redis://{who}{place}{database}"


def _in_pieces(answers: bytes) -> Serve:
    """Answers everything that is asked with these bytes, three at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _command(reader)
        for at in range(0, len(answers), 3):
            writer.write(answers[at : at + 3])
            await asyncio.sleep(0.005)

    return serve


async def _silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Answers nothing."""


async def _command(reader: asyncio.StreamReader) -> Sequence[bytes]:
    parts = []
    for _ in range(int((await reader.readline())[1:])):
        length = int((await reader.readline())[1:])
        parts.append((await reader.readexactly(length + 2))[:-2])
    return parts
