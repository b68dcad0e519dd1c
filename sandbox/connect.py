"""Connect: accounts of sellers, transfers to them, and the reversals of transfers."""

from typing import Any

from sandbox import params, shapes
from sandbox.amounts import check_amount, check_currency
from sandbox.errors import conflict
from sandbox.forms import Value
from sandbox.session import Session
from sandbox.shapes import Body

_ACCOUNT = {
    "type": params.text,
    "controller": params.mapping,
    "country": params.text,
    "email": params.text,
    "business_type": params.text,
    "business_profile": params.mapping,
    "capabilities": params.mapping,
    "default_currency": params.text,
    "metadata": params.mapping,
    "settings": params.mapping,
}
_TRANSFER = {
    "amount": params.integer,
    "currency": params.text,
    "destination": params.text,
    "description": params.text,
    "metadata": params.mapping,
    "source_transaction": params.text,
    "transfer_group": params.text,
}
_REVERSAL = {
    "amount": params.integer,
    "description": params.text,
    "metadata": params.mapping,
    "refund_application_fee": params.boolean,
}
# What a connected account holds is no object of Stripe's list of kinds; here it is one that nobody can ask for.
_HOLDINGS = "connected_holdings"


def create_account(session: Session, form: dict[str, Value]) -> Body:
    return session.save(shapes.account(params.read(form, _ACCOUNT)), "account.updated")


def restrict(session: Session, account_id: str, *, restricted: bool) -> Body:
    """Take from an account what transfers need, or give it back. Of the sandbox alone."""
    account = session.load("account", account_id, "account")
    account["capabilities"]["transfers"] = "inactive" if restricted else "active"
    return session.save(account, "account.updated")


def drain(session: Session, account_id: str) -> Body:
    """Let the seller have all of it at the own bank, so that no reversal finds anything. Of the sandbox alone."""
    account = session.load("account", account_id, "account")
    session.store.put(_holdings(session, account_id) | {"amounts": {}})
    return account


def create_transfer(session: Session, form: dict[str, Value]) -> Body:
    values = params.read(form, _TRANSFER, "currency", "destination", "amount")
    values["currency"] = check_currency(values["currency"])
    check_amount(values["amount"], values["currency"])
    account = session.load("account", values["destination"], "destination")
    if account["capabilities"].get("transfers") != "active":
        message = "Your destination account needs to have at least one of the following capabilities enabled: transfers"
        raise conflict(message, "insufficient_capabilities_for_transfer")
    transfer = shapes.transfer(values)
    entry = session.save(shapes.balance_transaction(transfer, "transfer", -transfer["amount"], 0))
    transfer["balance_transaction"] = entry["id"]
    _hold(session, account["id"], transfer["currency"], transfer["amount"])
    return session.save(transfer, "transfer.created")


def reverse(session: Session, transfer_id: str, form: dict[str, Value]) -> Body:
    values = params.read(form, _REVERSAL)
    transfer = session.load("transfer", transfer_id, "transfer")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = values.get("amount", left)
    if not 1 <= amount <= left:
        message = f"Transfer reversal amount ({amount}) is greater than what is left of the transfer ({left})."
        raise conflict(message, "amount_too_large", param="amount")
    held = _holdings(session, transfer["destination"])["amounts"].get(transfer["currency"], 0)
    if held < amount:
        message = "The connected account has insufficient funds for this reversal."
        raise conflict(message, "balance_insufficient")
    _hold(session, transfer["destination"], transfer["currency"], -amount)
    reversal = shapes.transfer_reversal(transfer, values, amount)
    entry = session.save(shapes.balance_transaction(reversal, "transfer_refund", amount, 0))
    reversal["balance_transaction"] = entry["id"]
    session.save(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    session.save(transfer, "transfer.reversed")
    return reversal


def _holdings(session: Session, account_id: str) -> Body:
    kept = session.store.get(_HOLDINGS, f"held_{account_id}")
    return kept or {"id": f"held_{account_id}", "object": _HOLDINGS, "created": shapes.now(), "amounts": {}}


def _hold(session: Session, account_id: str, currency: str, amount: int) -> None:
    holdings = _holdings(session, account_id)
    amounts: dict[str, Any] = holdings["amounts"]
    amounts[currency] = amounts.get(currency, 0) + amount
    session.store.put(holdings)
