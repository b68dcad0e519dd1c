"""What the edge says by itself: one table, told as JSON to REST callers and as a google.rpc.Status to gRPC callers."""

import base64
from dataclasses import dataclass

from envoy_data_plane.envoy.config.accesslog.v3 import AccessLogFilter, ExtensionFilter
from envoy_data_plane.envoy.config.core.v3 import HeaderValueOption, SubstitutionFormatString
from envoy_data_plane.envoy.extensions.access_loggers.filters.cel.v3 import ExpressionFilter
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import (
    LocalReplyConfig,
    ResponseMapper,
)
from envoy_data_plane.google.protobuf import Struct
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode

from edge import headers
from edge.typed import header, packed, text

DOMAIN = "souk"
_MALFORMED = "The request is malformed."
# A REST call looks like gRPC once it is transcoded; the path that it came by tells it apart.
_GRPC = (
    "request.headers['content-type'].startsWith('application/grpc') && !('x-envoy-original-path' in request.headers)"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the edge itself."""

    # The CEL condition on the request and on Envoy's own reply.
    when: str
    code: StatusCode
    reason: str
    # Empty: what Envoy says.
    message: str
    # 0: the HTTP status that Envoy chose.
    http: int = 0
    extra_headers: tuple[tuple[str, str], ...] = ()


def _details(prefix: str) -> str:
    return f"response.code_details.startsWith('{prefix}')"


_CHALLENGE = (("www-authenticate", 'Bearer realm="souk"'),)
_INVALID_TOKEN = (("www-authenticate", 'Bearer realm="souk", error="invalid_token"'),)

# The first that matches speaks.
REPLIES = (
    Reply(
        "response.code == 401 && response.code_details.contains('Jwt_is_missing')",
        StatusCode.UNAUTHENTICATED,
        "TOKEN_MISSING",
        "This call needs an access token: send it as 'Authorization: Bearer <token>'.",
        extra_headers=_CHALLENGE,
    ),
    Reply(
        "response.code == 401 && response.code_details.contains('Jwt_is_expired')",
        StatusCode.UNAUTHENTICATED,
        "TOKEN_EXPIRED",
        "The access token has expired: refresh it or sign in again.",
        extra_headers=_INVALID_TOKEN,
    ),
    Reply(
        "response.code == 401 || response.code_details.startsWith('jwt_authn_access_denied')",
        StatusCode.UNAUTHENTICATED,
        "TOKEN_INVALID",
        "The access token is not valid: sign in again.",
        http=401,
        extra_headers=_INVALID_TOKEN,
    ),
    Reply(
        _details("rbac_access_denied"),
        StatusCode.INVALID_ARGUMENT,
        "UNSUPPORTED_MEDIA_TYPE",
        "A body here is JSON: send 'content-type: application/json'.",
        http=415,
    ),
    Reply(_details("lua_response"), StatusCode.INVALID_ARGUMENT, "UNKNOWN_FIELD", ""),
    Reply(
        "response.code == 429",
        StatusCode.RESOURCE_EXHAUSTED,
        "RATE_LIMITED",
        "Too many calls: wait as long as 'retry-after' says.",
    ),
    Reply(
        "response.code == 413",
        StatusCode.RESOURCE_EXHAUSTED,
        "BODY_TOO_LARGE",
        "The body is larger than this call takes.",
    ),
    Reply(
        "response.code == 431",
        StatusCode.INVALID_ARGUMENT,
        "HEADERS_TOO_LARGE",
        "The headers are larger than 32 KiB or more than 100.",
    ),
    Reply(
        "response.code == 404 || response.code == 405",
        StatusCode.NOT_FOUND,
        "NO_SUCH_METHOD",
        "There is nothing at this path for this verb.",
        http=404,
    ),
    Reply(
        "response.code == 400 && response.code_details.startsWith('path_normalization_failed')",
        StatusCode.INVALID_ARGUMENT,
        "PATH_MALFORMED",
        "The path is malformed: it holds an escaped slash or leaves its root.",
    ),
    Reply(
        "response.code == 400 && response.code_details.contains('transcod')",
        StatusCode.INVALID_ARGUMENT,
        "REQUEST_MALFORMED",
        "",
    ),
    Reply(
        "response.code >= 400 && response.code < 500 && response.code != 408",
        StatusCode.INVALID_ARGUMENT,
        "REQUEST_MALFORMED",
        _MALFORMED,
        http=400,
    ),
    Reply(
        "response.code == 408 || response.code == 504",
        StatusCode.DEADLINE_EXCEEDED,
        "DEADLINE_EXCEEDED",
        "The call took longer than it may.",
        http=504,
    ),
    Reply(
        "response.code == 502 || response.code == 503",
        StatusCode.UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "The service behind this call does not answer now: try again.",
        http=503,
        extra_headers=(("retry-after", "1"),),
    ),
    Reply(
        "response.code >= 500",
        StatusCode.INTERNAL,
        "INTERNAL",
        "Something went wrong at the edge.",
    ),
)


def local_replies() -> LocalReplyConfig:
    """Every answer of Envoy's own in the error shape of the market."""
    mappers = [mapper for reply in REPLIES for mapper in (_grpc_mapper(reply), _json_mapper(reply))]
    return LocalReplyConfig(mappers=mappers)


def _json_mapper(reply: Reply) -> ResponseMapper:
    return ResponseMapper(
        filter=_filter(reply.when),
        status_code=reply.http or None,
        body_format_override=SubstitutionFormatString(
            json_format=Struct.from_dict(error_body(reply, reply.message or "%LOCAL_REPLY_BODY%")),
            content_type="application/json",
        ),
        headers_to_add=_headers(reply),
    )


def _grpc_mapper(reply: Reply) -> ResponseMapper:
    """A gRPC caller reads an error from headers, and its answer is always 200 without a body."""
    status = [
        header("grpc-status", str(reply.code.value[0])),
        header("grpc-message", reply.message or _MALFORMED),
        header("grpc-status-details-bin", status_details(reply)),
    ]
    return ResponseMapper(
        filter=_filter(f"({reply.when}) && {_GRPC}"),
        status_code=200,
        body_format_override=SubstitutionFormatString(text_format_source=text(""), content_type="application/grpc"),
        headers_to_add=[*_headers(reply), *status],
    )


def _headers(reply: Reply) -> list[HeaderValueOption]:
    """An early refusal never passes the filter that sets the security headers, so each reply brings them."""
    return [*headers.security_headers(), *(header(*each) for each in reply.extra_headers)]


def error_body(reply: Reply, message: str) -> dict[str, object]:
    """The error as the transcoder would print it."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reply.reason,
        "domain": DOMAIN,
        "metadata": {},
    }
    return {"code": reply.code.value[0], "message": message, "details": [info]}


def status_details(reply: Reply) -> str:
    """The google.rpc.Status of a reply as gRPC carries binary headers."""
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.ErrorInfo(reason=reply.reason, domain=DOMAIN))
    status = status_pb2.Status(code=reply.code.value[0], message=reply.message or _MALFORMED, details=[detail])
    return base64.b64encode(status.SerializeToString(deterministic=True)).decode().rstrip("=")


def _filter(expression: str) -> AccessLogFilter:
    return AccessLogFilter(
        extension_filter=ExtensionFilter(
            name="envoy.access_loggers.extension_filters.cel",
            typed_config=packed(ExpressionFilter(expression=expression)),
        )
    )
