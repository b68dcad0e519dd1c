"""`souk rebuild` on the whole market: copies that were wiped are made anew while it runs."""

import asyncio
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.rest import Rest
from mesh.stack.errors import StackError
from tests.goods import Goods, a_buyer, place_order
from tests.integration.waiting import eventually
from tests.stack_process import Stack

_COPIES = {
    "shops": "SELECT name, state, currency, version FROM catalog.shops ORDER BY id",
    "stock": "SELECT available FROM catalog.variants ORDER BY id",
    "money": 'SELECT state, refunded_amount FROM "order".order_payments ORDER BY id',
}
_WIPE = """
UPDATE catalog.shops SET name = '', version = 0;
UPDATE catalog.variants SET available = 0, stock_version = 0 WHERE stock_version > 0;
UPDATE "order".order_payments SET state = 'PENDING' WHERE state = 'CAPTURED'"""


@pytest.fixture
def souk(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command, in this process."""
    monkeypatch.setenv("SOUK_HOME", str(stack.home.root))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return run


async def _ask(url: str, queries: dict[str, str], *, first: str = "") -> dict[str, list[Any]]:
    connection = await asyncpg.connect(url)
    try:
        if first:
            await connection.execute(first)
        return {name: await connection.fetch(query) for name, query in queries.items()}
    finally:
        await connection.close()


class TestRebuild:
    def test_copies_are_made_anew(self, stack: Stack, rest: Rest, teapot: Goods, towel: Goods, souk: Any) -> None:
        buyer = a_buyer(rest, teapot, towel)
        place_order(rest, buyer)
        eventually(lambda: rest.call("GET", "/cart", account=buyer)["items"] == [])
        before = asyncio.run(_ask(stack.urls["postgres"], _COPIES))
        wiped = asyncio.run(_ask(stack.urls["postgres"], _COPIES, first=_WIPE))
        assert all(wiped[name] != before[name] for name in _COPIES)
        for service, copies in {"catalog": ("shops", "stock"), "order": ("payments",)}.items():
            done = souk("rebuild", service)
            assert done.exit_code == 0, done.output
            assert [line.split(":")[0] for line in done.output.splitlines()] == [f"{service} {each}" for each in copies]
            assert done.output.count("and made anew.") == len(copies)
        assert souk("rebuild", "inventory", "variants").output.endswith(", 0 behind.\n")
        assert asyncio.run(_ask(stack.urls["postgres"], _COPIES)) == before

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("weather",), "There is no service weather. There are: audit, cart, catalog,"),
            (("catalog", "weather"), "catalog keeps no copy weather. It keeps: shops, stock."),
            (("seller",), "seller keeps no copy that can be made anew."),
        ],
    )
    def test_what_is_not_there_is_named(self, souk: Any, arguments: tuple[str, ...], message: str) -> None:
        done = souk("rebuild", *arguments)
        assert isinstance(done.exception, StackError)
        assert message in str(done.exception)
