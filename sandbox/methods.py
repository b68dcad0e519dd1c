"""PaymentMethods: made from test tokens alone, since no card number may come here either."""

from sandbox import params, shapes
from sandbox.cards import CARDS, TOKENS, Card
from sandbox.errors import ApiError, invalid, no_such
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

_CREATE = {"type": params.text, "card": params.mapping, "billing_details": params.mapping, "metadata": params.mapping}


def create(session: Session, form: dict[str, Value]) -> Body:
    values = params.read(form, _CREATE, "type")
    if values["type"] != "card":
        raise invalid(f"Invalid type: {values['type']}. This sandbox knows cards.", param="type")
    token = values.get("card", {}).get("token", "")
    if token not in TOKENS:
        raise no_such("token", str(token), "card[token]")
    method = shapes.payment_method(TOKENS[token], CARDS[TOKENS[token]])
    return session.save(method | {"metadata": values.get("metadata", {})})


def retrieve(session: Session, method_id: str) -> Body:
    """A method; asking for a test token answers with a new method of that card, as Stripe does."""
    if method_id in CARDS:
        return session.save(shapes.payment_method(method_id, CARDS[method_id]))
    return session.load("payment_method", method_id)


def resolve(session: Session, reference: str) -> Body:
    """The method that a payment names, by id or by test token."""
    try:
        return retrieve(session, reference)
    except ApiError as error:
        raise no_such("PaymentMethod", reference, "payment_method") from error


def card_of(method: Body) -> Card:
    return CARDS[method["card"]["fingerprint"]]
