"""The stand-in for third parties: payment provider and mailbox."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from mesh.stack.component import Component, accepts
from mesh.stack.home import Home
from mesh.stack.ports import LOOPBACK

PORT = 12111
SMTP_PORT = 1025


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One sandbox on two ports."""

    home: Home
    port: int
    smtp_port: int
    webhook_url: str
    # The types of events that are delivered; empty: all.
    webhook_events: Sequence[str] = ()

    @property
    def url(self) -> str:
        """Where its HTTP interfaces are."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def smtp_url(self) -> str:
        """Where it takes mail."""
        return f"smtp://{LOOPBACK}:{self.smtp_port}"

    @property
    def webhook_secret(self) -> str:
        """What it signs its webhooks with."""
        return "whsec_" + self.home.secret("sandbox-webhook")

    def component(self) -> Component:
        """The server process."""
        options = {
            "--port": str(self.port),
            "--smtp-port": str(self.smtp_port),
            "--data": str(self.home.data("sandbox")),
            "--webhook-url": self.webhook_url,
            "--webhook-secret": self.webhook_secret,
            "--webhook-events": ",".join(self.webhook_events),
        }
        argv = [part for option in options.items() for part in option]
        return Component(
            name="sandbox",
            argv=(sys.executable, "-m", "sandbox", *argv),
            port=self.port,
            ready=accepts(self.port),
        )
