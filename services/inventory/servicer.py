"""The RPCs of InventoryService."""

import uuid
from collections.abc import Callable

from souk.inventory.v1 import inventory_service_pb2 as pb2
from souk.inventory.v1 import reservation_pb2, stock_pb2
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceServicer
from souk.mesh.v1 import invariants_pb2

from mesh import page
from mesh.call import Call
from mesh.database import UnitOfWork
from mesh.errors import InvalidArgument
from mesh.node import ServiceNode
from services.inventory import encoding
from services.inventory.clients import CatalogClient
from services.inventory.domain.stock import Stock
from services.inventory.handlers import reservations, stock
from services.inventory.handlers.reserving import Reserving, Wish
from services.inventory.handlers.stock import find_stock
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.invariants import check_owners, check_stock
from services.inventory.repository.stock import list_movements, read_availability
from services.inventory.settings import InventorySettings


class InventoryServicer(InventoryServiceServicer):
    def __init__(
        self,
        node: ServiceNode,
        catalog: CatalogClient,
        warehouse: Callable[[UnitOfWork], Warehouse],
        reserving: Reserving,
        settings: InventorySettings,
    ) -> None:
        self._node = node
        self._catalog = catalog
        self._warehouse = warehouse
        self._reserving = reserving
        self._settings = settings

    async def GetStock(self, request: pb2.GetStockRequest, call: Call) -> stock_pb2.Stock:
        return encoding.availability_to_stock(
            await find_stock(call.db, self._catalog, uuid.UUID(request.variant_id), call.principal)
        )

    async def SetStock(self, request: pb2.SetStockRequest, call: Call) -> stock_pb2.Stock:
        if not request.HasField("quantity"):
            raise InvalidArgument("QUANTITY_REQUIRED", "quantity is required.", fields={"quantity": "is required"})
        found = await find_stock(call.db, self._catalog, uuid.UUID(request.variant_id), call.principal)
        warehouse = self._warehouse(call.uow)
        row = await stock.lock_stock(warehouse, found.stock.place)
        before = encoding.counts(row)
        await stock.set_stock(warehouse, row, request.quantity, request.reason, **encoding.options_of(request))
        call.uow.audit(row.variant_id, before, encoding.counts(row))
        call.before_answer(lambda: self._await_page(row))
        return encoding.stock_to_proto(row)

    async def AdjustStock(self, request: pb2.AdjustStockRequest, call: Call) -> stock_pb2.Stock:
        if not request.delta:
            raise InvalidArgument("DELTA_REQUIRED", "delta is not 0.", fields={"delta": "is required"})
        found = await find_stock(call.db, self._catalog, uuid.UUID(request.variant_id), call.principal)
        warehouse = self._warehouse(call.uow)
        row = await stock.lock_stock(warehouse, found.stock.place)
        before = encoding.counts(row)
        await stock.adjust_stock(warehouse, row, request.delta, request.reason)
        call.uow.audit(row.variant_id, before, encoding.counts(row))
        call.before_answer(lambda: self._await_page(row))
        return encoding.stock_to_proto(row)

    async def ListMovements(self, request: pb2.ListMovementsRequest, call: Call) -> pb2.ListMovementsResponse:
        variant_id = uuid.UUID(request.variant_id)
        await find_stock(call.db, self._catalog, variant_id, call.principal)
        size = page.page_size(request.page_size)
        async with call.db.read() as unit:
            before, location = encoding.before_of(request.page_token)
            rows = await list_movements(unit, variant_id, before, size + 1, location)
        return encoding.movements_to_proto(rows, size)

    async def BatchGetAvailability(
        self, request: pb2.BatchGetAvailabilityRequest, call: Call
    ) -> pb2.BatchGetAvailabilityResponse:
        async with call.db.read() as unit:
            found = await read_availability(unit, map(uuid.UUID, request.variant_ids))
        return pb2.BatchGetAvailabilityResponse(availabilities=map(encoding.availability_to_proto, found))

    async def ReserveStock(self, request: pb2.ReserveStockRequest, call: Call) -> reservation_pb2.Reservation:
        wish = Wish(
            uuid.UUID(request.order_id),
            [(uuid.UUID(line.variant_id), line.quantity) for line in request.lines],
            request.ttl_seconds or self._settings.hold_seconds,
            uuid.UUID(request.supersedes_order_id) if request.supersedes_order_id else None,
        )
        reservation = await self._reserving.reserve(wish)
        return encoding.reservation_to_proto(reservation)

    async def ReleaseStock(self, request: pb2.ReleaseStockRequest, call: Call) -> reservation_pb2.Reservation:
        order_id = uuid.UUID(request.order_id)
        return encoding.reservation_to_proto(await reservations.release_stock(self._warehouse(call.uow), order_id))

    async def CommitStock(self, request: pb2.CommitStockRequest, call: Call) -> reservation_pb2.Reservation:
        order_id = uuid.UUID(request.order_id)
        return encoding.reservation_to_proto(await reservations.commit_stock(self._warehouse(call.uow), order_id))

    async def RestockOrder(self, request: pb2.RestockOrderRequest, call: Call) -> reservation_pb2.Reservation:
        order_id = uuid.UUID(request.order_id)
        return encoding.reservation_to_proto(await reservations.restock_order(self._warehouse(call.uow), order_id))

    async def _await_page(self, row: Stock) -> None:
        """See to it that whoever has changed the stock finds the change on the product's page."""
        if row.availability_changed:
            await self._catalog.await_version(row.variant_id, row.variant_version, self._settings.page_wait_seconds)

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        settle_seconds = request.settle_seconds or 30
        stock_result, owners = await check_stock(call.db), await check_owners(call.db, self._catalog, settle_seconds)
        delivery = await self._node.verify_delivery(settle_seconds)
        return invariants_pb2.CheckInvariantsResponse(results=[stock_result, delivery, owners])
