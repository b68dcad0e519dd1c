from dataclasses import replace
from pathlib import Path

import pytest

from mesh.stack.component import Component, Task
from mesh.stack.home import Home
from mesh.stack.layout import Layout, Wish, make_layout


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    home = Home(tmp_path / "home")
    home.prepare()
    return Wish(home, ("cart", "order"), private_ports=True)


def components(layout: Layout) -> dict[str, Component]:
    return {each.name: each for stage in layout.stages for each in stage.components}


def tasks(layout: Layout) -> dict[str, Task]:
    return {each.name: each for each in layout.last_tasks}


class TestMakeLayout:
    def test_every_worker_hosts_everything_unless_split(self, wish: Wish) -> None:
        layout = make_layout(wish, fresh=False, environ={})
        assert {"worker-1", "worker-2"} <= set(components(layout))
        assert len(layout.state.addresses["order"]) == 2

    def test_split_gives_each_service_its_own_process(self, wish: Wish) -> None:
        layout = make_layout(replace(wish, split=True), fresh=False, environ={})
        workers = {name: each for name, each in components(layout).items() if name.startswith("worker")}
        assert set(workers) == {"worker-cart", "worker-order"}
        assert layout.env["SOUK_ORDER_ADDR"] == f"127.0.0.1:{workers['worker-order'].port}"

    def test_no_two_parts_share_a_port(self, wish: Wish) -> None:
        ports = [each.port for each in components(make_layout(wish, fresh=False, environ={})).values()]
        assert len(set(ports)) == len(ports)

    @pytest.mark.parametrize(
        ("variable", "part"),
        [
            ("SOUK_POSTGRES_URL", "postgres"),
            ("SOUK_NATS_URL", "nats"),
            ("SOUK_REDIS_URL", "redis"),
            ("STRIPE_API_KEY", "sandbox"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "traces"),
        ],
    )
    def test_what_has_an_address_elsewhere_is_not_started(self, wish: Wish, variable: str, part: str) -> None:
        value = "http://elsewhere:1234"
        layout = make_layout(wish, fresh=False, environ={variable: value})
        assert part not in components(layout)
        assert part in components(make_layout(wish, fresh=False, environ={}))
        if variable in layout.env:
            assert layout.env[variable] == value

    def test_only_a_fresh_store_is_stocked(self, wish: Wish) -> None:
        wish = replace(wish, seed=("souk", "seed"))
        assert "seed" in tasks(make_layout(wish, fresh=True, environ={}))
        assert "seed" not in tasks(make_layout(wish, fresh=False, environ={}))

    def test_the_user_decides_the_rate_factor(self, wish: Wish) -> None:
        layout = make_layout(wish, fresh=False, environ={"SOUK_RATE_FACTOR": "1"})
        assert layout.env["SOUK_RATE_FACTOR"] == "1"


class TestFaults:
    def test_services_reach_their_stores_through_the_proxy(self, wish: Wish) -> None:
        plain = make_layout(wish, fresh=False, environ={})
        assert "proxy" not in components(plain)
        hindered = make_layout(replace(wish, faults=True), fresh=False, environ={})
        parts = components(hindered)
        routes = dict(each.split("=") for each in parts["proxy"].argv if "=" in each)
        assert set(routes) == {"postgres", "nats", "redis", "sandbox"}
        own, target = routes["redis"].split(":")
        assert target == str(parts["redis"].port)
        assert f":{own}/" in hindered.env["SOUK_REDIS_URL"]
        assert f":{target}/" in hindered.state.urls["redis"]
