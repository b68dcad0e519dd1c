"""What caused the present effect: the thread that links calls, commits and events into one story."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Cause(NamedTuple):
    """The id of the call or event that causes, and the id that the whole story shares."""

    causation_id: str = ""
    correlation_id: str = ""


_NONE = Cause()
_current: ContextVar[Cause] = ContextVar("cause", default=_NONE)


def current_cause() -> Cause:
    """The cause of what runs now; empty ids where nothing named one."""
    return _current.get()


def set_cause(cause: Cause) -> None:
    """Set the cause of the present context, which the mesh makes anew for each call."""
    _current.set(cause)


@contextmanager
def caused_by(cause: Cause) -> Iterator[None]:
    """Name the cause for the length of a block."""
    token = _current.set(cause)
    try:
        yield
    finally:
        _current.reset(token)
