"""Payment on a real PostgreSQL with a real sandbox behind it."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.api import httpbody_pb2
from souk.mesh.v1.invariants_pb2 import InvariantResult
from souk.money.v1 import money_pb2
from souk.payment.v1 import payment_pb2
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.ledger_service_pb2_grpc import LedgerServiceStub
from souk.payment.v1.payment_method_service_pb2_grpc import PaymentMethodServiceStub
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from souk.payment.v1.payout_service_pb2_grpc import PayoutServiceStub
from souk.seller.v1 import seller_service_pb2, seller_service_pb2_grpc, shop_pb2

from mesh.principal import ANONYMOUS, Principal, acting_as, service_principal
from mesh.service import Parts, Service
from sandbox.faults import NONE, Fault, Faults
from sandbox.forms import Value
from sandbox.server import Options, running
from sandbox.signature import sign
from tests.sandbox.conftest import connected
from tests.services.market import Market, running_market
from tests.stores import Stores

BUYER = Principal(subject="01890000-0000-8000-8000-00000000000a", roles=frozenset({"CUSTOMER"}))
STAFF = Principal(subject="01890000-0000-8000-8000-00000000000c", roles=frozenset({"CUSTOMER", "ADMIN"}))
LOOM, KILN = uuid.UUID(int=1), uuid.UUID(int=2)
WEAVER = Principal(
    subject="01890000-0000-8000-8000-00000000000d",
    roles=frozenset({"CUSTOMER", "SELLER"}),
    tenants=frozenset({str(LOOM)}),
)
SECRET = "whsec_new"


@dataclass
class Scripted(Faults):
    """Does to calls whose path ends so what the test says, once each."""

    planned: dict[str, Fault] = field(default_factory=dict)
    # What happens to the object of an event soon after it, by the event's type.
    followed_by: dict[str, str] = field(default_factory=dict)

    def for_call(self, method: str, path: str, form: dict[str, Value]) -> Fault:  # noqa: ARG002 the seam's signature
        ending = next((ending for ending in self.planned if method == "POST" and path.endswith(ending)), None)
        return NONE if ending is None else self.planned.pop(ending)

    def for_event(self, event: dict[str, Any]) -> tuple[float, ...]:  # noqa: ARG002 the seam's signature
        return ()

    def consequences(self, event: dict[str, Any]) -> tuple[tuple[str, float], ...]:
        return ((self.followed_by[event["type"]], 0.0),) if event["type"] in self.followed_by else ()


def euros(amount: int) -> money_pb2.Money:
    return money_pb2.Money(currency="EUR", amount=amount)


def line(shop: uuid.UUID, amount: int, quantity: int = 1, **shares: int) -> payment_pb2.PaymentLine:
    parts = {name: euros(share) for name, share in shares.items()}
    return payment_pb2.PaymentLine(
        line_id=str(uuid.uuid4()), shop_id=str(shop), quantity=quantity, amount=euros(amount), **parts
    )


def request(token: str = "pm_card_visa", *lines: payment_pb2.PaymentLine) -> pb.StartPaymentRequest:
    paid = lines or (line(LOOM, 2000, 2, commission=200, tax=300, shipping=100), line(KILN, 599, commission=60))
    return pb.StartPaymentRequest(
        payment_id=str(uuid.uuid4()),
        order_id=str(uuid.uuid4()),
        user_id=BUYER.subject,
        amount=euros(sum(each.amount.amount for each in paid)),
        token=token,
        lines=paid,
    )


class FakeSeller(seller_service_pb2_grpc.SellerServiceServicer):
    """The seller service as far as payouts ask it: every shop is verified unless a test says otherwise."""

    def __init__(self) -> None:
        self.states: dict[str, shop_pb2.ShopState.Value] = {}

    async def BatchGetShops(  # noqa: N802  # of the contract
        self,
        request: seller_service_pb2.BatchGetShopsRequest,
        _: Any,
    ) -> seller_service_pb2.BatchGetShopsResponse:
        shops = [
            shop_pb2.ShopSummary(
                shop_id=shop_id, country="DE", state=self.states.get(shop_id, shop_pb2.ShopState.VERIFIED)
            )
            for shop_id in request.shop_ids
        ]
        return seller_service_pb2.BatchGetShopsResponse(shops=shops)


class Till:
    """The payment service, its sandbox, and short ways to both."""

    def __init__(self, market: Market, faults: Scripted, stripe: Any, origin: str, seller: FakeSeller) -> None:
        self.seller = seller
        self.payouts = market.stub(PayoutServiceStub)
        self.books = market.stub(LedgerServiceStub)
        self.methods = market.stub(PaymentMethodServiceStub)
        self.market = market
        self.faults = faults
        self.stripe = stripe
        self.origin = origin
        self._order = market.stub(PaymentServiceStub, "order")
        self._edge = market.stub(PaymentServiceStub)

    async def order(self, method: str, message: Any) -> Any:
        """A call of the order service."""
        with acting_as(service_principal("order")):
            return await getattr(self._order, method)(message)

    async def call(self, principal: Principal, method: str, message: Any, key: str = "") -> Any:
        """A call of a person."""
        metadata = (("idempotency-key", key),) if key else ()
        with acting_as(principal):
            return await getattr(self._edge, method)(message, metadata=metadata)

    async def start(self, message: pb.StartPaymentRequest) -> payment_pb2.Payment:
        return await self.order("StartPayment", message)

    async def status(self, payment_id: str) -> payment_pb2.Payment:
        return await self.order("GetPaymentStatus", pb.GetPaymentStatusRequest(payment_id=payment_id))

    async def paid(self, *lines: payment_pb2.PaymentLine) -> tuple[pb.StartPaymentRequest, payment_pb2.Payment]:
        """A captured payment."""
        asked = request("pm_card_visa", *lines)
        return asked, await self.start(asked)

    async def webhook(self, event: dict[str, Any], secret: str = SECRET, age: int = 0) -> None:
        """Deliver an event as the provider does."""
        payload = json.dumps(event).encode()
        signature = sign(payload, secret, int(time.time()) - age)
        with acting_as(ANONYMOUS):
            await self._edge.ReceiveStripeWebhook(
                httpbody_pb2.HttpBody(content_type="application/json", data=payload),
                metadata=(("stripe-signature", signature),),
            )

    async def run_job(self, name: str) -> None:
        """Run a job of the service once."""
        job = next(job for job in self.market.node.parts["payment"].jobs if job.name == name)
        async with self.market.node.nodes["payment"].as_service():
            await job.run()

    async def make_due(self) -> None:
        """Let the time pass after which recovery looks at things."""
        await self.market.rows("UPDATE payment.payments SET check_time = now() - interval '1 second'")
        for table in ("refunds", "payout_items", "payout_reversals", "webhook_events"):
            await self.market.rows(f"UPDATE payment.{table} SET check_time = now() - interval '1 second'")  # noqa: S608

    async def balance(self, order_id: str = "") -> dict[tuple[str, str], int]:
        """Debit minus credit of each account."""
        answer = await self.call(STAFF, "GetTrialBalance", pb.GetTrialBalanceRequest(order_id=order_id))
        return {(each.account, each.shop_id): each.debit.amount - each.credit.amount for each in answer.accounts}

    async def violations(self) -> dict[str, int]:
        """What is found by each invariant that can be decided without events, a minute from now."""
        checks = self.market.node.parts["payment"].servicers[0]._checks
        checks._verify_delivery, checks._clock = _no_delivery, lambda: time.time() + 60
        answer = await checks.run(30)
        return {result.invariant: result.violation_count for result in answer.results if result.violation_count}


async def _no_delivery(_: float) -> InvariantResult:
    return InvariantResult(invariant="I5")


@pytest.fixture
async def till(stores: Stores, tmp_path: Path) -> AsyncIterator[Till]:
    faults = Scripted()
    async with running(Options(data=tmp_path / "sandbox"), faults) as ports, connected(ports.port) as stripe:
        origin = f"http://127.0.0.1:{ports.port}"
        settings = {
            "STRIPE_API_KEY": "sk_test_souk",
            "STRIPE_API_BASE": origin,
            "SOUK_PAYMENT_WEBHOOK_SECRETS": f"whsec_old,{SECRET}",
            "SOUK_PAYMENT_PROVIDER_TIMEOUT_SECONDS": "1",
            # What is earned is due at once and all of it.
            "SOUK_PAYMENT_PAYOUT_HOLD_DAYS": "0",
            "SOUK_PAYMENT_PAYOUT_RESERVE_BPS": "0",
        }
        seller = FakeSeller()
        beside = [Service("seller", None, lambda _: Parts(servicers=(seller,)))]
        async with running_market(stores, tmp_path / "home", ["payment"], beside=beside, **settings) as market:
            # Jobs run when a test says so.
            await market.node.background.stop()
            yield Till(market, faults, stripe, origin, seller)
