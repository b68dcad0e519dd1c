"""The services that order stands on, in memory: each keeps the promises of its contract and fails on demand."""

import uuid
from asyncio import Event  # noqa: TC003  # type of an attribute
from collections import Counter
from collections.abc import Awaitable, Callable  # noqa: TC003  # types of attributes
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from souk.cart.v1 import cart_pb2, cart_service_pb2_grpc
from souk.catalog.v1 import catalog_service_pb2, catalog_service_pb2_grpc, product_pb2
from souk.inventory.v1 import inventory_service_pb2_grpc, reservation_pb2
from souk.money.v1.money_pb2 import Money
from souk.payment.v1 import (
    payment_pb2,
    payment_service_pb2,
    payment_service_pb2_grpc,
    refund_pb2,
    wallet_service_pb2,
    wallet_service_pb2_grpc,
)
from souk.payment.v1.payment_pb2 import PaymentState
from souk.payment.v1.refund_pb2 import RefundState
from souk.seller.v1 import seller_service_pb2, seller_service_pb2_grpc, shop_pb2

from mesh.errors import FailedPrecondition, NotFound, SoukError, Violation


def euros(amount: int) -> Money:
    return Money(currency="EUR", amount=amount)


class Faulty:
    """Fails calls before or after their effect, once for each time it is told to, and counts them."""

    def __init__(self) -> None:
        self.before: dict[str, list[SoukError]] = {}
        self.after: dict[str, list[SoukError]] = {}
        self.calls: Counter[str] = Counter()

    def enter(self, method: str) -> None:
        self.calls[method] += 1
        if planned := self.before.get(method):
            raise planned.pop(0)

    def leave(self, method: str) -> None:
        if planned := self.after.get(method):
            raise planned.pop(0)


@dataclass
class Variant:
    """Something for sale."""

    shop_id: str
    price: int
    title: str
    currency: str = "EUR"
    purchasable: bool = True
    variant_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    product_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class FakeCatalog(catalog_service_pb2_grpc.CatalogServiceServicer):
    def __init__(self) -> None:
        self.variants: dict[str, Variant] = {}

    def add(self, shop_id: str, price: int, title: str) -> Variant:
        variant = Variant(shop_id, price, title)
        self.variants[variant.variant_id] = variant
        return variant

    async def BatchGetVariants(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        known = [self.variants[each] for each in request.variant_ids if each in self.variants]
        return catalog_service_pb2.BatchGetVariantsResponse(
            variants=[
                product_pb2.VariantDetail(
                    variant_id=each.variant_id,
                    product_id=each.product_id,
                    shop_id=each.shop_id,
                    title=each.title,
                    sku=f"SKU-{each.title}",
                    options={"Size": "M"},
                    price=Money(currency=each.currency, amount=each.price),
                    purchasable=each.purchasable,
                )
                for each in known
            ]
        )


class FakeSellers(seller_service_pb2_grpc.SellerServiceServicer):
    def __init__(self) -> None:
        self.shops: dict[str, Any] = {}

    def add(self, name: str, commission_bps: int) -> str:
        shop_id = str(uuid.uuid4())
        self.shops[shop_id] = shop_pb2.ShopSummary(
            shop_id=shop_id, name=name, state="VERIFIED", commission_bps=commission_bps, currency="EUR"
        )
        return shop_id

    async def BatchGetShops(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        known = [self.shops[each] for each in request.shop_ids if each in self.shops]
        return seller_service_pb2.BatchGetShopsResponse(shops=known)


class FakeCarts(cart_service_pb2_grpc.CartServiceServicer):
    def __init__(self) -> None:
        self.carts: dict[str, Any] = {}
        # Where it is there, the first read is answered at once, and all others once it is set.
        self.gate: Event | None = None
        self._reads = 0

    def fill(self, user_id: str, *lines: tuple[Variant, int]) -> None:
        """Put this in the customer's cart, at the prices of now."""
        present = self.carts.get(user_id)
        self.carts[user_id] = cart_pb2.CheckoutCart(
            cart_id=present.cart_id if present else str(uuid.uuid4()),
            version=present.version + 1 if present else 1,
            currency="EUR",
            items=[
                cart_pb2.CheckoutItem(
                    item_id=str(uuid.uuid4()),
                    variant_id=variant.variant_id,
                    product_id=variant.product_id,
                    shop_id=variant.shop_id,
                    title=variant.title,
                    quantity=quantity,
                    unit_price=euros(variant.price),
                )
                for variant, quantity in lines
            ],
        )

    async def GetCheckoutCart(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self._reads += 1
        if self.gate is not None and self._reads > 1:
            await self.gate.wait()
        return self.carts.get(request.user_id, cart_pb2.CheckoutCart())


@dataclass
class Hold:
    """What is held for an order."""

    wanted: Counter[str]
    state: str
    expire_time: datetime


class FakeInventory(inventory_service_pb2_grpc.InventoryServiceServicer, Faulty):
    def __init__(self) -> None:
        Faulty.__init__(self)
        self.on_hand: Counter[str] = Counter()
        self.holds: dict[str, Hold] = {}

    def now(self) -> datetime:
        return datetime.now(UTC)

    def free(self, variant_id: str) -> int:
        now = self.now()
        held = (h for h in self.holds.values() if h.state == "HELD" and h.expire_time > now)
        return self.on_hand[variant_id] - sum(hold.wanted[variant_id] for hold in held)

    def lose_hold(self, order_id: str) -> None:
        """The hold's time is over."""
        self.holds[order_id].expire_time = self.now() - timedelta(seconds=1)

    async def ReserveStock(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("ReserveStock")
        present = self.holds.get(request.order_id)
        if present is not None and present.state == "RELEASED":
            raise FailedPrecondition("RESERVATION_RELEASED", "The hold was given back.")
        wanted: Counter[str] = Counter()
        for line in request.lines:
            wanted[line.variant_id] += line.quantity
        superseded = self.holds.get(request.supersedes_order_id)
        if superseded is not None and superseded.state == "HELD":
            superseded.state = "RELEASED"
        self.holds.pop(request.order_id, None)
        short = [(each, asked, self.free(each)) for each, asked in wanted.items() if self.free(each) < asked]
        if short:
            raise FailedPrecondition(
                "OUT_OF_STOCK",
                "Not enough is left.",
                violations=[
                    Violation("OUT_OF_STOCK", each, f"{asked} asked, {left} left") for each, asked, left in short
                ],
            )
        expire_time = self.now() + timedelta(seconds=request.ttl_seconds or 900)
        self.holds[request.order_id] = Hold(wanted, "HELD", expire_time)
        self.leave("ReserveStock")
        answer = reservation_pb2.Reservation(order_id=request.order_id, state="HELD")
        answer.expire_time.FromDatetime(expire_time)
        return answer

    async def ReleaseStock(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("ReleaseStock")
        hold = self.holds.setdefault(request.order_id, Hold(Counter(), "RELEASED", self.now()))
        hold.state = "RELEASED"
        self.leave("ReleaseStock")
        return reservation_pb2.Reservation(order_id=request.order_id, state="RELEASED")

    async def CommitStock(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("CommitStock")
        hold = self.holds[request.order_id]
        if hold.state == "HELD":
            if any(self.free(each) < asked for each, asked in hold.wanted.items() if hold.expire_time <= self.now()):
                raise FailedPrecondition("OUT_OF_STOCK", "The hold is over and the goods are gone.")
            self.on_hand.subtract(hold.wanted)
            hold.state = "COMMITTED"
        self.leave("CommitStock")
        return reservation_pb2.Reservation(order_id=request.order_id, state="COMMITTED")


OUTCOMES = {
    "pm_card_visa": PaymentState.CAPTURED,
    "pm_card_chargeDeclined": PaymentState.DECLINED,
    "pm_card_authenticationRequired": PaymentState.REQUIRES_ACTION,
    "pm_slow": PaymentState.PENDING,
}


class FakePayments(payment_service_pb2_grpc.PaymentServiceServicer, Faulty):
    def __init__(self) -> None:
        Faulty.__init__(self)
        self.payments: dict[str, Any] = {}
        self.refunds: dict[str, Any] = {}
        self.refund_state = "SUCCEEDED"
        # The card behind each saved means of payment.
        self.saved: dict[str, str] = {}
        # Awaited once, after the money is taken or given back and before the caller hears of it.
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.lines: dict[str, Any] = {}
        # What is in wallets and nobody holds, by buyer.
        self.wallets: Counter[str] = Counter()
        self.owners: dict[str, str] = {}
        # Whether the means of each payment is to be saved.
        self.saving: dict[str, bool] = {}

    def taken(self, order_id: str) -> int:
        """What was taken of an order's buyer, less what was given back."""
        taken = sum(p.captured_amount.amount for p in self.payments.values() if p.order_id == order_id)
        given = (r for r in self.refunds.values() if r.order_id == order_id and r.state != RefundState.FAILED)
        return taken - sum(refund.amount.amount for refund in given)

    def settle(self, payment_id: str, state: str, only_from: str = "") -> None:
        """The buyer has done what the provider asked for."""
        payment = self.payments[payment_id]
        assert only_from in {"", PaymentState.Value.Name(payment.state)}
        payment.client_secret = ""
        self._stands(payment, PaymentState.Value.Value(state))

    def _stands(self, payment: Any, state: PaymentState.Value) -> None:
        """Where a card's payment stands now; the wallet's part goes its way."""
        payment.state = state
        payment.captured_amount.CopyFrom(euros(payment.amount.amount if state == PaymentState.CAPTURED else 0))
        beside = self.payments.get(payment.companion_id)
        if beside is None:
            return
        if state in {PaymentState.DECLINED, PaymentState.CANCELLED} and beside.state == PaymentState.AUTHORIZED:
            self.wallets[self.owners[payment.order_id]] += beside.amount.amount
        beside.state = {
            PaymentState.CAPTURED: PaymentState.CAPTURED,
            PaymentState.REQUIRES_ACTION: PaymentState.AUTHORIZED,
            PaymentState.PENDING: PaymentState.AUTHORIZED,
        }.get(state, PaymentState.CANCELLED)
        beside.captured_amount.CopyFrom(euros(beside.amount.amount if state == PaymentState.CAPTURED else 0))

    def _hold(self, user_id: str, amount: int) -> bool:
        if self.wallets[user_id] < amount:
            return False
        self.wallets[user_id] -= amount
        return True

    async def StartPayment(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("StartPayment")
        assert sum(line.amount.amount for line in request.lines) == request.amount.amount + request.wallet.amount.amount
        if request.payment_id not in self.payments:
            self._begin(request)
        await self._let_others()
        self.leave("StartPayment")
        return self.payments[request.payment_id]

    def _begin(self, request: Any) -> None:
        from_wallet = request.amount.amount if request.provider == "wallet" else request.wallet.amount.amount
        held = self._hold(request.user_id, from_wallet)
        state = PaymentState.CAPTURED
        if request.provider != "wallet":
            assert bool(request.token) != bool(request.saved_method_id)
            state = OUTCOMES[request.token or self.saved[request.saved_method_id]]
        payment = payment_pb2.Payment(
            payment_id=request.payment_id,
            order_id=request.order_id,
            amount=request.amount,
            provider=request.provider,
            companion_id=request.wallet.payment_id,
        )
        self.owners[request.order_id] = request.user_id
        self.payments[request.payment_id] = payment
        self.lines[request.order_id] = list(request.lines)
        self.saving[request.payment_id] = request.save_method
        if request.HasField("wallet"):
            self.payments[request.wallet.payment_id] = payment_pb2.Payment(
                payment_id=request.wallet.payment_id,
                order_id=request.order_id,
                amount=request.wallet.amount,
                provider="wallet",
                state=PaymentState.AUTHORIZED if held else PaymentState.CANCELLED,
            )
        self._stands(payment, state if held else PaymentState.DECLINED)
        refusal = "card_declined" if held else "wallet_too_low"
        payment.decline_reason = refusal if payment.state == PaymentState.DECLINED else ""
        payment.client_secret = "secret_1" if payment.state == PaymentState.REQUIRES_ACTION else ""

    async def _let_others(self) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()

    async def BatchGetPayments(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("BatchGetPayments")
        found = [self.payments[each] for each in request.payment_ids if each in self.payments]
        return payment_service_pb2.BatchGetPaymentsResponse(payments=found)

    async def CancelPayment(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("CancelPayment")
        payment = self.payments.setdefault(
            request.payment_id,
            payment_pb2.Payment(
                payment_id=request.payment_id,
                order_id=request.order_id,
                amount=request.amount,
                state=PaymentState.CANCELLED,
            ),
        )
        if payment.state in {PaymentState.PENDING, PaymentState.REQUIRES_ACTION}:
            payment.client_secret = ""
            self._stands(payment, PaymentState.CANCELLED)
        self.leave("CancelPayment")
        return payment

    async def RefundOrder(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.enter("RefundOrder")
        if request.refund_id not in self.refunds:
            left = self.taken(request.order_id)
            if not left:
                pending = [r for r in self.refunds.values() if r.state == RefundState.PENDING]
                raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left.", onTheWay=str(len(pending)))
            self._give_back(request, left)
        await self._let_others()
        self.leave("RefundOrder")
        return self.refunds[request.refund_id]

    def _give_back(self, request: Any, left: int) -> None:
        self.refunds[request.refund_id] = refund_pb2.Refund(
            refund_id=request.refund_id,
            order_id=request.order_id,
            amount=euros(left),
            state=self.refund_state,
            reason=request.reason,
        )
        of_wallet = (p for p in self.payments.values() if p.order_id == request.order_id and p.provider == "wallet")
        self.wallets[self.owners[request.order_id]] += sum(p.captured_amount.amount for p in of_wallet)

    async def GetPaymentStatus(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        if request.payment_id not in self.payments:
            raise NotFound("PAYMENT_NOT_FOUND", "There is no such payment.")
        return self.payments[request.payment_id]


class FakeWallets(wallet_service_pb2_grpc.WalletServiceServicer):
    """The wallets of the payments."""

    def __init__(self, payments: FakePayments) -> None:
        self.payments = payments

    async def PlanWallet(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        self.payments.enter("PlanWallet")
        await self.payments._let_others()
        amount = min(request.amount.amount, self.payments.wallets[request.user_id])
        return wallet_service_pb2.PlanWalletResponse(wallet_amount=euros(amount))
