"""Pages of lists: sizes and opaque keyset tokens."""

import base64
import json
import math
import uuid
from collections.abc import Sequence
from typing import Final

from mesh.errors import InvalidArgument

DEFAULT_SIZE: Final = 20
MAX_SIZE: Final = 100
_WHOLE: Final = 2**63

Part = str | int | float | bool | None


def page_size(asked: int, most: int = MAX_SIZE) -> int:
    """The entries of one page: 0 means 20, above `most` becomes that. Raises InvalidArgument below 0."""
    if asked < 0:
        raise InvalidArgument("INVALID_FIELDS", "pageSize is negative.", fields={"pageSize": "is negative"})
    return min(asked or DEFAULT_SIZE, most)


def encode_page(key: tuple[Part, ...]) -> str:
    """The token of the page that begins after the entry with this key; ids and times go in as text."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_page(token: str) -> tuple[Part, ...] | None:
    """The key that a token holds, None for the first page. Raises InvalidArgument `INVALID_PAGE_TOKEN`."""
    if not token:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, RecursionError):
        raise _invalid() from None
    if not isinstance(key, list) or not all(_fits(part) for part in key):
        raise _invalid()
    return tuple(key)


def _fits(part: object) -> bool:
    """Whether a column can be compared with it: a whole number of 64 bits, a text that PostgreSQL can hold."""
    if isinstance(part, str):
        return "\0" not in part and not any("\ud800" <= character <= "\udfff" for character in part)
    if isinstance(part, float):
        return math.isfinite(part)
    return part is None or (isinstance(part, int) and abs(part) < _WHOLE)


def decode_id(token: str) -> uuid.UUID | None:
    """The id that a page of a list in order of ids begins after, None for the first page. Raises as `decode_page`."""
    key = decode_page(token)
    if key is None:
        return None
    if len(key) != 1:
        raise _invalid()
    try:
        return uuid.UUID(str(key[0]))
    except ValueError:
        raise _invalid() from None


def next_page(ids: Sequence[uuid.UUID], size: int) -> str:
    """The token of the next page of such a list, where one entry more than `size` was found; else empty."""
    return encode_page((str(ids[size - 1]),)) if len(ids) > size else ""


def _invalid() -> InvalidArgument:
    return InvalidArgument("INVALID_PAGE_TOKEN", "The page token is none that this market gave out.")
