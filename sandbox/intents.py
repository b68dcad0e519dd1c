"""PaymentIntents: the state machine of https://docs.stripe.com/payments/paymentintents/lifecycle."""

from typing import Any

from sandbox import charges, disputes, methods, params, shapes
from sandbox.amounts import check_charge, check_currency
from sandbox.cards import Card
from sandbox.errors import ApiError, conflict, invalid, no_such
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

_CONFIRM = {
    "payment_method": params.text,
    "return_url": params.text,
    "off_session": params.boolean,
    "capture_method": params.text,
    "receipt_email": params.text,
    "setup_future_usage": params.text,
    "shipping": params.mapping,
    "use_stripe_sdk": params.boolean,
}
_CREATE = _CONFIRM | {
    "amount": params.integer,
    "currency": params.text,
    "automatic_payment_methods": params.mapping,
    "confirm": params.boolean,
    "confirmation_method": params.text,
    "customer": params.text,
    "description": params.text,
    "metadata": params.mapping,
    "payment_method_types": params.sequence,
    "statement_descriptor": params.text,
    "statement_descriptor_suffix": params.text,
    "transfer_group": params.text,
}
_CAPTURE = {"amount_to_capture": params.integer, "metadata": params.mapping}
_CANCEL = {"cancellation_reason": params.text}
_CAPTURES = ("automatic", "automatic_async", "manual")
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELLABLE = (*_CONFIRMABLE, "requires_capture", "processing")


def create(session: Session, form: dict[str, Value], origin: str) -> Body:
    values = params.read(form, _CREATE, "amount", "currency")
    values["currency"] = check_currency(values["currency"])
    check_charge(values["amount"], values["currency"])
    if values.get("capture_method", "automatic") not in _CAPTURES:
        raise invalid(f"Invalid capture_method: must be one of {', '.join(_CAPTURES)}", param="capture_method")
    if "automatic_payment_methods" in values:
        values["automatic_payment_methods"] = _automatic(values["automatic_payment_methods"])
    intent = shapes.payment_intent(values)
    if "payment_method" in values:
        intent["payment_method"] = methods.resolve(session, values["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
    session.save(intent, "payment_intent.created")
    return _confirm(session, intent, values, origin) if values.get("confirm") else intent


def _automatic(value: dict[str, Any]) -> Body:
    enabled = params.boolean("automatic_payment_methods[enabled]", value.get("enabled", ""))
    return {"allow_redirects": value.get("allow_redirects", "always"), "enabled": enabled}


def confirm(session: Session, intent_id: str, form: dict[str, Value], origin: str) -> Body:
    values = params.read(form, _CONFIRM)
    return _confirm(session, load(session, intent_id), values, origin)


def load(session: Session, intent_id: str) -> Body:
    return session.load("payment_intent", intent_id, "intent")


def _confirm(session: Session, intent: Body, values: dict[str, Any], origin: str) -> Body:
    _require(intent, "confirm", *_CONFIRMABLE)
    if "payment_method" in values:
        intent["payment_method"] = methods.resolve(session, values["payment_method"])["id"]
    if intent["payment_method"] is None:
        raise conflict(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    intent["capture_method"] = values.get("capture_method", intent["capture_method"])
    card = methods.card_of(session.load("payment_method", intent["payment_method"]))
    if not card.authenticates:
        return _charge(session, intent, card)
    if values.get("off_session"):
        raise _decline(
            session,
            intent,
            None,
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.",
        )
    intent |= {"status": "requires_action", "last_payment_error": None, "next_action": _action(intent, values, origin)}
    return session.save(intent, "payment_intent.requires_action")


def _action(intent: Body, values: dict[str, Any], origin: str) -> Body:
    url = f"{origin}/authenticate/{intent['client_secret']}"
    if values.get("return_url") and not values.get("use_stripe_sdk"):
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": values["return_url"], "url": url}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


def _charge(session: Session, intent: Body, card: Card) -> Body:
    manual = intent["capture_method"] == "manual"
    method = session.load("payment_method", intent["payment_method"])
    charge = shapes.charge(intent, method, card, captured=not manual)
    intent |= {"latest_charge": charge["id"], "next_action": None, "last_payment_error": None}
    if card.code:
        session.save(charge, "charge.failed")
        raise _decline(session, intent, charge, card.code, card.decline_code, card.message)
    if manual:
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        session.save(charge, "charge.succeeded")
        return session.save(intent, "payment_intent.amount_capturable_updated")
    charges.settle(session, charge)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    if intent["customer"] and intent["setup_future_usage"] and method["customer"] is None:
        session.save(method | {"customer": intent["customer"]}, "payment_method.attached")
    session.save(charge, "charge.succeeded")
    session.save(intent, "payment_intent.succeeded")
    if card.disputed:
        disputes.begin(session, charge["id"])
    return intent


def _decline(
    session: Session, intent: Body, charge: Body | None, code: str, decline_code: str, message: str
) -> ApiError:
    """Keep the failed attempt on the intent and return the error that tells it."""
    detail: Body = {"decline_code": decline_code} if code in ("card_declined", "authentication_required") else {}
    detail |= {"charge": charge["id"]} if charge else {}
    method = session.load("payment_method", intent["payment_method"])
    error = ApiError(402, "card_error", message, code=code, payment_method=method, **detail)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": dict(error.body["error"]),
    }
    session.save(intent, "payment_intent.payment_failed")
    error.body["error"]["payment_intent"] = intent
    return error


def authenticate(session: Session, client_secret: str, *, succeed: bool) -> Body:
    """What happens when the buyer answers the bank's question: charged, or back to needing a method."""
    intent = session.store.get("payment_intent", client_secret.partition("_secret_")[0])
    if intent is None or intent["client_secret"] != client_secret:
        raise no_such("payment_intent", "client_secret", "client_secret")
    _require(intent, "authenticate", "requires_action")
    if succeed:
        return _charge(session, intent, methods.card_of(session.load("payment_method", intent["payment_method"])))
    raise _decline(
        session,
        intent,
        None,
        "payment_intent_authentication_failure",
        "",
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
    )


def capture(session: Session, intent_id: str, form: dict[str, Value]) -> Body:
    values = params.read(form, _CAPTURE)
    intent = load(session, intent_id)
    _require(intent, "capture", "requires_capture")
    capturable: int = intent["amount_capturable"]
    amount: int = values.get("amount_to_capture") or capturable
    if not 1 <= amount <= capturable:
        raise conflict(
            "The amount_to_capture is more than can be captured.", "amount_too_large", param="amount_to_capture"
        )
    charge = session.load("charge", intent["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount, "amount_refunded": 0}
    charges.settle(session, charge)
    session.save(charge, "charge.captured")
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    return session.save(intent, "payment_intent.succeeded")


def cancel(session: Session, intent_id: str, form: dict[str, Value]) -> Body:
    values = params.read(form, _CANCEL)
    intent = load(session, intent_id)
    _require(intent, "cancel", *_CANCELLABLE)
    if intent["status"] == "requires_capture":
        charge = session.load("charge", intent["latest_charge"])
        session.save(charge | {"refunded": True, "amount_refunded": charge["amount"]}, "charge.refunded")
    intent |= {
        "status": "canceled",
        "canceled_at": shapes.now(),
        "cancellation_reason": values.get("cancellation_reason"),
        "amount_capturable": 0,
        "next_action": None,
    }
    return session.save(intent, "payment_intent.canceled")


def _require(intent: Body, verb: str, *states: str) -> None:
    if intent["status"] not in states:
        raise conflict(
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be used: {', '.join(states)}.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
