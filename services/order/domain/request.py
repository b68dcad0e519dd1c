"""What a buyer asks for, as far as it can be judged by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mesh.errors import InvalidArgument
from mesh.ids import new_id
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.order import Attempt

PROVIDERS = frozenset({"stripe"})


@dataclass(frozen=True, slots=True)
class PaymentSource:
    """A means of payment."""

    provider: str
    token: str
    saved_method_id: str


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """What a buyer asks for: `expected_total` or the quote says which total was seen."""

    shipping_address: Address
    billing_address: Address
    sources: Sequence[PaymentSource]
    expected_total: Money | None
    quote_id: UUID | None

    def check(self) -> None:
        """Refuse what can be refused without looking at the cart."""
        if self.expected_total is None and self.quote_id is None:
            text = "is required where there is no quoteId"
            raise InvalidArgument("TOTAL_REQUIRED", f"expectedTotal {text}.", fields={"expectedTotal": text})
        check_sources(self.sources)


def check_sources(sources: Sequence[PaymentSource]) -> None:
    """Refuse means of payment that are not supported."""
    if len(sources) > 1:
        raise _unsupported("payments", "an order is paid in one payment for now")
    for source in sources:
        if source.provider and source.provider not in PROVIDERS:
            raise _unsupported("payments[0].provider", f"{source.provider!r} is no provider of this market")
        if bool(source.token) == bool(source.saved_method_id):
            text = "or payments[0].savedMethodId is required, not both"
            raise InvalidArgument("PAYMENT_REQUIRED", f"payments[0].token {text}.", fields={"payments[0].token": text})


def _unsupported(field: str, text: str) -> InvalidArgument:
    return InvalidArgument("PAYMENT_UNSUPPORTED", f"{text[0].upper()}{text[1:]}.", fields={field: text})


def first_attempt(sources: Sequence[PaymentSource], total: Money, key: str) -> Attempt | None:
    """The attempt to pay `total`, None where nothing is to pay. Raises PAYMENT_REQUIRED."""
    if not total:
        return None
    if not sources:
        text = "names no means of payment"
        raise InvalidArgument("PAYMENT_REQUIRED", f"payments {text}.", fields={"payments": text})
    source = sources[0]
    return Attempt(new_id(), source.provider or "stripe", source.token or source.saved_method_id, total, key)
