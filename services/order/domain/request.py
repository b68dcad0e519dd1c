"""What a buyer asks for, as far as it can be judged by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.ids import new_id
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.attempt import STRIPE, WALLET, Attempt

PROVIDERS = frozenset({STRIPE})


@dataclass(frozen=True, slots=True)
class PaymentSource:
    """A means of payment."""

    provider: str
    token: str
    saved_method_id: str
    # The buyer's store credit, instead of the three above.
    wallet: bool = False
    # Whether the card of the token is saved once it has paid.
    save_method: bool = False


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
    for kind, text in ((True, "name the wallet more than once"), (False, "are paid with one card beside the wallet")):
        if len([source for source in sources if source.wallet is kind]) > 1:
            raise _unsupported("payments", text)
    for index, source in enumerate(sources):
        field = f"payments[{index}]"
        if source.wallet:
            if source.provider or source.token or source.saved_method_id:
                raise _unsupported(f"{field}.wallet", "is a means of payment of its own")
            continue
        if source.provider and source.provider not in PROVIDERS:
            raise _unsupported(f"{field}.provider", f"{source.provider!r} is no provider of this market")
        if bool(source.token) == bool(source.saved_method_id):
            text = f"or {field}.savedMethodId is required, not both"
            raise InvalidArgument("PAYMENT_REQUIRED", f"{field}.token {text}.", fields={f"{field}.token": text})


def _unsupported(field: str, text: str) -> InvalidArgument:
    return InvalidArgument("PAYMENT_UNSUPPORTED", f"{field} {text}.", fields={field: text})


def require_sources(sources: Sequence[PaymentSource], total: Money) -> None:
    """Raise PAYMENT_REQUIRED where something is to pay and nothing to pay it with."""
    if total and not sources:
        text = "names no means of payment"
        raise InvalidArgument("PAYMENT_REQUIRED", f"payments {text}.", fields={"payments": text})


def asks_wallet(sources: Sequence[PaymentSource]) -> bool:
    """Whether the wallet is to pay what it can."""
    return any(source.wallet for source in sources)


def plan_attempts(sources: Sequence[PaymentSource], total: Money, key: str, in_wallet: Money) -> list[Attempt]:
    """The attempts to pay `total`, of which `in_wallet` is what the wallet can pay; the card, if any, is the last.

    Raises PAYMENT_REQUIRED, and WALLET_TOO_LOW where there is no card for what the wallet lacks.
    """
    require_sources(sources, total)
    if not total:
        return []
    if in_wallet == total:
        return [Attempt(new_id(), WALLET, "", total, key)]
    source = next((source for source in sources if not source.wallet), None)
    if source is None:
        raise FailedPrecondition("WALLET_TOO_LOW", f"The wallet has less than {total.format()}.")
    token = source.token or source.saved_method_id
    card = Attempt(new_id(), source.provider or STRIPE, token, total - in_wallet, key)
    card.save_method = source.save_method and bool(source.token)
    if not in_wallet:
        return [card]
    return [Attempt(new_id(), WALLET, "", in_wallet, key, beside_id=card.payment_id), card]
