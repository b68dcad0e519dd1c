"""The OpenAPI document of the whole market."""

import tomllib
from typing import Any

from contracts.openapi import errors
from contracts.openapi.operations import Operations, open_path
from contracts.openapi.schemas import Json, Schemas
from contracts.openapi.source import Source
from contracts.protoc import ROOT

_INTRODUCTION = """\
The public API of the Souk marketplace. Every operation can also be called by gRPC and gRPC-web at the same address, \
under the name in `x-souk-grpc`.

- Success is always 200; the one exception is 304 where the caller already holds the answer.
- Every error has one shape, and programs decide by the `reason` of its ErrorInfo.
- A path that does not exist and a verb that a path does not have are both 404 `NO_SUCH_METHOD`.
- A body is JSON (`content-type: application/json`) unless the operation names another type; others are refused \
with 415.
- A JSON body that names a field which the operation does not have, or one twice, is refused with `UNKNOWN_FIELD`.
- JSON is that of proto3: lowerCamelCase names, 64-bit numbers as strings, times in RFC 3339, enums by name. \
Clients accept fields and enum values that they do not know.
- Money is an amount in the smallest unit of its currency: `{"currency": "EUR", "amount": "2599"}` is 25.99 euros.
- Lists come in pages: send `nextPageToken` as `pageToken` until it is empty.
- An `Idempotency-Key` makes any call that changes something safe to repeat.
"""


def build(source: Source) -> Json:
    """The document as plain JSON values."""
    schemas = Schemas(source)
    schemas.components["Error"] = errors.error_schema()
    paths = _paths(source, Operations(source, schemas))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Souk",
            "version": _version(),
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": _tags(source),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": errors.shared_responses(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `accessToken` of POST /api/v1/auth/login, valid for 15 minutes.",
                }
            },
        },
    }


def _paths(source: Source, operations: Operations) -> Json:
    paths: dict[str, Json] = {}
    for contracts in source.methods.values():
        for contract in contracts:
            for index, rule in enumerate(contract.http):
                here = paths.setdefault(open_path(rule.template.text), {})
                here[rule.verb.lower()] = operations.operation(contract, rule, index)
    return dict(sorted((_meta() | paths).items()))


def _tags(source: Source) -> list[Json]:
    texts: dict[str, list[str]] = {"meta": ["What the edge itself answers."]}
    for service, contracts in source.methods.items():
        texts.setdefault(contracts[0].host, []).append(source.comment(service))
    return [{"name": name, "description": "\n\n".join(text)} for name, text in sorted(texts.items())]


def _meta() -> dict[str, Json]:
    """The paths that no proto describes."""
    return {
        "/healthz": _file("GetHealth", "Tells whether the edge and every service behind it answer", "text/plain") | {},
        "/openapi.json": _file("GetOpenApi", "Returns this document", "application/json"),
        "/docs": _file("GetReference", "Returns this document as a page to read", "text/html"),
        "/.well-known/jwks.json": _file(
            "GetKeys", "Returns the public keys of access tokens", "application/jwk-set+json"
        ),
    }


def _file(name: str, summary: str, kind: str) -> Json:
    schema: dict[str, Any] = {"type": "object"} if "json" in kind else {"type": "string"}
    responses: Json = {"200": {"description": summary + ".", "content": {kind: {"schema": schema}}}}
    if name == "GetHealth":
        responses["503"] = {"$ref": "#/components/responses/503"}
    return {
        "get": {
            "operationId": name,
            "tags": ["meta"],
            "summary": summary,
            "description": summary + ".",
            "security": [{}],
            "responses": responses,
        }
    }


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
