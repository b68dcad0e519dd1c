"""Settings from the environment."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from mesh.settings import SettingsError, environment, load, load_mesh_settings, peer_address


@dataclass(frozen=True)
class Example:
    required: str
    count: int = 3
    ratio: float = 0.5
    enabled: bool = False
    folder: Path = Path()
    names: tuple[str, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("count is negative")


def example(**environ: str) -> Example:
    return load(Example, "order", {"SOUK_ORDER_REQUIRED": "x", **environ})


class TestLoad:
    def test_takes_defaults_for_what_is_not_set(self) -> None:
        assert example() == Example("x")

    def test_takes_an_empty_variable_as_unset(self) -> None:
        assert example(SOUK_ORDER_COUNT="").count == 3

    def test_reads_every_kind(self) -> None:
        read = example(
            SOUK_ORDER_COUNT="7",
            SOUK_ORDER_RATIO="0.25",
            SOUK_ORDER_ENABLED="true",
            SOUK_ORDER_FOLDER="/a",
            SOUK_ORDER_NAMES="a, b",
            SOUK_ORDER_LIMIT="4",
        )
        assert read == Example("x", 7, 0.25, enabled=True, folder=Path("/a"), names=("a", "b"), limit=4)

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("SOUK_ORDER_COUNT", "many"),
            ("SOUK_ORDER_RATIO", "half"),
            ("SOUK_ORDER_ENABLED", "maybe"),
            ("SOUK_ORDER_LIMIT", "x"),
            ("SOUK_ORDER_COUNT", "-1"),
        ],
    )
    def test_names_the_variable_that_is_wrong(self, variable: str, value: str) -> None:
        with pytest.raises(SettingsError, match=variable):
            example(**{variable: value})

    def test_names_the_variable_that_is_missing(self) -> None:
        with pytest.raises(SettingsError, match="SOUK_ORDER_REQUIRED is not set"):
            load(Example, "order", {})


class TestEnvironment:
    def test_takes_what_is_not_set_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "souk.toml"
        file.write_text('trace_ratio = 0.5\n[order]\ncount = 7\nenabled = true\nnames = ["a", "b"]\nrequired = "y"\n')
        environ = environment({"SOUK_SETTINGS_FILE": str(file), "SOUK_ORDER_COUNT": "8"})
        assert load(Example, "order", environ) == Example("y", 8, enabled=True, names=("a", "b"))
        assert load_mesh_settings(environ).trace_ratio == 0.5

    @pytest.mark.parametrize("content", [None, "not toml"])
    def test_names_the_file_that_cannot_be_read(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "souk.toml"
        if content is not None:
            file.write_text(content)
        with pytest.raises(SettingsError, match=r"souk\.toml"):
            environment({"SOUK_SETTINGS_FILE": str(file)})


class TestMeshSettings:
    def test_takes_the_collector_from_the_usual_variable(self) -> None:
        assert load_mesh_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:1"}).otlp_endpoint == "http://a:1"

    def test_finds_the_keys_below_home(self) -> None:
        assert load_mesh_settings({"SOUK_HOME": "/h"}).keys == Path("/h/keys")
        assert load_mesh_settings({"SOUK_HOME": "/h", "SOUK_KEYS_DIR": "/k"}).keys == Path("/k")


class TestPeerAddress:
    def test_is_what_is_set_or_its_dns_name(self) -> None:
        assert peer_address("order", {"SOUK_ORDER_ADDR": "a:1"}) == "a:1"
        assert peer_address("order", {}) == "dns:///order:50051"
