"""A body that changes something is JSON or gRPC: no form of another site can send it."""

import httpx
import pytest

from tests.edge.conftest import Edge

THINGS = "/api/v1/things"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv", "x/json"]
)
def test_other_types_are_refused(edge: Edge, bearer: dict[str, str], kind: str) -> None:
    calls = edge.echo.calls
    answer = httpx.post(edge.url + THINGS, content="{}", headers={**bearer, "content-type": kind})
    assert answer.status_code == 415
    assert answer.json()["details"][0]["reason"] == "UNSUPPORTED_MEDIA_TYPE"
    assert edge.echo.calls == calls


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_passes(edge: Edge, bearer: dict[str, str], kind: str) -> None:
    assert httpx.post(edge.url + THINGS, content="{}", headers={**bearer, "content-type": kind}).status_code == 200


def test_a_body_without_a_type_is_refused(edge: Edge, bearer: dict[str, str]) -> None:
    """A page of another site can send an untyped blob without asking first."""
    assert httpx.post(edge.url + THINGS, content=b"{}", headers=bearer).status_code == 415


def test_no_body_needs_no_type(edge: Edge, bearer: dict[str, str]) -> None:
    assert httpx.post(edge.url + "/api/v1/things/7:move", headers=bearer).status_code == 200


def test_what_the_contract_accepts_passes_on_its_own_path_alone(edge: Edge) -> None:
    csv = {"content-type": "text/csv"}
    assert httpx.post(edge.url + "/api/v1/shops/5/things:import", content="a", headers=csv).status_code == 200
    assert httpx.post(edge.url + "/api/v1/login", content="a", headers=csv).status_code == 415
