"""Limits are those of the contracts, times the factor of the placement."""

from collections.abc import Callable

import httpx
import pytest

from tests.edge.conftest import Edge, Issuer


@pytest.fixture
def strict(start_edge: Callable[..., Edge]) -> Edge:
    return start_edge(rate_factor=1)


def test_a_method_is_limited_by_address(strict: Edge) -> None:
    login = [httpx.post(strict.url + "/api/v1/login", json={"email": "a@b.c"}) for _ in range(4)]
    assert [each.status_code for each in login] == [200, 200, 200, 429]
    assert login[-1].json()["code"] == 8
    assert login[-1].json()["details"][0]["reason"] == "RATE_LIMITED"
    assert login[-1].headers["retry-after"] == "60"
    assert [each.headers["x-ratelimit-remaining"] for each in login] == ["2", "1", "0", "0"]


def test_each_person_has_a_limit_of_their_own(strict: Edge, issuer: Issuer) -> None:
    def move(person: str) -> int:
        headers = {"authorization": f"Bearer {issuer.token(sub=person)}"}
        return httpx.post(strict.url + "/api/v1/things/7:move", json={}, headers=headers).status_code

    assert [move("ann") for _ in range(3)] == [200, 200, 429]
    assert move("bob") == 200


def test_grpc_callers_learn_it_as_resource_exhausted(strict: Edge) -> None:
    path = "/souk.echo.v1.EchoService/Login"
    for kind in ("application/grpc", "application/grpc-web+proto"):
        answers = [
            httpx.post(strict.url + path, content=b"\0\0\0\0\0", headers={"content-type": kind}) for _ in range(4)
        ]
        assert answers[-1].status_code == 200
        assert answers[-1].headers["grpc-status"] == "8"


def test_methods_without_a_limit_stand_on_the_floor(strict: Edge) -> None:
    with httpx.Client() as client:
        statuses = [client.get(strict.url + "/api/v1/nothing").status_code for _ in range(450)]
    assert 429 in statuses


def test_the_factor_scales(edge: Edge) -> None:
    login = [httpx.post(edge.url + "/api/v1/login", json={}).status_code for _ in range(6)]
    assert login == [200] * 6
