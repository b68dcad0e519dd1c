"""What one value may be: the checks behind the field rules, each of which says what is wrong or None."""

import re
from collections.abc import Callable
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from souk.options.v1 import options_pb2

# Says what is wrong with one value, or None where it is right.
Check = Callable[[Any], str | None]

UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
# Printable throughout, and no beginning of an encoded word, which a mail program would decode into something else.
EMAIL: Final = re.compile(
    r"(?!.*=\?)[^@\s\"(),:;<>\[\\\]\x00-\x1f\x7f]{1,64}@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+"
).fullmatch
URL: Final = re.compile(r"https?://[^\s/?#]+[^\s]*|/[^\s/\\][^\s\\]*|/").fullmatch
INTEGERS: Final = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
}
FLOATS: Final = {FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE}


def value_checks(field: FieldDescriptor, rules: options_pb2.Rules, *, length: int) -> list[Check]:
    """The checks of one value, whichever way the field holds it."""
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return [_enum(field)]
    if kind == FieldDescriptor.CPPTYPE_STRING:
        checks = _length(rules.min_len, length, "characters" if field.type == FieldDescriptor.TYPE_STRING else "bytes")
        return checks + (_text(rules) if field.type == FieldDescriptor.TYPE_STRING else [])
    if kind in INTEGERS:
        return _range(rules)
    return [*_range(rules), _finite] if kind in FLOATS else []


def _length(least: int, most: int, unit: str) -> list[Check]:
    checks: list[Check] = []
    if least:
        checks.append(lambda value: f"has fewer than {least} {unit}" if len(value) < least else None)
    if most:
        checks.append(lambda value: f"has more than {most} {unit}" if len(value) > most else None)
    return checks


def _text(rules: options_pb2.Rules) -> list[Check]:
    if rules.uuid:
        return [_uuid]
    # PostgreSQL has no text with a NUL in it, so none is let in anywhere.
    checks: list[Check] = [lambda value: "holds a NUL character" if "\0" in value else None]
    if rules.email:
        checks.append(lambda value: None if EMAIL(value) else "is not an e-mail address")
    if rules.url:
        checks.append(lambda value: None if URL(value) else "is not an http(s) URL")
    if rules.pattern:
        matches = re.compile(rules.pattern).fullmatch
        checks.append(lambda value: None if matches(value) else f"does not match {rules.pattern}")
    allowed = frozenset(getattr(rules, "in"))
    if allowed:
        listed = ", ".join(sorted(allowed))
        checks.append(lambda value: None if value in allowed else f"is none of {listed}")
    return checks


def _uuid(value: str) -> str | None:
    return None if UUID(value) else "is not a UUID in canonical text"


def _range(rules: options_pb2.Rules) -> list[Check]:
    checks: list[Check] = []
    if rules.HasField("gte"):
        least = rules.gte
        checks.append(lambda value: f"is less than {least}" if value < least else None)
    if rules.HasField("lte"):
        most = rules.lte
        checks.append(lambda value: f"is greater than {most}" if value > most else None)
    return checks


def _finite(value: float) -> str | None:
    return None if value - value == 0 else "is not a finite number"


def _enum(field: FieldDescriptor) -> Check:
    """Zero stands for "not set"; as a value that was sent it is refused, and so is a number without a name."""
    enum: Any = field.enum_type
    numbers = frozenset(value.number for value in enum.values)
    implicit = not field.has_presence and not field.is_repeated

    def check(value: int) -> str | None:
        if value == 0:
            return None if implicit else "is not set to a value"
        return None if value in numbers else "is not a known value"

    return check


def first_fault(checks: list[Check]) -> Check | None:
    """One check out of several: the first fault counts."""
    if not checks:
        return None
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> str | None:
        for single in checks:
            if fault := single(value):
                return fault
        return None

    return check
