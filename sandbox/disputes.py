"""Disputes: opened by a test card, won or lost by the evidence: https://docs.stripe.com/testing#disputes."""

from sandbox import params, shapes
from sandbox.errors import conflict
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

FEE = 1500
_UPDATE = {"evidence": params.mapping, "metadata": params.mapping, "submit": params.boolean}
_OPEN = ("needs_response", "under_review")
_WINS, _LOSES = "winning_evidence", "losing_evidence"


def begin(session: Session, charge_id: str, reason: str = "fraudulent") -> Body:
    """The buyer's bank takes a charge back, and a fee with it."""
    charge = session.load("charge", charge_id, "charge")
    if not charge["captured"] or charge["disputed"] or charge["refunded"]:
        raise conflict(f"Charge {charge_id} cannot be disputed.", "charge_not_disputable")
    charge["disputed"] = True
    session.save(charge, "charge.updated")
    dispute = shapes.dispute(charge, reason)
    entry = session.save(shapes.balance_transaction(dispute, "adjustment", -dispute["amount"], FEE))
    dispute["balance_transactions"] = [entry]
    return session.save(dispute, "charge.dispute.created", "charge.dispute.funds_withdrawn")


def update(session: Session, dispute_id: str, form: dict[str, Value]) -> Body:
    """Send evidence; the two texts that Stripe documents for tests decide at once."""
    values = params.read(form, _UPDATE)
    dispute = _load_open(session, dispute_id)
    dispute["metadata"] |= values.get("metadata", {})
    dispute["evidence"] |= values.get("evidence", {})
    text = dispute["evidence"].get("uncategorized_text")
    if not values.get("submit", True):
        return session.save(dispute, "charge.dispute.updated")
    if text == _WINS:
        return _win(session, dispute)
    if text == _LOSES:
        return _lose(session, dispute)
    return session.save(dispute | {"status": "under_review"}, "charge.dispute.updated")


def close(session: Session, dispute_id: str) -> Body:
    """Give the dispute up: it is lost."""
    return _lose(session, _load_open(session, dispute_id))


def is_refundable(session: Session, charge: Body) -> bool:
    """Whether nobody disputes the charge, or the dispute was won."""
    found = session.store.select("dispute", " AND charge = ?", [charge["id"]], "DESC", 1)
    return not found or found[0]["status"] == "won"


def _win(session: Session, dispute: Body) -> Body:
    entry = session.save(shapes.balance_transaction(dispute, "adjustment", dispute["amount"], 0))
    dispute |= {"status": "won", "balance_transactions": [*dispute["balance_transactions"], entry]}
    return session.save(dispute, "charge.dispute.closed", "charge.dispute.funds_reinstated")


def _lose(session: Session, dispute: Body) -> Body:
    return session.save(dispute | {"status": "lost"}, "charge.dispute.closed")


def _load_open(session: Session, dispute_id: str) -> Body:
    dispute = session.load("dispute", dispute_id, "dispute")
    if dispute["status"] not in _OPEN:
        raise conflict("This dispute is already closed.", "dispute_closed")
    return dispute
