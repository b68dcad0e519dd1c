"""2, 6: each role on each RPC, over REST, native gRPC and gRPC-web: who is not let in learns the same everywhere."""

import asyncio
from collections.abc import Awaitable, Callable

import grpc.aio
import httpx
import pytest

from mesh.contract import MethodContract, Role
from tests.security.conftest import Town
from tests.security.wire import HTTP_OF, bearer, methods, over_grpc, over_grpc_web, over_rest
from tests.stack_process import Stack

UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, UNIMPLEMENTED = 16, 7, 5, 12
_LET_IN = {
    "ANONYMOUS": {Role.PUBLIC},
    "CUSTOMER": {Role.PUBLIC, Role.CUSTOMER},
    "SELLER": {Role.PUBLIC, Role.CUSTOMER, Role.SELLER},
    "ADMIN": {Role.PUBLIC, Role.CUSTOMER, Role.ADMIN},
}
# It ends the session of the caller's own, or takes long.
_SKIPPED = {"/souk.payment.v1.LedgerService/ReconcileLedger"}
_AT_ONCE = 16


def refusal(contract: MethodContract, role: str) -> int:
    """The code by which a role is refused, 0 where it is let in."""
    if any(policy.who in _LET_IN[role] for policy in contract.policies):
        return 0
    return UNAUTHENTICATED if role == "ANONYMOUS" else PERMISSION_DENIED


async def at_once(calls: list[tuple[str, int, Callable[[], Awaitable[int]]]]) -> list[str]:
    """Make all calls; returns what was wrong: a refusal that was expected and did not come, or one that did."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str, expected: int, call: Callable[[], Awaitable[int]]) -> str:
        async with gate:
            code = await call()
        refused = code if code in {UNAUTHENTICATED, PERMISSION_DENIED, 401, 403} else 0
        return "" if refused == expected else f"{name}: {code}, expected {expected or 'to be let in'}"

    return [fault for fault in await asyncio.gather(*(one(*call) for call in calls)) if fault]


@pytest.mark.parametrize("role", sorted(_LET_IN))
async def test_a_role_is_let_in_where_its_policy_says_so_and_nowhere_else(stack: Stack, town: Town, role: str) -> None:
    headers = bearer(town.tokens[role])
    calls: list[tuple[str, int, Callable[[], Awaitable[int]]]] = []
    async with (
        httpx.AsyncClient(base_url=stack.edge, timeout=30) as http,
        grpc.aio.insecure_channel(stack.edge.removeprefix("http://")) as channel,
    ):
        for contract in methods():
            if contract.is_internal or contract.response_streaming or contract.path in _SKIPPED:
                continue
            code = refusal(contract, role)
            status = HTTP_OF.get(code, 0)
            calls += [
                (f"gRPC {contract.path}", code, lambda c=contract: over_grpc(channel, c, headers)),
                (f"gRPC-web {contract.path}", code, lambda c=contract: over_grpc_web(http, c, headers)),
                *(
                    (f"{rule.verb} {rule.template.text}", status, lambda r=rule: over_rest(http, r, headers))
                    for rule in contract.http
                ),
            ]
        assert await at_once(calls) == []


async def test_what_services_alone_may_call_is_not_there_from_outside(stack: Stack, town: Town) -> None:
    """Not even for the administrator, and not with a principal that the caller made up."""
    headers = bearer(town.admin.token) | {"x-souk-principal": town.admin.token}
    async with grpc.aio.insecure_channel(stack.edge.removeprefix("http://")) as channel:
        internal = [contract for contract in methods() if contract.is_internal]
        codes = await asyncio.gather(*(over_grpc(channel, contract, headers) for contract in internal))
        session = await _code(channel, "/souk.mesh.v1.SessionService/GetSession")
        reflection = await _code(channel, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
    assert internal
    assert {*codes, session, reflection} <= {NOT_FOUND, UNIMPLEMENTED, UNAUTHENTICATED}
    assert set(codes) <= {NOT_FOUND, UNIMPLEMENTED}


async def _code(channel: grpc.aio.Channel, path: str) -> int:
    try:
        await channel.unary_unary(path)(b"", timeout=20)
    except grpc.aio.AioRpcError as error:
        return int(error.code().value[0])
    return 0
