"""What a proto says about each of its methods, read once from the descriptors; an incomplete one stops the process."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet
from souk.options.v1 import options_pb2

from mesh.paths import PathTemplate
from mesh.rules import Validate, compile_rules

DEFAULT_MAX_REQUEST_BYTES = 1 << 20
# The owner of the row is known only to who loads it.
ROW = "ROW"


class ContractError(Exception):
    """A contract lacks something that the mesh needs; the message names the method."""


class Role(Enum):
    """The kinds of caller."""

    PUBLIC = options_pb2.Policy.Role.PUBLIC
    CUSTOMER = options_pb2.Policy.Role.CUSTOMER
    SELLER = options_pb2.Policy.Role.SELLER
    ADMIN = options_pb2.Policy.Role.ADMIN
    SERVICE = options_pb2.Policy.Role.SERVICE


class Idempotency(Enum):
    """Whether a call may be repeated."""

    NONE = options_pb2.Idempotency.NONE
    SAFE = options_pb2.Idempotency.SAFE
    KEY_REQUIRED = options_pb2.Idempotency.KEY_REQUIRED


@dataclass(frozen=True, slots=True)
class Policy:
    """One kind of caller that a method lets in."""

    who: Role
    services: frozenset[str]
    permission: str
    scope: str


@dataclass(frozen=True, slots=True)
class HttpRule:
    """One REST form of a method."""

    verb: str
    template: PathTemplate
    body: str
    response_body: str


@dataclass(frozen=True, slots=True)
class HeaderInput:
    """An input that comes as a request header."""

    name: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class MethodContract:
    """All that a proto states about one method."""

    path: str
    service: str
    host: str
    name: str
    policies: tuple[Policy, ...]
    owner: str
    audit: bool
    idempotency: Idempotency
    deadline: float
    cache_seconds: int
    cache_vary: tuple[str, ...]
    headers: tuple[HeaderInput, ...]
    accepts: tuple[str, ...]
    saga: bool
    reasons: frozenset[str]
    max_request_bytes: int
    http: tuple[HttpRule, ...]
    request_streaming: bool
    response_streaming: bool
    request_class: type[Message]
    response_class: type[Message]
    validate: Validate
    descriptor: MethodDescriptor

    @property
    def is_safe(self) -> bool:
        """Whether the method changes nothing."""
        return self.idempotency is Idempotency.SAFE

    @property
    def is_public(self) -> bool:
        """Whether anybody may call."""
        return any(policy.who is Role.PUBLIC for policy in self.policies)

    @property
    def is_internal(self) -> bool:
        """Whether services alone may call."""
        return all(policy.who is Role.SERVICE for policy in self.policies)


def read_service(name: str, pool: DescriptorPool) -> Mapping[str, MethodContract]:
    """The contracts of the service with the full name `name`, by gRPC path. Raises ContractError."""
    return read_descriptor(pool.FindServiceByName(name))


def find_method(path: str) -> MethodContract | None:
    """The contract of a gRPC path among the stubs that are imported; None where there is none or it is not complete."""
    service, _, name = path.strip("/").partition("/")
    try:
        method = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]
        return read_method(method)
    except (KeyError, ContractError):
        return None


def read_descriptor(service: ServiceDescriptor) -> Mapping[str, MethodContract]:
    """The contracts of all methods of `service`, by gRPC path. Raises ContractError."""
    contracts = (read_method(method) for method in service.methods)
    return {contract.path: contract for contract in contracts}


def read_method(method: MethodDescriptor) -> MethodContract:
    """The contract of one method. Raises ContractError where policy, idempotency or deadline is absent."""
    service = method.containing_service
    extensions: Any = method.GetOptions().Extensions
    refuse_unknown(method.full_name, method.GetOptions())
    request_class = message_factory.GetMessageClass(method.input_type)
    policies = _policies(method.full_name, extensions[options_pb2.policy])
    cache = extensions[options_pb2.cache]
    contract = MethodContract(
        path=f"/{service.full_name}/{method.name}",
        service=service.full_name,
        host=host_of(service.full_name),
        name=method.name,
        policies=policies,
        owner=_owner(method, extensions[options_pb2.owner]),
        audit=extensions[options_pb2.audit],
        idempotency=_idempotency(method.full_name, extensions[options_pb2.idempotency]),
        deadline=extensions[options_pb2.deadline_ms] / 1000,
        cache_seconds=cache.max_age_seconds,
        cache_vary=tuple(cache.vary),
        headers=tuple(
            HeaderInput(header.name, header.required, header.description) for header in extensions[options_pb2.header]
        ),
        accepts=tuple(extensions[options_pb2.accepts]),
        saga=extensions[options_pb2.saga],
        reasons=frozenset(extensions[options_pb2.reason]),
        max_request_bytes=extensions[options_pb2.max_request_bytes] or DEFAULT_MAX_REQUEST_BYTES,
        http=tuple(http_rules(extensions[annotations_pb2.http])),
        request_streaming=method.client_streaming,
        response_streaming=method.server_streaming,
        request_class=request_class,
        response_class=message_factory.GetMessageClass(method.output_type),
        validate=compile_rules(method.input_type),
        descriptor=method,
    )
    _check(contract)
    return contract


def host_of(service: str) -> str:
    """The mesh name of a service: "order" for `souk.order.v1.OrderService`."""
    package = service.rpartition(".")[0]
    return package.rpartition(".")[0].rpartition(".")[2] or package


def refuse_unknown(name: str, options: Message) -> None:
    """Raise ContractError where a contract uses an option that this build of the mesh does not know."""
    unknown = UnknownFieldSet(options)
    if len(unknown):
        raise ContractError(f"{name}: unknown option {unknown[0].field_number}")


def _policies(method: str, policies: Iterable[options_pb2.Policy]) -> tuple[Policy, ...]:
    read = tuple(_policy(method, policy) for policy in policies)
    if not read:
        raise ContractError(f"{method}: no policy")
    return read


def _policy(method: str, policy: options_pb2.Policy) -> Policy:
    refuse_unknown(method, policy)
    if policy.who == options_pb2.Policy.Role.UNSPECIFIED:
        raise ContractError(f"{method}: a policy names no role")
    services = frozenset(policy.services)
    if (policy.who == options_pb2.Policy.Role.SERVICE) != bool(services):
        raise ContractError(f"{method}: a SERVICE policy, and it alone, names its services")
    return Policy(Role(policy.who), services, policy.permission, policy.scope)


def _idempotency(method: str, value: int) -> Idempotency:
    if value == options_pb2.Idempotency.UNSPECIFIED:
        raise ContractError(f"{method}: no idempotency level")
    return Idempotency(value)


def _owner(method: MethodDescriptor, path: str) -> str:
    if path and path != ROW:
        field_reader(method.input_type, path)
    return path


def field_reader(descriptor: Any, path: str) -> Callable[[Any], Any]:
    """A function that reads the field at a dotted path. Raises ContractError where there is none."""
    names = path.split(".")
    for name in names:
        field = descriptor.fields_by_name.get(name) if descriptor is not None else None
        if field is None:
            raise ContractError(f"there is no field {path!r}")
        descriptor = field.message_type
    if len(names) == 1:
        return lambda message: getattr(message, path)

    def read(message: Any) -> Any:
        for name in names:
            message = getattr(message, name)
        return message

    return read


def http_rules(rule: http_pb2.HttpRule) -> Iterable[HttpRule]:
    """The REST forms of a method, the additional ones last."""
    verb = rule.WhichOneof("pattern")
    if verb is None:
        return
    if verb == "custom":
        verb, path = rule.custom.kind, rule.custom.path
    else:
        path = getattr(rule, verb)
    yield HttpRule(verb.upper(), PathTemplate(path), rule.body, rule.response_body)
    for binding in rule.additional_bindings:
        yield from http_rules(binding)


def _check(contract: MethodContract) -> None:
    name = contract.path
    if not contract.deadline:
        raise ContractError(f"{name}: no deadline")
    if contract.cache_seconds and not (contract.is_public and contract.is_safe):
        raise ContractError(f"{name}: only a method that is PUBLIC and SAFE may be cached")
    if contract.is_internal == bool(contract.http):
        raise ContractError(f"{name}: a method has a REST path unless services alone may call it")
    if contract.saga and contract.is_safe:
        raise ContractError(f"{name}: a saga is not SAFE")
    for rule in contract.http:
        for variable in rule.template.variables:
            field_reader(contract.descriptor.input_type, variable)
