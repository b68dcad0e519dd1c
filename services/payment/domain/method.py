"""Means of payment, saved or not."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from mesh.errors import FailedPrecondition, NotFound

MOST_METHODS = 20


@dataclass(frozen=True, slots=True)
class Means:
    """What a payment is made with: the provider's id of it, and of the customer whom it is kept for."""

    token: str
    customer: str = ""
    # Whether the provider keeps it for the customer once it has paid.
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """What a saved means of payment is, without card data."""

    reference: str
    brand: str = ""
    last4: str = ""
    exp_month: int = 0
    exp_year: int = 0

    def to_bytes(self) -> bytes:
        """For sealing."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_bytes(text: bytes) -> "Details":
        """After opening."""
        return Details(**json.loads(text))


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A means of payment that its owner has saved."""

    id: uuid.UUID
    user_id: uuid.UUID
    details: Details
    create_time: datetime


def require_room(count: int) -> None:
    """Refuse one more than anybody needs."""
    if count >= MOST_METHODS:
        raise FailedPrecondition("TOO_MANY_METHODS", f"At most {MOST_METHODS} means of payment are kept.")


def not_found(method_id: uuid.UUID) -> NotFound:
    """The error for one that is not there, or another's."""
    message = "There is no such saved means of payment."
    return NotFound("PAYMENT_METHOD_NOT_FOUND", message, paymentMethodId=str(method_id))
