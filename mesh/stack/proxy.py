"""A TCP proxy between the services and their stores, so that a network can be made slow or cut without any rights.

`python -m mesh.stack.proxy --control SOCKET postgres=20001:5432 …` listens on the first port of each part and forwards
to the second.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvloop

from mesh.stack.component import Component, accepts
from mesh.stack.home import Home
from mesh.stack.ports import LOOPBACK

NAME = "proxy"
CONTROL = "proxy"
_CHUNK = 64 * 1024


def proxy(home: Home, routes: Sequence[tuple[str, int, int]]) -> Component:
    """The process, for routes of part, own port and the part's port."""
    named = [f"{part}={own}:{target}" for part, own, target in routes]
    first = routes[0][1]
    argv = (sys.executable, "-m", "mesh.stack.proxy", "--control", str(home.socket(CONTROL)), *named)
    return Component(name=NAME, argv=argv, port=first, ready=accepts(first))


class Link:
    """The way to one part: open, slow or cut."""

    def __init__(self, target: int) -> None:
        """Open, to begin with."""
        self._target = target
        self._open = asyncio.Event()
        self._open.set()
        self._delay = 0.0
        self._heal: asyncio.TimerHandle | None = None

    def slow(self, delay: float, seconds: float) -> None:
        """Hold back all that goes to the part for `delay` seconds, for so long."""
        self._delay = delay
        self._heal_in(seconds)

    def cut(self, seconds: float) -> None:
        """Let nothing through, and break no connection, for so long: as a cable that is pulled."""
        self._open.clear()
        self._heal_in(seconds)

    def _heal_in(self, seconds: float) -> None:
        if self._heal is not None:
            self._heal.cancel()
        self._heal = asyncio.get_running_loop().call_later(seconds, self._healed)

    def _healed(self) -> None:
        self._delay = 0.0
        self._open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either end closes it."""
        await self._open.wait()
        try:
            there, to_part = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.close()
            return
        ways = (
            asyncio.ensure_future(self._forward(reader, to_part, lambda: self._delay)),
            asyncio.ensure_future(self._forward(there, writer, lambda: 0.0)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        to_part.close()
        writer.close()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: Callable[[], float]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if delay():
                    await asyncio.sleep(delay())
                await self._open.wait()
                writer.write(data)
                await writer.drain()


async def serve(control: Path, routes: Sequence[str]) -> None:
    """Run until the process is ended."""
    links: dict[str, Link] = {}
    for route in routes:
        part, _, ports = route.partition("=")
        own, _, target = ports.partition(":")
        links[part] = Link(int(target))
        await asyncio.start_server(links[part].serve, LOOPBACK, int(own))
    control.unlink(missing_ok=True)

    async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        order = json.loads(await reader.readline())
        link = links[order["part"]]
        if order["how"] == "delay":
            link.slow(order["delay"], order["seconds"])
        else:
            link.cut(order["seconds"])
        writer.write(b"done\n")
        writer.close()

    server = await asyncio.start_unix_server(obey, control)
    await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="mesh.stack.proxy", description=__doc__)
    parser.add_argument("--control", type=Path, required=True)
    parser.add_argument("routes", nargs="+")
    options = parser.parse_args(arguments)
    uvloop.run(serve(options.control, options.routes))


if __name__ == "__main__":
    main()
