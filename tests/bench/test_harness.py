"""The instrument itself: what it says must be so."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web

from tests.bench.accounting import read_cpu, since
from tests.bench.figures import Figures
from tests.bench.items import Item
from tests.bench.market import Market
from tests.bench.ratchet import compare, keep
from tests.bench.run import Load, Runner
from tests.bench.wire import KEY, Answer, exchange_all, request


class Shop:
    """A server that refuses every fourth request, and remembers the keys that it saw."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.edge = ""

    async def answer(self, asked: web.Request) -> web.Response:
        self.keys.append(asked.headers.get("idempotency-key", ""))
        refused = len(self.keys) % 4 == 0
        return web.json_response({"said": (await asked.text()) or "nothing"}, status=503 if refused else 200)

    @property
    def chance(self) -> random.Random:
        return random.Random(1)  # noqa: S311 - a seeded draw

    def pids(self) -> dict[str, list[int]]:
        return {"workers": [os.getpid()]}

    async def keep_signed_in(self) -> None:
        """Nobody is."""


@pytest.fixture
async def shop() -> Shop:
    shop = Shop()
    app = web.Application()
    app.add_routes([web.route("*", "/api/v1/{path:.*}", shop.answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.edge = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield shop
    await runner.cleanup()


class TestExchangeAll:
    async def test_gives_the_answers_in_the_order_of_the_requests(self, shop: Shop) -> None:
        requests = [request("POST", "/orders", {"number": number}) for number in range(3)]
        answers = await exchange_all(shop.edge, requests, connections=1)
        assert [json.loads(answer.json()["said"])["number"] for answer in answers] == [0, 1, 2]

    def test_a_refusal_is_no_answer(self) -> None:
        with pytest.raises(RuntimeError, match="409 taken"):
            Answer(409, b"taken").json()


class TestMeasure:
    async def test_counts_good_answers_apart_from_errors(self, shop: Shop) -> None:
        async def requests(_: Market) -> list[bytes]:
            return [request("POST", "/orders", {}, keyed=True)] * 40

        runner = Runner(shop)  # type: ignore[arg-type]  # all that the runner needs of a market
        runner.idle = {"workers": 1000.0}  # this process does much besides, and is not waited for
        figures = await runner.measure(Item("orders", "", requests, once=True), connections=1, seconds=0.01)
        assert figures.count == 30
        assert [count for error, count in figures.errors.items() if error.startswith("503")] == [10]
        assert len(set(shop.keys)) == 40
        assert KEY.decode() not in shop.keys
        assert figures.cpu["generator"] > 0

    async def test_keeps_a_rate_and_asks_again_where_it_was_refused(self, shop: Shop) -> None:
        runner = Runner(shop)  # type: ignore[arg-type]  # all that the runner needs of a market
        runner.idle = {"workers": 1000.0}  # as above
        load = Load(
            [request("POST", "/orders", {}, keyed=True)] * 40, 20, seconds=5.0, rate=400.0, once=True, again=True
        )
        figures = await runner.load(Figures("orders", 20), load)
        assert figures.count == 40
        assert figures.refusals == figures.refusals_without_time == 13
        assert 0.05 < figures.seconds < 2.0

    def test_tells_percentiles_and_the_cost_of_one(self) -> None:
        figures = Figures("x", 1, seconds=2.0, latencies=[float(each) for each in range(1, 101)])
        figures.cpu.update({"workers": 300.0, "generator": 50.0})
        assert (figures.rate, figures.percentile(50), figures.percentile(99), figures.cpu_ms) == (
            50.0,
            51.0,
            100.0,
            3.0,
        )


class TestReadCpu:
    def test_counts_children_that_have_ended(self) -> None:
        before = read_cpu({"me": [os.getpid()]})
        subprocess.run([sys.executable, "-c", "sum(range(8_000_000))"], check=True)
        assert since(before, read_cpu({"me": [os.getpid()]}))["me"] >= 50

    def test_a_sleeping_process_costs_nothing(self) -> None:
        before = read_cpu({"me": [os.getpid()]})
        time.sleep(0.2)
        assert since(before, read_cpu({"me": [os.getpid()]}))["me"] < 100


class TestRatchet:
    def test_tells_what_got_worse_by_more_than_a_tenth(self, tmp_path: Path) -> None:
        path = tmp_path / "golden.json"
        keep({"checkout": 20.0, "list": 1.0}, 100.0, path)
        changes = compare({"checkout": 22.5, "list": 1.05}, 100.0, path)
        assert [change.name for change in changes if change.is_worse] == ["checkout"]

    def test_a_slower_machine_may_take_longer(self, tmp_path: Path) -> None:
        path = tmp_path / "golden.json"
        keep({"checkout": 20.0}, 100.0, path)
        assert not compare({"checkout": 39.0}, 200.0, path)[0].is_worse

    def test_what_was_not_measured_keeps_its_figure(self, tmp_path: Path) -> None:
        path = tmp_path / "golden.json"
        keep({"checkout": 20.0, "list": 1.0}, 100.0, path)
        keep({"list": 0.9}, 100.0, path)
        assert json.loads(path.read_text())["cpu_ms"] == {"checkout": 20.0, "list": 0.9}
