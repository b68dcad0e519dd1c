"""An example of each message, made from the names and kinds of its fields."""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from contracts.openapi.schemas import is_map, rules_of

_DEEPEST = 6
_ID = "0198c7de-4a51-8000-9f3c-1b2e6a7d{:04x}"
_TIME = "2026-05-04T09:30:00Z"
_WELL_KNOWN: dict[str, Any] = {
    "google.protobuf.Timestamp": _TIME,
    "google.protobuf.Duration": "3.5s",
    "google.protobuf.FieldMask": "displayName",
    "google.protobuf.Struct": {},
    "google.protobuf.Value": None,
    "google.protobuf.Empty": {},
    "google.protobuf.Any": {},
    "google.api.HttpBody": "",
    "souk.money.v1.Money": {"currency": "EUR", "amount": "2599"},
}
# What stands instead of another field: an example that is to be sent holds only the other.
_ALTERNATIVES = {"quote_id", "saved_method_id", "billing_address", "update_mask", "page_token"}
# By the last word of a field's name, then by the whole name.
_STRINGS = {
    "email": "maya@example.com",
    "password": "correct horse battery staple",
    "name": "Maya Lindqvist",
    "display_name": "Maya Lindqvist",
    "phone": "+4930123456",
    "line1": "Lindenstrasse 12",
    "line2": "c/o Berg",
    "city": "Berlin",
    "region": "BE",
    "postal_code": "10969",
    "country": "DE",
    "currency": "EUR",
    "value": "green",
    "title": "Hand-thrown stoneware mug",
    "description": "Glazed in moss green, 300 ml.",
    "brand": "Atelier Nordlicht",
    "slug": "hand-thrown-stoneware-mug",
    "sku": "MUG-MOSS-300",
    "provider": "stripe",
    "token": "pm_card_visa",
    "order_by": "createTime desc",
    "carrier": "DHL",
    "tracking_number": "JD014600006281230704",
    "order_number": "SK-7F3K-9Q2M",
    "url": "https://example.com/mug.jpg",
    "image_url": "/media/mug.jpg",
    "alt": "A green mug on a wooden table",
    "subject": "Your order",
    "locale": "en",
    "page_token": "",
    "next_page_token": "",
    "reason": "as agreed with the customer",
    "decline_reason": "",
    "access_token": "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9...",
    "refresh_token": "yG3q5rXw0Zb8s1nV4tKc7uJ9aLmP2dQe6fRhTiOoWsA",
    "cart_token": "m2Vt8cR5yXq1Zb7nKd3LsW9aPe4Uf6Gh0JiToMlQkSr",
}
_NUMBERS = {
    "quantity": 2,
    "page_size": 20,
    "expires_in": 900,
    "weight_grams": 420,
    "version": 3,
    "delta": -1,
    "rating": 4.8,
}


class Examples:
    """Makes examples; the same message always gets the same one."""

    def message(self, descriptor: Descriptor, without: frozenset[str] = frozenset(), depth: int = 0) -> Any:
        """An example of a message, some of its fields left out."""
        if descriptor.full_name in _WELL_KNOWN:
            return _WELL_KNOWN[descriptor.full_name]
        return {
            field.json_name: self.field(field, depth)
            for field in _one_of_each_choice(descriptor)
            if field.name not in without and field.name not in _ALTERNATIVES
        }

    def field(self, field: FieldDescriptor, depth: int = 0) -> Any:
        """An example of a field."""
        if is_map(field):
            return {"size": self._single(field.message_type.fields_by_name["value"], depth)}
        if field.is_repeated:
            too_deep = field.message_type is not None and depth >= _DEEPEST
            return [] if too_deep else [self._single(field, depth)]
        return self._single(field, depth)

    def _single(self, field: FieldDescriptor, depth: int) -> Any:
        if field.message_type is not None:
            return {} if depth >= _DEEPEST else self.message(field.message_type, depth=depth + 1)
        if field.enum_type is not None:
            return field.enum_type.values[min(1, len(field.enum_type.values) - 1)].name
        if field.type == FieldDescriptor.TYPE_BOOL:
            return True
        if field.type == FieldDescriptor.TYPE_BYTES:
            return "c291aw=="
        if field.type == FieldDescriptor.TYPE_STRING:
            return _text(field)
        return _number(field)


def _one_of_each_choice(descriptor: Descriptor) -> list[FieldDescriptor]:
    """All fields but the second and later ones of a oneof, of which only one may be set."""
    spoken: set[str] = set()
    chosen = []
    for field in descriptor.fields:
        choice = field.containing_oneof
        if choice is not None and len(choice.fields) > 1:
            if choice.name in spoken:
                continue
            spoken.add(choice.name)
        chosen.append(field)
    return chosen


def _text(field: FieldDescriptor) -> str:
    rules = rules_of(field)
    if getattr(rules, "in"):
        return str(getattr(rules, "in")[0])
    if rules.uuid or field.name.endswith(("_id", "_ids")):
        return _ID.format(sum(field.name.encode()) % 0xFFFF)
    if rules.email:
        return _STRINGS["email"]
    last = field.name.rsplit("_", maxsplit=1)[-1]
    found = _STRINGS.get(field.name) or _STRINGS.get(last)
    if found is not None:
        return found[: rules.max_len] if rules.max_len else found
    return "" if field.name.endswith("token") else field.name.replace("_", " ")


def _number(field: FieldDescriptor) -> Any:
    rules = rules_of(field)
    value = _NUMBERS.get(field.name, 1)
    if rules.HasField("gte"):
        value = max(value, rules.gte)
    if rules.HasField("lte"):
        value = min(value, rules.lte)
    wide = field.cpp_type in {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}
    return str(int(value)) if wide else value
