"""Personal data under keys of its person."""

import secrets
import uuid

import pytest

from mesh.database import Database
from mesh.keyring import BrokenSeal, Erased, Keyring
from mesh.statement import in_schema

ROOT = bytes(range(32))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(ROOT)


@pytest.fixture
def person() -> uuid.UUID:
    return uuid.uuid4()


class TestKeyring:
    async def test_opens_what_it_sealed(self, database: Database, keyring: Keyring, person: uuid.UUID) -> None:
        sealed = await _seal(database, keyring, person, b"ann@example.com")
        assert b"ann" not in sealed
        for reader in (keyring, Keyring(ROOT)):
            async with database.read() as unit:
                assert await reader.open(unit, person, sealed, "email") == b"ann@example.com"

    async def test_seals_the_same_value_differently_each_time(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        assert await _seal(database, keyring, person, b"x") != await _seal(database, keyring, person, b"x")

    async def test_erased_data_opens_nowhere(self, database: Database, keyring: Keyring, person: uuid.UUID) -> None:
        sealed = await _seal(database, keyring, person, b"ann@example.com")
        async with database.write() as uow:
            await keyring.erase(uow, person)
        async with database.read() as unit:
            assert await keyring.open_many(unit, [(person, sealed)], "email") == [None]
        async with database.read() as unit:
            with pytest.raises(Erased):
                await keyring.open(unit, person, sealed, "email")
        with pytest.raises(Erased):
            await _seal(database, keyring, person, b"again")

    async def test_the_wrapped_key_is_gone_from_the_table(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        await _seal(database, keyring, person, b"x")
        async with database.write() as uow:
            await keyring.erase(uow, person)
            assert await uow.fetch_value(in_schema(database.name, "SELECT wrapped_key FROM {schema}.keyring")) is None

    async def test_a_value_belongs_to_its_person_and_field(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        other = uuid.uuid4()
        sealed = await _seal(database, keyring, person, b"x")
        await _seal(database, keyring, other, b"x")
        for who, field in ((other, "email"), (person, "phone")):
            async with database.read() as unit:
                with pytest.raises(BrokenSeal):
                    await keyring.open(unit, who, sealed, field)

    async def test_another_root_key_opens_nothing(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        sealed = await _seal(database, keyring, person, b"x")
        async with database.read() as unit:
            with pytest.raises(BrokenSeal):
                await Keyring(secrets.token_bytes(32)).open(unit, person, sealed, "email")

    async def test_a_key_that_was_rolled_back_seals_nothing(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        with pytest.raises(ZeroDivisionError):
            await self._seal_and_fail(database, keyring, person)
        sealed = await _seal(database, keyring, person, b"x")
        async with database.read() as unit:
            assert await Keyring(ROOT).open(unit, person, sealed, "email") == b"x"

    async def _seal_and_fail(self, database: Database, keyring: Keyring, person: uuid.UUID) -> None:
        async with database.write() as uow:
            await keyring.seal(uow, person, b"x", "email")
            raise ZeroDivisionError

    async def test_two_values_of_a_new_person_in_one_unit_open_together(
        self, database: Database, keyring: Keyring, person: uuid.UUID
    ) -> None:
        async with database.write() as uow:
            one = await keyring.seal(uow, person, b"1", "email")
            two = await keyring.seal(uow, person, b"2", "email")
        async with database.read() as unit:
            assert await Keyring(ROOT).open_many(unit, [(person, one), (person, two)], "email") == [b"1", b"2"]

    def test_finds_a_value_by_its_keyed_hash(self, keyring: Keyring) -> None:
        assert keyring.lookup_hash("ann@example.com") == Keyring(ROOT).lookup_hash("ann@example.com")
        assert keyring.lookup_hash("ann@example.com") != Keyring(bytes(32)).lookup_hash("ann@example.com")

    def test_refuses_a_short_root_key(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            Keyring(b"short")


async def _seal(database: Database, keyring: Keyring, person: uuid.UUID, value: bytes) -> bytes:
    async with database.write() as uow:
        return await keyring.seal(uow, person, value, "email")
