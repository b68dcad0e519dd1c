"""Rows of orders and what belongs to them, to and from the domain."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mesh.database import Record
from mesh.money import Money
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order, StatusChange
from services.order.domain.part import Line, Part, Shipment
from services.order.domain.pricing import Sums
from services.order.domain.status import AttemptState, FulfilmentState, OrderStatus

SUM_NAMES = ("subtotal", "discount", "shipping", "tax", "total")


def sums_row(sums: Sums) -> dict[str, Any]:
    """The columns of five figures."""
    return {f"{name}_amount": getattr(sums, name).amount for name in SUM_NAMES}


def sums_of_row(row: Mapping[str, Any]) -> Sums:
    """The five figures of a row."""
    return Sums(*(Money(row["currency"], row[f"{name}_amount"]) for name in SUM_NAMES))


def order_row(order: Order) -> dict[str, Any]:
    """The columns of an order that a move may change."""
    return {
        "state": order.state,
        "payment_state": order.payment_state,
        "fulfilment_state": order.fulfilment,
        "status": order.status,
        "refunded_amount": order.refunded_amount,
        "history": [[change.status, change.time.isoformat(), change.reason] for change in order.history],
        "reason": order.reason,
        "superseded_by_id": order.superseded_by_id,
        "hold_expire_time": order.hold_expire_time,
        "pay_time": order.pay_time,
        "deliver_time": order.deliver_time,
        "version": order.version,
    }


def new_order_row(order: Order, shipping_address: bytes, billing_address: bytes) -> dict[str, Any]:
    """The columns of an order that never change, and the others."""
    return {
        "id": order.order_id,
        "order_number": order.order_number,
        "user_id": order.user_id,
        "cart_id": order.cart_id,
        "cart_version": order.cart_version,
        "place_key": order.place_key,
        "currency": order.total.currency,
        "item_count": sum(line.quantity for line in order.lines),
        "shipping_address_sealed": shipping_address,
        "billing_address_sealed": billing_address,
        "place_time": order.place_time,
        **sums_row(order.sums),
        **order_row(order),
    }


def history_of(changes: Iterable[list[str]]) -> list[StatusChange]:
    """The history that a row holds."""
    return [StatusChange(OrderStatus(status), datetime.fromisoformat(time), reason) for status, time, reason in changes]


def part_rows(order: Order) -> list[dict[str, Any]]:
    """New parts."""
    return [
        {
            "id": part.seller_order_id,
            "order_id": order.order_id,
            "shop_id": part.shop_id,
            "position": position,
            "fulfilment_state": part.fulfilment,
            "status": order.part_status(part),
            "currency": part.sums.total.currency,
            **sums_row(part.sums),
        }
        for position, part in enumerate(order.parts)
    ]


def part_of(row: Record, lines: list[Line], shipments: list[Shipment]) -> Part:
    """A part of its row and what belongs to it."""
    return Part(
        seller_order_id=row["id"],
        shop_id=row["shop_id"],
        sums=sums_of_row(row),
        lines=lines,
        fulfilment=FulfilmentState(row["fulfilment_state"]),
        shipments=shipments,
    )


def line_rows(order: Order) -> list[dict[str, Any]]:
    """New lines."""
    return [
        {
            "id": line.line_id,
            "order_id": order.order_id,
            "seller_order_id": part.seller_order_id,
            "shop_id": line.shop_id,
            "variant_id": line.variant_id,
            "product_id": line.product_id,
            "title": line.title,
            "sku": line.sku,
            "options": dict(line.options),
            "image_url": line.image_url,
            "quantity": line.quantity,
            "currency": line.unit_price.currency,
            "unit_amount": line.unit_price.amount,
            "discount_amount": line.discount.amount,
            "shipping_amount": line.shipping.amount,
            "tax_amount": line.tax.amount,
            "commission_bps": line.commission_bps,
            "commission_amount": line.commission.amount,
        }
        for part in order.parts
        for line in part.lines
    ]


def line_of(row: Record) -> Line:
    """A line of its row."""
    currency = row["currency"]
    return Line(
        line_id=row["id"],
        variant_id=row["variant_id"],
        product_id=row["product_id"],
        shop_id=row["shop_id"],
        title=row["title"],
        sku=row["sku"],
        options=row["options"],
        image_url=row["image_url"],
        quantity=row["quantity"],
        unit_price=Money(currency, row["unit_amount"]),
        discount=Money(currency, row["discount_amount"]),
        shipping=Money(currency, row["shipping_amount"]),
        tax=Money(currency, row["tax_amount"]),
        commission_bps=row["commission_bps"],
        commission=Money(currency, row["commission_amount"]),
        shipped_quantity=row["shipped_quantity"],
    )


def shipment_row(seller_order_id: UUID, shipment: Shipment) -> dict[str, Any]:
    """A new shipment, or one that has arrived since."""
    return {
        "id": shipment.shipment_id,
        "seller_order_id": seller_order_id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "quantities": {str(line_id): quantity for line_id, quantity in shipment.quantities.items()},
        "ship_time": shipment.ship_time,
        "deliver_time": shipment.deliver_time,
    }


def shipment_of(row: Record) -> Shipment:
    """A shipment of its row."""
    return Shipment(
        shipment_id=row["id"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        quantities={UUID(line_id): quantity for line_id, quantity in row["quantities"].items()},
        ship_time=row["ship_time"],
        deliver_time=row["deliver_time"],
    )


def attempt_row(order: Order, position: int, token: bytes | None) -> dict[str, Any]:
    """An attempt as it stands."""
    attempt = order.attempts[position]
    return {
        "id": attempt.payment_id,
        "order_id": order.order_id,
        "position": position,
        "provider": attempt.provider,
        "token_sealed": token,
        "currency": attempt.amount.currency,
        "amount": attempt.amount.amount,
        "state": attempt.state,
        "decline_reason": attempt.decline_reason,
        "key": attempt.key,
        "save_method": attempt.save_method,
        "beside_id": attempt.beside_id,
        "refunded_amount": attempt.refunded,
    }


def attempt_of(row: Record, token: str) -> Attempt:
    """An attempt of its row."""
    return Attempt(
        payment_id=row["id"],
        provider=row["provider"],
        token=token,
        amount=Money(row["currency"], row["amount"]),
        key=row["key"],
        state=AttemptState(row["state"]),
        decline_reason=row["decline_reason"],
        save_method=row["save_method"],
        beside_id=row["beside_id"],
        refunded=row["refunded_amount"],
    )
