"""Which errors an operation answers with: its own reasons as its comment lists them, and those of edge and mesh."""

import re
from dataclasses import dataclass
from typing import Any

from contracts.comments import flowing
from mesh.contract import Idempotency, MethodContract

# As the edge's transcoder maps them.
HTTP_STATUS = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}
NUMBERS = {
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}
_TITLES = {
    400: "The request is malformed, a field is invalid, or the state does not allow it.",
    401: "The access token is missing, expired or invalid.",
    403: "The caller's role does not allow this.",
    404: "There is no such thing, or it is not the caller's.",
    409: "It is there already, or somebody else was first.",
    413: "The body is too large.",
    415: "The content type is not one that this call takes.",
    429: "Too many calls: wait as long as `retry-after` says.",
    499: "The caller went away.",
    500: "Something went wrong here; the message holds an id to quote.",
    501: "Not built yet.",
    503: "The service does not answer now: try again.",
    504: "The call took longer than it may; ask for the outcome before repeating it.",
}
_TOKEN = re.compile(r"\(([A-Z_]+)\)|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\b")
_REASONS = re.compile(r"\n?Reasons:\s", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that a method's own rules raise, with the gRPC code that its comment gives it."""

    name: str
    code: str

    @property
    def http(self) -> int:
        """The HTTP status that REST callers see."""
        return HTTP_STATUS[self.code]


def split_comment(comment: str) -> tuple[str, str]:
    """What a method does, and the list of its reasons."""
    does, *reasons = _REASONS.split(comment, maxsplit=1)
    return flowing(does), flowing(reasons[0]) if reasons else ""


def reasons_of(contract: MethodContract, comment: str) -> list[Reason]:
    """The method's reasons with their codes, read from prose such as `A, B (NOT_FOUND) when ...; C (ABORTED)`."""
    waiting: list[str] = []
    codes: dict[str, str] = {}
    for code, word in _TOKEN.findall(split_comment(comment)[1]):
        if code in HTTP_STATUS:
            codes.update(dict.fromkeys(waiting, code))
            waiting.clear()
        elif word in contract.reasons and word not in codes:
            waiting.append(word)
    return [Reason(name, codes.get(name, "FAILED_PRECONDITION")) for name in sorted(contract.reasons)]


def responses(contract: MethodContract, reasons: list[Reason]) -> dict[str, Any]:
    """The error answers by HTTP status."""
    own: dict[int, list[Reason]] = {status: [] for status in _always(contract)}
    for reason in reasons:
        own.setdefault(reason.http, []).append(reason)
    return {str(status): _response(status, own[status]) for status in sorted(own)}


def _always(contract: MethodContract) -> set[int]:
    statuses = {400, 429, 500, 503, 504, 401}
    if not contract.is_public:
        statuses.add(403)
    if contract.owner:
        statuses.add(404)
    if contract.idempotency is not Idempotency.SAFE:
        statuses |= {409}
    if any(rule.body for rule in contract.http):
        statuses |= {413, 415}
    return statuses


def _response(status: int, reasons: list[Reason]) -> dict[str, Any]:
    if not reasons:
        return {"$ref": f"#/components/responses/{status}"}
    names = ", ".join(f"`{reason.name}`" for reason in reasons)
    return {
        "description": f"{_TITLES[status]} Reasons: {names}.",
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {reason.name: {"value": example(reason)} for reason in reasons},
            }
        },
    }


def example(reason: Reason) -> dict[str, Any]:
    """The body of an error."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason.name,
        "domain": "souk",
        "metadata": {},
    }
    return {"code": NUMBERS[reason.code], "message": "What is wrong, in one sentence.", "details": [info]}


def shared_responses() -> dict[str, Any]:
    """What every operation may answer, as components."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {str(status): {"description": title, "content": content} for status, title in sorted(_TITLES.items())}


def error_schema() -> dict[str, Any]:
    """The one shape of every error."""
    detail = {
        "type": "object",
        "description": "ErrorInfo names the reason, BadRequest the fields, PreconditionFailure what stands in the way.",
        "properties": {
            "@type": {"type": "string"},
            "reason": {"type": "string", "description": "UPPER_SNAKE_CASE, stable: programs decide by it."},
            "domain": {"type": "string", "const": "souk"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["@type"],
        "additionalProperties": True,
    }
    return {
        "type": "object",
        "description": "Every error of the market, whoever raises it.",
        "properties": {
            "code": {"type": "integer", "description": "The gRPC status code.", "minimum": 1, "maximum": 16},
            "message": {"type": "string", "description": "One sentence for a person; it may change."},
            "details": {"type": "array", "items": detail},
        },
        "required": ["code", "message", "details"],
    }
