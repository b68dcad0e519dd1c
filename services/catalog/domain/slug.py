"""Names in URLs."""

import re
import secrets
import unicodedata
import uuid

from mesh.errors import InvalidArgument

MAX_LENGTH = 100
_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_GAP = re.compile(r"[^a-z0-9]+")
# Letters that do not come apart into a plain letter and an accent.
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})


def as_id(text: str) -> uuid.UUID | None:
    """The id that a text could be read as, in any of the ways that ids are written."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def is_id(text: str) -> bool:
    """Whether a text could be read as an id."""
    return as_id(text) is not None


def slug_of(text: str) -> str:
    """A slug out of any text; empty where nothing of it can be written in a URL."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(_SPELLED))
    slug = _GAP.sub("-", letters.encode("ascii", "ignore").decode()).strip("-")[:MAX_LENGTH].strip("-")
    return f"p-{slug}" if is_id(slug) else slug


def with_suffix(slug: str) -> str:
    """Another slug for the same thing, where the plain one is taken."""
    return f"{slug[: MAX_LENGTH - 8].rstrip('-') or 'product'}-{secrets.token_hex(3)}"


def require_slug(slug: str) -> str:
    """A slug as somebody chose it. Raises SLUG_INVALID."""
    if not _PLAIN.fullmatch(slug) or len(slug) > MAX_LENGTH or is_id(slug):
        message = "A slug has lower-case letters, digits and single hyphens, at most 100, and not the form of an id."
        raise InvalidArgument("SLUG_INVALID", message, fields={"slug": "is no slug"})
    return slug
