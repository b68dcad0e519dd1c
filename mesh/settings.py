"""Settings: frozen dataclasses, read once from environment or file; a wrong value stops start-up with its name."""

import os
import tomllib
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable."""


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=_Dataclass)
_TRUTH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _boolean(text: str) -> bool:
    value = _TRUTH.get(text.lower())
    if value is None:
        raise ValueError(text)
    return value


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    bool: (_boolean, "true or false"),
    Path: (Path, "a path"),
}


def _plain(annotation: Any) -> Any:
    """The type without `| None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _parse(variable: str, text: str, annotation: Any) -> Any:
    kind = _plain(annotation)
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return tuple(_parse(variable, part.strip(), item) for part in text.split(",") if part.strip())
    parser, wanted = _PARSERS[kind]
    try:
        return parser(text)
    except ValueError:
        raise SettingsError(f"{variable} is {text!r}, which is not {wanted}") from None


def load(cls: type[T], service: str = "", environ: Mapping[str, str] = os.environ) -> T:
    """Read `cls` from `SOUK_<SERVICE>_<FIELD>`, or the variable that the field's metadata names as `env`.

    An empty variable counts as unset. Raises SettingsError for a wrong value or one that is missing.
    """
    prefix = f"SOUK_{service.upper()}_" if service else "SOUK_"
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for field in fields(cls):
        variable = field.metadata.get("env", prefix + field.name.upper())
        text = environ.get(variable, "")
        if text:
            values[field.name] = _parse(variable, text, hints[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise SettingsError(f"{variable} is not set")
    try:
        return cls(**values)
    except ValueError as error:
        raise SettingsError(f"{', '.join(prefix + name.upper() for name in values)}: {error}") from error


def environment(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The environment over the TOML file that SOUK_SETTINGS_FILE names, if any.

    `trace_ratio = 0.1` stands for SOUK_TRACE_RATIO, and below `[order]` a key for SOUK_ORDER_<KEY>.
    """
    name = environ.get("SOUK_SETTINGS_FILE")
    if not name:
        return environ
    try:
        content = tomllib.loads(Path(name).read_text())
    except (OSError, ValueError) as error:
        raise SettingsError(f"SOUK_SETTINGS_FILE is {name!r}, which cannot be read: {error}") from None
    return {**dict(_variables("SOUK", content)), **environ}


def _variables(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        variable = f"{prefix}_{key.upper()}"
        if isinstance(value, dict):
            yield from _variables(variable, value)
        else:
            yield variable, ",".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class MeshSettings:
    """What every process of the mesh reads."""

    postgres_url: str = ""
    nats_url: str = ""
    redis_url: str = ""
    home: Path = Path(".souk")
    keys_dir: Path | None = None
    root_key_file: Path | None = None
    rate_factor: float = 1.0
    # The share of calls that are traced where the caller has not decided.
    trace_ratio: float = 0.01
    otlp_endpoint: str = ""
    # Where metrics are sent, which not every collector of traces takes. Empty: nowhere.
    metrics_endpoint: str = ""
    # The service that answers for sessions (souk.mesh.v1.SessionService).
    session_service: str = "identity"
    # How often queues and lags are read, in seconds.
    watch_seconds: float = 30.0
    # How often a service checks its invariants, in seconds; more seldom where a check takes long.
    invariant_seconds: float = 300.0
    max_concurrent_calls: int = 256
    # Calls whose answers take longer than this are abandoned at shutdown, in seconds.
    grace_seconds: float = 10.0
    # How long the node says NOT_SERVING before it stops to listen, in seconds.
    drain_seconds: float = 0.0
    postgres_pool_size: int = 16

    @property
    def keys(self) -> Path:
        """The folder of the key files."""
        return self.keys_dir or self.home / "keys"

    @property
    def root_key(self) -> Path:
        """The file of the key that personal data is sealed under."""
        return self.root_key_file or self.keys / "root.key"


def load_mesh_settings(environ: Mapping[str, str] = os.environ) -> MeshSettings:
    """Read the common settings; the collectors have OpenTelemetry's own variables."""
    collectors = {
        "SOUK_OTLP_ENDPOINT": environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        "SOUK_METRICS_ENDPOINT": environ.get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", ""),
    }
    return load(MeshSettings, environ={**collectors, **environ})


def peer_address(service: str, environ: Mapping[str, str] = os.environ) -> str:
    """Where `service` is reached: `SOUK_<SERVICE>_ADDR`, else its headless DNS name."""
    return environ.get(f"SOUK_{service.upper()}_ADDR") or f"dns:///{service}:50051"
