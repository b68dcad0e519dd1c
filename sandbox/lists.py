"""Stripe's lists: newest first, paged by the id of an object."""

from collections.abc import Mapping
from typing import Any

from sandbox import params
from sandbox.errors import invalid, no_such
from sandbox.forms import Value
from sandbox.params import Reader
from sandbox.session import Session
from sandbox.shapes import Body

_LARGEST_PAGE = 100
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}
# What each list may be filtered by besides its time, and how SQLite finds that.
_FILTERS: Mapping[str, Mapping[str, tuple[Reader, str]]] = {
    "payment_intent": {"customer": (params.text, "json_extract(body, '$.customer')")},
    "refund": {"payment_intent": (params.text, "payment_intent"), "charge": (params.text, "charge")},
    "charge": {
        "payment_intent": (params.text, "payment_intent"),
        "customer": (params.text, "json_extract(body, '$.customer')"),
        "transfer_group": (params.text, "json_extract(body, '$.transfer_group')"),
    },
    "balance_transaction": {
        "type": (params.text, "json_extract(body, '$.type')"),
        "source": (params.text, "json_extract(body, '$.source')"),
    },
    "dispute": {"payment_intent": (params.text, "payment_intent"), "charge": (params.text, "charge")},
    "transfer": {
        "destination": (params.text, "json_extract(body, '$.destination')"),
        "transfer_group": (params.text, "json_extract(body, '$.transfer_group')"),
    },
    "transfer_reversal": {"transfer": (params.text, "json_extract(body, '$.transfer')")},
    "event": {"type": (params.text, "json_extract(body, '$.type')"), "types": (params.sequence, "")},
}


def page(session: Session, kind: str, url: str, form: dict[str, Value]) -> Body:
    """One page of objects of a kind."""
    filters = _FILTERS[kind]
    values = params.read(form, {**params.LIST, **{name: reader for name, (reader, _) in filters.items()}})
    limit = values.get("limit", 10)
    if not 1 <= limit <= _LARGEST_PAGE:
        raise invalid(f"Invalid integer: limit must be between 1 and {_LARGEST_PAGE}.", param="limit")
    conditions, arguments = _where(session, kind, values)
    backwards = "ending_before" in values
    rows = session.store.select(kind, conditions, arguments, "ASC" if backwards else "DESC", limit + 1)
    data = rows[:limit]
    if backwards:
        data.reverse()
    return {"object": "list", "data": data, "has_more": len(rows) > limit, "url": url}


def _where(session: Session, kind: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    parts: list[tuple[str, Any]] = []
    for name, (_, column) in _FILTERS[kind].items():
        if name in values and column:
            parts.append((f" AND {column} = ?", values[name]))
    for bound, time in values.get("created", {}).items():
        if bound not in _BOUNDS:
            raise invalid(f"Received unknown parameter: created[{bound}]", code="parameter_unknown", param="created")
        parts.append((f" AND created {_BOUNDS[bound]} ?", time))
    for cursor, sign in (("starting_after", "<"), ("ending_before", ">")):
        if cursor in values:
            parts.append((f" AND seq {sign} ?", _position(session, kind, values[cursor], cursor)))
    conditions, arguments = "".join(text for text, _ in parts), [value for _, value in parts]
    if types := values.get("types"):
        conditions += f" AND json_extract(body, '$.type') IN ({', '.join('?' * len(types))})"
        arguments += types
    return conditions, arguments


def _position(session: Session, kind: str, object_id: str, param: str) -> int:
    position = session.store.position(kind, object_id)
    if position is None:
        raise no_such(kind, object_id, param)
    return position
