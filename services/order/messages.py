"""Orders as messages."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from souk.address.v1 import address_pb2
from souk.order.v1 import order_pb2, seller_order_pb2, status_pb2

from mesh import money
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order
from services.order.domain.part import Line, Part, PartHead, Shipment
from services.order.domain.pricing import PricedCart
from services.order.domain.status import OrderStatus


def timestamp(time: datetime | None) -> Timestamp | None:
    """The message of a time, None where there is none."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def status_of_value(value: status_pb2.OrderStatus.Value) -> OrderStatus:
    """The status of an enum value."""
    return OrderStatus(status_pb2.OrderStatus.Value.Name(value))


def address_message(address: Address | None) -> address_pb2.Address | None:
    """The message of an address, None where it was erased."""
    if address is None:
        return None
    return address_pb2.Address(
        name=address.name,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
    )


def address_of(message: address_pb2.Address) -> Address:
    """The address of a message."""
    return Address(
        name=message.name,
        line1=message.line1,
        line2=message.line2,
        city=message.city,
        region=message.region,
        postal_code=message.postal_code,
        country=message.country,
        phone=message.phone,
    )


def order_message(order: Order, secrets: Mapping[UUID, str] | None = None) -> order_pb2.Order:
    """An order as its buyer sees it; `secrets` are the client secrets by payment."""
    sums = order.sums
    return order_pb2.Order(
        order_id=str(order.order_id),
        order_number=order.order_number,
        user_id=str(order.user_id),
        status=order.status,
        state=order.state,
        payment_state=order.payment_state,
        fulfilment_state=order.fulfilment,
        currency=order.total.currency,
        lines=[line_message(line) for line in order.lines],
        seller_orders=[part_message(order, part) for part in order.parts],
        subtotal=money.to_proto(sums.subtotal),
        discount=money.to_proto(sums.discount),
        shipping=money.to_proto(sums.shipping),
        tax=money.to_proto(sums.tax),
        total=money.to_proto(sums.total),
        shipping_address=address_message(order.shipping_address),
        billing_address=address_message(order.billing_address),
        payments=[_attempt(attempt, (secrets or {}).get(attempt.payment_id, "")) for attempt in order.attempts],
        place_time=timestamp(order.place_time),
        hold_expire_time=None if order.was_paid else timestamp(order.hold_expire_time),
        history=[
            order_pb2.StatusChange(status=change.status, time=timestamp(change.time), reason=change.reason)
            for change in order.history
        ],
        reason=order.reason,
        reason_message=order.reason_text,
        version=order.version,
        unreturned=money.to_proto(order.unreturned),
    )


def _attempt(attempt: Attempt, client_secret: str) -> order_pb2.PaymentAttempt:
    return order_pb2.PaymentAttempt(
        payment_id=str(attempt.payment_id),
        state=attempt.state,
        provider=attempt.provider,
        amount=money.to_proto(attempt.amount),
        decline_reason=attempt.decline_reason,
        client_secret=client_secret,
        refunded_amount=money.to_proto(Money(attempt.amount.currency, attempt.refunded)),
    )


def line_message(line: Line, *, for_seller: bool = False) -> seller_order_pb2.OrderLine:
    """A line; the commission is the seller's alone to see."""
    return seller_order_pb2.OrderLine(
        line_id=str(line.line_id),
        variant_id=str(line.variant_id),
        product_id=str(line.product_id),
        shop_id=str(line.shop_id),
        title=line.title,
        sku=line.sku,
        options=line.options,
        image_url=line.image_url,
        quantity=line.quantity,
        unit_price=money.to_proto(line.unit_price),
        discount=money.to_proto(line.discount),
        tax=money.to_proto(line.tax),
        line_total=money.to_proto(line.total),
        shipped_quantity=line.shipped_quantity,
        commission=money.to_proto(line.commission) if for_seller else None,
    )


def part_message(order: Order, part: Part, *, for_seller: bool = False) -> seller_order_pb2.SellerOrder:
    """A seller's part; the address is the seller's alone to see here."""
    head = PartHead(
        order_id=order.order_id,
        order_number=order.order_number,
        status=order.part_status(part),
        shipping_address=order.shipping_address if for_seller else None,
        place_time=order.place_time,
    )
    return listed_part_message(head, part, for_seller=for_seller)


def listed_part_message(head: PartHead, part: Part, *, for_seller: bool) -> seller_order_pb2.SellerOrder:
    """A part whose order is not at hand as a whole."""
    return seller_order_pb2.SellerOrder(
        seller_order_id=str(part.seller_order_id),
        order_id=str(head.order_id),
        order_number=head.order_number,
        shop_id=str(part.shop_id),
        status=head.status,
        fulfilment_state=part.fulfilment,
        lines=[line_message(line, for_seller=for_seller) for line in part.lines],
        shipments=[shipment_message(shipment) for shipment in part.shipments],
        shipping_address=address_message(head.shipping_address),
        subtotal=money.to_proto(part.sums.subtotal),
        total=money.to_proto(part.sums.total),
        place_time=timestamp(head.place_time),
    )


def shipment_message(shipment: Shipment) -> seller_order_pb2.Shipment:
    """A parcel."""
    return seller_order_pb2.Shipment(
        shipment_id=str(shipment.shipment_id),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        lines=[
            seller_order_pb2.ShipmentLine(line_id=str(line_id), quantity=quantity)
            for line_id, quantity in shipment.quantities.items()
        ],
        ship_time=timestamp(shipment.ship_time),
        deliver_time=timestamp(shipment.deliver_time),
    )


def quote_message(quote_id: UUID, expire_time: datetime, cart: PricedCart) -> order_pb2.Quote:
    """What a checkout would cost."""
    sums = cart.sums
    return order_pb2.Quote(
        quote_id=str(quote_id),
        expire_time=timestamp(expire_time),
        currency=cart.currency,
        sellers=[
            order_pb2.QuoteSeller(
                shop_id=str(shop.shop_id),
                shop_name=shop.name,
                items=money.to_proto(part.subtotal),
                discount=money.to_proto(part.discount),
                shipping=money.to_proto(part.shipping),
                tax=money.to_proto(part.tax),
                total=money.to_proto(part.total),
            )
            for shop, part in cart.sums_by_shop()
        ],
        subtotal=money.to_proto(sums.subtotal),
        discount=money.to_proto(sums.discount),
        shipping=money.to_proto(sums.shipping),
        tax=money.to_proto(sums.tax),
        total=money.to_proto(sums.total),
    )
