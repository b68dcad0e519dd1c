"""A process of the mesh: hosts services, serves their calls, and gives each of them what it needs."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from souk.mesh.v1 import event_log_service_pb2_grpc, session_service_pb2, session_service_pb2_grpc
from souk.mesh.v1.invariants_pb2 import InvariantResult

from mesh import logs, metrics
from mesh.authentication import Authenticator
from mesh.background import Background
from mesh.cache import Cache
from mesh.channel import LocalChannel
from mesh.contract import host_of
from mesh.database import Database
from mesh.delivery import verify_delivery
from mesh.errors import SoukError
from mesh.health import Health
from mesh.keyring import Keyring
from mesh.pipeline import Endpoint
from mesh.pool import Pool
from mesh.principal import Principal, acting_as, service_principal
from mesh.projection import Keeper, ProjectionServicer
from mesh.published import EventLogServicer, RemoteLogs
from mesh.remote import RemoteChannel
from mesh.server import make_server
from mesh.servicers import endpoints_of
from mesh.settings import MeshSettings, environment, load, load_mesh_settings, peer_address
from mesh.tokens import AccessTokens, KeySet, NodeTokens
from mesh.trace import Sink, Tracer, batch_sink
from mesh.vitals import Vitals, VitalsServicer
from mesh.watch import watch_jobs

if TYPE_CHECKING:
    from grpc.aio import Server

    from mesh.service import Parts, Service

T = TypeVar("T")
# Services of this package belong to the mesh itself; the settings say who hosts them.
_MESH_PACKAGE = "mesh"


class ServiceNode:
    """What one service gets from the process that hosts it."""

    def __init__(self, name: str, node: "Node") -> None:
        """Nothing is connected yet: connections stand when they are first used."""
        self.name = name
        self.mesh_settings = node.settings
        self.db = Database(name, node.pool, lambda: node.keyring.vault)
        self.cache = Cache(node.settings.redis_url, prefix=f"{name}:")
        self.tracer = Tracer(name, node.sink, node.settings.trace_ratio)
        self.principal: Principal = service_principal(name)
        self._node = node
        self._channel = PlacedChannel(name, node)

    @property
    def keyring(self) -> Keyring:
        """What seals and opens personal data."""
        return self._node.keyring

    @property
    def authenticate(self) -> Authenticator:
        """Tells who a call from a socket is from."""
        return self._node.authenticator

    def settings(self, cls: type[T]) -> T:
        """The service's own settings. Raises SettingsError, which stops start-up."""
        return load(cls, self.name, self._node.environ)  # type: ignore[type-var]  # any dataclass

    def stub(self, stub_class: type[T]) -> T:
        """A generated stub: to this process where it hosts the service, else to another one."""
        return stub_class(self._channel)  # type: ignore[call-arg]  # every generated stub takes a channel

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[None]:
        """Act as this service for the length of a block, as jobs and consumers do."""
        with acting_as(self.principal):
            yield

    def wake(self, name: str) -> None:
        """Call the listeners of `name` in every process soon. A hint: it may get lost."""
        self._node.background.broker.wake(name)

    def on_wake(self, name: str, listener: Callable[[], None]) -> None:
        """Call `listener` for each wake-up of `name`; while the service is built only."""
        self._node.background.broker.on_wake(name, listener)

    async def verify_delivery(self, settle_seconds: float) -> InvariantResult:
        """Whether each event took effect once in each of the service's durables. Raises Unavailable without a log."""
        return await verify_delivery(
            RemoteLogs(self._log_stub), self.db, self._node.parts[self.name].consumers, settle_seconds
        )

    def _log_stub(self, service: str) -> event_log_service_pb2_grpc.EventLogServiceStub:
        channel = self._channel.at(service)
        return event_log_service_pb2_grpc.EventLogServiceStub(channel)  # type: ignore[no-untyped-call]  # as generated

    async def close(self) -> None:
        """Close the connections that are the service's own."""
        await self._channel.close()
        await self.cache.close()


class PlacedChannel:
    """Sends each method where its service runs."""

    def __init__(self, service: str, node: "Node") -> None:
        """`service` calls."""
        self._service = service
        self._node = node
        self._local = LocalChannel(service, node.find, most_running=node.settings.max_concurrent_calls)
        self._remote: dict[str, RemoteChannel] = {}

    def unary_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A method with one answer."""
        return self._to(method).unary_unary(method, *arguments, **options)

    def unary_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A method whose answer is a stream."""
        return self._to(method).unary_stream(method, *arguments, **options)

    async def close(self) -> None:
        """Close the connections to other processes."""
        for channel in self._remote.values():
            await channel.close()

    def _to(self, method: str) -> "LocalChannel | RemoteChannel":
        return self.at(self._node.host(method.strip("/").partition("/")[0]))

    def at(self, host: str) -> "LocalChannel | RemoteChannel":
        """The channel to the process that hosts a service, whatever is called there."""
        if self._node.hosts(host):
            return self._local
        if host not in self._remote:
            address = peer_address(host, self._node.environ)
            self._remote[host] = RemoteChannel(self._service, address, self._node.sign)
        return self._remote[host]


class Node:
    """One process: its services, its server and its connections."""

    def __init__(
        self, services: "Sequence[Service]", environ: Mapping[str, str] = os.environ, sink: Sink | None = None
    ) -> None:
        """Read the settings. Nothing is connected or built before `start`."""
        self.environ = environment(environ)
        self.settings: MeshSettings = load_mesh_settings(self.environ)
        self.pool = Pool(self.settings.postgres_url, size=self.settings.postgres_pool_size)
        self.sink = sink or (batch_sink(self.settings.otlp_endpoint) if self.settings.otlp_endpoint else None)
        self.background = Background(self.pool, self.settings.nats_url)
        self.vitals = Vitals()
        self.parts: dict[str, Parts] = {}
        self._services = {service.name: service for service in services}
        self._endpoints: dict[str, Endpoint] = {}
        self._keyring: Keyring | None = None
        self._node_tokens: NodeTokens | None = None
        self.nodes = {name: ServiceNode(name, self) for name in self._services}
        self.authenticator = self._make_authenticator()
        self._server: Server | None = None
        self._health: Health | None = None
        self._meters: Any = None
        # The port that is listened on, 0 before `start` and without a socket.
        self.port = 0

    @property
    def keyring(self) -> Keyring:
        """What seals and opens personal data."""
        if self._keyring is None:
            self._keyring = Keyring.from_file(self.settings.root_key)
        return self._keyring

    @property
    def node_tokens(self) -> NodeTokens:
        """What signs and verifies principals between processes."""
        if self._node_tokens is None:
            self._node_tokens = NodeTokens.from_files(self.settings.keys)
        return self._node_tokens

    def sign(self, principal: Principal) -> str:
        """A token that carries a principal to another process."""
        return self.node_tokens.sign(principal)

    def host(self, service: str) -> str:
        """The mesh name of who serves the gRPC service `service`."""
        name = host_of(service)
        return self.settings.session_service if name == _MESH_PACKAGE else name

    def hosts(self, name: str) -> bool:
        """Whether a service runs in this process."""
        return name in self._services

    def find(self, path: str) -> Endpoint | None:
        """The endpoint of a method path, None where it is not served here."""
        return self._endpoints.get(path)

    def build(self) -> None:
        """Build every service. Raises ContractError or SettingsError, which stop the process."""
        for name, service in self._services.items():
            self.parts[name] = service.build(self.nodes[name])
            for servicer in self.parts[name].servicers:
                self._serve(servicer, self.nodes[name])
        databases = {
            name: self.nodes[name].db if each.tables is not None else None for name, each in self._services.items()
        }
        keepers = {
            name: Keeper(node.db, self.parts[name].projections, node.as_service) for name, node in self.nodes.items()
        }
        first = next(iter(self.nodes.values()))
        for servicer in (EventLogServicer(databases), VitalsServicer(self.vitals), ProjectionServicer(keepers)):
            self._serve(servicer, first)

    def _serve(self, servicer: Any, node: ServiceNode) -> None:
        for endpoint in endpoints_of(servicer, node):
            self._endpoints[endpoint.contract.path] = endpoint

    async def start(self, address: str | None) -> int:
        """Build, start and serve; returns the port. With `None` no socket is opened, for jobs and tests."""
        self.build()
        for name, parts in self.parts.items():
            node = self.nodes[name]
            watched = self._services[name].tables is not None
            watches = watch_jobs(node, parts, self.background.broker, self.vitals, self.find) if watched else ()
            self.background.add(node, parts, watches)
            if parts.on_start is not None:
                async with node.as_service():
                    await parts.on_start()
        if address is not None:
            self.port = await self._listen(address)
        if self.settings.metrics_endpoint:
            self._export_metrics(self.settings.metrics_endpoint)
        if self.settings.postgres_url:
            self.background.start()
        gc.collect()
        gc.freeze()
        return self.port

    async def stop(self) -> None:
        """Say NOT_SERVING, let the calls in flight end, and close what is open."""
        if self._server is not None and self._health is not None:
            self._health.drain()
            await asyncio.sleep(self.settings.drain_seconds)
            await self._server.stop(self.settings.grace_seconds)
        await self.background.stop()
        for parts in self.parts.values():
            if parts.on_stop is not None:
                await parts.on_stop()
        for node in self.nodes.values():
            await node.close()
        await self.pool.close()
        for exporter in (self.sink, self._meters):
            if exporter is not None:
                await asyncio.to_thread(exporter.shutdown)
        logs.flush()

    async def _listen(self, address: str) -> int:
        endpoints = self._endpoints.values()
        self._server = make_server(endpoints, max_concurrent=self.settings.max_concurrent_calls)
        self._health = Health({endpoint.contract.service for endpoint in endpoints}, self._ready)
        self._health.register(self._server)
        port = self._server.add_insecure_port(address)
        await self._server.start()
        self._health.serve()
        return port

    def _export_metrics(self, endpoint: str) -> None:
        self._meters = metrics.start_export(endpoint, f"{'+'.join(self.nodes)}-{os.getpid()}")
        self.vitals.export()
        metrics.observe("souk.pool.busy", "{connection}", "Connections in use.", lambda: self.pool.busy)

    async def _ready(self) -> bool:
        """Whether calls can be served: PostgreSQL alone is needed for that, and a busy pool shows that it answers."""
        if self.pool.busy or not self.settings.postgres_url:
            return True
        try:
            await self.pool.release(await self.pool.acquire())
        except SoukError:
            return False
        return True

    def _make_authenticator(self) -> Authenticator:
        name = next(iter(self.nodes))
        sessions = self.nodes[name].stub(session_service_pb2_grpc.SessionServiceStub)

        async def session_epoch(session_id: str) -> int:
            with acting_as(service_principal(name)):
                request = session_service_pb2.GetSessionRequest(session_id=session_id)
                session = await sessions.GetSession(request)
            return int(session.epoch)

        return Authenticator(
            AccessTokens(KeySet(self.settings.keys / "jwks.json"), session_epoch), lambda: self.node_tokens
        )
