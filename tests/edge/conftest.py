"""A real Envoy before the echo service, one for all edge tests."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.placement import Endpoint, Placement
from edge.render import render
from tests.edge.echo import Echo, compile_contract, serve

ENVOY = Path(sys.executable).with_name("envoy")
_OPTIONS = (
    "--use-dynamic-base-id",
    "--concurrency",
    "1",
    "--file-flush-interval-msec",
    "100",
    "--log-level",
    "warning",
)
ORIGIN = "https://shop.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Issuer:
    """Signs tokens as the identity service does."""

    key: Ed25519PrivateKey
    kid: str = "one"

    def jwks(self) -> str:
        public = urlsafe_b64encode(self.key.public_key().public_bytes_raw()).decode().rstrip("=")
        key = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.kid, "x": public}
        return json.dumps({"keys": [key]})

    def token(self, *, kid: str | None = None, **claims: Any) -> str:
        now = int(time.time())
        payload = {"iss": "souk", "aud": "souk", "sub": "user-1", "iat": now, "exp": now + 600, **claims}
        headers = {"typ": "at+jwt", "kid": kid or self.kid}
        return jwt.encode(payload, self.key, algorithm="EdDSA", headers=headers)


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer(Ed25519PrivateKey.generate())


@dataclass(frozen=True)
class Edge:
    """A running Envoy."""

    url: str
    echo: Echo
    placement: Placement
    process: subprocess.Popen[bytes]

    @property
    def target(self) -> str:
        return self.url.removeprefix("http://")

    def log_line(self, request_id: str) -> dict[str, Any]:
        """The line of the access log that tells of one request."""
        assert self.placement.access_log is not None
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for line in self.placement.access_log.read_text().splitlines():
                if request_id in line:
                    return dict(json.loads(line))
            time.sleep(0.1)
        pytest.fail(f"no line of {request_id} in the access log")


class Background:
    """An event loop in a thread, where the echo service lives beside tests of any kind."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@pytest.fixture(scope="session")
def background() -> Iterator[Background]:
    running = Background()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return compile_contract(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def start_edge(
    contract: Any, issuer: Issuer, background: Background, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Edge]]:
    """Starts an Envoy before an echo service of its own; `changes` go into its placement."""
    running: list[subprocess.Popen[bytes]] = []
    servers: list[Any] = []

    def start(**changes: Any) -> Edge:
        home = tmp_path_factory.mktemp("edge")
        echo = Echo(contract)
        server, port = background.run(serve(echo))
        servers.append(server)
        placement = replace(make_placement(home, issuer, port), **changes)
        config = home / "envoy.json"
        config.write_text(render(placement, [contract]))
        with (home / "envoy.log").open("wb") as log:
            process = subprocess.Popen(
                [ENVOY, "-c", config, *_OPTIONS],
                stdout=log,
                stderr=log,
            )
        running.append(process)
        scheme = "https" if placement.tls_key else "http"
        edge = Edge(f"{scheme}://127.0.0.1:{placement.listen.port}", echo, placement, process)
        wait_until_healthy(edge, home)
        return edge

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.wait(10)
    for server in servers:
        background.run(server.stop(0))


def make_placement(home: Path, issuer: Issuer, port: int) -> Placement:
    jwks, openapi, docs = home / "jwks.json", home / "openapi.json", home / "index.html"
    jwks.write_text(issuer.jwks())
    openapi.write_text('{"openapi": "3.1.0"}')
    (home / "media").mkdir()
    docs.write_text("<!doctype html><title>Souk</title>")
    return Placement(
        listen=Endpoint("127.0.0.1", free_port()),
        services={"echo": (Endpoint("127.0.0.1", port),)},
        jwks_file=jwks,
        admin_path=home / "admin.sock",
        access_log=home / "access.log",
        media_folder=home / "media",
        cors_origins=(ORIGIN,),
        rate_factor=1000,
        openapi_file=openapi,
        docs_file=docs,
    )


def wait_until_healthy(edge: Edge, home: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        assert edge.process.poll() is None, (home / "envoy.log").read_text()
        try:
            if httpx.get(edge.url + "/healthz", verify=False).status_code == 200:  # noqa: S501 - its certificate is its own
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("the edge did not become healthy: " + (home / "envoy.log").read_text())


@pytest.fixture(scope="session")
def edge(start_edge: Callable[..., Edge]) -> Edge:
    return start_edge()


@pytest.fixture(scope="session")
def bearer(issuer: Issuer) -> dict[str, str]:
    return {"authorization": f"Bearer {issuer.token()}"}
