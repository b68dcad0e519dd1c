"""Placing an order: checkout from the cart to the first commit, and from there on by the saga."""

import time
from datetime import UTC, datetime
from uuid import UUID

from mesh import crash, idempotency
from mesh.database import Database, UnitOfWork
from mesh.errors import Aborted, FailedPrecondition, NotFound, SoukError
from mesh.idempotency import CallKey, New
from services.order import events
from services.order.domain.order import Order
from services.order.domain.placing import new_order
from services.order.domain.pricing import PricedCart, check_seen, seen_in_cart
from services.order.domain.request import PlaceRequest, require_sources
from services.order.domain.saga import Goal, PendingCall, Saga, SagaState
from services.order.handlers.completion import Completion, Work
from services.order.handlers.endings import call_key, cancelled_error
from services.order.handlers.market import Market
from services.order.handlers.means import plan_payment
from services.order.handlers.outside import Payments
from services.order.handlers.refusal import already_paid, refuse
from services.order.handlers.supersede import Supersede
from services.order.handlers.waiting import AnsweredMeanwhile, Waiting
from services.order.repository import lookups, quotes, sagas
from services.order.repository.orders import Orders, PlacedMeanwhile
from services.order.settings import OrderSettings

_TRIES = 3


class BoughtMeanwhile(SoukError):
    """Exactly this cart was paid by another order, and is not taken off yet."""

    def __init__(self, order_id: UUID) -> None:
        super().__init__("BOUGHT_MEANWHILE")
        self.order_id = order_id


class Checkout:
    """Places orders."""

    def __init__(
        self,
        db: Database,
        orders: Orders,
        market: Market,
        payments: Payments,
        completion: Completion,
        waiting: Waiting,
        supersede: Supersede,
        settings: OrderSettings,
    ) -> None:
        self._db = db
        self._orders = orders
        self._market = market
        self._payments = payments
        self._completion = completion
        self._waiting = waiting
        self._supersede = supersede
        self._settings = settings

    async def place_order(self, user_id: UUID, request: PlaceRequest, key: CallKey, until: float) -> bytes:
        """Buy the caller's cart; returns the serialised order. Waits at most until `until`, monotonic."""
        for _ in range(_TRIES):
            async with self._db.read() as unit:
                stored = await idempotency.find(unit, key)
                placed = await lookups.find_by_key(unit, user_id, key.key) if stored is None else None
            if stored is not None:
                return stored.answer()
            if placed is not None:
                return await self._waiting.join(placed, key, until)
            try:
                order, old = await self._prepare(user_id, request, key, until)
            except PlacedMeanwhile:
                continue
            except SoukError as error:
                return await refuse(self._db, key, error)
            try:
                return await self._place(order, old, key, until)
            except AnsweredMeanwhile:
                return await idempotency.await_answer(self._db, key, until)
            except PlacedMeanwhile:
                continue
            except BoughtMeanwhile as bought:
                return await refuse(self._db, key, already_paid(bought.order_id))
        raise Aborted("CHECKOUT_IN_PROGRESS", "Another order of this cart is being placed; ask again.", retry_after=1.0)

    async def _prepare(
        self, user_id: UUID, request: PlaceRequest, key: CallKey, until: float
    ) -> tuple[Order, Work | None]:
        """The order as it will be stored, and the one that it supersedes."""
        request.check()
        cart = await self._market.price(user_id)
        await self._check_total(user_id, request, cart)
        require_sources(request.sources, cart.sums.total)
        old = await self._supersede.clear_way(cart.cart_id, key.key, until)
        try:
            # What the earlier order held of the wallet is free by now.
            attempts = await plan_payment(self._payments, user_id, request.sources, cart.sums.total, key.key)
        except BaseException:
            if old is not None:
                await self._waiting.give_back(old)
            raise
        return new_order(user_id, cart, request, attempts, key.key, datetime.now(UTC)), old

    async def _place(self, order: Order, old: Work | None, key: CallKey, until: float) -> bytes:
        async def begin() -> Work:
            return await self._o1(order, old, key)

        try:
            return await self._waiting.run(begin, order.order_id, key, until)
        except (AnsweredMeanwhile, PlacedMeanwhile, BoughtMeanwhile):
            if old is not None:
                await self._waiting.give_back(old)
            raise

    async def _o1(self, order: Order, old: Work | None, key: CallKey) -> Work:
        """O1: the key, the order with all its parts, and the saga; the superseded order ends in the same commit."""
        call = PendingCall(key.method, key.caller, key.key, key.request_hash)
        saga = Saga(order.order_id, Goal.PAY, SagaState.RUNNING, order.place_time, call=call)
        started = time.monotonic()
        async with self._db.write() as uow:
            if not isinstance(await idempotency.claim(uow, key, self._settings.lease_seconds), New):
                raise AnsweredMeanwhile("ANSWERED_MEANWHILE")
            if old is not None:
                saga.supersedes_id = old.order.order_id
                await self._end_superseded(uow, old, order)
            await self._orders.insert(uow, order)
            bought = await lookups.find_bought(uow, order.cart_id, order.cart_version)
            if bought is not None:
                raise BoughtMeanwhile(bought)
            lease = sagas.insert_saga(uow, saga, self._settings.lease_seconds)
            events.publish_placed(uow, order)
            crash.point("order.o1.before_commit")
        crash.point("order.o1.after_commit")
        return self._completion.work(order, saga, lease, started, payment_may_run=False)

    async def _end_superseded(self, uow: UnitOfWork, old: Work, order: Order) -> None:
        present, call = old.order.version, old.saga.call
        old.order.cancel("SUPERSEDED", order.place_time, superseded_by=order.order_id)
        await self._orders.save(uow, old.order, present)
        old.saga.state, old.saga.call = SagaState.DONE, None
        await sagas.save_saga(uow, old.saga, old.lease)
        if call is not None:
            await idempotency.finish(uow, call_key(call), cancelled_error(old.order.order_id))
        events.publish_cancelled(uow, old.order)

    async def _check_total(self, user_id: UUID, request: PlaceRequest, cart: PricedCart) -> None:
        if request.expected_total is not None:
            check_seen(cart, request.expected_total, seen_in_cart(cart))
        if request.quote_id is None:
            return
        async with self._db.read() as unit:
            quote = await quotes.find_quote(unit, request.quote_id, user_id)
        if quote is None:
            raise NotFound("QUOTE_NOT_FOUND", "There is no such quote.", quoteId=str(request.quote_id))
        if quote.expired:
            raise FailedPrecondition(
                "QUOTE_EXPIRED", "The quote is over; ask for another.", quoteId=str(request.quote_id)
            )
        check_seen(cart, quote.total, quote.seen)
