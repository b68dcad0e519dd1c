"""The errors of the market as the caller sees them: one class for each gRPC code, each with a reason."""

from dataclasses import dataclass, field

import grpc
from google.rpc import error_details_pb2, status_pb2

_DETAILS = "grpc-status-details-bin"


@dataclass
class SoukError(Exception):
    """A call that was answered with an error.

    `reason` is in UPPER_SNAKE ("OUT_OF_STOCK"), `metadata` holds what the reason is about, `fields` maps the
    JSON path of each faulty field to what is wrong with it, `violations` lists (type, subject, description).
    """

    code: grpc.StatusCode
    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    violations: list[tuple[str, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.code.name} {self.reason}: {self.message}"


class NotFound(SoukError):
    """There is no such thing, or it is not the caller's."""


class InvalidArgument(SoukError):
    """The request itself is wrong; `fields` says where."""


class FailedPrecondition(SoukError):
    """The request is right, but the state of things forbids it."""


class AlreadyExists(SoukError):
    """The thing exists."""


class PermissionDenied(SoukError):
    """The caller may not do this."""


class Unauthenticated(SoukError):
    """The caller is not known: sign in, or refresh the token."""


class ResourceExhausted(SoukError):
    """Too many calls; try later."""


class Aborted(SoukError):
    """A race was lost; the same call may be made again."""


class Unavailable(SoukError):
    """The service cannot be reached now; SAFE and keyed calls may be made again."""


class DeadlineExceeded(SoukError):
    """No answer in time: whether the effect happened is unknown."""


_CLASSES: dict[grpc.StatusCode, type[SoukError]] = {
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.FAILED_PRECONDITION: FailedPrecondition,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ResourceExhausted,
    grpc.StatusCode.ABORTED: Aborted,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
}


def from_rpc_error(error: grpc.aio.AioRpcError) -> SoukError:
    """Rebuild the typed error from what came over the wire."""
    made = _CLASSES.get(error.code(), SoukError)(error.code(), error.code().name, error.details() or "")
    raw = dict(error.trailing_metadata() or ()).get(_DETAILS)
    if isinstance(raw, bytes):
        _read_details(made, status_pb2.Status.FromString(raw))
    return made


def _read_details(made: SoukError, status: status_pb2.Status) -> None:
    """Take reason, metadata, field faults and violations out of the status details."""
    made.message = status.message
    info, bad, failure = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.PreconditionFailure(),
    )
    for detail in status.details:
        if detail.Unpack(info):
            made.reason, made.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            made.fields = {fault.field: fault.description for fault in bad.field_violations}
        elif detail.Unpack(failure):
            made.violations = [(each.type, each.subject, each.description) for each in failure.violations]
