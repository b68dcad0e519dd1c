"""What sellers do with their parts."""

from typing import Any

import pytest
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.seller_order_pb2 import SellerOrder, ShipmentLine
from souk.order.v1.status_pb2 import FulfilmentState, OrderStatus

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from mesh.principal import Principal
from tests.services.order.conftest import DECLINED, HOME, Desk, person


async def parts_of(desk: Desk, who: Principal, shop_id: str, **more: Any) -> list[SellerOrder]:
    request = pb.ListSellerOrdersRequest(shop_id=shop_id, **more)
    return list((await desk.call(who, "ListSellerOrders", request)).seller_orders)


async def part_of(desk: Desk, who: Principal, shop_id: str) -> SellerOrder:
    """The shop's newest part."""
    return (await parts_of(desk, who, shop_id))[0]


async def ship(desk: Desk, who: Principal, part: SellerOrder, **quantities: int) -> SellerOrder:
    request = pb.ShipSellerOrderRequest(
        shop_id=part.shop_id,
        seller_order_id=part.seller_order_id,
        carrier="DHL",
        tracking_number="JJD1",
        lines=[
            ShipmentLine(line_id=next(each.line_id for each in part.lines if each.title == title), quantity=quantity)
            for title, quantity in quantities.items()
        ],
    )
    return await desk.call(who, "ShipSellerOrder", request)


async def move(desk: Desk, who: Principal, part: SellerOrder, method: str) -> SellerOrder:
    name = f"{method}SellerOrder"
    request = getattr(pb, f"{name}Request")(shop_id=part.shop_id, seller_order_id=part.seller_order_id)
    return await desk.call(who, name, request)


class TestSellersView:
    async def test_shows_the_own_part_and_never_anothers(self, desk: Desk) -> None:
        await desk.place(desk.shopper(2, 1))
        part = await part_of(desk, desk.weaver, desk.loom)
        assert [line.title for line in part.lines] == ["Scarf"]
        assert part.total.amount == 5198
        assert part.shipping_address == HOME
        assert part.lines[0].commission.amount == 520
        assert part.status == OrderStatus.PAID

    async def test_shows_no_order_before_it_is_paid(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper(), DECLINED)
        assert await parts_of(desk, desk.weaver, desk.loom) == []
        request = pb.GetSellerOrderRequest(shop_id=desk.loom, seller_order_id=order.seller_orders[0].seller_order_id)
        with pytest.raises(NotFound, match="SELLER_ORDER_NOT_FOUND"):
            await desk.call(desk.weaver, "GetSellerOrder", request)

    async def test_is_closed_to_other_sellers_and_buyers(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        part = await part_of(desk, desk.weaver, desk.loom)
        with pytest.raises(NotFound):
            await parts_of(desk, desk.potter, desk.loom)
        with pytest.raises(NotFound):
            await ship(desk, desk.potter, part)
        with pytest.raises(PermissionDenied):
            await parts_of(desk, person(), desk.loom)

    async def test_another_shops_part_is_not_found_under_the_own_shop(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        part = await part_of(desk, desk.potter, desk.kiln)
        part.shop_id = desk.loom
        with pytest.raises(NotFound, match="SELLER_ORDER_NOT_FOUND"):
            await move(desk, desk.weaver, part, "Process")

    async def test_the_buyer_sees_no_commission(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        assert not any(line.HasField("commission") for line in order.lines)
        assert not any(line.HasField("commission") for part in order.seller_orders for line in part.lines)

    async def test_filters_by_status(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        await move(desk, desk.weaver, await part_of(desk, desk.weaver, desk.loom), "Process")
        assert await parts_of(desk, desk.weaver, desk.loom, status=OrderStatus.PAID) == []
        assert len(await parts_of(desk, desk.weaver, desk.loom, status=OrderStatus.PROCESSING)) == 1


class TestMoves:
    async def test_both_sellers_take_the_order_to_its_end(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        scarf = await part_of(desk, desk.weaver, desk.loom)
        vase = await part_of(desk, desk.potter, desk.kiln)
        assert (await move(desk, desk.weaver, scarf, "Process")).status == OrderStatus.PROCESSING
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.PROCESSING
        assert (await ship(desk, desk.weaver, scarf)).status == OrderStatus.SHIPPED
        seen = await desk.get(buyer, order.order_id)
        assert (seen.status, seen.fulfilment_state) == (OrderStatus.SHIPPED, FulfilmentState.PARTIALLY_SHIPPED)
        await ship(desk, desk.potter, vase)
        assert (await move(desk, desk.weaver, scarf, "Deliver")).status == OrderStatus.DELIVERED
        assert (await desk.get(buyer, order.order_id)).fulfilment_state == FulfilmentState.SHIPPED
        await move(desk, desk.potter, vase, "Deliver")
        seen = await desk.get(buyer, order.order_id)
        assert seen.status == OrderStatus.DELIVERED
        assert seen.seller_orders[0].shipments[0].carrier == "DHL"
        assert [change.status for change in seen.history] == [
            OrderStatus.PENDING,
            OrderStatus.PAID,
            OrderStatus.PROCESSING,
            OrderStatus.SHIPPED,
            OrderStatus.DELIVERED,
        ]
        assert (await desk.events("order"))[2:] == [
            "SellerOrderProcessing",
            "SellerOrderShipped",
            "SellerOrderShipped",
            "SellerOrderDelivered",
            "SellerOrderDelivered",
        ]

    async def test_is_completed_when_it_can_no_longer_be_sent_back(self, desk: Desk) -> None:
        buyer = desk.shopper(1, 0)
        order = await desk.place(buyer)
        part = await part_of(desk, desk.weaver, desk.loom)
        await ship(desk, desk.weaver, part)
        await move(desk, desk.weaver, part, "Deliver")
        await desk.job("order-complete-delivered")
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.DELIVERED
        await desk.execute("UPDATE \"order\".orders SET deliver_time = now() - interval '15 days'")
        await desk.job("order-complete-delivered")
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.COMPLETED
        assert (await desk.events("order"))[-1] == "OrderCompleted"

    async def test_sends_in_parts(self, desk: Desk) -> None:
        await desk.place(desk.shopper(3, 0))
        part = await part_of(desk, desk.weaver, desk.loom)
        first = await ship(desk, desk.weaver, part, Scarf=1)
        assert (first.status, first.fulfilment_state) == (OrderStatus.SHIPPED, FulfilmentState.PARTIALLY_SHIPPED)
        with pytest.raises(FailedPrecondition, match="INVALID_TRANSITION"):
            await move(desk, desk.weaver, part, "Deliver")
        with pytest.raises(FailedPrecondition, match="QUANTITY_NOT_OPEN") as refused:
            await ship(desk, desk.weaver, part, Scarf=3)
        assert refused.value.violations[0].description == "3 named, 2 to be sent"
        rest = await ship(desk, desk.weaver, part)
        assert rest.fulfilment_state == FulfilmentState.SHIPPED
        assert [shipment.lines[0].quantity for shipment in rest.shipments] == [1, 2]

    async def test_wrong_moves_are_refused(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        part = await part_of(desk, desk.weaver, desk.loom)
        with pytest.raises(FailedPrecondition, match="INVALID_TRANSITION"):
            await move(desk, desk.weaver, part, "Deliver")
        await ship(desk, desk.weaver, part)
        for method in ("Process", "Ship"):
            with pytest.raises(FailedPrecondition, match="INVALID_TRANSITION"):
                await (ship(desk, desk.weaver, part) if method == "Ship" else move(desk, desk.weaver, part, method))

    async def test_nothing_of_a_cancelled_order_is_sent(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        part = await part_of(desk, desk.weaver, desk.loom)
        await desk.cancel(buyer, order.order_id)
        with pytest.raises(FailedPrecondition, match="INVALID_TRANSITION"):
            await ship(desk, desk.weaver, part)


class TestUpdateOrderStatus:
    async def test_moves_the_only_part_of_the_caller(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        moved = await self.update(desk, desk.weaver, order.order_id, "PROCESSING")
        assert (moved.shop_id, moved.status) == (desk.loom, OrderStatus.PROCESSING)
        moved = await self.update(desk, desk.weaver, order.order_id, "SHIPPED", carrier="DHL", tracking_number="1")
        assert moved.shipments[0].tracking_number == "1"
        assert (await self.update(desk, desk.weaver, order.order_id, "DELIVERED")).status == OrderStatus.DELIVERED

    async def test_asks_which_where_there_are_several(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        both = person(desk.loom, desk.kiln)
        with pytest.raises(InvalidArgument, match="SHOP_REQUIRED"):
            await self.update(desk, both, order.order_id, "PROCESSING")
        assert (await self.update(desk, both, order.order_id, "PROCESSING", shop_id=desk.kiln)).shop_id == desk.kiln

    async def test_needs_a_carrier_and_a_known_move(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        with pytest.raises(InvalidArgument, match="CARRIER_REQUIRED"):
            await self.update(desk, desk.weaver, order.order_id, "SHIPPED")
        with pytest.raises(InvalidArgument, match="UNSUPPORTED_STATUS"):
            await self.update(desk, desk.weaver, order.order_id, "PAID")

    async def test_finds_nothing_for_others(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper(1, 0))
        with pytest.raises(NotFound, match="ORDER_NOT_FOUND"):
            await self.update(desk, desk.potter, order.order_id, "PROCESSING")

    async def update(self, desk: Desk, who: Principal, order_id: str, status: str, **more: str) -> SellerOrder:
        request = pb.UpdateOrderStatusRequest(order_id=order_id, status=status, **more)
        return await desk.call(who, "UpdateOrderStatus", request)
