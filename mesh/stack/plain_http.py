"""The little HTTP that the supervisor itself speaks: one request, one answer, no library to load."""

import asyncio
from pathlib import Path

_SECONDS = 5.0


async def request(address: Path | tuple[str, int], method: str, path: str) -> tuple[int, str]:
    """Status and body, undecoded; status 0 where nothing answers. A `Path` is a Unix socket."""
    try:
        return await asyncio.wait_for(_exchange(address, method, path), _SECONDS)
    except (OSError, TimeoutError, ValueError):
        return 0, ""


async def _exchange(address: Path | tuple[str, int], method: str, path: str) -> tuple[int, str]:
    if isinstance(address, Path):
        reader, writer = await asyncio.open_unix_connection(address)
    else:
        reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode(errors="replace")
    finally:
        writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ", 2)[1]), body
