"""How `souk conformance` judges: what a wrong market does is seen, whatever it answers."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from cli.conform import app
from cli.conformance.bench import Bench, Scale
from cli.conformance.case import (
    Case,
    NotRunError,
    Outcome,
    Result,
    Seen,
    WrongEffectError,
    judge,
    race,
    require_refused,
)
from cli.conformance.client import Client, Reply, UnexpectedError
from cli.conformance.report import write_junit


@pytest.fixture
def bench() -> Bench:
    def progress(done: int, of: int) -> None:
        assert done <= of

    return Bench(Client("http://127.0.0.1:9"), Scale(6, 2, 2), random.Random(1), None, None, progress)  # noqa: S311  replayable


def case(run: Callable[[Bench, Seen], Awaitable[None]]) -> Case:
    return Case("a-case", "something holds", run)


class TestJudge:
    async def test_counts_what_was_seen(self, bench: Bench) -> None:
        async def one(number: int) -> str:
            return "even" if number % 2 == 0 else "odd"

        async def run(bench: Bench, seen: Seen) -> None:
            await race(bench, seen, 5, one)

        result = await judge(bench, case(run))
        assert (result.outcome, result.tries, result.seen) == (Outcome.HELD, 5, "3 x even · 2 x odd")

    async def test_one_wrong_try_is_wrong_and_the_others_go_on(self, bench: Bench) -> None:
        async def one(number: int) -> str:
            if number == 1:
                raise WrongEffectError("two were sold")
            return "fine"

        async def run(bench: Bench, seen: Seen) -> None:
            await race(bench, seen, 6, one)

        result = await judge(bench, case(run))
        assert (result.outcome, result.tries, result.failed) == (Outcome.WRONG, 6, True)
        assert result.details == ("try 2: two were sold",)

    async def test_a_case_without_what_it_needs_is_not_run_and_not_failed(self, bench: Bench) -> None:
        async def run(bench: Bench, seen: Seen) -> None:  # noqa: ARG001  the shape of a case
            raise NotRunError("no sandbox")

        result = await judge(bench, case(run))
        assert (result.outcome, result.seen, result.failed) == (Outcome.NOT_RUN, "no sandbox", False)

    async def test_a_market_that_does_not_answer_is_broken(self, bench: Bench) -> None:
        async def one(_: int) -> str:
            raise UnexpectedError("POST /orders answered 500")

        async def run(bench: Bench, seen: Seen) -> None:
            await race(bench, seen, 2, one)

        result = await judge(bench, case(run))
        assert (result.outcome, result.failed) == (Outcome.BROKEN, True)
        assert result.seen == "UnexpectedError: POST /orders answered 500"


class TestRequireRefused:
    def test_takes_the_reasons_named(self) -> None:
        require_refused(Reply(400, 9, "OUT_OF_STOCK", {}), "OUT_OF_STOCK")
        require_refused(Reply(200, 0, "", {"status": "PAID"}))

    def test_an_error_of_the_market_is_no_refusal(self) -> None:
        with pytest.raises(WrongEffectError, match="INTERNAL"):
            require_refused(Reply(500, 13, "INTERNAL", {}), "OUT_OF_STOCK")


def test_an_unknown_case_is_refused_with_the_names_of_all() -> None:
    result = CliRunner().invoke(app, ["--only", "levitation"])
    assert result.exit_code == 2
    assert "last-unit" in result.output


def test_junit_tells_the_outcomes_apart(tmp_path: Path) -> None:
    async def run(bench: Bench, seen: Seen) -> None:
        """Never run."""

    results = [Result(case(run), outcome, 1, 0.5, "why", ("try 1: why",)) for outcome in Outcome]
    write_junit(tmp_path / "junit.xml", results)
    suite = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314  our own file
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert sorted(each.tag for each in suite.iter() if each.get("message")) == ["error", "failure", "skipped"]
