"""What one checkout costs: golden numbers. A change here is a decision, not an accident."""

import pytest

from mesh.database import ReadUnit, UnitOfWork
from tests.services.order.conftest import DECLINED, Desk


class Meter:
    """Counts the transactions and statements of the order service."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commits = self.reads = self.statements = 0
        commit, take = UnitOfWork._commit, ReadUnit._take

        async def counted_commit(unit: UnitOfWork) -> None:
            self.commits += 1
            await commit(unit)

        async def counted_take(unit: ReadUnit) -> object:
            self.reads += not isinstance(unit, UnitOfWork)
            return await take(unit)

        monkeypatch.setattr(UnitOfWork, "_commit", counted_commit)
        monkeypatch.setattr(ReadUnit, "_take", counted_take)
        # What is deferred runs together, as one statement.
        for name in ("fetch", "fetch_one", "fetch_value", "execute", "execute_many", "_run_together"):
            owner = ReadUnit if hasattr(ReadUnit, name) else UnitOfWork
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, method: object) -> object:
        async def counted(*arguments: object, **parameters: object) -> object:
            self.statements += 1
            return await method(*arguments, **parameters)  # type: ignore[operator]  # a method that was there

        return counted


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Meter:
    return Meter(monkeypatch)


class TestCheckout:
    async def test_is_two_commits_of_order(self, desk: Desk, meter: Meter) -> None:
        """O1 and O2; I1, P1, P1b and P2 are those of inventory and payment."""
        await desk.place(desk.shopper())
        assert meter.commits == 2

    async def test_is_two_short_reads(self, desk: Desk, meter: Meter) -> None:
        """The key, and whether the cart has an open order."""
        await desk.place(desk.shopper())
        assert meter.reads == 2

    async def test_is_this_many_statements(self, desk: Desk, meter: Meter) -> None:
        buyer = desk.shopper()
        await desk.place(buyer)
        desk.refill(buyer)
        meter.statements = 0
        await desk.place(buyer)
        assert meter.statements == 10

    async def test_is_one_call_to_each_service(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        assert desk.inventory.calls == {"ReserveStock": 1}
        assert desk.payments.calls == {"StartPayment": 1}

    async def test_of_a_decline_is_the_same(self, desk: Desk, meter: Meter) -> None:
        await desk.place(desk.shopper(), DECLINED)
        assert meter.commits == 2

    async def test_that_is_refused_is_one_commit(self, desk: Desk, meter: Meter) -> None:
        buyer = desk.shopper()
        with pytest.raises(Exception, match="PRICE_CHANGED"):
            await desk.place(buyer, total=1)
        assert meter.commits == 1
