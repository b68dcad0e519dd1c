"""Puts the parts together in one process: Stripe's API, the webhooks, the mailbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.api import Api
from sandbox.consequences import Consequences
from sandbox.control import Control
from sandbox.faults import Faults
from sandbox.injected import Injected
from sandbox.mail import Mailbox
from sandbox.store import Store
from sandbox.webhooks import Deliverer

# How long answers that are kept back hold up the end.
_FAREWELL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """Where the sandbox listens and whom it tells what. Port 0 means any free one; no URL means no webhooks."""

    data: Path
    port: int = 0
    smtp_port: int = 0
    webhook_url: str = ""
    webhook_secret: str = ""
    # The types of events that are delivered; empty: all.
    webhook_events: tuple[str, ...] = ()
    host: str = "127.0.0.1"

    @property
    def subscribed(self) -> Container[str]:
        """The types of events that the endpoint has asked for."""
        return (self.webhook_events or _Everything()) if self.webhook_url else ()


class _Everything(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Running:
    """The ports that were taken."""

    port: int
    smtp_port: int


@asynccontextmanager
async def running(options: Options, faults: Faults | None = None) -> AsyncIterator[Running]:
    """Serve until the block ends; `faults` stand in for those that are set by the control endpoint."""
    store = Store(options.data / "sandbox.sqlite")
    deliverer = Deliverer(store, options.webhook_url, options.webhook_secret)
    injected = Injected(options.subscribed)
    consequences = Consequences(store, faults or injected, deliverer.wake)

    def raised() -> None:
        deliverer.wake()
        consequences.wake()

    api = Api(store, faults or injected, raised)
    control = Control(store, injected, raised)
    mailbox = Mailbox(store)
    runner = web.AppRunner(
        _app([*api.routes(), *control.routes(), web.get("/dev/mailbox", mailbox.show)]), access_log=None
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        smtp = await asyncio.get_running_loop().create_server(mailbox.protocol, options.host, options.smtp_port)
        tasks = [asyncio.create_task(consequences.run())]
        if options.webhook_url:
            tasks.append(asyncio.create_task(deliverer.run()))
        try:
            yield Running(runner.addresses[0][1], smtp.sockets[0].getsockname()[1])
        finally:
            smtp.close()
            await _stop(tasks)
    finally:
        await runner.cleanup()
        store.close()


def _app(routes: list[web.RouteDef]) -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/healthz", _health), *routes])
    return app


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "SERVING"})


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
