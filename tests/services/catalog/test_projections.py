"""The catalogue's copies, made anew from their owners while events go on."""

import uuid

import pytest
from souk.inventory.v1.inventory_service_pb2 import SetStockRequest
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest
from souk.mesh.v1.projection_service_pb2 import ListProjectionsRequest, RebuildProjectionRequest
from souk.mesh.v1.projection_service_pb2_grpc import ProjectionServiceStub

from mesh.errors import InvalidArgument, NotFound, PermissionDenied, Unavailable
from mesh.principal import Principal, acting_as, service_principal
from services.catalog import projections
from tests.services.bazaar import Bazaar, eventually, variant

_SHOPS = "SELECT name, state, currency, version FROM catalog.shops"
_STOCK = "SELECT available, stock_version FROM catalog.variants ORDER BY id"


async def violations(bazaar: Bazaar) -> set[str]:
    """What I10 finds wrong of facts that are old enough to be judged."""
    for table in ("inventory.stock", "seller.shops", "catalog.shops"):
        await bazaar.market.rows(f"UPDATE {table} SET update_time = now() - interval '1 hour'")  # noqa: S608
    with acting_as(service_principal("cli")):
        request = CheckInvariantsRequest(settle_seconds=1)
        [copies, _] = (await bazaar.market.stub(type(bazaar.catalog), "cli").CheckInvariants(request)).results
    return {violation.id for violation in copies.violations}


async def set_stock(bazaar: Bazaar, variant_id: str, quantity: int) -> None:
    with acting_as(bazaar.seller):
        await bazaar.inventory.SetStock(SetStockRequest(variant_id=variant_id, quantity=quantity))


async def wipe(bazaar: Bazaar) -> None:
    await bazaar.market.rows("UPDATE catalog.shops SET name = '', state = 'PENDING', version = 0")
    await bazaar.market.rows("UPDATE catalog.variants SET available = 0, stock_version = 0")


class TestRebuild:
    async def test_wiped_copies_are_found_and_made_anew(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await set_stock(bazaar, made.variants[0].variant_id, 7)
        shops, stock = await bazaar.market.rows(_SHOPS), await bazaar.market.rows(_STOCK)
        assert await violations(bazaar) == set()
        await wipe(bazaar)
        assert await violations(bazaar) == {bazaar.shop_id, made.variants[0].variant_id}
        assert await bazaar.market.rebuild("catalog", "shops") == 1
        assert await bazaar.market.rebuild("catalog", "stock") == 1
        assert (await bazaar.market.rows(_SHOPS), await bazaar.market.rows(_STOCK)) == (shops, stock)
        assert await violations(bazaar) == set()
        assert await bazaar.market.rebuild("catalog", "stock") == 0

    async def test_a_shop_without_a_copy_is_found_and_copied(self, bazaar: Bazaar) -> None:
        await eventually(lambda: _has_rows(bazaar))
        await bazaar.market.rows("DELETE FROM catalog.shops")
        assert await violations(bazaar) == {bazaar.shop_id}
        await bazaar.market.rebuild("catalog", "shops")
        assert [row["name"] for row in await bazaar.market.rows(_SHOPS)] == ["Wood & Co"]

    async def test_what_an_event_has_told_since_stays(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        variant_id = made.variants[0].variant_id
        await set_stock(bazaar, variant_id, 7)
        await wipe(bazaar)
        copies = [bazaar.market.projection("catalog", name) for name in ("shops", "stock")]
        with acting_as(service_principal("catalog")):
            pages = [await copy.read("") for copy in copies]
        await set_stock(bazaar, variant_id, 3)
        await bazaar.move_shop(suspend=True)
        await eventually(lambda: _is_told(bazaar))
        for copy, page in zip(copies, pages, strict=True):
            assert len(page.behind) == 1
            async with bazaar.market.unit("catalog") as uow:
                await copy.apply(page.behind, uow)
        assert [row["available"] for row in await bazaar.market.rows(_STOCK)] == [3]
        assert [row["state"] for row in await bazaar.market.rows(_SHOPS)] == ["SUSPENDED"]

    async def test_events_go_on_from_there(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await wipe(bazaar)
        await bazaar.market.rebuild("catalog", "stock")
        await set_stock(bazaar, made.variants[0].variant_id, 2)
        await eventually(lambda: _available(bazaar, 2))

    async def test_broken_off_it_can_be_run_again(self, bazaar: Bazaar, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(projections, "_VARIANTS", 1)
        made = await bazaar.create(variants=[variant("A", size="S"), variant("B", size="M"), variant("C", size="L")])
        stock = [dict(row) for row in await bazaar.market.rows(_STOCK)]
        await wipe(bazaar)
        with acting_as(service_principal("cli")):
            request = RebuildProjectionRequest(service="catalog", name="stock")
            page = await bazaar.market.stub(ProjectionServiceStub, "cli").RebuildProjection(request)
        assert (page.compared_count, page.behind_count, bool(page.next_page_token)) == (1, 1, True)
        assert await bazaar.market.rebuild("catalog", "stock") == len(made.variants) - 1
        assert [row["available"] for row in await bazaar.market.rows(_STOCK)] == [row["available"] for row in stock]

    async def test_an_owner_that_does_not_answer_changes_nothing(
        self, bazaar: Bazaar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await bazaar.create()
        await wipe(bazaar)

        async def is_away(*_: object) -> None:
            raise Unavailable("UNREACHABLE", "There is no seller.")

        monkeypatch.setattr(projections.SellerClient, "page_of_shops", is_away)
        with pytest.raises(Unavailable, match="UNREACHABLE"):
            await bazaar.market.rebuild("catalog", "shops")
        assert [row["version"] for row in await bazaar.market.rows(_SHOPS)] == [0]

    async def test_what_is_not_there_is_named(self, bazaar: Bazaar) -> None:
        with pytest.raises(NotFound, match="PROJECTION_UNKNOWN"):
            await bazaar.market.rebuild("catalog", "weather")
        with pytest.raises(NotFound, match="SERVICE_NOT_HERE"):
            await bazaar.market.rebuild("weather", "shops")
        stub = bazaar.market.stub(ProjectionServiceStub, "cli")
        with acting_as(service_principal("cli")):
            assert (await stub.ListProjections(ListProjectionsRequest(service="catalog"))).names == ["shops", "stock"]
            with pytest.raises(InvalidArgument, match="INVALID_PAGE_TOKEN"):
                await stub.RebuildProjection(RebuildProjectionRequest(service="catalog", name="stock", page_token="x"))

    async def test_is_for_the_operator_alone(self, bazaar: Bazaar) -> None:
        await bazaar.create()
        staff = Principal(subject=str(uuid.uuid4()), roles=frozenset({"ADMIN"}))
        request = RebuildProjectionRequest(service="catalog", name="shops")
        for principal, caller in ((staff, "edge"), (service_principal("order"), "order")):
            with acting_as(principal), pytest.raises(PermissionDenied):
                await bazaar.market.stub(ProjectionServiceStub, caller).RebuildProjection(request)


async def _has_rows(bazaar: Bazaar) -> bool:
    return bool(await bazaar.market.rows(_SHOPS))


async def _available(bazaar: Bazaar, count: int) -> bool:
    return [row["available"] for row in await bazaar.market.rows(_STOCK)] == [count]


async def _is_told(bazaar: Bazaar) -> bool:
    states = [row["state"] for row in await bazaar.market.rows(_SHOPS)]
    return states == ["SUSPENDED"] and await _available(bazaar, 3)
