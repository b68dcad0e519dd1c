"""The transcoder would drop a field that it does not know, and take the last of two: both are told instead."""

import json
from typing import Any

import httpx
import pytest

from tests.edge.conftest import Edge


def create(edge: Edge, bearer: dict[str, str], body: Any) -> httpx.Response:
    content = body if isinstance(body, str) else json.dumps(body)
    headers = {**bearer, "content-type": "application/json"}
    return httpx.post(edge.url + "/api/v1/things", content=content, headers=headers)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nope": 1}, "nope"),
        ({"displayName": "a", "display-name": "b"}, "display-name"),
        ({"parts": [{"name": "a"}, {"nane": "b"}]}, "parts[1].nane"),
        ({"parts": [{"inner": {"name": "a", "size": {"x": 1}}}]}, "parts[0].inner.size"),
        ('{"no\\u0070e": {"x": [1, {"y": "}"}]}}', "nope"),
    ],
)
def test_an_unknown_field_is_refused_with_its_path(edge: Edge, bearer: dict[str, str], body: Any, field: str) -> None:
    calls = edge.echo.calls
    answer = create(edge, bearer, body)
    assert answer.status_code == 400
    assert answer.json()["code"] == 3
    assert answer.json()["message"] == f"There is no field '{field}' in the body."
    assert answer.json()["details"][0]["reason"] == "UNKNOWN_FIELD"
    assert edge.echo.calls == calls


def test_a_field_that_comes_twice_is_refused(edge: Edge, bearer: dict[str, str]) -> None:
    answer = create(edge, bearer, '{"displayName": "a", "displayName": "b"}')
    assert answer.json()["message"] == "There is more than one field 'displayName' in the body."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": 'a "quoted" \\ name', "thingId": "é"},
        {"display_name": "the proto's own name"},
        {"heard": {"any": "key", "nope": "fine"}},
        {"parts": [], "entries": ["a", "b"], "count": 7},
        {"parts": [{"name": "a", "inner": {"name": "b", "inner": None}}]},
        ' { "displayName" : "spaced" , "entries" : [ ] } ',
    ],
)
def test_what_the_message_has_passes(edge: Edge, bearer: dict[str, str], body: Any) -> None:
    assert create(edge, bearer, body).status_code == 200


def test_the_more_exact_path_decides(edge: Edge, bearer: dict[str, str]) -> None:
    """`things:make` and `things/{id}:move` have bodies of their own."""
    made = httpx.post(edge.url + "/api/v1/things:make", json={"nope": 1}, headers=bearer)
    moved = httpx.post(edge.url + "/api/v1/things/7:move", json={"displayName": "a"}, headers=bearer)
    assert [each.json()["details"][0]["reason"] for each in (made, moved)] == ["UNKNOWN_FIELD"] * 2


def test_what_is_no_json_is_left_to_the_transcoder(edge: Edge, bearer: dict[str, str]) -> None:
    for body in ('{"displayName": ', "[1, 2", '{"a" 1}', "nonsense", '{"displayName": "a"} trailing'):
        answer = create(edge, bearer, body)
        assert answer.status_code == 400, body
