"""One call as its handler sees it, and what of it follows the calls that the handler makes."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from mesh.auditing import current_audited
from mesh.contract import MethodContract
from mesh.database import Database, UnitOfWork, connection_held
from mesh.errors import DeadlineExceeded
from mesh.principal import ANONYMOUS, Principal
from mesh.trace import Span

if TYPE_CHECKING:
    from mesh.service import ServiceNode

Unit = TypeVar("Unit", bound=UnitOfWork)
# What a caller keeps of its own time for what it does after a call, in seconds: else both run out at once
# and the caller can no longer say what went wrong.
SHAVE = 0.02


class Call:
    """The second argument of every servicer method."""

    __slots__ = (
        "_before_answer",
        "_uow",
        "deadline",
        "headers",
        "idempotency_key",
        "method",
        "node",
        "principal",
        "response_headers",
        "span",
        "trusted",
    )

    def __init__(
        self, method: MethodContract, node: "ServiceNode", headers: Mapping[str, str], deadline: float, span: Span
    ) -> None:
        """`headers` have lower-case names; `deadline` is in seconds of `time.monotonic`."""
        self.method = method
        self.node = node
        self.headers = headers
        self.deadline = deadline
        self.span = span
        # Set by the transport where the principal comes as an object instead of a token.
        self.trusted = False
        self.principal: Principal = ANONYMOUS
        self.idempotency_key: str | None = headers.get("idempotency-key")
        self.response_headers: list[tuple[str, str]] = []
        self._uow: UnitOfWork | None = None
        self._before_answer: list[Callable[[], Awaitable[None]]] = []

    @property
    def db(self) -> Database:
        """The database of the service that serves the call."""
        return self.node.db

    @property
    def uow(self) -> UnitOfWork:
        """The call's one write unit of work: begun by its first statement, committed when the method returns."""
        if self._uow is None:
            if self.method.saga:
                raise RuntimeError(f"{self.method.path} is a saga: it begins and commits its own units of work")
            self._uow = self.node.db.write()
        return self._uow

    def begin_with(self, unit: Unit) -> Unit:
        """Make `unit` the call's unit of work before the handler asks for it."""
        self._uow = unit
        return unit

    async def commit(self) -> None:
        """Commit what the handler has begun; a caller that gives up meanwhile does not stop it half way."""
        audited = current_audited()
        if audited is not None and not audited.recorded:
            self.uow.audit("", None, None)
        unit = self._uow
        if unit is None:
            return
        if self.remaining() <= 0:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", "The time for the call is over.")
        self._uow = None
        await unit.commit()
        for wait in self._before_answer:
            await wait()

    def before_answer(self, wait: Callable[[], Awaitable[None]]) -> None:
        """Await `wait`, which does not raise, once the commit is done and before the answer leaves."""
        self._before_answer.append(wait)

    async def rollback(self) -> None:
        """Undo what the handler has begun."""
        unit, self._uow = self._uow, None
        if unit is not None:
            await unit.close()

    def remaining(self) -> float:
        """The seconds that are left; below 0 when the deadline has passed."""
        return self.deadline - time.monotonic()

    def set_header(self, name: str, value: str) -> None:
        """Send a response header."""
        self.response_headers.append((name.lower(), value))


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current_call() -> Call | None:
    """The call that is being served, None in jobs and consumers."""
    return _current.get()


def set_call(call: Call) -> None:
    """Set the call of the present context, which the mesh makes anew for each call."""
    _current.set(call)


def leave_call() -> None:
    """Go on outside the call, for work that outlives it."""
    _current.set(None)


def outgoing_deadline(timeout: float | None) -> float | None:
    """The deadline of a call made now: what the running call has left minus a little, or less where asked.

    None where nothing limits it. Raises DeadlineExceeded where no time is left.
    """
    call = _current.get()
    now = time.monotonic()
    if call is None:
        return None if timeout is None else now + timeout
    deadline = call.deadline - SHAVE
    if deadline <= now:
        raise DeadlineExceeded("DEADLINE_EXCEEDED", "No time is left for a further call.")
    return deadline if timeout is None else min(deadline, now + timeout)


def refuse_held_connection(path: str) -> None:
    """Raise RuntimeError where a unit of work holds a connection: it would hold it for as long as the callee takes."""
    if connection_held():
        raise RuntimeError(f"{path} is called while a unit of work holds a connection: call first, then write")
