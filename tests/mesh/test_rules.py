"""Field rules, each on a right and a wrong value."""

import uuid
from types import ModuleType
from typing import Any

import pytest
from google.protobuf import descriptor_pool, message_factory

from mesh.errors import InvalidArgument
from mesh.rules import compile_rules

ID = str(uuid.uuid4())
BELOW = {"variant_id": "", "quantity": 1}
LINES = [{"variant_id": ID, "quantity": 1}, {"variant_id": ID, "quantity": 99}]
GOOD: dict[str, Any] = {"kind": 1, "lines": LINES}


@pytest.fixture(scope="module")
def order(echo_modules: tuple[ModuleType, ModuleType]) -> Any:
    del echo_modules
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName("souk.rules.v1.Order"))


def faults(order: Any, **fields: Any) -> dict[str, str]:
    message = order(**{**GOOD, **fields})
    try:
        compile_rules(order.DESCRIPTOR)(message)
    except InvalidArgument as error:
        return error.fields
    return {}


class TestRules:
    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"title": "ab"},
            {"title": "abcde"},
            {"title": "ÄÖÜäö"},
            {"code": "ABC"},
            {"email": "a.b@c.example"},
            {"link": "https://a.example/b"},
            {"link": "/media/1.png"},
            {"colour": "red"},
            {"picture": b"1234"},
            {"tags": ["abc", ""]},
            {"options": {"abc": "abc"}},
            {"filter": 1},
            {"ship_time": {"seconds": 1_700_000_000}},
            {"page_size": 0},
            {"weight": 1.5},
            {"ids": [ID]},
            {"nick_name": "x"},
            {"first": {"variant_id": ID, "quantity": 2}},
        ],
    )
    def test_let_good_values_pass(self, order: Any, fields: dict[str, Any]) -> None:
        assert faults(order, **fields) == {}

    @pytest.mark.parametrize(
        ("fields", "path", "fault"),
        [
            ({"title": "a"}, "title", "fewer than 2 characters"),
            ({"title": "abcdef"}, "title", "more than 5 characters"),
            ({"title": "a\0b"}, "title", "NUL"),
            ({"free_text": "a\0b"}, "freeText", "NUL"),
            ({"code": "abc"}, "code", "does not match"),
            ({"code": "ABC\n"}, "code", "does not match"),
            ({"email": "a@b"}, "email", "e-mail"),
            ({"email": "a b@c.example"}, "email", "e-mail"),
            ({"email": "a\x1b@c.example"}, "email", "e-mail"),
            ({"email": "=?utf-8?q?=0a?=@c.example"}, "email", "e-mail"),
            ({"link": "javascript:alert(1)"}, "link", "URL"),
            ({"link": "//evil.example"}, "link", "URL"),
            ({"colour": "green"}, "colour", "none of blue, red"),
            ({"picture": b"12345"}, "picture", "more than 4 bytes"),
            ({"lines": []}, "lines", "fewer than 2 entries"),
            ({"lines": LINES * 2}, "lines", "more than 3 entries"),
            ({"lines": [*LINES, {"quantity": 1}]}, "lines[2].variantId", "is required"),
            ({"lines": [*LINES, {"variant_id": "x", "quantity": 1}]}, "lines[2].variantId", "UUID"),
            ({"lines": [*LINES, {"variant_id": ID.upper(), "quantity": 1}]}, "lines[2].variantId", "canonical"),
            ({"lines": [*LINES, {"variant_id": ID}]}, "lines[2].quantity", "less than 1"),
            ({"lines": [*LINES, {"variant_id": ID, "quantity": 100}]}, "lines[2].quantity", "greater than 99"),
            ({"tags": ["abcd"]}, "tags[0]", "more than 3 characters"),
            ({"tags": ["a", "b", "c"]}, "tags", "more than 2 entries"),
            ({"options": {"a": "b", "c": "d"}}, "options", "more than 1 entries"),
            ({"options": {"abcd": "b"}}, "options", "more than 3 characters"),
            ({"kind": 0}, "kind", "is required"),
            ({"kind": 7}, "kind", "not a known value"),
            ({"filter": 0}, "filter", "not set to a value"),
            ({"ship_time": {"seconds": 1 << 60}}, "shipTime", "years 1 to 9999"),
            ({"ship_time": {"nanos": -1}}, "shipTime", "years 1 to 9999"),
            ({"page_size": -1}, "pageSize", "less than 0"),
            ({"weight": float("nan")}, "weight", "finite"),
            ({"ids": [ID, "x"]}, "ids[1]", "UUID"),
            ({"nick_name": ""}, "nickName", "fewer than 1"),
            (
                {"first": {"variant_id": ID, "quantity": 1, "below": {"quantity": 1}}},
                "first.below.variantId",
                "required",
            ),
        ],
    )
    def test_name_the_field_and_the_fault(self, order: Any, fields: dict[str, Any], path: str, fault: str) -> None:
        found = faults(order, **fields)
        assert list(found) == [path]
        assert fault in found[path]

    def test_name_every_wrong_field(self, order: Any) -> None:
        assert faults(order, title="a", code="x").keys() == {"title", "code"}
