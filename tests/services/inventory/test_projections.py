"""Whose variants are, made anew from catalog."""

from souk.inventory.v1.inventory_service_pb2 import SetStockRequest
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest

from mesh.principal import acting_as, service_principal
from tests.services.bazaar import Bazaar, variant

_STOCK = "SELECT variant_id, product_id, shop_id, on_hand, version FROM inventory.stock ORDER BY variant_id"


async def violations(bazaar: Bazaar) -> dict[str, int]:
    await bazaar.market.rows("UPDATE catalog.products SET update_time = now() - interval '1 hour'")
    with acting_as(service_principal("cli")):
        stub = bazaar.market.stub(type(bazaar.inventory), "cli")
        results = (await stub.CheckInvariants(CheckInvariantsRequest())).results
    return {result.invariant: result.violation_count for result in results if result.violation_count}


class TestRebuild:
    async def test_variants_that_are_not_known_come_with_their_first_stock(self, bazaar: Bazaar) -> None:
        await bazaar.create(variants=[variant("A", size="S"), variant("B", size="M", stock=0)])
        stock = await bazaar.market.rows(_STOCK)
        assert await violations(bazaar) == {}
        await bazaar.market.rows("TRUNCATE inventory.stock, inventory.movements")
        assert await violations(bazaar) == {"I10": 2}
        assert await bazaar.market.rebuild("inventory", "variants") == 2
        assert await bazaar.market.rows(_STOCK) == stock
        assert await violations(bazaar) == {}

    async def test_stock_that_has_moved_since_stays(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await bazaar.market.rows("TRUNCATE inventory.stock, inventory.movements")
        copy = bazaar.market.projection("inventory", "variants")
        with acting_as(service_principal("inventory")):
            page = await copy.read("")
        with acting_as(bazaar.seller):
            await bazaar.inventory.SetStock(SetStockRequest(variant_id=made.variants[0].variant_id, quantity=9))
        async with bazaar.market.unit("inventory") as uow:
            await copy.apply(page.behind, uow)
        assert len(page.behind) == 1
        assert [row["on_hand"] for row in await bazaar.market.rows(_STOCK)] == [9]
        assert await violations(bazaar) == {}
