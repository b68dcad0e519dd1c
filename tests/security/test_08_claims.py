"""8: headers that claim an identity or a place are never believed, at the edge and at a worker's own port."""

import time

import grpc.aio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.security.conftest import Town
from tests.security.wire import bearer
from tests.stack_process import Stack

PROFILE = "/souk.identity.v1.IdentityService/GetProfile"
BATCH = "/souk.identity.v1.IdentityService/BatchGetUsers"
UNAUTHENTICATED, PERMISSION_DENIED = 16, 7


def forged_principal(user_id: str) -> str:
    """A principal as a node would sign it, with a key of the attacker's."""
    claims = {"iss": "souk-node", "aud": "souk-mesh", "exp": time.time() + 60, "sub": user_id, "roles": ["ADMIN"]}
    claims |= {"tenants": [], "scopes": [], "sid": "s", "epo": 1, "act": ["order"]}
    return jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers={"typ": "souk-principal+jwt"})


def claims(town: Town) -> dict[str, str]:
    return {
        "x-souk-principal": forged_principal(town.admin.user_id),
        "x-user-id": town.admin.user_id,
        "x-forwarded-for": "10.0.0.1",
        "x-forwarded-client-cert": "URI=spiffe://souk/order",
        "x-envoy-original-path": "/api/v1/users/" + town.admin.user_id,
        "x-envoy-original-method": "PUT",
        "x-envoy-decorator-operation": "x",
        "x-envoy-expected-rq-timeout-ms": "1",
    }


def test_over_rest_they_change_nothing(http: httpx.Client, town: Town) -> None:
    assert http.get("/users/profile", headers=claims(town)).status_code == 401
    answer = http.get("/users/profile", headers=claims(town) | bearer(town.stranger.token))
    assert answer.json()["userId"] == town.stranger.user_id
    assert http.get("/users", headers=claims(town) | bearer(town.stranger.token)).status_code == 403


async def test_over_grpc_they_change_nothing(stack: Stack, town: Town) -> None:
    async with grpc.aio.insecure_channel(stack.edge.removeprefix("http://")) as channel:
        for headers, code in ((claims(town), UNAUTHENTICATED), (claims(town) | bearer(town.stranger.token), 0)):
            assert await call(channel, PROFILE, headers) == code


async def test_a_workers_own_port_believes_what_is_signed_and_nothing_else(stack: Stack, town: Town) -> None:
    ports = worker_ports(stack)
    assert ports
    for port in ports:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            assert await call(channel, PROFILE, {}) == UNAUTHENTICATED
            assert await call(channel, BATCH, {}) in {UNAUTHENTICATED, PERMISSION_DENIED}
            for token in (forged_principal(town.admin.user_id), town.admin.token, "x", ""):
                assert await call(channel, BATCH, {"x-souk-principal": token}) == UNAUTHENTICATED
            assert await call(channel, BATCH, bearer(town.admin.token)) == PERMISSION_DENIED


async def call(channel: grpc.aio.Channel, path: str, headers: dict[str, str]) -> int:
    try:
        await channel.unary_unary(path)(b"", metadata=tuple(headers.items()), timeout=20)
    except grpc.aio.AioRpcError as error:
        return int(error.code().value[0])
    return 0


def worker_ports(stack: Stack) -> list[int]:
    return [process.port for process in stack.state.processes if process.name.startswith("worker")]


_INSIDE = "/v1/payment_intents /dev/faults /dev/ /metrics /stats /admin /quitquitquit /config_dump /clusters".split()


@pytest.mark.parametrize("path", _INSIDE)
def test_nothing_of_the_inside_is_at_the_edge(stack: Stack, path: str) -> None:
    assert httpx.get(stack.edge + path).status_code == 404
    assert httpx.post(stack.edge + path, json={}).status_code in {404, 415}
