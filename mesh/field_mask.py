"""Which fields an update changes: those that its mask names, or those that are present where it has none."""

from collections.abc import Sequence
from typing import Any

from mesh.errors import InvalidArgument


def changes(request: Any, fields: Sequence[str], *, replace: bool = False) -> dict[str, Any]:
    """The new values of the updatable `fields` of a request with an `update_mask`.

    A field that the mask names but the request lacks becomes its default; with `replace` (a PUT) all do.
    Raises InvalidArgument `UNKNOWN_FIELD` for a mask that names anything else.
    """
    named = list(fields) if replace else list(request.update_mask.paths)
    if unknown := sorted(set(named) - set(fields)):
        faults = {"updateMask": f"{unknown[0]} cannot be changed here"}
        raise InvalidArgument("UNKNOWN_FIELD", f"{unknown[0]} cannot be changed here.", fields=faults)
    return {field: getattr(request, field) for field in named or fields if named or _is_present(request, field)}


def _is_present(request: Any, field: str) -> bool:
    """A list or a map is present where it has an entry: to empty it, the mask names it."""
    if request.DESCRIPTOR.fields_by_name[field].is_repeated:
        return len(getattr(request, field)) > 0
    return bool(request.HasField(field))
