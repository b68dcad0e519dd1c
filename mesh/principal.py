"""Who calls: the principal that every policy, owner check and repository read is decided by."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from mesh.errors import Unauthenticated

SERVICE_PREFIX = "service:"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: a person, a service acting as itself (`service:order`), or nobody (an empty subject)."""

    subject: str = ""
    roles: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    session_id: str = ""
    session_epoch: int = 0
    # The services that call on the subject's behalf, the immediate caller last.
    act: tuple[str, ...] = ()

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is named."""
        return not self.subject

    @property
    def is_service(self) -> bool:
        """Whether a service acts as itself."""
        return self.subject.startswith(SERVICE_PREFIX)

    @property
    def is_person(self) -> bool:
        """Whether a signed-in person is named, directly or through services."""
        return bool(self.subject) and not self.is_service

    @property
    def is_admin(self) -> bool:
        """Whether the person is a member of the platform's staff."""
        return "ADMIN" in self.roles

    @property
    def user_id(self) -> uuid.UUID:
        """The person's id. Raises Unauthenticated where there is no person."""
        if not self.is_person:
            raise Unauthenticated("SIGN_IN_REQUIRED", "Sign in first.")
        return uuid.UUID(self.subject)

    @property
    def caller(self) -> str:
        """The name of the service that makes this call, empty where a person or nobody makes it."""
        if self.act:
            return self.act[-1]
        return self.subject.removeprefix(SERVICE_PREFIX) if self.is_service else ""

    def can_act_for(self, tenant_id: uuid.UUID | str) -> bool:
        """Whether the person belongs to the tenant."""
        return str(tenant_id) in self.tenants

    def through(self, service: str) -> "Principal":
        """The principal as `service` passes it on to the next one."""
        return Principal(
            self.subject,
            self.roles,
            self.tenants,
            self.scopes,
            self.session_id,
            self.session_epoch,
            (*self.act, service),
        )


ANONYMOUS = Principal()
_current: ContextVar[Principal] = ContextVar("principal", default=ANONYMOUS)


def service_principal(name: str) -> Principal:
    """The service `name` acting as itself."""
    return Principal(subject=SERVICE_PREFIX + name, roles=frozenset({"SERVICE"}))


def current_principal() -> Principal:
    """The principal of the running call, job or consumer."""
    return _current.get()


def set_principal(principal: Principal) -> None:
    """Set the principal of the present context, which the mesh makes anew for each call."""
    _current.set(principal)


@contextmanager
def acting_as(principal: Principal) -> Iterator[Principal]:
    """Act as another principal for the length of a block."""
    token = _current.set(principal)
    try:
        yield principal
    finally:
        _current.reset(token)
