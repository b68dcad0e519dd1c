"""The reasons that the mesh itself may answer any call with; a method's contract lists all others."""

from typing import Final

from mesh import logs
from mesh.contract import MethodContract
from mesh.errors import SoukError

MESH_REASONS: Final = frozenset(
    {
        "CANCELLED",
        "DATABASE_CONFLICT",
        "DATABASE_UNAVAILABLE",
        "DEADLINE_EXCEEDED",
        "EVENTS_UNAVAILABLE",
        "EVENT_TOO_LARGE",
        "IDEMPOTENCY_KEY_INVALID",
        "IDEMPOTENCY_KEY_REQUIRED",
        "IDEMPOTENCY_KEY_REUSED",
        "INTERNAL",
        "INVALID_FIELDS",
        "INVALID_PAGE_TOKEN",
        "KEYS_UNAVAILABLE",
        "MALFORMED_REQUEST",
        "NOT_FOUND",
        "OVERLOADED",
        "PATH_MISMATCH",
        "PERMISSION_DENIED",
        "PERSON_ERASED",
        "RATE_LIMITED",
        "REQUEST_IN_PROGRESS",
        "REQUEST_TOO_LARGE",
        "SESSION_ENDED",
        "SIGN_IN_REQUIRED",
        "TOKEN_EXPIRED",
        "TOKEN_INVALID",
        "UNIMPLEMENTED",
        "UNKNOWN_FIELD",
        "UNREACHABLE",
    }
)

# What has left a method of this process without being in its contract: path and reason. Tests expect none.
undeclared: set[tuple[str, str]] = set()


def check_reason(contract: MethodContract, error: SoukError) -> None:
    """Note a reason that callers were not told to expect."""
    reason = error.reason
    if reason in MESH_REASONS or reason in contract.reasons or (contract.path, reason) in undeclared:
        return
    undeclared.add((contract.path, reason))
    logs.log("warning", "the contract does not list this reason", method=contract.path, reason=reason)
