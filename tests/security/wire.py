"""One request in each of the three ways that the edge takes: REST, native gRPC, gRPC-web."""

import re
import struct
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import grpc.aio
import httpx

from contracts.descriptors import load_services
from mesh.contract import HttpRule, MethodContract, read_descriptor

NOBODYS_ID = str(UUID(int=7))
# How the transcoder tells a gRPC code (the few that tests ask about).
HTTP_OF = {16: 401, 7: 403}
_VARIABLE = re.compile(r"\{([\w.]+)(?:=[^}]*)?\}")


def methods() -> list[MethodContract]:
    """Every method of the market's own services, by path."""
    found = {
        contract.path: contract
        for service in load_services()
        if not service.full_name.startswith("souk.mesh.")
        for contract in read_descriptor(service).values()
    }
    return [found[path] for path in sorted(found)]


def routes() -> Iterator[tuple[MethodContract, HttpRule]]:
    """Every REST form of every method."""
    for contract in methods():
        for rule in contract.http:
            yield contract, rule


def path_of(rule: HttpRule, **values: str) -> str:
    """The REST path with its variables filled in, by default with the id of nothing."""
    return _VARIABLE.sub(lambda found: values.get(found[1], NOBODYS_ID), rule.template.text)


def empty_request(contract: MethodContract) -> bytes:
    """A request that names what a REST path would, and nothing else."""
    request = contract.request_class()
    names = contract.http[0].template.variables if contract.http else ()
    for name in names:
        if "." not in name and contract.descriptor.input_type.fields_by_name[name].cpp_type == 9:  # text
            setattr(request, name, NOBODYS_ID)
    return bytes(request.SerializeToString())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


async def over_rest(http: httpx.AsyncClient, rule: HttpRule, headers: dict[str, str]) -> int:
    """The HTTP status of a REST call with as little in it as its path allows."""
    body: dict[str, Any] = {"json": {}} if rule.body == "*" else {}
    if rule.body not in ("", "*"):
        body = {"content": b"x", "headers": {"content-type": "text/csv"}}
    sent = {**body.pop("headers", {}), **headers}
    return (await http.request(rule.verb, path_of(rule), headers=sent, **body)).status_code


async def over_grpc(channel: grpc.aio.Channel, contract: MethodContract, headers: dict[str, str]) -> int:
    """The gRPC code of a native call."""
    call = channel.unary_unary(contract.path)
    try:
        await call(empty_request(contract), metadata=tuple(headers.items()), timeout=20)
    except grpc.aio.AioRpcError as error:
        return int(error.code().value[0])
    return 0


async def over_grpc_web(http: httpx.AsyncClient, contract: MethodContract, headers: dict[str, str]) -> int:
    """The gRPC code of a gRPC-web call."""
    data = empty_request(contract)
    frame = b"\0" + struct.pack(">I", len(data)) + data
    sent = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **headers}
    answer = await http.post(contract.path, content=frame, headers=sent)
    if "grpc-status" in answer.headers:
        return int(answer.headers["grpc-status"])
    found = re.search(rb"grpc-status: ?(\d+)", answer.content)
    assert found is not None, (contract.path, answer.status_code, answer.content[:200])
    return int(found[1])


def reason_of(answer: httpx.Response) -> str:
    """The reason of the one error shape, empty where there is none."""
    body = answer.json()
    return next((str(detail["reason"]) for detail in body.get("details", ()) if "reason" in detail), "")
