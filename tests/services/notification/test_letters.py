"""What is said, and to whom."""

from email.message import EmailMessage
from uuid import UUID

import pytest
from souk.money.v1.money_pb2 import Money as MoneyMessage
from souk.order.v1 import order_events_pb2 as order_pb
from souk.payment.v1.payment_events_pb2 import PaymentFailed, RefundSucceeded
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.money import Money
from services.notification.consumers import letter_to_buyer, letter_to_payer, lines_by_shop
from services.notification.domain.letters import Item, Letter, order_confirmed
from services.notification.domain.mail import write_mail

ORDER, LOOM, KILN = (str(UUID(int=number)) for number in (1, 2, 3))


def make_line(shop_id: str, title: str, amount: int) -> order_pb.OrderEventLine:
    total = MoneyMessage(currency="EUR", amount=amount)
    return order_pb.OrderEventLine(shop_id=shop_id, title=title, quantity=2, line_total=total)


LINES = [make_line(LOOM, "Scarf", 5000), make_line(KILN, "Bowl", 1250), make_line(LOOM, "Shawl", 9900)]


class TestBuyer:
    def test_reads_what_was_bought_and_what_was_paid(self) -> None:
        event = order_pb.OrderPaid(
            order_id=ORDER, order_number="7K3M-9QXT-2", total=MoneyMessage(currency="EUR", amount=16150), lines=LINES
        )
        letter = letter_to_buyer(event)
        assert letter is not None
        assert letter.title == "Your order 7K3M-9QXT-2 is confirmed"
        assert "161.50 EUR" in letter.body
        assert letter.items[1] == Item("Bowl", 2, "12.50 EUR")

    def test_reads_how_a_parcel_comes(self) -> None:
        event = order_pb.SellerOrderShipped(carrier="DHL", tracking_number="JD01", lines=LINES[:1])
        letter = letter_to_buyer(event)
        assert letter is not None
        assert "with DHL, tracking number JD01." in letter.body

    @pytest.mark.parametrize(("was_paid", "told"), [(True, "goes back to you"), (False, "Nothing was taken")])
    def test_reads_what_becomes_of_the_money_of_a_cancelled_order(self, *, was_paid: bool, told: str) -> None:
        letter = letter_to_buyer(order_pb.OrderCancelled(reason="BUYER", was_paid=was_paid))
        assert letter is not None
        assert told in letter.body

    def test_hears_nothing_of_an_order_that_gave_way_to_a_newer_one(self) -> None:
        assert letter_to_buyer(order_pb.OrderCancelled(reason="SUPERSEDED")) is None

    def test_reads_of_a_decline_but_not_of_a_payment_that_was_given_up(self) -> None:
        amount = MoneyMessage(currency="EUR", amount=100)
        declined = letter_to_payer(PaymentFailed(state=PaymentState.DECLINED, amount=amount))
        assert declined is not None
        assert declined.kind == "payment.declined"
        assert letter_to_payer(PaymentFailed(state=PaymentState.CANCELLED, amount=amount)) is None

    def test_reads_of_a_refund(self) -> None:
        letter = letter_to_payer(RefundSucceeded(amount=MoneyMessage(currency="JPY", amount=1200)))
        assert letter is not None
        assert letter.title == "1200 JPY went back to you"


class TestSellers:
    def test_read_their_own_part_alone(self) -> None:
        parts = lines_by_shop(LINES)
        assert [item.title for item in parts[LOOM]] == ["Scarf", "Shawl"]
        assert [item.title for item in parts[KILN]] == ["Bowl"]


class TestMail:
    def test_escapes_what_people_wrote(self) -> None:
        letter = order_confirmed(ORDER, "7K3M-9QXT-2", Money("EUR", 100), [Item("<script>x</script>", 1, "1.00 EUR")])
        mail = write_mail(letter, "Ada <b>")
        assert "<script>" not in mail.html
        assert "Hello Ada &lt;b&gt;," in mail.html
        assert "<script>x</script>" in mail.text

    def test_has_a_subject_of_one_line(self) -> None:
        assert write_mail(Letter("announcement", "", "Fair\r\nBcc: all@example.com"), "Ada").subject == (
            "Fair Bcc: all@example.com"
        )

    def test_survives_the_queue(self) -> None:
        letter = order_confirmed(ORDER, "7K3M-9QXT-2", Money("EUR", 100), [Item("Scarf", 1, "1.00 EUR")])
        assert Letter.from_json(letter.as_json()) == letter


class TestSubject:
    def test_is_one_line_of_text_whatever_the_title_holds(self) -> None:
        """A mail program reads an encoded word as what it stands for, further headers among it."""
        letter = Letter("shop.verified", "", "=?utf-8?q?=0aBcc=3a_x=40example.com?= is\r\nopen\x1b", ())
        mail = write_mail(letter, "Ada")
        message = EmailMessage()
        message["Subject"] = mail.subject
        assert message.as_string().count("\n") == 2
        assert "=?" not in mail.subject
        assert mail.subject.isprintable()
