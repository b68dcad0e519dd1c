"""Getting in and out, with accounts and sessions in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mesh.errors import AlreadyExists, ResourceExhausted, Unauthenticated, Unavailable
from services.identity.domain.accounts import ADMIN, CUSTOMER, Account
from services.identity.domain.events import UserEvent
from services.identity.domain.guessing import LONGEST_PAUSE, GuessLimit, WrongGuesses
from services.identity.domain.sessions import IN_FLIGHT, RefreshToken, Session
from services.identity.handlers.auth import Auth, SignedIn, login, logout, make_first_admin, refresh, register

EMAIL, PASSWORD = "ada@example.com", "the loom sings"


class FakeGuesses:
    """Wrong passwords in memory."""

    def __init__(self) -> None:
        self.of: dict[str, WrongGuesses] = {}

    async def find(self, email: str) -> WrongGuesses | None:
        return self.of.get(email)

    async def note(self, email: str, now: datetime, window: timedelta) -> None:
        known = self.of.get(email)
        count = known.count if known and now - known.last_time <= window else 0
        self.of[email] = WrongGuesses(count + 1, now)

    async def forgive(self, email: str) -> None:
        self.of.pop(email, None)

    async def forget_before(self, time: datetime, size: int) -> int:
        raise NotImplementedError


class FakeStore:
    """Accounts and sessions in memory; nothing else may happen while a unit of work is open."""

    def __init__(self) -> None:
        self.accounts: dict[str, tuple[Account, str]] = {}
        self.tokens: dict[bytes, RefreshToken] = {}
        self.events: list[UserEvent] = []
        self.is_open = False
        self.wrong = FakeGuesses()

    @property
    def users(self) -> "FakeStore":
        return self

    @property
    def sessions(self) -> "FakeStore":
        return self

    @asynccontextmanager
    async def read(self) -> AsyncIterator["FakeStore"]:
        self.is_open = True
        try:
            yield self
        finally:
            self.is_open = False

    write = read

    async def of_session(self, user_id: UUID) -> Account:
        return next(account for account, _ in self.accounts.values() if account.user_id == user_id)

    async def by_email(self, email: str) -> tuple[Account, str] | None:
        return self.accounts.get(email)

    @property
    def guesses(self) -> "FakeGuesses":
        return self.wrong

    async def has_admin(self) -> bool:
        return any(ADMIN in account.roles for account, _ in self.accounts.values())

    async def add(self, account: Account, password_hash: str) -> Account:
        if account.profile.email in self.accounts:
            raise AlreadyExists("EMAIL_TAKEN")
        self.accounts[account.profile.email] = (account, password_hash)
        return account

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        account = await self.of_session(user_id)
        self.accounts[account.profile.email] = (account, password_hash)

    def publish(self, event: UserEvent) -> None:
        self.events.append(event)

    async def find_token(self, token_hash: bytes) -> RefreshToken | None:
        return self.tokens.get(token_hash)

    lock_token = find_token

    async def open(self, session: Session, token_hash: bytes, expire_time: datetime) -> None:
        self.tokens[token_hash] = RefreshToken(UUID(int=len(self.tokens)), session, expire_time)

    async def rotate(self, token: RefreshToken, spend_time: datetime, token_hash: bytes, expire_time: datetime) -> None:
        spent = next(key for key, each in self.tokens.items() if each.token_id == token.token_id)
        self.tokens[spent] = replace(token, spend_time=spend_time)
        await self.open(token.session, token_hash, expire_time)

    async def end(self, session_id: UUID, reason: str, now: datetime) -> None:
        assert reason
        assert now == now.astimezone(UTC)
        self.tokens = {
            key: replace(token, session=replace(token.session, ended=True))
            if token.session.session_id == session_id
            else token
            for key, token in self.tokens.items()
        }

    async def forget_expired(self, size: int) -> int:
        raise NotImplementedError


class FakeHasher:
    """Hashes by reversing; a hash without its mark is outdated. It counts its work."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.checked = 0

    async def hash(self, password: str) -> str:
        assert not self.store.is_open
        return "new:" + password[::-1]

    async def verify(self, password: str, password_hash: str | None) -> bool:
        assert not self.store.is_open
        self.checked += 1
        return password_hash is not None and password_hash.removeprefix("new:") == password[::-1]

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith("new:")


class FakeSigner:
    """Writes tokens that can be read."""

    lifetime = timedelta(minutes=15)

    def sign(self, session: Session, roles: frozenset[str], shop_ids: frozenset[str]) -> str:
        return f"{session.epoch} {' '.join(sorted(roles | shop_ids))}"


class FakeMemberships:
    """The shops of everybody."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.shop_ids: frozenset[str] = frozenset()
        self.is_away = False

    async def shops_of(self, user_id: UUID) -> frozenset[str]:
        assert user_id
        assert not self.store.is_open
        if self.is_away:
            raise Unavailable("UNREACHABLE")
        return self.shop_ids


class World:
    """All of it, with a clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.store = FakeStore()
        self.hasher = FakeHasher(self.store)
        self.memberships = FakeMemberships(self.store)
        self.auth = Auth(
            store=self.store,
            hasher=self.hasher,
            signer=FakeSigner(),
            memberships=self.memberships,
            refresh_lifetime=timedelta(days=30),
            guess_limit=GuessLimit(free=3, window=timedelta(minutes=5)),
            now=lambda: self.now,
            wait=self.wait,
        )

    async def wait(self, pause: timedelta) -> None:
        assert not self.store.is_open
        self.now += pause

    async def register(self) -> SignedIn:
        return await register(self.auth, EMAIL, PASSWORD, "Ada")

    async def refresh(self, token: str) -> SignedIn:
        return await refresh(self.auth, token, self.now)


@pytest.fixture
def world() -> World:
    return World()


class TestRegister:
    async def test_tells_the_market_and_signs_in(self, world: World) -> None:
        done = await world.register()
        assert (done.access_token, done.expires_in) == ("1 CUSTOMER", 900)
        assert len(world.store.events) == 1


class TestLogin:
    async def test_takes_as_much_work_for_an_unknown_address(self, world: World) -> None:
        with pytest.raises(Unauthenticated, match="INVALID_CREDENTIALS"):
            await login(world.auth, "nobody@example.com", PASSWORD)
        assert world.hasher.checked == 1

    async def test_hashes_a_password_anew_whose_hash_is_outdated(self, world: World) -> None:
        account = (await world.register()).account
        world.store.accounts[EMAIL] = (account, PASSWORD[::-1])
        await login(world.auth, EMAIL.upper(), PASSWORD)
        assert world.store.accounts[EMAIL][1] == "new:" + PASSWORD[::-1]

    async def test_carries_the_shops_and_the_role_that_follows(self, world: World) -> None:
        await world.register()
        world.memberships.shop_ids = frozenset({"loom"})
        assert (await login(world.auth, EMAIL, PASSWORD)).access_token == "1 CUSTOMER SELLER loom"

    async def test_does_not_carry_a_role_that_was_taken_away_meanwhile(self, world: World) -> None:
        account = (await world.register()).account
        world.store.accounts[EMAIL] = (account.with_roles(frozenset({ADMIN})), "new:" + PASSWORD[::-1])
        shops_of = world.memberships.shops_of

        async def meanwhile(user_id: UUID) -> frozenset[str]:
            world.store.accounts[EMAIL] = (account, "new:" + PASSWORD[::-1])
            return await shops_of(user_id)

        world.memberships.shops_of = meanwhile  # type: ignore[method-assign]  # the moment between two units of work
        assert (await login(world.auth, EMAIL, PASSWORD)).access_token == f"1 {CUSTOMER}"


class TestGuessing:
    async def guess(self, world: World, email: str = EMAIL) -> None:
        with pytest.raises(Unauthenticated, match="INVALID_CREDENTIALS"):
            await login(world.auth, email, "a wrong one")

    @pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
    async def test_must_wait_after_some_and_then_longer_whether_there_is_an_account_or_not(
        self, world: World, email: str
    ) -> None:
        await world.register()
        for _ in range(3):
            await self.guess(world, email)
        waited = []
        for _ in range(2):
            with pytest.raises(ResourceExhausted, match="RATE_LIMITED") as refused:
                await login(world.auth, email, "a wrong one")
            waited.append(refused.value.retry_after)
            world.now += timedelta(seconds=refused.value.retry_after or 0)
            await self.guess(world, email)
        assert waited == [1, 2]

    async def test_keeps_the_owner_out_for_a_minute_at_most(self, world: World) -> None:
        await world.register()
        world.store.wrong.of[EMAIL] = WrongGuesses(1_000_000, world.now)
        with pytest.raises(ResourceExhausted):
            await login(world.auth, EMAIL, PASSWORD)
        world.now += LONGEST_PAUSE
        assert await login(world.auth, EMAIL, PASSWORD)
        assert EMAIL not in world.store.wrong.of


class TestRefresh:
    async def test_holds_its_answer_back_until_uses_at_the_same_moment_have_come(self, world: World) -> None:
        first = (await world.register()).refresh_token
        arrived = world.now
        second = (await world.refresh(first)).refresh_token
        assert world.now == arrived + IN_FLIGHT
        with pytest.raises(Unauthenticated, match="REFRESH_TOKEN_SPENT"):
            await refresh(world.auth, first, arrived + IN_FLIGHT / 2)
        assert await world.refresh(second)

    async def test_ends_the_family_when_a_spent_token_comes_after_the_answer(self, world: World) -> None:
        first = (await world.register()).refresh_token
        second = (await world.refresh(first)).refresh_token
        world.now += timedelta(milliseconds=1)
        with pytest.raises(Unauthenticated, match="REFRESH_TOKEN_REUSED"):
            await world.refresh(first)
        with pytest.raises(Unauthenticated, match="REFRESH_TOKEN_INVALID"):
            await world.refresh(second)

    async def test_spends_nothing_while_the_shops_cannot_be_asked(self, world: World) -> None:
        token = (await world.register()).refresh_token
        world.memberships.is_away = True
        with pytest.raises(Unavailable):
            await world.refresh(token)
        world.memberships.is_away = False
        assert await world.refresh(token)


class TestLogout:
    async def test_ends_the_session_by_any_of_its_tokens(self, world: World) -> None:
        first = (await world.register()).refresh_token
        second = (await world.refresh(first)).refresh_token
        await logout(world.auth, first)
        with pytest.raises(Unauthenticated, match="REFRESH_TOKEN_INVALID"):
            await world.refresh(second)


class TestFirstAdmin:
    async def test_is_made_once(self, world: World) -> None:
        for email in ("admin@example.com", "other@example.com"):
            await make_first_admin(world.auth, email, PASSWORD)
        assert [account.roles for account, _ in world.store.accounts.values()] == [{ADMIN, CUSTOMER}]
