"""A whole stack under test, driven by the `souk` command as an operator would."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mesh.stack.home import Home
from mesh.stack.state import State, read_state

_COMMAND_SECONDS = 240
# Sellers are paid while the tests run, so that every story is verified with its payouts and their reversals.
PAYOUTS_AT_ONCE = {
    "SOUK_PAYMENT_PAYOUT_HOLD_DAYS": "0",
    "SOUK_PAYMENT_PAYOUT_RESERVE_BPS": "0",
    "SOUK_PAYMENT_PAYOUT_LOOK_SECONDS": "2",
    "SOUK_PAYMENT_PAYOUT_PERIOD_HOURS": "0.001",
}


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack in a home of its own, on ports of its own."""

    home: Home

    @property
    def state(self) -> State:
        """What the supervisor says."""
        return read_state(self.home)

    @property
    def edge(self) -> str:
        """The URL of the edge."""
        return self.state.edge

    @property
    def urls(self) -> dict[str, str]:
        """The addresses of the parts: postgres, nats, redis, sandbox, smtp, traces, edge."""
        return self.state.urls

    @property
    def crash_file(self) -> Path:
        """A label of `souk crash-points` in this file makes the next process that comes by it die."""
        return self.home.root / "crash-at"

    def up(self, *options: str, **env: str) -> None:
        """Start it and wait until the edge answers."""
        # A driver or a process that died is replaced sooner than in production: tests do not wait half a minute.
        ours = {
            "SOUK_CRASH_FILE": str(self.crash_file),
            "SOUK_ORDER_LEASE_SECONDS": "10",
            "SOUK_LONGEST_RESTART_SECONDS": "0.5",
        }
        self.souk("up", "--detach", "--private-ports", *options, **ours, **env)

    def souk(
        self, *arguments: str, check: bool = True, seconds: float = _COMMAND_SECONDS, **env: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run one command on it; a failure is an AssertionError with what it printed."""
        ours = ("SOUK_", "STRIPE_", "OTEL_")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env={**outside, "SOUK_HOME": str(self.home.root), **env},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert not check or done.returncode == 0, f"souk {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done
