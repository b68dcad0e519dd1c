"""What the audit trail keeps of a privileged call: which method, and the request without personal data."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from souk.options.v1 import options_pb2

# A request that is longer than this as JSON (an import, say) is left out of its record.
MAX_JSON = 8192


class Audited:
    """The privileged call that is being served."""

    __slots__ = ("_request", "method", "recorded")

    def __init__(self, method: str, request: Message) -> None:
        """`method` is the full gRPC path."""
        self.method = method
        self._request = request
        # Set when the handler's unit of work has recorded it.
        self.recorded = False

    def request_json(self) -> str:
        """The request as JSON without its personal data, empty where it is too long."""
        text = json.dumps(redact(self._request), sort_keys=True)
        return text if len(text) <= MAX_JSON else ""


_current: ContextVar[Audited | None] = ContextVar("audited", default=None)


def current_audited() -> Audited | None:
    """The privileged call that is being served, None in all other calls."""
    return _current.get()


def set_audited(audited: Audited) -> None:
    """Set it for the present context, which the mesh makes anew for each call."""
    _current.set(audited)


def redact(message: Message) -> dict[str, Any]:
    """A message as JSON values, without the fields that its contract marks as personal."""
    return _redacted(MessageToDict(message), message.DESCRIPTOR)


def _redacted(values: Mapping[str, Any], descriptor: Any) -> dict[str, Any]:
    fields = {field.json_name: field for field in descriptor.fields}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        field = fields.get(name)
        if field is None or field.GetOptions().Extensions[options_pb2.personal]:
            continue
        nested = field.message_type
        if nested is None or nested.GetOptions().map_entry or not isinstance(value, dict | list):
            kept[name] = value
        elif isinstance(value, list):
            kept[name] = [_redacted(item, nested) if isinstance(item, dict) else item for item in value]
        else:
            kept[name] = _redacted(value, nested)
    return kept
