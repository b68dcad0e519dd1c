"""Waiting for the far end of an event."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Ask until it holds; an AssertionError where it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
