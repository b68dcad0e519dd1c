"""Where everything is: what the contracts cannot know about the machine or cluster that the edge stands on."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, Self

GENERATED = Path(__file__).resolve().parent.parent / "gen" / "openapi"


class PlacementError(Exception):
    """A placement says something that the edge cannot use; the message names it."""


class Endpoint(NamedTuple):
    """A host (an IP address, or a name that DNS answers) and a port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Placement:
    """What one Envoy listens on, and where its services, keys and collectors are."""

    listen: Endpoint
    # The workers that host each service, by the service's mesh name ("order").
    services: Mapping[str, tuple[Endpoint, ...]]
    # The public keys that access tokens are signed with.
    jwks_file: Path
    # The stand-in for third parties: only with it is /dev/mailbox reachable.
    sandbox: Endpoint | None = None
    # The OTLP gRPC receiver of spans. None: the edge does not trace.
    otlp: Endpoint | None = None
    # The unix socket of Envoy's admin interface. None: there is no admin interface.
    admin_path: Path | None = None
    # The file of the access log. None: the standard output.
    access_log: Path | None = None
    # The folder that /media/ is served from. None: there is no /media/.
    media_folder: Path | None = None
    # The origins whose pages may call, exactly as a browser sends them.
    cors_origins: tuple[str, ...] = ()
    # What every rate limit is multiplied by.
    rate_factor: float = 1.0
    # The share of requests to trace, 0 to 1, where the caller has not decided.
    trace_ratio: float = 0.01
    # PEM files; with both the listener speaks TLS 1.3 alone.
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    # How many proxies of ours stand before this one and append to x-forwarded-for.
    trusted_proxies: int = 0
    issuer: str = "souk"
    audience: str = "souk"
    openapi_file: Path = field(default=GENERATED / "souk.json")
    docs_file: Path = field(default=GENERATED / "index.html")

    def __post_init__(self) -> None:
        """Refuse what Envoy would refuse less clearly."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise PlacementError("tls_certificate and tls_key come together")
        if "*" in self.cors_origins:
            raise PlacementError("cors_origins: name each origin, '*' would let every page call")
        if self.rate_factor <= 0:
            raise PlacementError(f"rate_factor: must be above 0, is {self.rate_factor}")
        if not 0 <= self.trace_ratio <= 1:
            raise PlacementError(f"trace_ratio: must be from 0 to 1, is {self.trace_ratio}")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a placement from a JSON file. Raises PlacementError."""
        try:
            values = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise PlacementError(f"{path}: {error}") from error
        if not isinstance(values, dict):
            raise PlacementError(f"{path}: not a JSON object")
        return cls.from_json(values)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Build a placement from plain JSON values. Raises PlacementError."""
        known = {each.name: each for each in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            raise PlacementError(f"{unknown[0]}: there is no such entry")
        for name, each in known.items():
            if name not in values and each.default is MISSING and each.default_factory is MISSING:
                raise PlacementError(f"{name}: is missing")
        try:
            return cls(**{name: _value(name, value) for name, value in values.items()})
        except (TypeError, ValueError, KeyError) as error:
            raise PlacementError(f"the placement cannot be read: {error!r}") from error


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in {"listen", "sandbox", "otlp"}:
        return _endpoint(value)
    if name == "services":
        return {service: tuple(map(_endpoint, endpoints)) for service, endpoints in value.items()}
    if name in {
        "jwks_file",
        "admin_path",
        "access_log",
        "media_folder",
        "tls_certificate",
        "tls_key",
        "openapi_file",
        "docs_file",
    }:
        return Path(value)
    if name == "cors_origins":
        return tuple(value)
    return value


def _endpoint(value: Any) -> Endpoint:
    """Both `{"host": ..., "port": ...}` and `[host, port]` name an endpoint."""
    host, port = (value["host"], value["port"]) if isinstance(value, dict) else value
    return Endpoint(str(host), int(port))
