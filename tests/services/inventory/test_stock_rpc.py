"""Stock, through the mesh on real stores, with the catalogue that it tells."""

import uuid
from typing import Any

import pytest
from souk.inventory.v1 import inventory_service_pb2 as pb2
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.inventory.v1.reservation_pb2 import ReservationLine, ReservationState
from souk.inventory.v1.stock_pb2 import MovementKind
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from mesh.principal import Principal, acting_as, service_principal
from tests.services.bazaar import Bazaar

STRANGER = Principal(
    subject=str(uuid.uuid4()), roles=frozenset({"CUSTOMER", "SELLER"}), tenants=frozenset({str(uuid.uuid4())})
)


@pytest.fixture
async def variant_id(bazaar: Bazaar) -> str:
    """A variant with 5 in stock."""
    made = await bazaar.create()
    return str(made.variants[0].variant_id)


async def as_seller(bazaar: Bazaar, method: str, request: Any, principal: Principal | None = None) -> Any:
    with acting_as(principal or bazaar.seller):
        return await getattr(bazaar.inventory, method)(request)


async def as_order(bazaar: Bazaar, method: str, request: Any) -> Any:
    with acting_as(service_principal("order")):
        return await getattr(bazaar.market.stub(InventoryServiceStub, "order"), method)(request)


def reserve(variant_id: str, quantity: int, order_id: str = "") -> pb2.ReserveStockRequest:
    return pb2.ReserveStockRequest(
        order_id=order_id or str(uuid.uuid4()), lines=[ReservationLine(variant_id=variant_id, quantity=quantity)]
    )


class TestSetStock:
    async def test_product_page_shows_it_with_the_answer(self, bazaar: Bazaar, variant_id: str) -> None:
        request = pb2.SetStockRequest(variant_id=variant_id, quantity=9, reason="counted", expected_version=1)
        stock = await as_seller(bazaar, "SetStock", request)
        assert (stock.on_hand, stock.available, stock.version) == (9, 9, 2)
        assert (await bazaar.get("oak-bowl")).variants[0].available == 9

    async def test_another_version_is_refused(self, bazaar: Bazaar, variant_id: str) -> None:
        with pytest.raises(Aborted, match="VERSION_MISMATCH"):
            await as_seller(
                bazaar, "SetStock", pb2.SetStockRequest(variant_id=variant_id, quantity=9, expected_version=7)
            )

    async def test_quantity_must_be_there(self, bazaar: Bazaar, variant_id: str) -> None:
        with pytest.raises(InvalidArgument, match="QUANTITY_REQUIRED"):
            await as_seller(bazaar, "SetStock", pb2.SetStockRequest(variant_id=variant_id))

    async def test_for_another_seller_it_is_not_there(self, bazaar: Bazaar, variant_id: str) -> None:
        requests = {
            "GetStock": pb2.GetStockRequest(variant_id=variant_id),
            "SetStock": pb2.SetStockRequest(variant_id=variant_id, quantity=0),
            "AdjustStock": pb2.AdjustStockRequest(variant_id=variant_id, delta=-1),
            "ListMovements": pb2.ListMovementsRequest(variant_id=variant_id),
        }
        for method, request in requests.items():
            with pytest.raises(NotFound, match="VARIANT_NOT_FOUND"):
                await as_seller(bazaar, method, request, STRANGER)


class TestAdjustStock:
    async def test_is_a_line_of_the_ledger(self, bazaar: Bazaar, variant_id: str) -> None:
        await as_seller(bazaar, "AdjustStock", pb2.AdjustStockRequest(variant_id=variant_id, delta=-2, reason="lost"))
        page = await as_seller(bazaar, "ListMovements", pb2.ListMovementsRequest(variant_id=variant_id, page_size=1))
        assert [(each.kind, each.on_hand_delta) for each in page.movements] == [(MovementKind.LOST, -2)]
        rest = pb2.ListMovementsRequest(variant_id=variant_id, page_token=page.next_page_token)
        assert [each.kind for each in (await as_seller(bazaar, "ListMovements", rest)).movements] == [
            MovementKind.RECEIVED
        ]

    async def test_nothing_is_no_move(self, bazaar: Bazaar, variant_id: str) -> None:
        with pytest.raises(InvalidArgument, match="DELTA_REQUIRED"):
            await as_seller(bazaar, "AdjustStock", pb2.AdjustStockRequest(variant_id=variant_id))

    async def test_count_stays_above_nothing(self, bazaar: Bazaar, variant_id: str) -> None:
        with pytest.raises(FailedPrecondition, match="STOCK_TOO_LOW"):
            await as_seller(bazaar, "AdjustStock", pb2.AdjustStockRequest(variant_id=variant_id, delta=-6))


class TestReservations:
    async def test_from_hold_to_sale_and_back(self, bazaar: Bazaar, variant_id: str) -> None:
        order_id = str(uuid.uuid4())
        held = await as_order(bazaar, "ReserveStock", reserve(variant_id, 2, order_id))
        assert (held.state, held.lines[0].quantity) == (ReservationState.HELD, 2)
        sold = await as_order(bazaar, "CommitStock", pb2.CommitStockRequest(order_id=order_id))
        assert sold.state == ReservationState.COMMITTED
        stock = await as_seller(bazaar, "GetStock", pb2.GetStockRequest(variant_id=variant_id))
        assert (stock.on_hand, stock.reserved, stock.available) == (3, 0, 3)
        back = await as_order(bazaar, "RestockOrder", pb2.RestockOrderRequest(order_id=order_id))
        assert back.state == ReservationState.RELEASED
        assert await bazaar.market.events("inventory") == [
            *("StockChanged", "StockReserved", "StockCommitted", "StockReleased", "StockChanged")
        ]

    async def test_short_stock_names_the_order_and_each_variant(self, bazaar: Bazaar, variant_id: str) -> None:
        request = reserve(variant_id, 6)
        with pytest.raises(FailedPrecondition) as caught:
            await as_order(bazaar, "ReserveStock", request)
        assert caught.value.reason == "OUT_OF_STOCK"
        assert caught.value.metadata["orderId"] == request.order_id
        assert list(caught.value.violations) == [("OUT_OF_STOCK", variant_id, "6 asked, 5 left")]

    async def test_last_units_raise_the_alarm_once(self, bazaar: Bazaar, variant_id: str) -> None:
        for _ in range(4):
            await as_order(bazaar, "ReserveStock", reserve(variant_id, 1))
        assert (await bazaar.market.events("inventory")).count("StockLow") == 1

    async def test_is_for_services_alone(self, bazaar: Bazaar, variant_id: str) -> None:
        with pytest.raises(PermissionDenied):
            await as_seller(bazaar, "ReserveStock", reserve(variant_id, 1))

    async def test_invariants_hold(self, bazaar: Bazaar, variant_id: str) -> None:
        await as_order(bazaar, "ReserveStock", reserve(variant_id, 1))
        with acting_as(service_principal("cli")):
            response = await bazaar.market.stub(InventoryServiceStub, "cli").CheckInvariants(CheckInvariantsRequest())
        found = [(result.invariant, result.violation_count) for result in response.results]
        assert found == [("I2", 0), ("I5", 0), ("I10", 0)]
