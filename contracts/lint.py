"""`python -m contracts.lint`: every rule that a contract must keep; a fault names where it is and what is wrong."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from souk.options.v1 import options_pb2

from contracts.comments import read_comments
from contracts.sources import load_sources
from mesh.contract import ROW, ContractError, field_reader, http_rules
from mesh.rules import RuleError, compile_rules

Policy = options_pb2.Policy
_PREFIX = "/api/v1/"
_SUBJECT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_REASON = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# Names that promise personal data: such a field says which kind it is.
_PERSONAL = re.compile(
    r"(.*_)?(e?mail|email_address|phone|password|first_name|last_name|full_name|display_name|line1|line2|postal_code"
    r"|birth_date|iban|access_token|refresh_token|secret)"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line of the lint's output."""
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Method:
    """A method with its options and its comment."""

    descriptor: MethodDescriptor
    options: Any
    comment: str

    @property
    def policies(self) -> list[Any]:
        """Who may call."""
        return list(self.options[options_pb2.policy])

    @property
    def roles(self) -> set[int]:
        """The kinds of caller."""
        return {policy.who for policy in self.policies}

    @property
    def is_internal(self) -> bool:
        """Whether services alone may call."""
        return self.roles == {Policy.Role.SERVICE}


def lint(files: FileDescriptorSet) -> list[Fault]:
    """All faults of a set of contracts, in the order of their files."""
    pool = DescriptorPool()
    for each in files.file:
        pool.Add(each)
    comments = read_comments(files)
    ours = [pool.FindFileByName(each.name) for each in files.file if each.package.startswith("souk.")]
    methods = [
        Method(method, method.GetOptions().Extensions, comments.get(method.full_name, ""))
        for file in ours
        for service in file.services_by_name.values()
        for method in service.methods
    ]
    messages = [each for file in ours for message in file.message_types_by_name.values() for each in _nested(message)]
    return [
        *(
            Fault(method.descriptor.full_name, what)
            for method in methods
            for rule in METHOD_RULES
            for what in rule(method)
        ),
        *(fault for message in messages for rule in MESSAGE_RULES for fault in rule(message)),
        *_same_paths(methods),
        *_same_subjects(messages),
    ]


def has_policy(method: Method) -> Iterator[str]:
    """Somebody is named who may call, and SERVICE policies name the services."""
    if not method.policies:
        yield "no policy says who may call"
    for policy in method.policies:
        if policy.who == Policy.Role.UNSPECIFIED:
            yield "a policy names no role"
        if (policy.who == Policy.Role.SERVICE) != bool(policy.services):
            yield "a SERVICE policy, and it alone, names its services"


def has_idempotency(method: Method) -> Iterator[str]:
    """It is stated whether the call may be repeated."""
    if method.options[options_pb2.idempotency] == options_pb2.Idempotency.UNSPECIFIED:
        yield "no idempotency level"
    if method.options[options_pb2.saga] and method.options[options_pb2.idempotency] == options_pb2.Idempotency.SAFE:
        yield "a saga changes something and is not SAFE"


def has_deadline(method: Method) -> Iterator[str]:
    """Nothing works for ever."""
    if not method.options[options_pb2.deadline_ms]:
        yield "no deadline"


def has_comment(method: Method) -> Iterator[str]:
    """A comment says what the method does and names each of its reasons."""
    if not method.comment:
        yield "no comment"
    for reason in method.options[options_pb2.reason]:
        if not _REASON.fullmatch(reason):
            yield f"the reason {reason!r} is not UPPER_SNAKE_CASE"
        elif not re.search(rf"\b{reason}\b", method.comment):
            yield f"the comment does not name the reason {reason}"


def has_rest_path(method: Method) -> Iterator[str]:
    """Whoever is no service gets a REST path, and services alone get none."""
    rules = list(http_rules(method.options[annotations_pb2.http]))
    if method.policies and method.is_internal and rules:
        yield "services alone may call it, so it has no REST path"
    if method.policies and not method.is_internal and not rules:
        yield "callers from outside may call it, so it needs a REST path"
    for rule in rules:
        if not rule.template.text.startswith(_PREFIX):
            yield f"the path {rule.template.text} does not begin with {_PREFIX}"
        bound = [*rule.template.variables, *([rule.body] if rule.body not in {"", "*"} else [])]
        yield from _unresolved(method, bound, f"the path {rule.template.text}")


def has_owner(method: Method) -> Iterator[str]:
    """The owner is a field of the request."""
    owner = method.options[options_pb2.owner]
    if owner and owner != ROW:
        yield from _unresolved(method, [owner], "the owner")


def is_cacheable(method: Method) -> Iterator[str]:
    """Only what everybody may see and what changes nothing is kept."""
    if options_pb2.cache not in method.options:
        return
    safe = method.options[options_pb2.idempotency] == options_pb2.Idempotency.SAFE
    if Policy.Role.PUBLIC not in method.roles or not safe:
        yield "only a method that is PUBLIC and SAFE may be cached"
    if not method.options[options_pb2.cache].max_age_seconds:
        yield "the cache has no age"


def has_rates(method: Method) -> Iterator[str]:
    """A rate counts something in a window."""
    for rate in method.options[options_pb2.rate]:
        if not (rate.limit and rate.window_seconds and rate.by):
            yield "a rate has a limit, a window and what it counts by"


def has_sunset(method: Method) -> Iterator[str]:
    """The day on which a method may go is a day, and the method is deprecated."""
    sunset = method.options[options_pb2.sunset]
    if not sunset:
        return
    try:
        date.fromisoformat(sunset)
    except ValueError:
        yield f"the sunset {sunset!r} is no date"
    if not method.descriptor.GetOptions().deprecated:
        yield "it has a sunset and is not deprecated"


def has_sound_rules(message: Descriptor) -> Iterator[Fault]:
    """Every rule fits its field."""
    try:
        compile_rules(message)
    except RuleError as error:
        yield Fault(message.full_name, str(error))


def has_event_key(message: Descriptor) -> Iterator[Fault]:
    """An event has a subject, and its key is one of its fields."""
    event = _event(message)
    if event is None:
        return
    if not _SUBJECT.fullmatch(event.subject):
        yield Fault(message.full_name, f"the subject {event.subject!r} is not like 'order.paid'")
    key = message.fields_by_name.get(event.key)
    if key is None or key.type != FieldDescriptor.TYPE_STRING:
        yield Fault(message.full_name, f"the key {event.key!r} is no string field of the event")


def tells_personal_data(message: Descriptor) -> Iterator[Fault]:
    """A field whose name promises personal data says which kind it holds."""
    for field in message.fields:
        extensions: Any = field.GetOptions().Extensions
        if field.type != FieldDescriptor.TYPE_STRING or extensions[options_pb2.personal]:
            continue
        if _PERSONAL.fullmatch(field.name):
            yield Fault(field.full_name, "the name promises personal data: say which kind, or call it otherwise")


METHOD_RULES: tuple[Callable[[Method], Iterable[str]], ...] = (
    has_policy,
    has_idempotency,
    has_deadline,
    has_comment,
    has_rest_path,
    has_owner,
    is_cacheable,
    has_rates,
    has_sunset,
)
MESSAGE_RULES: tuple[Callable[[Descriptor], Iterable[Fault]], ...] = (
    has_sound_rules,
    has_event_key,
    tells_personal_data,
)


def _nested(message: Descriptor) -> Iterator[Descriptor]:
    if message.GetOptions().map_entry:
        return
    yield message
    for each in message.nested_types:
        yield from _nested(each)


def _unresolved(method: Method, paths: Iterable[str], what: str) -> Iterator[str]:
    for path in paths:
        try:
            field_reader(method.descriptor.input_type, path)
        except ContractError:
            yield f"{what} names {path!r}, which is no field of {method.descriptor.input_type.name}"


def _event(message: Descriptor) -> Any:
    options = message.GetOptions()
    extensions: Any = options.Extensions
    return extensions[options_pb2.event] if options.HasExtension(options_pb2.event) else None


def _same_paths(methods: Iterable[Method]) -> Iterator[Fault]:
    """No two methods answer at one path: which one would, the edge would decide by chance."""
    taken: dict[tuple[str, str], str] = {}
    for method in methods:
        name = method.descriptor.full_name
        for rule in http_rules(method.options[annotations_pb2.http]):
            shape = rule.verb, re.sub(r"\{[^}]*\}", "{}", rule.template.text)
            if shape in taken:
                yield Fault(name, f"{rule.verb} {rule.template.text} is {taken[shape]}'s already")
            taken[shape] = name


def _same_subjects(messages: Iterable[Descriptor]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for message in messages:
        event = _event(message)
        if event is None:
            continue
        subject = f"{message.file.package}.{event.subject}"
        if subject in taken:
            yield Fault(message.full_name, f"the subject {event.subject} is {taken[subject]}'s already")
        taken[subject] = message.full_name


def main() -> None:
    """Print every fault and exit with 1 where there are any."""
    faults = lint(load_sources())
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
