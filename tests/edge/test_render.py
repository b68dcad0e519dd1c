"""The configuration of the shipped contracts."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.descriptors import load_services
from edge.methods import routed_methods
from edge.placement import Endpoint, Placement
from edge.render import render
from mesh.contract import read_descriptor
from tests.edge.conftest import ENVOY, Issuer

WORKER = (Endpoint("127.0.0.1", 50051), Endpoint("127.0.0.1", 50052))


@pytest.fixture(scope="module")
def placement(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Placement:
    jwks = tmp_path_factory.mktemp("keys") / "jwks.json"
    jwks.write_text(issuer.jwks())
    names = {service.full_name.split(".")[1] for service in load_services()}
    return Placement(
        listen=Endpoint("127.0.0.1", 8080),
        services=dict.fromkeys(sorted(names), WORKER),
        jwks_file=jwks,
        sandbox=Endpoint("127.0.0.1", 9000),
        otlp=Endpoint("collector.local", 4317),
    )


@pytest.fixture(scope="module")
def configuration(placement: Placement) -> dict[str, Any]:
    return dict(json.loads(render(placement)))


@pytest.fixture
def routes(configuration: dict[str, Any]) -> dict[str, Any]:
    (chain,) = configuration["static_resources"]["listeners"][0]["filter_chains"]
    manager = chain["filters"][0]["typed_config"]
    (host,) = manager["route_config"]["virtual_hosts"]
    return {route["match"]["path"]: route for route in host["routes"] if "path" in route["match"]}


def all_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from all_strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from all_strings(each)


class TestRender:
    def test_envoy_takes_it(self, configuration: dict[str, Any], tmp_path: Path) -> None:
        file = tmp_path / "envoy.json"
        file.write_text(json.dumps(configuration))
        command = [ENVOY, "--mode", "validate", "--use-dynamic-base-id", "--log-level", "error", "-c", file]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def test_is_the_same_every_time(self, configuration: dict[str, Any], placement: Placement) -> None:
        assert json.loads(render(placement)) == configuration

    def test_routes_every_method_for_callers_from_outside_and_no_other(
        self, placement: Placement, routes: dict[str, Any]
    ) -> None:
        methods = routed_methods(load_services(), placement.services)
        assert {path for path in routes if path.startswith("/souk.")} == {each.contract.path for each in methods}

    def test_does_not_route_what_services_alone_may_call(self, routes: dict[str, Any]) -> None:
        internal = {
            contract.path
            for service in load_services()
            for contract in read_descriptor(service).values()
            if contract.is_internal or contract.path.startswith("/souk.mesh.")
        }
        assert internal
        assert not internal & set(routes)

    def test_a_method_may_be_called_without_a_token_only_where_its_policy_says_so(
        self, placement: Placement, routes: dict[str, Any]
    ) -> None:
        for method in routed_methods(load_services(), placement.services):
            rule = routes[method.contract.path]["typed_per_filter_config"]["envoy.filters.http.jwt_authn"]
            assert rule["requirement_name"] == ("optional" if method.contract.is_public else "needed")

    def test_gives_every_method_its_deadline(self, placement: Placement, routes: dict[str, Any]) -> None:
        for method in routed_methods(load_services(), placement.services):
            seconds = float(routes[method.contract.path]["route"]["timeout"].removesuffix("s"))
            assert 0 < seconds - method.contract.deadline < 1

    def test_asks_one_worker_for_an_answer_that_it_may_have_kept(
        self, placement: Placement, configuration: dict[str, Any], routes: dict[str, Any]
    ) -> None:
        methods = routed_methods(load_services(), placement.services)
        kept = [each.contract for each in methods if each.contract.cache_seconds]
        hashed = [path for path, route in routes.items() if route.get("route", {}).get("hash_policy")]
        assert sorted(hashed) == sorted(contract.path for contract in kept)
        balanced = {each["name"]: each.get("lb_policy") for each in configuration["static_resources"]["clusters"]}
        assert {name for name, policy in balanced.items() if policy == "MAGLEV"} == {each.host for each in kept}

    def test_there_is_no_mailbox_without_a_sandbox(self, placement: Placement, routes: dict[str, Any]) -> None:
        assert "/dev/mailbox" in routes
        shipped = Placement(listen=placement.listen, services=placement.services, jwks_file=placement.jwks_file)
        assert not any("mailbox" in each for each in all_strings(json.loads(render(shipped))))

    def test_leaves_out_services_that_have_no_place(self, placement: Placement) -> None:
        alone = Placement(listen=placement.listen, services={"cart": WORKER}, jwks_file=placement.jwks_file)
        clusters = [each["name"] for each in json.loads(render(alone))["static_resources"]["clusters"]]
        assert clusters == ["cart"]
