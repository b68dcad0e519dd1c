"""Typed errors: raised by domain code, carried as `google.rpc.Status`, raised again as the same class at the caller."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

DOMAIN = "souk"
# The trailing metadata that every gRPC implementation reads a google.rpc.Status from.
DETAILS_KEY = "grpc-status-details-bin"


class Code(IntEnum):
    """The gRPC codes by number; the domain, which uses these errors, does not know gRPC."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class Violation(NamedTuple):
    """One precondition that does not hold: its type in UPPER_SNAKE, what it is about, and a sentence."""

    type: str
    subject: str
    description: str


class SoukError(Exception):
    """An error that reaches the caller as it is: code, UPPER_SNAKE reason, sentence, metadata with lowerCamel keys."""

    code: Code = Code.UNKNOWN

    def __init__(
        self,
        reason: str,
        message: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
        retry_after: float | None = None,
        **metadata: str,
    ) -> None:
        """`fields` are JSON paths with what is wrong there, `retry_after` is in seconds."""
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.metadata = metadata
        self.fields = dict(fields or {})
        self.violations = [Violation(*violation) for violation in violations]
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"

    @property
    def permanent(self) -> bool:
        """Whether the same request would fail again: such an answer may be stored and replayed."""
        return self.code in PERMANENT


class NotFound(SoukError):
    """The thing does not exist, or not for this caller."""

    code = Code.NOT_FOUND


class InvalidArgument(SoukError):
    """The request is wrong whatever the state of the market."""

    code = Code.INVALID_ARGUMENT


class FailedPrecondition(SoukError):
    """The request is right but the state does not allow it."""

    code = Code.FAILED_PRECONDITION


class AlreadyExists(SoukError):
    """What should be made is there already."""

    code = Code.ALREADY_EXISTS


class PermissionDenied(SoukError):
    """The caller is known and may not do this."""

    code = Code.PERMISSION_DENIED


class Unauthenticated(SoukError):
    """The caller is not known, or its token is not good."""

    code = Code.UNAUTHENTICATED


class ResourceExhausted(SoukError):
    """A limit is reached; trying later helps."""

    code = Code.RESOURCE_EXHAUSTED


class Aborted(SoukError):
    """Something else was faster; the caller may read again and repeat."""

    code = Code.ABORTED


class Unavailable(SoukError):
    """A part that is needed does not answer; trying again soon helps."""

    code = Code.UNAVAILABLE


class DeadlineExceeded(SoukError):
    """The time for the call is over."""

    code = Code.DEADLINE_EXCEEDED


class Internal(SoukError):
    """A fault of ours: only the error id leaves the process."""

    code = Code.INTERNAL


class Cancelled(SoukError):
    """The caller gave up."""

    code = Code.CANCELLED


class Unimplemented(SoukError):
    """The method is not served here."""

    code = Code.UNIMPLEMENTED


_CLASSES: dict[Code, type[SoukError]] = {cls.code: cls for cls in SoukError.__subclasses__()}
PERMANENT = frozenset(
    {
        Code.INVALID_ARGUMENT,
        Code.NOT_FOUND,
        Code.ALREADY_EXISTS,
        Code.FAILED_PRECONDITION,
        Code.PERMISSION_DENIED,
        Code.OUT_OF_RANGE,
    }
)


def of_code(code: Code, reason: str, message: str) -> SoukError:
    """An error of the class that stands for `code`."""
    cls = _CLASSES.get(code, SoukError)
    error = cls(reason, message)
    error.code = code
    return error


def to_status(error: SoukError) -> bytes:
    """The error as a serialised `google.rpc.Status` with its details."""
    status = status_pb2.Status(code=error.code, message=error.message)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    status.details.add().Pack(info)
    if error.fields:
        bad_request = error_details_pb2.BadRequest()
        for field, description in error.fields.items():
            bad_request.field_violations.add(field=field, description=description)
        status.details.add().Pack(bad_request)
    if error.violations:
        failure = error_details_pb2.PreconditionFailure()
        for violation in error.violations:
            failure.violations.add(type=violation.type, subject=violation.subject, description=violation.description)
        status.details.add().Pack(failure)
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(round(error.retry_after * 1e9))
        status.details.add().Pack(retry)
    return bytes(status.SerializeToString())


def from_status(serialised: bytes) -> SoukError:
    """The error that `to_status` wrote. Raises DecodeError where the bytes are none."""
    status = status_pb2.Status.FromString(serialised)
    error = of_code(Code(status.code), "UNKNOWN", status.message)
    info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    failure, retry = error_details_pb2.PreconditionFailure(), error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Unpack(info):
            error.reason = info.reason
            error.metadata = dict(info.metadata)
        elif detail.Unpack(bad_request):
            error.fields = {fault.field: fault.description for fault in bad_request.field_violations}
        elif detail.Unpack(failure):
            error.violations = [Violation(v.type, v.subject, v.description) for v in failure.violations]
        elif detail.Unpack(retry):
            error.retry_after = retry.retry_delay.ToNanoseconds() / 1e9
    error.args = (error.reason, error.message)
    return error


def from_rpc(code: Code, details: str, serialised: bytes | None) -> SoukError:
    """The error of a remote call: from its status details, or from its code alone where it has none."""
    if serialised:
        try:
            return from_status(serialised)
        except (DecodeError, ValueError):  # ValueError: a code that is none
            pass
    return of_code(code, TRANSPORT_REASONS.get(code, code.name), details)


# Reasons of failures that the transport itself reports, without details of ours.
TRANSPORT_REASONS = {
    Code.UNAVAILABLE: "UNREACHABLE",
    Code.DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
    Code.RESOURCE_EXHAUSTED: "OVERLOADED",
    Code.CANCELLED: "CANCELLED",
}
