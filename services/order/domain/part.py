"""What one shop has to send of an order: lines, parcels, and how much is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, Violation
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.pricing import Sums
from services.order.domain.status import FulfilmentState


@dataclass(slots=True)
class Line:
    """One line with the figures of the sale, of which only `shipped_quantity` changes."""

    line_id: UUID
    variant_id: UUID
    product_id: UUID
    shop_id: UUID
    title: str
    sku: str
    options: Mapping[str, str]
    image_url: str
    quantity: int
    unit_price: Money
    discount: Money
    shipping: Money
    tax: Money
    commission_bps: int
    commission: Money
    shipped_quantity: int = 0

    @property
    def total(self) -> Money:
        """What the buyer pays for the line, without shipping."""
        return self.unit_price * self.quantity - self.discount + self.tax

    @property
    def open_quantity(self) -> int:
        """How many of it are still to be sent."""
        return self.quantity - self.shipped_quantity


@dataclass(slots=True)
class Shipment:
    """One parcel: how many of each line."""

    shipment_id: UUID
    carrier: str
    tracking_number: str
    quantities: Mapping[UUID, int]
    ship_time: datetime
    deliver_time: datetime | None = None


@dataclass(slots=True)
class Part:
    """What one shop has to send of an order."""

    seller_order_id: UUID
    shop_id: UUID
    sums: Sums
    lines: list[Line]
    fulfilment: FulfilmentState = FulfilmentState.UNFULFILLED
    shipments: list[Shipment] = field(default_factory=list)

    def line(self, line_id: UUID) -> Line:
        """The line with this id."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        text = f"{line_id} is no line of this part"
        raise InvalidArgument("LINE_NOT_FOUND", f"{text}.", fields={"lines": text})

    def open_quantities(self) -> dict[UUID, int]:
        """How many of each line are still to be sent."""
        return {line.line_id: line.open_quantity for line in self.lines if line.open_quantity}


class PartHead(NamedTuple):
    """What a part shows of its order."""

    order_id: UUID
    order_number: str
    status: str
    shipping_address: Address | None
    place_time: datetime


def check_open(part: Part, sent: Mapping[UUID, int]) -> None:
    short = [(line, asked) for line_id, asked in sent.items() if (line := part.line(line_id)).open_quantity < asked]
    if short:
        raise FailedPrecondition(
            "QUANTITY_NOT_OPEN",
            "More was named than is still to be sent.",
            violations=[
                Violation("QUANTITY_NOT_OPEN", str(line.line_id), f"{asked} named, {line.open_quantity} to be sent")
                for line, asked in short
            ],
        )


def summed(lines: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    """Quantities by line, those of one line added up."""
    quantities: dict[UUID, int] = {}
    for line_id, quantity in lines:
        quantities[line_id] = quantities.get(line_id, 0) + quantity
    return quantities


def only_part(parts: Sequence[Part], shops: Iterable[str], shop_id: UUID | None) -> Part:
    """The part that a seller means: that of `shop_id`, or the only one of `shops`."""
    mine = set(shops)
    own = [part for part in parts if str(part.shop_id) in mine and shop_id in {None, part.shop_id}]
    if not own:
        raise NotFound("ORDER_NOT_FOUND", "There is no such order.")
    if len(own) > 1:
        text = "is required: more than one part of the order is yours"
        raise InvalidArgument("SHOP_REQUIRED", f"shopId {text}.", fields={"shopId": text})
    return own[0]
