"""Customers: whom a PaymentMethod is kept for, so that it can be used again."""

from sandbox import methods, params, shapes
from sandbox.errors import conflict
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

_CREATE = {"description": params.text, "email": params.text, "metadata": params.mapping, "name": params.text}
_ATTACH = {"customer": params.text}


def create(session: Session, form: dict[str, Value]) -> Body:
    return session.save(shapes.customer(params.read(form, _CREATE)), "customer.created")


def attach(session: Session, method_id: str, form: dict[str, Value]) -> Body:
    customer = session.load("customer", params.read(form, _ATTACH, "customer")["customer"], "customer")
    method = methods.resolve(session, method_id)
    if method["customer"] not in (None, customer["id"]):
        raise conflict("The payment method is attached to another customer.", "resource_already_exists")
    return session.save(method | {"customer": customer["id"]}, "payment_method.attached")


def detach(session: Session, method_id: str, _form: dict[str, Value]) -> Body:
    method = session.load("payment_method", method_id)
    if method["customer"] is None:
        raise conflict("The payment method you provided is not attached to a customer.", "payment_method_not_attached")
    return session.save(method | {"customer": None}, "payment_method.detached")
