"""One REST form of one method as an OpenAPI operation."""

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from souk.options.v1 import options_pb2

from contracts.openapi import errors
from contracts.openapi.examples import Examples
from contracts.openapi.schemas import WELL_KNOWN, Json, Schemas, is_map, rules_of
from contracts.openapi.source import Source
from mesh.contract import HttpRule, Idempotency, MethodContract, Role

_HTTP_BODY = "google.api.HttpBody"
_VARIABLE = re.compile(r"\{([a-zA-Z_][\w.]*)(?:=[^}]+)?\}")
_DEEPEST_PARAMETER = 2


def open_path(template: str) -> str:
    """A path template with its variables as JSON names them: `/orders/{orderId}:cancel`."""
    return _VARIABLE.sub(lambda match: "{" + camel(match[1]) + "}", template)


def camel(path: str) -> str:
    """A path of proto fields as JSON names it."""
    return ".".join(re.sub(r"_(\w)", lambda match: match[1].upper(), name) for name in path.split("."))


class Operations:
    """Makes operations; their messages gather in `schemas`."""

    def __init__(self, source: Source, schemas: Schemas) -> None:
        self._source = source
        self._schemas = schemas
        self._examples = Examples()

    def operation(self, contract: MethodContract, rule: HttpRule, index: int) -> Json:
        """The operation of the rule at `index` of a method's rules."""
        comment = self._source.comment(contract.descriptor.full_name)
        does, _ = errors.split_comment(comment)
        reasons = errors.reasons_of(contract, comment)
        operation: Json = {
            "operationId": contract.name if index == 0 else f"{contract.name}{index + 1}",
            "tags": [contract.host],
            "summary": _first_sentence(does),
            "description": does,
            "security": [{}, {"bearer": []}] if contract.is_public else [{"bearer": []}],
        }
        if parameters := [*self._parameters(contract, rule), *_headers(contract)]:
            operation["parameters"] = parameters
        if rule.body:
            operation["requestBody"] = self._body(contract, rule)
        operation["responses"] = {**self._success(contract), **errors.responses(contract, reasons)}
        if contract.descriptor.GetOptions().deprecated:
            operation["deprecated"] = True
        return operation | _extensions(contract, reasons)

    def _parameters(self, contract: MethodContract, rule: HttpRule) -> Iterator[Json]:
        request = contract.descriptor.input_type
        for variable in rule.template.variables:
            yield self._parameter(_field_at(request, variable), variable, "path")
        if rule.body == "*":
            return
        for path, field in _query_fields(request, rule):
            yield self._parameter(field, path, "query")

    def _parameter(self, field: FieldDescriptor, path: str, place: str) -> Json:
        schema = self._schemas.field(field)
        description = schema.pop("description", "")
        parameter: Json = {"name": camel(path), "in": place, "schema": schema}
        if description:
            parameter["description"] = description
        if place == "path" or rules_of(field).required:
            parameter["required"] = True
        if place == "path" or rules_of(field).required:
            parameter["example"] = self._examples.field(field)
        return parameter

    def _body(self, contract: MethodContract, rule: HttpRule) -> Json:
        request = contract.descriptor.input_type
        if rule.body == "*":
            without = frozenset(rule.template.variables)
            schema = self._schemas.object(request, without) if without else self._schemas.message(request)
            example = self._examples.message(request, without)
        else:
            field = request.fields_by_name[rule.body]
            if field.message_type is not None and field.message_type.full_name == _HTTP_BODY:
                return _raw_body(contract, self._source.comment(field.full_name))
            schema, example = self._schemas.field(field), self._examples.field(field)
        return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}

    def _success(self, contract: MethodContract) -> Json:
        response = contract.descriptor.output_type
        answer: Json = {"description": self._source.comment(response.full_name) or "The answer."}
        if response.full_name == _HTTP_BODY:
            answer["content"] = {"*/*": {"schema": dict(WELL_KNOWN[_HTTP_BODY])}}
        else:
            schema, example = self._schemas.message(response), self._examples.message(response)
            if contract.response_streaming:
                schema, example = {"type": "array", "items": schema}, [example]
            answer["content"] = {"application/json": {"schema": schema, "example": example}}
        if headers := _answer_headers(contract):
            answer["headers"] = headers
        success: Json = {"200": answer}
        if contract.cache_seconds:
            success["304"] = {"description": "What the caller holds, by `if-none-match`, is what would be sent."}
        return success


def _query_fields(
    message: Descriptor, rule: HttpRule, prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, FieldDescriptor]]:
    """The fields that neither path nor body carries; those of a nested message by their dotted path."""
    for field in message.fields:
        path = prefix + field.name
        if path in rule.template.variables or path == rule.body or is_map(field):
            continue
        nested = field.message_type
        if nested is None or nested.full_name in WELL_KNOWN:
            yield path, field
        elif not field.is_repeated and depth < _DEEPEST_PARAMETER:
            yield from _query_fields(nested, rule, path + ".", depth + 1)


def _field_at(message: Descriptor, path: str) -> FieldDescriptor:
    *parents, last = path.split(".")
    for name in parents:
        message = message.fields_by_name[name].message_type
    return message.fields_by_name[last]


def _raw_body(contract: MethodContract, comment: str) -> Json:
    schema = {"type": "string", "format": "binary"}
    body: Json = {
        "required": True,
        "content": {kind: {"schema": schema} for kind in contract.accepts or ("application/json",)},
    }
    return body | ({"description": comment} if comment else {})


def _headers(contract: MethodContract) -> Iterator[Json]:
    declared = {header.name.lower() for header in contract.headers}
    for header in contract.headers:
        required = header.required or (header.name == "idempotency-key" and _needs_key(contract))
        yield _header(header.name, header.description, required=required)
    if contract.idempotency is not Idempotency.SAFE and "idempotency-key" not in declared:
        text = (
            "Names this attempt: a repeated call with the same key and body gets the same answer and no second effect."
        )
        yield _header("Idempotency-Key", text, required=_needs_key(contract))
    if contract.cache_seconds:
        yield _header("If-None-Match", "The `etag` that the caller holds.", required=False)


def _needs_key(contract: MethodContract) -> bool:
    return contract.idempotency is Idempotency.KEY_REQUIRED


def _header(name: str, description: str, *, required: bool) -> Json:
    schema: Json = {"type": "string", "maxLength": 1024}
    return {"name": name, "in": "header", "description": description, "required": required, "schema": schema}


def _answer_headers(contract: MethodContract) -> Json:
    headers: Json = {}
    if contract.cache_seconds:
        age = f"`public, max-age={contract.cache_seconds}` for callers without a token."
        headers["cache-control"] = {"description": age, "schema": {"type": "string"}}
        headers["etag"] = {"description": "Names this answer for `If-None-Match`.", "schema": {"type": "string"}}
    if _rates(contract):
        for name, text in (
            ("limit", "calls in a window"),
            ("remaining", "calls left"),
            ("reset", "seconds to the next window"),
        ):
            headers[f"x-ratelimit-{name}"] = {"description": text, "schema": {"type": "string"}}
    return headers


def _extensions(contract: MethodContract, reasons: list[errors.Reason]) -> Json:
    """What OpenAPI has no words for."""
    told: Json = {
        "x-souk-grpc": contract.path,
        "x-souk-policy": [_policy(policy) for policy in contract.policies if policy.who is not Role.SERVICE],
        "x-souk-idempotency": contract.idempotency.name,
        "x-souk-deadline-ms": round(contract.deadline * 1000),
        "x-souk-max-request-bytes": contract.max_request_bytes,
        "x-souk-rate-limits": _rates(contract),
        "x-souk-reasons": [{"reason": each.name, "code": each.code, "http": each.http} for each in reasons],
        "x-souk-audit": contract.audit,
        "x-souk-sunset": contract.descriptor.GetOptions().Extensions[options_pb2.sunset],
    }
    return {name: value for name, value in told.items() if value}


def _policy(policy: Any) -> Json:
    told = {"who": policy.who.name, "permission": policy.permission, "scope": policy.scope}
    return {name: value for name, value in told.items() if value}


def _rates(contract: MethodContract) -> list[Json]:
    rates = contract.descriptor.GetOptions().Extensions[options_pb2.rate]
    name = options_pb2.Rate.By.Value.Name
    return [{"limit": each.limit, "windowSeconds": each.window_seconds, "by": name(each.by)} for each in rates]


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0].rstrip(".")
