"""Messages as JSON schemas, in the form that proto3 JSON gives them."""

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from souk.options.v1 import options_pb2

from contracts.openapi.source import Source

Json = dict[str, Any]

_INT64 = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
_SCALARS: dict[int, Json] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_SINT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "format": "int64", "minimum": 0},
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_UINT64: {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
}
WELL_KNOWN: dict[str, Json] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"},
    "google.protobuf.FieldMask": {"type": "string", "description": "Names of fields in lowerCamelCase, with commas."},
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {},
    "google.protobuf.Empty": {"type": "object"},
    "google.protobuf.Any": {"type": "object", "additionalProperties": True},
    "google.api.HttpBody": {"type": "string", "format": "binary"},
}


class Schemas:
    """The component schemas that were asked for, and all that they refer to."""

    def __init__(self, source: Source) -> None:
        self.components: dict[str, Json] = {}
        self._source = source
        self._names: dict[str, str] = {}

    def message(self, descriptor: Descriptor) -> Json:
        """A reference to a message; the message becomes a component."""
        if descriptor.full_name in WELL_KNOWN:
            return dict(WELL_KNOWN[descriptor.full_name])
        name = self._name(descriptor.full_name, descriptor.file.package)
        if name not in self.components:
            self.components[name] = {}
            self.components[name].update(self.object(descriptor, frozenset()))
        return _reference(name)

    def object(self, descriptor: Descriptor, without: frozenset[str]) -> Json:
        """A message as an object, some of its fields left out."""
        fields = [field for field in descriptor.fields if field.name not in without]
        schema: Json = {"type": "object"}
        if comment := self._source.comment(descriptor.full_name):
            schema["description"] = comment
        if fields:
            schema["properties"] = {field.json_name: self.field(field) for field in fields}
        if required := [field.json_name for field in fields if rules_of(field).required]:
            schema["required"] = required
        return schema

    def field(self, field: FieldDescriptor) -> Json:
        """A field as its parent's property: type, rules, comment, and the kind of personal data it holds."""
        schema = self._type(field)
        if comment := self._source.comment(field.full_name):
            schema["description"] = comment
        if personal := field.GetOptions().Extensions[options_pb2.personal]:
            schema["x-souk-personal"] = options_pb2.Personal.Value.Name(personal)
        if field.GetOptions().deprecated:
            schema["deprecated"] = True
        return schema

    def _type(self, field: FieldDescriptor) -> Json:
        if is_map(field):
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            rules = rules_of(field)
            schema = {"type": "object", "additionalProperties": self._single(value, rules.max_item_len)}
            if rules.max_item_len and key.type == FieldDescriptor.TYPE_STRING:
                schema["propertyNames"] = {"maxLength": rules.max_item_len}
            return schema | _counts(rules, "Properties")
        if field.is_repeated:
            rules = rules_of(field)
            return {"type": "array", "items": self._single(field, rules.max_item_len)} | _counts(rules, "Items")
        return self._single(field) | _limits(field)

    def _single(self, field: FieldDescriptor, max_length: int = 0) -> Json:
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        if field.message_type is not None:
            return self.message(field.message_type)
        schema = dict(_SCALARS[field.type])
        if max_length and schema["type"] == "string":
            schema["maxLength"] = max_length
        return schema

    def _enum(self, descriptor: EnumDescriptor) -> Json:
        name = self._name(descriptor.full_name, descriptor.file.package)
        if name not in self.components:
            self.components[name] = {
                "type": "string",
                "enum": [value.name for value in descriptor.values],
                "description": self._enum_text(descriptor),
            }
        return _reference(name)

    def _enum_text(self, descriptor: EnumDescriptor) -> str:
        owner = descriptor.containing_type.full_name if descriptor.containing_type else descriptor.full_name
        comments = (
            (value.name, self._source.comment(f"{descriptor.full_name}.{value.name}")) for value in descriptor.values
        )
        lines = [self._source.comment(owner), *(f"- `{name}`: {comment}" for name, comment in comments)]
        return "\n".join(line for line in lines if line)

    def _name(self, full_name: str, package: str) -> str:
        """The name without its package; with the package's where another has taken it already."""
        if full_name not in self._names:
            short = full_name.removeprefix(package + ".").removesuffix(".Value").replace(".", "")
            taken = short in self._names.values()
            self._names[full_name] = package.split(".")[1].capitalize() + short if taken else short
        return self._names[full_name]


def rules_of(field: FieldDescriptor) -> options_pb2.Rules:
    """The rules of a field, empty where it has none."""
    return field.GetOptions().Extensions[options_pb2.rules]


def is_map(field: FieldDescriptor) -> bool:
    """Whether a field is a map."""
    return bool(field.message_type is not None and field.message_type.GetOptions().map_entry)


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _counts(rules: options_pb2.Rules, noun: str) -> Json:
    least = max(rules.min_items, 1 if rules.required else 0)
    limits = {f"min{noun}": least, f"max{noun}": rules.max_items}
    return {name: limit for name, limit in limits.items() if limit}


def _limits(field: FieldDescriptor) -> Json:
    rules = rules_of(field)
    limits: Json = {}
    if field.type == FieldDescriptor.TYPE_STRING:
        limits |= _text_limits(rules)
    elif field.type == FieldDescriptor.TYPE_BYTES and rules.max_len:
        limits["maxLength"] = -(-rules.max_len // 3) * 4
    for name, keyword in (("gte", "minimum"), ("lte", "maximum")):
        if rules.HasField(name):  # type: ignore[arg-type]  # both are names of fields
            wide = field.cpp_type in {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}
            # JSON schema cannot compare the strings that 64-bit numbers are in JSON.
            limits[f"x-souk-{keyword}" if wide else keyword] = getattr(rules, name)
    return limits


def _text_limits(rules: options_pb2.Rules) -> Json:
    least = max(rules.min_len, 1 if rules.required else 0)
    limits: Json = {"minLength": least, "maxLength": rules.max_len, "enum": list(getattr(rules, "in"))}
    if rules.pattern:
        limits["pattern"] = f"^(?:{rules.pattern})$" if rules.required else f"^(?:{rules.pattern})?$"
    for name, form in (("uuid", "uuid"), ("email", "email"), ("url", "uri-reference")):
        if getattr(rules, name):
            limits["format"] = form
    return {name: limit for name, limit in limits.items() if limit}
