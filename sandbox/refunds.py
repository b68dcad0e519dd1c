"""Refunds of captured charges."""

from sandbox import disputes, methods, params, shapes
from sandbox.cards import CARD_SECONDS
from sandbox.errors import conflict, invalid, missing_param
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

_CREATE = {
    "payment_intent": params.text,
    "charge": params.text,
    "amount": params.integer,
    "reason": params.text,
    "metadata": params.mapping,
}
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(session: Session, form: dict[str, Value]) -> Body:
    values = params.read(form, _CREATE)
    if values.get("reason", _REASONS[0]) not in _REASONS:
        raise invalid(f"Invalid reason: must be one of {', '.join(_REASONS)}", param="reason")
    charge = _charge(session, values)
    if not disputes.is_refundable(session, charge):
        raise conflict(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = values.get("amount", left)
    _check(charge, amount, left)
    refund = shapes.refund(charge, values, amount)
    entry = session.save(shapes.balance_transaction(refund, "refund", -amount, 0))
    refund["balance_transaction"] = entry["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    session.save(refund, "refund.created")
    if consequence := methods.card_of(session.load("payment_method", charge["payment_method"])).refund_consequence:
        session.store.postpone(refund["id"], consequence, CARD_SECONDS)
    session.save(charge, "charge.refunded", previous={"amount_refunded": charge["amount_refunded"] - amount})
    return refund


def fail(session: Session, refund_id: str) -> None:
    """The buyer's bank sends a refund back, days after it was made: the money is ours again."""
    refund = session.load("refund", refund_id)
    if refund["status"] not in ("succeeded", "pending"):
        return
    charge = session.load("charge", refund["charge"])
    entry = session.save(shapes.balance_transaction(refund, "refund_failure", refund["amount"], 0))
    refund |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": entry["id"],
    }
    before = charge["amount_refunded"]
    charge |= {"amount_refunded": before - refund["amount"], "refunded": False}
    session.save(charge)
    session.save(refund, "refund.failed", "charge.refund.updated", previous={"status": "succeeded"})


def _charge(session: Session, values: Body) -> Body:
    if "charge" in values:
        return session.load("charge", values["charge"], "charge")
    if "payment_intent" not in values:
        raise missing_param("payment_intent")
    intent = session.load("payment_intent", values["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise conflict(message, "payment_intent_unexpected_state", param="payment_intent")
    return session.load("charge", intent["latest_charge"])


def _check(charge: Body, amount: int, left: int) -> None:
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise conflict(message, "charge_already_refunded")
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise conflict(message, "amount_too_large", param="amount")
