"""Charges and their balance transactions: made by PaymentIntents and Refunds, read by everybody."""

from sandbox import shapes
from sandbox.session import Session
from sandbox.shapes import Body


def fee_of(amount: int) -> int:
    """Stripe's list price: 2.9 % and 30 minor units, rounded half up."""
    return (amount * 29 + 500) // 1000 + 30


def settle(session: Session, charge: Body) -> None:
    """Book a captured charge on the balance."""
    amount = charge["amount_captured"]
    entry = session.save(shapes.balance_transaction(charge, "charge", amount, fee_of(amount)))
    charge["balance_transaction"] = entry["id"]
