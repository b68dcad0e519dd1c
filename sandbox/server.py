"""Puts the parts together in one process: Stripe's API, the webhooks, the mailbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.api import Api
from sandbox.faults import Faults
from sandbox.mail import Mailbox
from sandbox.store import Store
from sandbox.webhooks import Deliverer


@dataclass(frozen=True, slots=True)
class Options:
    """Where the sandbox listens and whom it tells. Port 0 means any free one; no URL means no webhooks."""

    data: Path
    port: int = 0
    smtp_port: int = 0
    webhook_url: str = ""
    webhook_secret: str = ""
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Running:
    """The ports that were taken."""

    port: int
    smtp_port: int


class _Unheard(Faults):
    """Where nobody listens, no event is queued for delivery."""

    def for_event(self, event: dict[str, object]) -> tuple[float, ...]:  # noqa: ARG002 the seam's signature
        return ()


@asynccontextmanager
async def running(options: Options, faults: Faults | None = None) -> AsyncIterator[Running]:
    """Serve until the block ends."""
    store = Store(options.data / "sandbox.sqlite")
    deliverer = Deliverer(store, options.webhook_url, options.webhook_secret)
    api = Api(store, faults or (Faults() if options.webhook_url else _Unheard()), deliverer.wake)
    mailbox = Mailbox(store)
    runner = web.AppRunner(_app(api, mailbox), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        smtp = await asyncio.get_running_loop().create_server(mailbox.protocol, options.host, options.smtp_port)
        delivering = asyncio.create_task(deliverer.run()) if options.webhook_url else None
        try:
            yield Running(runner.addresses[0][1], smtp.sockets[0].getsockname()[1])
        finally:
            smtp.close()
            await _stop(delivering)
    finally:
        await runner.cleanup()
        store.close()


def _app(api: Api, mailbox: Mailbox) -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/healthz", _health), web.get("/dev/mailbox", mailbox.show), *api.routes()])
    return app


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "SERVING"})


async def _stop(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
