"""Personal data under keys of its person: destroying the key erases every copy, in tables, backups and events."""

import hashlib
import hmac
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesh.database import ReadUnit, UnitOfWork
from mesh.errors import SoukError
from mesh.statement import in_schema

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"
# How long an erased person's data may still be read by a process that had the key in memory, in seconds.
_MEMORY_SECONDS = 30.0
_MEMORY_ENTRIES = 10_000
# Under what a unit of work notes the keys that it has seen.
_KEY = "person's key"
_SELECT = "SELECT person_id, wrapped_key FROM {schema}.keyring WHERE person_id = ANY(cast(:persons AS uuid[]))"
_INSERT = (
    "INSERT INTO {schema}.keyring (person_id, wrapped_key) VALUES (:person_id, :wrapped_key) ON CONFLICT DO NOTHING"
)
_ERASE = (
    "INSERT INTO {schema}.keyring (person_id, erase_time) VALUES (:person_id, now())"
    " ON CONFLICT (person_id) DO UPDATE SET wrapped_key = NULL, erase_time = now()"
)


class Erased(SoukError):
    """The person's key is gone, and with it the data."""

    def __init__(self, person_id: uuid.UUID) -> None:
        """Name the person by id."""
        super().__init__("PERSON_ERASED", "The personal data was erased.", personId=str(person_id))


class BrokenSeal(Exception):
    """The sealed bytes are not what was sealed for this person and field, or the root key is another."""


class Keyring:
    """Seals and opens personal data with AES-256-GCM; persons' keys lie in the service's `keyring`, wrapped."""

    def __init__(self, root_key: bytes) -> None:
        """`root_key` has 32 bytes and wraps all others. Raises ValueError for another length."""
        if len(root_key) != KEY_BYTES:
            raise ValueError(f"the root key has {KEY_BYTES} bytes, not {len(root_key)}")
        self._root = AESGCM(root_key)
        self.vault = Vault(root_key)
        self._lookup_key = hmac.digest(root_key, b"souk lookup", "sha256")
        self._memory: dict[tuple[str, uuid.UUID], tuple[float, AESGCM]] = {}

    @classmethod
    def from_file(cls, path: Path) -> "Keyring":
        """The keyring whose root key is the file's 32 bytes, plain or in hexadecimal."""
        content = path.read_bytes()
        return cls(content if len(content) == KEY_BYTES else bytes.fromhex(content.decode()))

    def lookup_hash(self, plaintext: str) -> bytes:
        """The 32 bytes by which a value is found without being stored; canonical form is the caller's care."""
        return hmac.digest(self._lookup_key, plaintext.encode(), hashlib.sha256)

    async def seal(self, uow: UnitOfWork, person_id: uuid.UUID, plaintext: bytes, field: str) -> bytes:
        """Seal a value of `field`; the person's key is made where there is none. Raises Erased."""
        key = self._remembered(uow, person_id) or await self._load_or_make(uow, person_id)
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + key.encrypt(nonce, plaintext, _context(person_id, field))

    async def open(self, unit: ReadUnit, person_id: uuid.UUID, sealed: bytes, field: str) -> bytes:
        """The value that was sealed. Raises Erased, or BrokenSeal for bytes of another person or field."""
        key = self._remembered(unit, person_id)
        if key is None:
            key = (await self._load(unit, [person_id])).get(person_id)
        if key is None:
            raise Erased(person_id)
        return _open(key, person_id, sealed, field)

    async def open_many(
        self, unit: ReadUnit, sealed: Sequence[tuple[uuid.UUID, bytes]], field: str
    ) -> list[bytes | None]:
        """The values in the same order, None where the person was erased."""
        wanted = {person_id for person_id, _ in sealed}
        known = {person_id: self._remembered(unit, person_id) for person_id in wanted}
        missing = [person_id for person_id, key in known.items() if key is None]
        if missing:
            known.update(await self._load(unit, missing))
        return [_open(key, person, data, field) if (key := known[person]) else None for person, data in sealed]

    async def erase(self, uow: UnitOfWork, person_id: uuid.UUID) -> None:
        """Destroy the person's key. Nothing can be sealed for the person again."""
        await uow.execute(in_schema(uow.service, _ERASE), person_id=person_id)
        uow.after_commit(lambda: self._memory.pop((uow.service, person_id), None))

    def _remembered(self, unit: ReadUnit, person_id: uuid.UUID) -> AESGCM | None:
        entry = self._memory.get((unit.service, person_id))
        if entry is not None and entry[0] > time.monotonic():
            return entry[1]
        return unit.notes.get((_KEY, person_id)) if isinstance(unit, UnitOfWork) else None

    def _learn(self, unit: ReadUnit, person_id: uuid.UUID, key: AESGCM) -> AESGCM:
        """Remember a key; one that a transaction sees once it is committed: it may be the transaction's own.

        After a rollback such a key would seal what nobody can open.
        """
        if isinstance(unit, UnitOfWork):
            unit.notes[_KEY, person_id] = key
            unit.after_commit(lambda: self._remember(unit.service, person_id, key))
        else:
            self._remember(unit.service, person_id, key)
        return key

    def _remember(self, service: str, person_id: uuid.UUID, key: AESGCM) -> None:
        if len(self._memory) >= _MEMORY_ENTRIES:
            self._memory.clear()
        self._memory[service, person_id] = (time.monotonic() + _MEMORY_SECONDS, key)

    async def _load(self, unit: ReadUnit, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, AESGCM]:
        rows = await unit.fetch(in_schema(unit.service, _SELECT), persons=persons)
        return {
            row["person_id"]: self._learn(unit, row["person_id"], self._unwrap(**row))
            for row in rows
            if row["wrapped_key"] is not None
        }

    async def _load_or_make(self, uow: UnitOfWork, person_id: uuid.UUID) -> AESGCM:
        found = await self._load(uow, [person_id])
        if person_id in found:
            return found[person_id]
        raw = AESGCM.generate_key(256)
        wrapped = self._wrap(person_id, raw)
        if await uow.execute(in_schema(uow.service, _INSERT), person_id=person_id, wrapped_key=wrapped):
            return self._learn(uow, person_id, AESGCM(raw))
        found = await self._load(uow, [person_id])
        if person_id not in found:
            raise Erased(person_id)
        return found[person_id]

    def _wrap(self, person_id: uuid.UUID, raw: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._root.encrypt(nonce, raw, person_id.bytes)

    def _unwrap(self, person_id: uuid.UUID, wrapped_key: bytes) -> AESGCM:
        try:
            raw = self._root.decrypt(
                wrapped_key[1 : 1 + _NONCE_BYTES], wrapped_key[1 + _NONCE_BYTES :], person_id.bytes
            )
        except InvalidTag:
            raise BrokenSeal("a person's key was wrapped by another root key") from None
        return AESGCM(raw)


class Vault:
    """Seals what is kept for a while and belongs to no single person, bound to the place where it lies."""

    def __init__(self, root_key: bytes) -> None:
        """The key follows from the root key."""
        self._key = AESGCM(hmac.digest(root_key, b"souk vault", "sha256"))

    def seal(self, plaintext: bytes, place: str) -> bytes:
        """The sealed bytes, which open at this place alone."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._key.encrypt(nonce, plaintext, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed. Raises BrokenSeal for bytes from another place, or under another root key."""
        try:
            return self._key.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place.encode())
        except InvalidTag:
            raise BrokenSeal(f"what lies at {place} was sealed elsewhere or by another root key") from None


def is_sealed(stored: bytes) -> bool:
    """Whether bytes are sealed and not a message of protobuf, none of which begins as these do."""
    return stored[:1] == _FORMAT


def _context(person_id: uuid.UUID, field: str) -> bytes:
    return person_id.bytes + field.encode()


def _open(key: AESGCM, person_id: uuid.UUID, sealed: bytes, field: str) -> bytes:
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _FORMAT or len(nonce) != _NONCE_BYTES:
        raise BrokenSeal(f"what should be a sealed {field} is not sealed")
    try:
        return key.decrypt(nonce, ciphertext, _context(person_id, field))
    except InvalidTag:
        raise BrokenSeal(f"a sealed {field} belongs to another person or field") from None
