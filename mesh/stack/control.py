"""How a running supervisor is told to stop or start one part: a line of JSON over a Unix socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from mesh.stack.errors import StackError
from mesh.stack.home import Home

Handler = Callable[[str, str], Awaitable[str]]


@asynccontextmanager
async def serve_control(home: Home, handle: Handler) -> AsyncIterator[None]:
    """Answer `{"command": "stop", "part": "redis"}` with what `handle(command, part)` says."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = json.loads(await reader.readline())
        try:
            reply = {"ok": True, "message": await handle(request["command"], request["part"])}
        except StackError as error:
            reply = {"ok": False, "message": str(error)}
        writer.write(json.dumps(reply).encode() + b"\n")
        await writer.drain()
        writer.close()

    path = home.socket("control")
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(answer, path)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def ask(home: Home, command: str, part: str) -> str:
    """Tell the supervisor, and wait until it is done; raises StackError with its refusal."""
    try:
        reader, writer = await asyncio.open_unix_connection(home.socket("control"))
    except OSError:
        raise StackError(f"No stack runs in {home.root}; `souk up` starts it.") from None
    writer.write(json.dumps({"command": command, "part": part}).encode() + b"\n")
    line = await reader.readline()
    writer.close()
    if not line:
        raise StackError("The supervisor ended before it answered.")
    reply = json.loads(line)
    if not reply["ok"]:
        raise StackError(reply["message"])
    return str(reply["message"])
