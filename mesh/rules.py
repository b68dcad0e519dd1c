"""Field rules compiled into plain closures, once for each message type.

A rule that is unknown or does not fit its field is an error.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet
from souk.options.v1 import options_pb2

from mesh.errors import InvalidArgument
from mesh.values import FLOATS, INTEGERS, Check, first_fault, value_checks

Faults = MutableMapping[str, str]
FieldCheck = Callable[[Any, str, Faults], None]
Validate = Callable[[Any], None]

# Years 1 to 9999, the range of google.protobuf.Timestamp.
MIN_SECONDS, MAX_SECONDS, MAX_NANOS = -62_135_596_800, 253_402_300_799, 999_999_999
TEXT_RULES = {"min_len", "max_len", "pattern", "uuid", "email", "in", "url"}
NUMBER_RULES = {"gte", "lte"}
LIST_RULES = {"min_items", "max_items", "max_item_len"}


class RuleError(Exception):
    """A field carries a rule that is unknown or does not fit its type; the message names the field."""


def compile_rules(descriptor: Descriptor) -> Validate:
    """A function that raises InvalidArgument `INVALID_FIELDS`, naming every wrong field of a message and why."""
    checks = _Compiler().message(descriptor)

    def validate(message: Message) -> None:
        faults: dict[str, str] = {}
        for check in checks:
            check(message, "", faults)
        if faults:
            field, fault = next(iter(faults.items()))
            raise InvalidArgument("INVALID_FIELDS", f"{field} {fault}.", fields=faults)

    return validate


class _Compiler:
    """Compiles message types, each once, so that a type may contain itself."""

    def __init__(self) -> None:
        self._done: dict[str, list[FieldCheck]] = {}

    def message(self, descriptor: Descriptor) -> list[FieldCheck]:
        if descriptor.full_name not in self._done:
            checks = self._done[descriptor.full_name] = []
            checks += [check for field in descriptor.fields if (check := self._field(field)) is not None]
        return self._done[descriptor.full_name]

    def _field(self, field: FieldDescriptor) -> FieldCheck | None:
        extensions: Any = field.GetOptions().Extensions
        rules: options_pb2.Rules = extensions[options_pb2.rules]
        _refuse_misfits(field, rules)
        if field.is_repeated:
            return self._repeated(field, rules)
        if field.message_type is not None:
            return self._submessage(field, rules)
        return _scalar(field, rules)

    def _repeated(self, field: FieldDescriptor, rules: options_pb2.Rules) -> FieldCheck | None:
        name, path = field.name, field.json_name
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return _map(field, rules)
        count = _count(rules)
        each = self._each(field, rules)
        if count is None and each is None:
            return None

        def check(message: Any, prefix: str, faults: Faults) -> None:
            values = getattr(message, name)
            if count is not None and (fault := count(values)):
                faults[prefix + path] = fault
            elif each is not None:
                for index, value in enumerate(values):
                    each(value, f"{prefix}{path}[{index}]", faults)

        return check

    def _each(self, field: FieldDescriptor, rules: options_pb2.Rules) -> FieldCheck | None:
        """The check of one entry of a list."""
        if field.message_type is not None:
            return self._nested(field.message_type)
        value_check = first_fault(value_checks(field, rules, length=rules.max_item_len or rules.max_len))
        if value_check is None:
            return None

        def check(value: Any, path: str, faults: Faults) -> None:
            if fault := value_check(value):
                faults[path] = fault

        return check

    def _nested(self, descriptor: Descriptor) -> FieldCheck | None:
        """The check of a message below another one."""
        if descriptor.full_name == "google.protobuf.Timestamp":
            return _timestamp
        if descriptor.full_name.startswith("google.protobuf."):
            return None
        checks = self.message(descriptor)

        def check(message: Any, path: str, faults: Faults) -> None:
            prefix = path + "."
            for nested in checks:
                nested(message, prefix, faults)

        return check

    def _submessage(self, field: FieldDescriptor, rules: options_pb2.Rules) -> FieldCheck | None:
        name, path, required = field.name, field.json_name, rules.required
        nested = self._nested(field.message_type) if field.message_type is not None else None

        def check(message: Any, prefix: str, faults: Faults) -> None:
            if not message.HasField(name):
                if required:
                    faults[prefix + path] = "is required"
            elif nested is not None:
                nested(getattr(message, name), prefix + path, faults)

        return check


def _refuse_misfits(field: FieldDescriptor, rules: options_pb2.Rules) -> None:
    unknown = UnknownFieldSet(rules)
    if len(unknown):
        raise RuleError(f"{field.full_name}: unknown rule {unknown[0].field_number}")
    given = {rule.name for rule, _ in rules.ListFields()}
    kind = field.cpp_type
    allowed = {"required"}
    if kind == FieldDescriptor.CPPTYPE_STRING:
        allowed |= TEXT_RULES if field.type == FieldDescriptor.TYPE_STRING else {"min_len", "max_len"}
    if kind in INTEGERS | FLOATS:
        allowed |= NUMBER_RULES
    if field.is_repeated:
        allowed |= LIST_RULES
    if misfits := given - allowed:
        raise RuleError(f"{field.full_name}: {', '.join(sorted(misfits))} does not fit the field's type")


def _scalar(field: FieldDescriptor, rules: options_pb2.Rules) -> FieldCheck | None:
    value_check = first_fault(value_checks(field, rules, length=rules.max_len))
    if value_check is None:
        return _presence(field) if rules.required else None
    if rules.required:
        return _required(field, value_check)
    name, path = field.name, field.json_name
    if field.has_presence:

        def check_optional(message: Any, prefix: str, faults: Faults) -> None:
            if message.HasField(name) and (fault := value_check(getattr(message, name))):
                faults[prefix + path] = fault

        return check_optional
    skip_empty = field.cpp_type == FieldDescriptor.CPPTYPE_STRING

    def check(message: Any, prefix: str, faults: Faults) -> None:
        value = getattr(message, name)
        if (value or not skip_empty) and (fault := value_check(value)):
            faults[prefix + path] = fault

    return check


def _presence(field: FieldDescriptor) -> FieldCheck:
    return _required(field, lambda _: None)


def _required(field: FieldDescriptor, value_check: Check) -> FieldCheck:
    name, path, has_presence = field.name, field.json_name, field.has_presence

    def check(message: Any, prefix: str, faults: Faults) -> None:
        value = getattr(message, name)
        if not (message.HasField(name) if has_presence else value):
            faults[prefix + path] = "is required"
        elif fault := value_check(value):
            faults[prefix + path] = fault

    return check


def _timestamp(value: Any, path: str, faults: Faults) -> None:
    if not (MIN_SECONDS <= value.seconds <= MAX_SECONDS and 0 <= value.nanos <= MAX_NANOS):
        faults[path] = "is outside the years 1 to 9999"


def _count(rules: options_pb2.Rules) -> Check | None:
    least = max(rules.min_items, 1 if rules.required else 0)
    most = rules.max_items

    def check(values: Any) -> str | None:
        count = len(values)
        if count < least:
            return "is required" if least == 1 else f"has fewer than {least} entries"
        return f"has more than {most} entries" if most and count > most else None

    return check if least or most else None


def _map(field: FieldDescriptor, rules: options_pb2.Rules) -> FieldCheck:
    name, path = field.name, field.json_name
    count, most = _count(rules), rules.max_item_len

    def too_long(text: Any) -> bool:
        return isinstance(text, str) and (bool(most and len(text) > most) or "\0" in text)

    def check(message: Any, prefix: str, faults: Faults) -> None:
        entries = getattr(message, name)
        if count is not None and (fault := count(entries)):
            faults[prefix + path] = fault
        for key in entries:
            if too_long(key) or too_long(entries[key]):
                faults[prefix + path] = f"has a key or value of more than {most} characters, or with a NUL in it"

    return check
