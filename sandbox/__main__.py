"""`python -m sandbox`: runs the sandbox until it is told to stop."""

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from sandbox.server import Options, running


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in for Stripe, and a mailbox.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="of Stripe's API and the mailbox")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="the folder that keeps the objects")
    parser.add_argument("--webhook-url", default="", help="where events are delivered; without one, nowhere")
    parser.add_argument("--webhook-secret", default="", help="what the deliveries are signed with")
    parser.add_argument("--webhook-events", type=_words, default=(), help="types to deliver, with commas; default: all")
    return Options(**vars(parser.parse_args()))


async def _serve(options: Options) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(options) as ports:
        logging.info("sandbox on %s:%s, mail on %s", options.host, ports.port, ports.smtp_port)
        await stop.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # aiosmtpd logs every address and line of a mail.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    asyncio.run(_serve(_options()))
