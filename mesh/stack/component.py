"""What a part of the stack is, before anything runs."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Step = Callable[[], Awaitable[None]]
Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Component:
    """One process: how to start it, how to see that it serves, how to stop it."""

    name: str
    argv: tuple[str, ...]
    port: int
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    # Run before each start: configurations, folders.
    prepare: Step | None = None
    # Run before the stop signal: finish what is in flight.
    drain: Step | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # After so many seconds a stop becomes a kill.
    stop_seconds: float = 15.0
    # How often it may end before it has served for the first time; afterwards it is started again for ever.
    start_attempts: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """A command that runs once and ends, between the starts of components."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Step | None = None
    # Takes the standard output, once the command has succeeded; None: the log does.
    output: Path | None = None


def accepts(port: int, host: str = "127.0.0.1") -> Probe:
    """A probe: something accepts connections there."""

    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.close()
        return True

    return probe
