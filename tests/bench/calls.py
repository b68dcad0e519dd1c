"""What one call between two services costs: within a process, over a socket, and over a socket with TLS on both sides.

`python -m tests.bench.calls` prints CPU-milliseconds of one call, both sides together, as JSON. Nothing is traced.
"""

import asyncio
import ipaddress
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mesh.stack.home import project_folder
from tests.bench.findings import Finding, Tell, at_most
from tests.mesh.echo import generate, running_world

NAME = "calls"
_CALLS, _ROUNDS = 400, 6
_ANSWER = b"x" * 1000
_PATH = "/souk.bench.v1.Nothing/Answer"

Call = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU-milliseconds of one call."""

    local: float
    socket: float
    nothing: float
    nothing_tls: float


async def measure_calls(tell: Tell) -> None:
    """Run the measurement in a process of its own and tell the ratios."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.calls",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=project_folder(),
    )
    output, _ = await process.communicate()
    costs = Costs(**json.loads(output))
    tell(Finding(NAME, "co-located", costs.local, "CPU-ms"))
    tell(Finding(NAME, "over a socket", costs.socket, "CPU-ms"))
    tell(at_most(NAME, "co-located as a share of over a socket", costs.local / costs.socket, 0.2))
    tell(Finding(NAME, "mutual TLS, handler that does nothing", costs.nothing_tls, "CPU-ms"))
    tell(Finding(NAME, "the same without TLS", costs.nothing, "CPU-ms"))
    tell(Finding(NAME, "what TLS adds to a call over a socket", costs.nothing_tls / costs.nothing - 1, "of it"))


async def _measure() -> Costs:
    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder, "generated")
        generated.mkdir()
        modules = generate(generated)
        return Costs(
            local=await _through_the_mesh(modules, Path(folder, "local"), socket=False),
            socket=await _through_the_mesh(modules, Path(folder, "socket"), socket=True),
            nothing=await _to_nothing(None),
            nothing_tls=await _to_nothing(_self_signed()),
        )


async def _through_the_mesh(modules: tuple, home: Path, *, socket: bool) -> float:
    """With all that a call of the mesh passes: principal, policy, deadline, validation, log, metrics."""
    async with running_world(modules, home, socket=socket) as world:
        request = world.request(text="x" * 100)
        return await _cost(lambda: world.stub.Say(request))


async def _to_nothing(pair: tuple[bytes, bytes] | None) -> float:
    """GRPC alone, on both sides; with `pair` (key, certificate) each proves to the other who it is."""

    async def answer(request: bytes, context: object) -> bytes:
        del request, context
        return _ANSWER

    handler = grpc.method_handlers_generic_handler(
        "souk.bench.v1.Nothing", {"Answer": grpc.unary_unary_rpc_method_handler(answer)}
    )
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((handler,))
    if pair is None:
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        channel = grpc.aio.insecure_channel(address)
    else:
        shown = grpc.ssl_server_credentials([pair], root_certificates=pair[1], require_client_auth=True)
        address = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', shown)}"
        channel = grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(pair[1], *pair))
    await server.start()
    try:
        async with channel:
            call = channel.unary_unary(_PATH)
            return await _cost(lambda: call(b"x" * 100))
    finally:
        await server.stop(0)


async def _cost(call: Call) -> float:
    """The least CPU-milliseconds of some rounds."""
    least = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_CALLS):
            await call()
        least = min(least, time.process_time() - began)
    return least / _CALLS * 1000


def _self_signed() -> tuple[bytes, bytes]:
    """A key and its certificate for this machine, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, certificate.public_bytes(pem)


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_measure()))))  # noqa: T201 - the parent reads it
