"""Which parts a stack has, where each listens, and what each is told about the others."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from mesh.stack.breaking import PROXIED
from mesh.stack.component import Component, Task
from mesh.stack.envoy import PORT as EDGE_PORT
from mesh.stack.envoy import Envoy
from mesh.stack.home import Home
from mesh.stack.nats import PORT as NATS_PORT
from mesh.stack.nats import Nats
from mesh.stack.ports import LOOPBACK, Ports
from mesh.stack.postgres import PORT as POSTGRES_PORT
from mesh.stack.postgres import Postgres
from mesh.stack.proxy import proxy
from mesh.stack.redis import PORT as REDIS_PORT
from mesh.stack.redis import Redis
from mesh.stack.sandbox import PORT as SANDBOX_PORT
from mesh.stack.sandbox import SMTP_PORT, Sandbox
from mesh.stack.state import State
from mesh.stack.traces import PORT as TRACES_PORT
from mesh.stack.traces import Traces
from mesh.stack.worker import PORT as WORKER_PORT
from mesh.stack.worker import worker

# The embedded stack serves tests and one person; the limits of production would stop a load test.
_RATE_FACTOR = "1000"
_MIGRATE = (sys.executable, "-m", "cli.main", "migrate")

Urls = Mapping[str, str]


def _nothing(_: Urls) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    home: Home
    services: tuple[str, ...]
    # The edge's port; None: the usual one, or a free one.
    port: int | None = None
    workers: int = 2
    # One process for each service instead of workers that host them all.
    split: bool = False
    # Use no usual port at all.
    private_ports: bool = False
    # Put a proxy between the services and their stores, so that their network can be hindered.
    faults: bool = False
    # What the services read beyond the mesh's own settings, from the addresses of the parts.
    service_env: Callable[[Urls], Mapping[str, str]] = _nothing
    # The command that stocks a new store, once it serves; none: it stays empty.
    seed: tuple[str, ...] = ()
    # The path at the edge where the sandbox delivers its webhooks.
    webhook_path: str = ""
    # The types of the provider's events that it delivers there; empty: all.
    webhook_events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What starts side by side, when the stage before is ready."""

    components: tuple[Component, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The stages in order, the state that the supervisor begins with, and the environment of the services."""

    # Begin at once and have ended when the last stage begins.
    early_tasks: tuple[Task, ...]
    stages: tuple[Stage, ...]
    # What a start does once everything runs.
    last_tasks: tuple[Task, ...]
    state: State
    env: Mapping[str, str] = field(default_factory=dict)


def make_layout(wish: Wish, *, fresh: bool, environ: Mapping[str, str] = os.environ) -> Layout:
    """Choose ports and compose the parts. What the environment already names an address of is not started."""
    return _Composer(wish, environ).layout(fresh=fresh)


class _Composer:
    def __init__(self, wish: Wish, environ: Mapping[str, str]) -> None:
        self.wish = wish
        self.home = wish.home
        self.environ = environ
        self.ports = Ports(private=wish.private_ports)
        self.urls: dict[str, str] = {}
        self.stores: list[Component] = []

    def layout(self, *, fresh: bool) -> Layout:
        edge_port = self.ports.exactly(self.wish.port) if self.wish.port else self.ports.usual(EDGE_PORT)
        edge_url = self.urls["edge"] = f"http://{LOOPBACK}:{edge_port}"
        self._stores()
        secret = self._sandbox(edge_url + self.wish.webhook_path)
        self._traces()
        hosted = self._hosted()
        addresses = self._addresses(hosted)
        ways = self._ways()
        env = {**self._mesh_env(addresses, ways), **self.wish.service_env({**ways, "webhook_secret": secret})}
        workers = tuple(worker(name, services, port, env) for name, services, port in hosted)
        envoy = Envoy(self.home, edge_port, placement=self._placement(addresses))
        state = State(edge=edge_url, fresh=fresh, urls=self.urls, addresses=addresses)
        stages: tuple[Stage, ...] = (
            Stage(tuple(self.stores)),
            Stage(tasks=(Task("migrate", _MIGRATE, env),)),
            Stage(workers),
            Stage((envoy.component(),)),
        )
        seed = (Task("seed", self.wish.seed, env),) if fresh and self.wish.seed else ()
        return Layout((envoy.render(),), stages, seed, state, env)

    def _stores(self) -> None:
        kinds = (
            ("postgres", "SOUK_POSTGRES_URL", Postgres, POSTGRES_PORT),
            ("nats", "SOUK_NATS_URL", Nats, NATS_PORT),
            ("redis", "SOUK_REDIS_URL", Redis, REDIS_PORT),
        )
        for name, variable, kind, port in kinds:
            if self.environ.get(variable):
                self.urls[name] = self.environ[variable]
                continue
            part = kind(self.home, self.ports.usual(port))
            self.urls[name] = part.url
            self.stores.append(part.component())

    def _sandbox(self, webhook_url: str) -> str:
        """Add the sandbox unless a real provider is named; returns what it signs its webhooks with."""
        if self.environ.get("STRIPE_API_KEY"):
            return ""
        ports = self.ports.usual(SANDBOX_PORT), self.ports.usual(SMTP_PORT)
        sandbox = Sandbox(self.home, *ports, webhook_url, self.wish.webhook_events)
        self.urls |= {"sandbox": sandbox.url, "smtp": sandbox.smtp_url}
        self.stores.append(sandbox.component())
        return sandbox.webhook_secret

    def _traces(self) -> None:
        if self.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
            self.urls["traces"] = self.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
            return
        traces = Traces(self.home, self.ports.usual(TRACES_PORT))
        self.urls["traces"] = traces.url
        self.stores.append(traces.component())

    def _hosted(self) -> list[tuple[str, tuple[str, ...], int]]:
        """Name, services and port of each worker process."""
        if self.wish.split:
            groups: list[tuple[str, tuple[str, ...]]] = [(f"worker-{each}", (each,)) for each in self.wish.services]
        else:
            groups = [(f"worker-{number}", self.wish.services) for number in range(1, self.wish.workers + 1)]
        return [(name, services, self.ports.usual(WORKER_PORT + at)) for at, (name, services) in enumerate(groups)]

    def _addresses(self, hosted: list[tuple[str, tuple[str, ...], int]]) -> dict[str, list[str]]:
        return {
            service: [f"{LOOPBACK}:{port}" for _, services, port in hosted if service in services]
            for service in self.wish.services
        }

    def _ways(self) -> dict[str, str]:
        """Where the services reach the parts: directly, or through the proxy where one was asked for."""
        parts = [each for each in self.stores if each.name in PROXIED]
        if not self.wish.faults or not parts:
            return self.urls
        routes = [(each.name, self.ports.usual(each.port), each.port) for each in parts]
        self.stores.append(proxy(self.home, routes))
        ports = {part: (f":{target}", f":{own}") for part, own, target in routes}
        return {name: url.replace(*ports[name]) if name in ports else url for name, url in self.urls.items()}

    def _mesh_env(self, addresses: Mapping[str, list[str]], ways: Urls) -> dict[str, str]:
        """What every process of the mesh reads."""
        return {
            "SOUK_HOME": str(self.home.root),
            "SOUK_KEYS_DIR": str(self.home.keys),
            "SOUK_POSTGRES_URL": ways["postgres"],
            "SOUK_NATS_URL": ways["nats"],
            "SOUK_REDIS_URL": ways["redis"],
            "SOUK_RATE_FACTOR": self.environ.get("SOUK_RATE_FACTOR", _RATE_FACTOR),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.urls["traces"],
            **{f"SOUK_{service.upper()}_ADDR": places[0] for service, places in addresses.items()},
        }

    def _placement(self, addresses: Mapping[str, list[str]]) -> dict[str, object]:
        services = {service: [_endpoint(f"//{place}") for place in places] for service, places in addresses.items()}
        return {
            "services": services,
            "sandbox": _endpoint(self.urls["sandbox"]) if "sandbox" in self.urls else None,
            "otlp": _endpoint(self.urls["traces"]),
            "media_folder": str(self.home.data("media")),
            "cors_origins": self.environ.get("SOUK_CORS_ORIGINS", "").split(),
            "rate_factor": float(self.environ.get("SOUK_RATE_FACTOR", _RATE_FACTOR)),
        }


def _endpoint(url: str) -> list[str | int]:
    parts = urlsplit(url)
    return [parts.hostname or LOOPBACK, parts.port or 0]
