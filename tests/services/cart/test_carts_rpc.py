"""Carts as customers and guests use them."""

import asyncio
import uuid

import pytest
from souk.cart.v1 import cart_service_pb2 as pb
from souk.cart.v1.cart_events_pb2 import CartUpdated
from souk.cart.v1.cart_pb2 import CappedItem
from souk.cart.v1.cart_service_pb2_grpc import CartServiceStub
from souk.mesh.v1.invariants_pb2 import InvariantResult

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from mesh.principal import acting_as, service_principal
from services.cart.invariants import Checks
from tests.services.cart.conftest import Carts, person


class TestAddCartItem:
    async def test_shows_the_line_at_todays_price(self, carts: Carts) -> None:
        cart = await carts.add(person(), carts.scarf, 2)
        item = cart.items[0]
        assert (item.title, item.shop_name, item.quantity, item.available) == ("Scarf", "Loom", 2, 20)
        assert (item.unit_price.amount, item.line_total.amount) == (2599, 5198)
        assert (cart.subtotal, cart.total, cart.item_count, cart.version) == (item.line_total, item.line_total, 2, 1)
        assert not item.price_changed

    async def test_sums_what_is_added_again(self, carts: Carts) -> None:
        buyer = person()
        first = await carts.add(buyer, carts.scarf, 2)
        again = await carts.add(buyer, carts.scarf, 3)
        assert [item.quantity for item in again.items] == [5]
        assert again.items[0].item_id == first.items[0].item_id

    @pytest.mark.parametrize("quantity", [-1, 0, 1000])
    async def test_names_a_quantity_that_cannot_be(self, carts: Carts, quantity: int) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await carts.add(person(), carts.scarf, quantity)
        assert "quantity" in refused.value.fields

    async def test_holds_at_most_999_of_one(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.vase, 999)
        with pytest.raises(FailedPrecondition, match="QUANTITY_LIMIT"):
            await carts.add(buyer, carts.vase, 1)

    async def test_an_unknown_variant_is_not_found(self, carts: Carts) -> None:
        carts.scarf.variant_id = str(uuid.uuid4())
        with pytest.raises(NotFound, match="VARIANT_NOT_FOUND"):
            await carts.add(person(), carts.scarf)

    async def test_refuses_what_is_not_for_sale(self, carts: Carts) -> None:
        carts.scarf.purchasable = False
        with pytest.raises(FailedPrecondition, match="VARIANT_NOT_PURCHASABLE"):
            await carts.add(person(), carts.scarf)

    async def test_refuses_a_second_currency_until_the_cart_is_empty(self, carts: Carts) -> None:
        buyer, yen = person(), carts.catalog.add(100, "JPY")
        await carts.add(buyer, carts.scarf)
        with pytest.raises(FailedPrecondition, match="CURRENCY_MISMATCH"):
            await carts.add(buyer, yen)
        await carts.call(buyer, "ClearCart", pb.ClearCartRequest())
        assert (await carts.add(buyer, yen)).currency == "JPY"

    async def test_many_at_once_lose_nothing(self, carts: Carts) -> None:
        buyer = person()
        await asyncio.gather(*(carts.add(buyer, carts.scarf) for _ in range(10)))
        assert (await carts.get(buyer)).items[0].quantity == 10


class TestGuests:
    async def test_a_guest_is_told_the_secret_once(self, carts: Carts) -> None:
        first = await carts.add(None, carts.scarf)
        assert len(first.cart_token) >= 43
        again = await carts.add(first.cart_token, carts.vase)
        assert (again.cart_id, again.cart_token) == (first.cart_id, "")
        assert (await carts.get(first.cart_token)).item_count == 2
        stored = await carts.rows("SELECT token_hash FROM cart.carts")
        assert first.cart_token.encode() not in stored[0]["token_hash"]

    async def test_nobody_gets_in_by_the_carts_id(self, carts: Carts) -> None:
        first = await carts.add(None, carts.scarf)
        assert (await carts.get(first.cart_id)).items == []
        assert (await carts.get(None)).items == []

    async def test_an_unknown_token_gets_a_new_cart(self, carts: Carts) -> None:
        cart = await carts.add("no-such-token", carts.scarf)
        assert cart.cart_token
        assert cart.cart_token != "no-such-token"

    async def test_a_customers_cart_is_not_the_guests(self, carts: Carts) -> None:
        first = await carts.add(None, carts.scarf)
        with pytest.raises(NotFound, match="CART_ITEM_NOT_FOUND"):
            await carts.remove(person(), first.items[0].item_id)


class TestGetCart:
    async def test_is_empty_before_anything_is_added(self, carts: Carts) -> None:
        cart = await carts.get(person())
        assert (cart.cart_id, cart.item_count, cart.currency, cart.total.amount) == ("", 0, "EUR", 0)

    async def test_notes_a_price_that_changed_until_the_owner_has_seen_it(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.scarf)
        carts.scarf.price.amount = 2799
        item = (await carts.get(buyer)).items[0]
        assert (item.price_changed, item.unit_price.amount, item.price_when_added.amount) == (True, 2799, 2599)
        assert not (await carts.set(buyer, item.item_id, 1)).items[0].price_changed

    async def test_does_not_wait_for_inventory(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.scarf)
        carts.inventory.away = True
        assert not (await carts.get(buyer)).items[0].HasField("available")

    async def test_counts_nothing_for_what_is_gone(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.scarf)
        await carts.add(buyer, carts.vase)
        del carts.catalog.variants[carts.scarf.variant_id]
        cart = await carts.get(buyer)
        assert [item.purchasable for item in cart.items] == [False, True]
        assert cart.items[0].title == "Scarf"
        assert cart.total.amount == 4000


class TestChanges:
    async def test_sets_and_removes_lines(self, carts: Carts) -> None:
        buyer = person()
        item_id = (await carts.add(buyer, carts.scarf)).items[0].item_id
        assert (await carts.set(buyer, item_id, 7)).items[0].quantity == 7
        assert (await carts.remove(buyer, item_id)).items == []
        with pytest.raises(NotFound, match="CART_ITEM_NOT_FOUND"):
            await carts.remove(buyer, item_id)

    async def test_anothers_line_is_not_found(self, carts: Carts) -> None:
        item_id = (await carts.add(person(), carts.scarf)).items[0].item_id
        other = person()
        await carts.add(other, carts.scarf)
        for change in (carts.set(other, item_id, 2), carts.remove(other, item_id)):
            with pytest.raises(NotFound, match="CART_ITEM_NOT_FOUND"):
                await change

    async def test_what_became_of_a_cart_is_told_once(self, carts: Carts) -> None:
        buyer = person()
        item_id = (await carts.add(buyer, carts.scarf)).items[0].item_id
        await carts.set(buyer, item_id, 7)
        for _ in range(2):
            await carts.job("cart-tell-changes")
        told = await carts.rows("SELECT payload, aggregate_version FROM cart.outbox")
        assert [(CartUpdated.FromString(row["payload"]).item_count, row["aggregate_version"]) for row in told] == [
            (7, 2)
        ]
        await carts.call(buyer, "ClearCart", pb.ClearCartRequest())
        await carts.call(buyer, "ClearCart", pb.ClearCartRequest())
        await carts.job("cart-tell-changes")
        assert await carts.events("cart") == ["CartUpdated"] * 2


class TestMergeCart:
    async def test_sums_lines_and_forgets_the_guests_cart(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.vase, 2)
        token = (await carts.add(None, carts.vase, 3)).cart_token
        await carts.add(token, carts.scarf)
        merged = await carts.merge(buyer, token)
        assert {item.title: item.quantity for item in merged.items} == {"Vase": 5, "Scarf": 1}
        assert not merged.capped
        assert (await carts.get(token)).items == []
        with pytest.raises(NotFound, match="CART_NOT_FOUND"):
            await carts.merge(buyer, token)

    async def test_says_what_was_capped(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.vase, 600)
        await carts.add(buyer, carts.scarf, 15)
        token = (await carts.add(None, carts.vase, 600)).cart_token
        await carts.add(token, carts.scarf, 15)
        merged = await carts.merge(buyer, token)
        assert [(cut.asked, cut.kept, cut.reason) for cut in merged.capped] == [
            (1200, 999, CappedItem.Reason.QUANTITY_LIMIT),
            (30, 20, CappedItem.Reason.STOCK),
        ]

    async def test_leaves_another_currency_out(self, carts: Carts) -> None:
        buyer, yen = person(), carts.catalog.add(100, "JPY")
        await carts.add(buyer, carts.scarf)
        token = (await carts.add(None, yen)).cart_token
        merged = await carts.merge(buyer, token)
        assert [(cut.kept, cut.reason) for cut in merged.capped] == [(0, CappedItem.Reason.CURRENCY_MISMATCH)]

    async def test_needs_somebody_to_merge_with(self, carts: Carts) -> None:
        token = (await carts.add(None, carts.scarf)).cart_token
        with pytest.raises(Unauthenticated):
            await carts.call(None, "MergeCart", pb.MergeCartRequest(cart_token=token))


class TestOrderPaid:
    async def test_takes_off_what_was_bought(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.vase, 3)
        cart = await carts.add(buyer, carts.scarf, 2)
        await carts.bought(cart, (carts.vase, 2), (carts.scarf, 2))
        left = await carts.get(buyer)
        assert [(item.title, item.quantity) for item in left.items] == [("Vase", 1)]
        assert left.version == cart.version + 1

    async def test_keeps_what_was_added_since(self, carts: Carts) -> None:
        buyer = person()
        cart = await carts.add(buyer, carts.scarf, 2)
        await carts.add(buyer, carts.scarf, 1)
        await carts.add(buyer, carts.vase, 1)
        await carts.bought(cart, (carts.scarf, 2))
        left = await carts.get(buyer)
        assert {item.title: item.quantity for item in left.items} == {"Scarf": 1, "Vase": 1}

    async def test_keeps_a_line_that_was_removed_and_put_back(self, carts: Carts) -> None:
        buyer = person()
        cart = await carts.add(buyer, carts.scarf, 2)
        await carts.remove(buyer, cart.items[0].item_id)
        await carts.add(buyer, carts.scarf, 2)
        await carts.bought(cart, (carts.scarf, 2))
        assert (await carts.get(buyer)).items[0].quantity == 2

    async def test_passes_over_a_cart_that_is_gone(self, carts: Carts) -> None:
        cart = await carts.add(person(), carts.scarf)
        await carts.rows("DELETE FROM cart.carts")
        await carts.bought(cart, (carts.scarf, 1))


class TestGetCheckoutCart:
    async def test_tells_the_prices_that_were_seen(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.scarf, 2)
        carts.scarf.price.amount = 1
        with acting_as(service_principal("cli")):
            stub = carts.stub(CartServiceStub, caller="order")
            cart = await stub.GetCheckoutCart(pb.GetCheckoutCartRequest(user_id=buyer.subject))
        assert (cart.currency, cart.items[0].quantity, cart.items[0].unit_price.amount) == ("EUR", 2, 2599)

    async def test_is_for_order_alone(self, carts: Carts) -> None:
        buyer = person()
        with pytest.raises(PermissionDenied):
            await carts.call(buyer, "GetCheckoutCart", pb.GetCheckoutCartRequest(user_id=buyer.subject))


class TestUpkeep:
    async def test_reports_a_cart_that_was_left_once(self, carts: Carts) -> None:
        await carts.add(person(), carts.scarf)
        await carts.job("cart-tell-changes")
        await carts.job("cart-report-abandoned")
        assert await carts.events("cart") == ["CartUpdated"]
        await carts.rows("UPDATE cart.carts SET update_time = now() - interval '25 hours'")
        for _ in range(2):
            await carts.job("cart-report-abandoned")
        assert await carts.events("cart") == ["CartUpdated", "CartAbandoned"]

    async def test_forgets_old_carts_of_guests_alone(self, carts: Carts) -> None:
        buyer = person()
        await carts.add(buyer, carts.scarf)
        token = (await carts.add(None, carts.scarf)).cart_token
        await carts.rows("UPDATE cart.carts SET update_time = now() - interval '61 days'")
        await carts.job("cart-forget-guests")
        assert (await carts.get(token)).items == []
        assert (await carts.get(buyer)).item_count == 1


class TestInvariants:
    async def test_finds_a_line_with_anothers_product(self, carts: Carts) -> None:
        await carts.add(person(), carts.scarf)
        await carts.rows("UPDATE cart.cart_items SET create_time = now() - interval '1 minute'")
        assert await self.violations(carts) == 0
        await carts.rows("UPDATE cart.cart_items SET shop_id = gen_random_uuid()")
        assert await self.violations(carts) == 1

    async def violations(self, carts: Carts) -> int:
        async def delivery(_: float) -> InvariantResult:
            return InvariantResult(invariant="I5")

        servicer = carts.node.parts["cart"].servicers[0]
        checks = Checks(carts.node.nodes["cart"].db, servicer._market.catalog, delivery)
        with acting_as(service_principal("cart")):
            response = await checks.run(1)
        return sum(result.violation_count for result in response.results)
