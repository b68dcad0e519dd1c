"""Cart, catalog, seller, inventory and payment as orders see them."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from souk.cart.v1 import cart_service_pb2
from souk.cart.v1.cart_service_pb2_grpc import CartServiceStub
from souk.catalog.v1 import catalog_service_pb2, product_pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from souk.inventory.v1 import inventory_service_pb2, reservation_pb2
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.payment.v1 import payment_pb2, payment_service_pb2, refund_pb2, wallet_service_pb2
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from souk.payment.v1.wallet_service_pb2_grpc import WalletServiceStub
from souk.seller.v1 import seller_service_pb2, shop_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh import money
from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, SoukError
from mesh.money import Money
from services.order.domain.attempt import Attempt, Standing
from services.order.domain.order import REASONS, Order
from services.order.domain.pricing import Basket, BasketLine, Offer, Shop
from services.order.domain.saga import PaymentReport, RefundAnswer
from services.order.domain.status import AttemptState

# Shorter than a lease, so that the driver is still the driver when the answer comes; in seconds.
PAYMENT_TIMEOUT = 12.0


class CartClient:
    """The cart service."""

    def __init__(self, stub: CartServiceStub) -> None:
        self._stub = stub

    async def basket(self, user_id: UUID) -> Basket:
        """The customer's cart, empty where there is none."""
        cart = await self._stub.GetCheckoutCart(cart_service_pb2.GetCheckoutCartRequest(user_id=str(user_id)))
        lines = [
            BasketLine(
                variant_id=UUID(item.variant_id),
                product_id=UUID(item.product_id),
                shop_id=UUID(item.shop_id),
                title=item.title,
                quantity=item.quantity,
                seen_price=money.from_proto(item.unit_price),
            )
            for item in cart.items
        ]
        return Basket(UUID(cart.cart_id) if cart.cart_id else None, cart.version, lines)


class CatalogClient:
    """The catalog service."""

    def __init__(self, stub: CatalogServiceStub) -> None:
        self._stub = stub

    async def offers(self, variant_ids: Collection[UUID]) -> Mapping[UUID, Offer]:
        """The variants that the catalog knows."""
        request = catalog_service_pb2.BatchGetVariantsRequest(variant_ids=sorted(map(str, variant_ids)))
        response = await self._stub.BatchGetVariants(request)
        return {UUID(variant.variant_id): _offer(variant) for variant in response.variants}


def _offer(variant: product_pb2.VariantDetail) -> Offer:
    return Offer(
        variant_id=UUID(variant.variant_id),
        product_id=UUID(variant.product_id),
        shop_id=UUID(variant.shop_id),
        title=variant.title,
        sku=variant.sku,
        options=dict(variant.options),
        image_url=variant.image_url,
        price=money.from_proto(variant.price),
        purchasable=variant.purchasable,
    )


class ShopClient:
    """The seller service."""

    def __init__(self, stub: SellerServiceStub) -> None:
        self._stub = stub

    async def shops(self, shop_ids: Collection[UUID]) -> Mapping[UUID, Shop]:
        """The shops that there are."""
        request = seller_service_pb2.BatchGetShopsRequest(shop_ids=sorted(map(str, shop_ids)))
        response = await self._stub.BatchGetShops(request)
        return {
            UUID(shop.shop_id): Shop(
                UUID(shop.shop_id), shop.name, shop.state == shop_pb2.ShopState.VERIFIED, shop.commission_bps
            )
            for shop in response.shops
        }


class StockClient:
    """The inventory service."""

    def __init__(self, stub: InventoryServiceStub) -> None:
        self._stub = stub

    async def reserve(self, order: Order, ttl_seconds: int, supersedes: UUID | None) -> datetime:
        """Hold the goods. What inventory refuses for good is told as OUT_OF_STOCK."""
        request = inventory_service_pb2.ReserveStockRequest(
            order_id=str(order.order_id),
            lines=[
                reservation_pb2.ReservationLine(variant_id=str(line.variant_id), quantity=line.quantity)
                for line in order.lines
            ],
            ttl_seconds=ttl_seconds,
            supersedes_order_id=str(supersedes or ""),
        )
        try:
            reservation = await self._stub.ReserveStock(request)
        except (NotFound, InvalidArgument) as error:
            raise FailedPrecondition("OUT_OF_STOCK", error.message, violations=error.violations) from error
        expire_time: datetime = reservation.expire_time.ToDatetime(UTC)
        return expire_time

    async def release(self, order_id: UUID) -> None:
        """Give the goods back."""
        await self._stub.ReleaseStock(inventory_service_pb2.ReleaseStockRequest(order_id=str(order_id)))

    async def commit(self, order_id: UUID) -> None:
        """Sell the goods."""
        await self._stub.CommitStock(inventory_service_pb2.CommitStockRequest(order_id=str(order_id)))


class PaymentClient:
    """The payment service."""

    def __init__(self, stub: PaymentServiceStub, wallets: WalletServiceStub) -> None:
        self._stub = stub
        self._wallets = wallets

    async def plan_wallet(self, user_id: UUID, total: Money) -> Money:
        """How much of a total the buyer's wallet can pay now; nothing is held."""
        request = wallet_service_pb2.PlanWalletRequest(user_id=str(user_id), amount=money.to_proto(total))
        return money.from_proto((await self._wallets.PlanWallet(request)).wallet_amount)

    async def start(self, order: Order, attempt: Attempt) -> PaymentReport:
        """Take the money. What the payment service refuses for good is told as a declined attempt."""
        beside = order.wallet_beside(attempt)
        request = payment_service_pb2.StartPaymentRequest(
            payment_id=str(attempt.payment_id),
            order_id=str(order.order_id),
            user_id=str(order.user_id),
            amount=money.to_proto(attempt.amount),
            provider=attempt.provider,
            token="" if attempt.saved_method_id else attempt.token,
            saved_method_id=attempt.saved_method_id,
            save_method=attempt.save_method,
            wallet=None if beside is None else _part(beside),
            lines=[
                payment_pb2.PaymentLine(
                    line_id=str(line.line_id),
                    shop_id=str(line.shop_id),
                    quantity=line.quantity,
                    amount=money.to_proto(line.total + line.shipping),
                    commission=money.to_proto(line.commission),
                    tax=money.to_proto(line.tax),
                    shipping=money.to_proto(line.shipping),
                )
                for line in order.lines
            ],
        )
        try:
            return _report(await self._stub.StartPayment(request, timeout=PAYMENT_TIMEOUT))
        except SoukError as error:
            if not error.permanent:
                raise
            return PaymentReport(attempt.payment_id, AttemptState.DECLINED, error.reason.lower())

    async def cancel(self, order: Order, attempt: Attempt) -> PaymentReport:
        """Give the payment up; one that was never begun cannot be begun any more."""
        request = payment_service_pb2.CancelPaymentRequest(
            payment_id=str(attempt.payment_id),
            order_id=str(order.order_id),
            user_id=str(order.user_id),
            amount=money.to_proto(attempt.amount),
        )
        return _report(await self._stub.CancelPayment(request, timeout=PAYMENT_TIMEOUT))

    async def refund(self, refund_id: UUID, order_id: UUID, payment_id: UUID | None, reason: str) -> RefundAnswer:
        """Give back all that is left. Where nothing is left, it was given back before."""
        request = payment_service_pb2.RefundOrderRequest(
            refund_id=str(refund_id),
            order_id=str(order_id),
            reason=REASONS.get(reason, reason),
            payment_id=str(payment_id or ""),
        )
        try:
            refund = await self._stub.RefundOrder(request, timeout=PAYMENT_TIMEOUT)
        except (FailedPrecondition, NotFound) as error:
            if error.reason != "NOTHING_TO_REFUND":
                return RefundAnswer.FAILED
            on_the_way = error.metadata.get("onTheWay", "0") != "0"
            return RefundAnswer.UNDER_WAY if on_the_way else RefundAnswer.DONE
        return _REFUNDS[refund.state]

    async def standings(self, payment_ids: Collection[UUID]) -> Mapping[UUID, Standing]:
        """Where those of the payments stand that there are, as they are stored; the provider is not asked."""
        request = payment_service_pb2.BatchGetPaymentsRequest(payment_ids=map(str, payment_ids))
        response = await self._stub.BatchGetPayments(request)
        return {
            UUID(payment.payment_id): Standing(
                UUID(payment.payment_id), _report(payment).state, payment.refunded_amount.amount
            )
            for payment in response.payments
        }

    async def status(self, payment_id: UUID) -> PaymentReport:
        """Where a payment stands. Raises PAYMENT_NOT_FOUND for one that was never begun."""
        request = payment_service_pb2.GetPaymentStatusRequest(payment_id=str(payment_id))
        return _report(await self._stub.GetPaymentStatus(request, timeout=PAYMENT_TIMEOUT))


_REFUNDS = {
    refund_pb2.RefundState.PENDING: RefundAnswer.UNDER_WAY,
    refund_pb2.RefundState.SUCCEEDED: RefundAnswer.DONE,
    refund_pb2.RefundState.FAILED: RefundAnswer.FAILED,
}


def _part(beside: Attempt) -> payment_service_pb2.WalletPart:
    return payment_service_pb2.WalletPart(payment_id=str(beside.payment_id), amount=money.to_proto(beside.amount))


def _report(payment: payment_pb2.Payment) -> PaymentReport:
    return PaymentReport(
        payment_id=UUID(payment.payment_id),
        state=AttemptState(payment_pb2.PaymentState.Value.Name(payment.state)),
        decline_reason=payment.decline_reason,
        client_secret=payment.client_secret,
    )
