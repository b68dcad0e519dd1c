"""The limit of an item: a handler that does nothing, behind an Envoy with the same configuration, in the same run."""

import asyncio
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import grpc

from edge.placement import Endpoint, Placement
from edge.render import render
from mesh.stack.plain_http import request
from mesh.stack.ports import LOOPBACK, Ports
from mesh.stack.wheels import wheel_folder
from tests.bench.items import Rpc
from tests.bench.market import Market

_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Where the do-nothing handlers are reached, and their processes in the groups of what they stand for."""

    edge: str
    pids: dict[str, list[int]]


@asynccontextmanager
async def limit_of(market: Market, rpc: Rpc, processes: int = 2) -> AsyncIterator[Limit]:
    """Run as many do-nothing handlers as there are workers, and an edge before them."""
    home, ports = market.stack.home, Ports(private=True)
    answers = home.run / "nothing.json"
    answers.write_text(json.dumps({rpc.path: await _answers(market, rpc)}))
    workers = [Endpoint(LOOPBACK, ports.usual(0)) for _ in range(processes)]
    listen = Endpoint(LOOPBACK, ports.usual(0))
    running = [_nothing(each.port, answers) for each in workers]
    try:
        running.append(_envoy(home.run, _placement(home.run, _service(rpc), workers, listen)))
        await _until_ready(listen)
        *handlers, envoy = [each.pid for each in running]
        yield Limit(f"http://{listen.host}:{listen.port}", {"workers": handlers, "envoy": [envoy]})
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait()


async def _answers(market: Market, rpc: Rpc) -> list[str]:
    """What the market itself answers."""
    address = market.stack.state.addresses[_service(rpc)][0]
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(rpc.path)
        return [b64encode(await call(data, metadata=_metadata(token))).decode() for data, token in rpc.calls]


def _service(rpc: Rpc) -> str:
    return rpc.path.split(".")[1]


def _metadata(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),) if token else ()


def _nothing(port: int, answers: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.bench.nothing", "--port", str(port), "--answers", str(answers)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


def _placement(run: Path, service: str, workers: list[Endpoint], listen: Endpoint) -> Placement:
    """That of the market, in which one service is the do-nothing handlers."""
    placement = Placement.read(run / "placement.json")
    return replace(
        placement,
        listen=listen,
        services={**placement.services, service: tuple(workers)},
        admin_path=None,
        access_log=run / "nothing-access.log",
    )


def _envoy(run: Path, placement: Placement) -> "subprocess.Popen[bytes]":
    settings = run / "nothing-envoy.json"
    settings.write_text(render(placement))
    program = str(wheel_folder("envoy", "Envoy") / "_bin" / "envoy")
    options = ["--use-dynamic-base-id", "--log-level", "off"]
    return subprocess.Popen([program, "-c", str(settings), *options], stdin=subprocess.DEVNULL)


async def _until_ready(listen: Endpoint) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while (await request(tuple(listen), "GET", "/healthz"))[0] != 200:
            await asyncio.sleep(0.1)
