"""A seller is paid without anybody asking, and gives back what was refunded."""

from typing import Any

from cli.rest import Rest
from tests.goods import Goods, a_buyer, place_order
from tests.integration.waiting import eventually
from tests.stack_process import Stack


def payouts_of(rest: Rest, goods: Goods) -> list[dict[str, Any]]:
    answer = rest.call("GET", f"/shops/{goods.shop_id}/payouts", account=goods.seller)
    payouts: list[dict[str, Any]] = answer["payouts"]
    return payouts


def explained(rest: Rest, goods: Goods, payout: dict[str, Any]) -> dict[str, Any]:
    return rest.call("GET", f"/shops/{goods.shop_id}/payouts/{payout['payoutId']}:explain", account=goods.seller)


class TestPayout:
    def test_a_sale_is_paid_out_and_a_refund_taken_back(self, rest: Rest, stack: Stack, teapot: Goods) -> None:
        order = place_order(rest, a_buyer(rest, teapot))
        # The shops of all tests before are paid in the same turns.
        eventually(lambda: [payout["state"] for payout in payouts_of(rest, teapot)] == ["PAID"], seconds=90)
        payout = payouts_of(rest, teapot)[0]
        item = explained(rest, teapot, payout)["items"][0]
        assert item["orderId"] == order["orderId"]
        assert item["amount"] == payout["amount"]
        # 84.00 less a commission of 10 %.
        assert payout["amount"] == {"currency": "EUR", "amount": "7560"}
        rest.call(
            "POST",
            f"/payments/{order['payments'][0]['paymentId']}:refund",
            {"amount": {"currency": "EUR", "amount": "4200"}, "reason": "a crack"},
            account=teapot.seller,
            headers={"idempotency-key": "a-crack"},
        )
        eventually(lambda: explained(rest, teapot, payout)["items"][0]["reversedAmount"]["amount"] == "3780")
        told = stack.souk("ledger", "--order", order["orderId"]).stdout
        assert "REVERSAL_PAID" in told
        assert "trial balance" in told

    def test_a_dispute_is_the_order_s_payment_state(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        order = place_order(rest, buyer, token="pm_card_createDispute")

        def state() -> str:
            seen = rest.call("GET", f"/orders/{order['orderId']}", account=buyer)
            return f"{seen['status']} {seen['paymentState']}"

        eventually(lambda: state() == "PAID DISPUTED")
