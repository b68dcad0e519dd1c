"""The only maker of ids: UUIDs ordered by time that carry a cell, order numbers for people, and secrets."""

import base64
import hashlib
import os
import secrets
import threading
import time
import uuid

CELL_BITS = 10
_CELL_SHIFT = 52
_TICKS_PER_MS = 1 << 12
_VERSION = 8 << 76
_VARIANT = 0b10 << 62
_RANDOM_MASK = (1 << _CELL_SHIFT) - 1

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O and U
_DIGITS = {symbol: value for value, symbol in enumerate(_ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_NUMBER_LENGTH = 8
NUMBER_BITS = 40
# The field of 32 elements, by x^5 + x^2 + 1: doubling in it is a permutation of order 31.
_FIELD = 0b100101


class _Clock:
    """Ticks of 1/4096 ms since 1970 that never repeat and never go back within the process."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def tick(self) -> int:
        now = time.time_ns() * _TICKS_PER_MS // 1_000_000
        with self._lock:
            self._last = max(now, self._last + 1)
            return self._last


_clock = _Clock()


def new_id(cell: int = 0) -> uuid.UUID:
    """Make an id: 48 bits of milliseconds, 12 bits of a fraction, 10 bits of `cell`, 52 random bits, as UUID version 8.

    Ids of one process rise strictly. Raises ValueError for a cell outside 0 to 1023.
    """
    if not 0 <= cell < 1 << CELL_BITS:
        raise ValueError(f"a cell is a number from 0 to 1023, not {cell}")
    milliseconds, fraction = divmod(_clock.tick(), _TICKS_PER_MS)
    entropy = int.from_bytes(os.urandom(7)) & _RANDOM_MASK
    return uuid.UUID(int=milliseconds << 80 | _VERSION | fraction << 64 | _VARIANT | cell << _CELL_SHIFT | entropy)


def cell_of(identifier: uuid.UUID) -> int:
    """The cell that an id was made in."""
    return identifier.int >> _CELL_SHIFT & (1 << CELL_BITS) - 1


def time_of(identifier: uuid.UUID) -> float:
    """When an id was made, in seconds since 1970, to the millisecond."""
    return (identifier.int >> 80) / 1000


def new_secret() -> str:
    """Make a secret of 256 random bits as base64url. It is stored hashed, never as it is."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """The 32 bytes that stand for a secret in a table. A plain hash is enough: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def fingerprint(text: str) -> str:
    """A short name for a secret or a long text in keys and logs: 128 bits of its hash as base64url."""
    return base64.urlsafe_b64encode(hash_secret(text)[:16]).rstrip(b"=").decode()


def _check_symbol(symbols: str) -> str:
    state = 0
    for symbol in symbols:
        state = (state ^ _DIGITS[symbol]) << 1
        state ^= _FIELD if state & 0b100000 else 0
    return _ALPHABET[state]


def new_order_number() -> str:
    """Make a number for people, `7K3M-9QXT-2`: 40 random bits and a check digit. Its table holds it unique."""
    return order_number_of(secrets.randbits(NUMBER_BITS))


def order_number_of(value: int) -> str:
    """Write 40 bits as a number for people."""
    symbols = "".join(_ALPHABET[value >> shift & 0b11111] for shift in range(NUMBER_BITS - 5, -1, -5))
    return f"{symbols[:4]}-{symbols[4:]}-{_check_symbol(symbols)}"


def parse_order_number(text: str) -> str:
    """Read a number as a person typed it: any case, with or without dashes, O for 0, I and L for 1.

    Raises ValueError where it is none: any one wrong symbol and any two exchanged ones are found.
    """
    typed = [_DIGITS.get(symbol) for symbol in text.upper() if symbol not in "- "]
    symbols = "".join(_ALPHABET[digit] for digit in typed if digit is not None)
    if len(typed) != _NUMBER_LENGTH + 1 or len(symbols) != len(typed) or _check_symbol(symbols[:-1]) != symbols[-1]:
        raise ValueError(f"{text!r} is no order number")
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8]}"
