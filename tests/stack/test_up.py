"""One embedded stack through its life: every test leaves it running."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from mesh.stack.home import Home
from mesh.stack.state import ProcessState, Status
from tests.stack_process import Stack


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    market = Stack(Home(tmp_path_factory.mktemp("up") / "home"))
    market.up("--empty")
    yield market
    market.souk("down")


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def process(market: Stack, name: str) -> ProcessState:
    return next(each for each in market.state.processes if each.name == name)


def running(market: Stack) -> list[ProcessState]:
    return [each for each in market.state.processes if each.process()]


def register(market: Stack) -> str:
    email = f"somebody-{time.monotonic_ns()}@example.com"
    body = {"email": email, "password": "a long first password", "displayName": "Somebody"}
    answer = httpx.post(f"{market.edge}/api/v1/auth/register", json=body)
    assert answer.status_code == 200, answer.text
    return email


def sign_in(market: Stack, email: str) -> int:
    body = {"email": email, "password": "a long first password"}
    return httpx.post(f"{market.edge}/api/v1/auth/login", json=body).status_code


class TestUp:
    def test_returns_when_the_edge_answers(self, market: Stack) -> None:
        assert httpx.get(f"{market.edge}/healthz").status_code == 200

    def test_status_lists_what_can_be_restarted_and_the_supervisor_apart(self, market: Stack) -> None:
        status = json.loads(market.souk("status", "--json").stdout)
        names = {each["name"] for each in status["processes"]}
        assert {"postgres", "nats", "redis", "sandbox", "traces", "worker-1", "worker-2", "envoy"} == names
        assert all(each["state"] == "running" and each["memory_bytes"] > 0 for each in status["processes"])
        assert status["edge"] == market.edge
        assert status["supervisor"]["pid"] not in {each["pid"] for each in status["processes"]}

    def test_a_second_one_is_refused(self, market: Stack) -> None:
        done = market.souk("up", "--detach", check=False)
        assert done.returncode == 1
        assert "runs in" in done.stderr

    def test_what_has_died_comes_back(self, market: Stack) -> None:
        before = process(market, "worker-1")
        os.kill(before.pid, signal.SIGKILL)
        until(lambda: process(market, "worker-1").restarts == before.restarts + 1)
        until(lambda: process(market, "worker-1").state is Status.RUNNING)
        assert "worker-1 was ended by SIGKILL" in market.home.log("supervisor").read_text()

    def test_a_stopped_part_stays_stopped_until_it_is_started(self, market: Stack) -> None:
        market.souk("stop", "redis")
        assert process(market, "redis").state is Status.STOPPED
        assert market.souk("status", check=False).returncode == 0
        market.souk("start", "redis")
        assert process(market, "redis").state is Status.RUNNING

    def test_an_unknown_part_is_named(self, market: Stack) -> None:
        done = market.souk("stop", "mongo", check=False)
        assert done.returncode == 1
        assert "no part 'mongo'; there are postgres" in done.stderr

    def test_down_leaves_no_process_and_all_data(self, market: Stack) -> None:
        email, before = register(market), running(market)
        market.souk("down")
        assert len(before) == 8
        assert not any(each.process() for each in before)
        assert market.souk("status", check=False).returncode == 1
        market.up("--empty")
        assert sign_in(market, email) == 200

    def test_down_cleans_up_after_a_killed_supervisor(self, market: Stack) -> None:
        before = running(market)
        os.kill(market.state.supervisor.pid, signal.SIGKILL)
        until(lambda: market.state.status is Status.FAILED)
        market.souk("down")
        assert not any(each.process() for each in before)
        market.up("--empty")

    def test_up_takes_over_from_a_killed_supervisor(self, market: Stack) -> None:
        email = register(market)
        before = running(market)
        os.kill(market.state.supervisor.pid, signal.SIGKILL)
        until(lambda: market.state.status is Status.FAILED)
        market.up("--empty")
        assert not any(each.process() for each in before)
        assert sign_in(market, email) == 200


class TestRefusals:
    def test_a_taken_port_that_was_asked_for(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        stack = Stack(Home(tmp_path_factory.mktemp("taken") / "home"))
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = stack.souk("up", "--detach", "--port", str(port), check=False)
        assert done.returncode == 1
        assert f"Port {port} is taken" in done.stdout + done.stderr

    def test_a_store_of_another_version(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        stack = Stack(Home(tmp_path_factory.mktemp("version") / "home"))
        stack.home.prepare()
        (stack.home.root / "VERSION").write_text('{"format": 99, "postgres": 18}\n')
        done = stack.souk("up", "--detach", check=False)
        assert done.returncode == 1
        assert "made by another version of Souk" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr

    def test_a_wrong_setting(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        stack = Stack(Home(tmp_path_factory.mktemp("setting") / "home"))
        done = stack.souk("up", "--detach", "--private-ports", check=False, SOUK_MAX_CONCURRENT_CALLS="many")
        assert done.returncode == 1
        assert "SOUK_MAX_CONCURRENT_CALLS is 'many', which is not a whole number" in done.stdout
        assert not running(stack)
