"""Getting in and out: each use case reads, then asks others, then writes, and never does two at a time."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from mesh.errors import Unauthenticated
from mesh.ids import hash_secret, new_id, new_secret
from services.identity.domain.accounts import ADMIN, Account, canonical_email, open_account
from services.identity.domain.events import UserEvent, UserRegistered
from services.identity.domain.guessing import GuessLimit, WrongGuesses
from services.identity.domain.passwords import refuse_common_password
from services.identity.domain.sessions import IN_FLIGHT, RefreshToken, Session, Use, refusal

FORGOTTEN_AT_ONCE = 1000


class Users(Protocol):
    """Accounts."""

    async def of_session(self, user_id: UUID) -> Account: ...
    async def by_email(self, email: str) -> tuple[Account, str] | None: ...
    async def has_admin(self) -> bool: ...


class WrittenUsers(Users, Protocol):
    """Accounts that may be changed."""

    async def add(self, account: Account, password_hash: str) -> Account: ...
    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None: ...
    def publish(self, event: UserEvent) -> None: ...


class Sessions(Protocol):
    """Sessions and their refresh tokens."""

    async def find_token(self, token_hash: bytes) -> RefreshToken | None: ...


class WrittenSessions(Sessions, Protocol):
    """Sessions that may be changed."""

    async def lock_token(self, token_hash: bytes) -> RefreshToken | None: ...
    async def open(self, session: Session, token_hash: bytes, expire_time: datetime) -> None: ...
    async def rotate(
        self, token: RefreshToken, spend_time: datetime, token_hash: bytes, expire_time: datetime
    ) -> None: ...
    async def end(self, session_id: UUID, reason: str, now: datetime) -> None: ...
    async def forget_expired(self, size: int) -> int: ...


class Guesses(Protocol):
    """Wrong passwords by address."""

    async def find(self, email: str) -> WrongGuesses | None: ...


class WrittenGuesses(Guesses, Protocol):
    """Wrong passwords that may be counted and forgotten."""

    async def note(self, email: str, now: datetime, window: timedelta) -> None: ...
    async def forgive(self, email: str) -> None: ...
    async def forget_before(self, time: datetime, size: int) -> int: ...


class ReadWork(Protocol):
    """What a use case reads from."""

    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def guesses(self) -> Guesses: ...


class WriteWork(Protocol):
    """What a use case writes to."""

    @property
    def users(self) -> WrittenUsers: ...
    @property
    def sessions(self) -> WrittenSessions: ...
    @property
    def guesses(self) -> WrittenGuesses: ...


class Store(Protocol):
    """Units of work."""

    def read(self) -> AbstractAsyncContextManager[ReadWork]: ...
    def write(self) -> AbstractAsyncContextManager[WriteWork]: ...


class Hasher(Protocol):
    """The password hash function, run beside the event loop."""

    async def hash(self, password: str) -> str: ...
    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; without a hash it takes as long and is wrong."""

    def is_outdated(self, password_hash: str) -> bool: ...


class Signer(Protocol):
    """Signs access tokens."""

    lifetime: timedelta

    def sign(self, session: Session, roles: frozenset[str], shop_ids: frozenset[str]) -> str: ...


class Memberships(Protocol):
    """The shops of people, which another service owns."""

    async def shops_of(self, user_id: UUID) -> frozenset[str]: ...


class Clock(Protocol):
    """The time now."""

    def __call__(self) -> datetime: ...


class Wait(Protocol):
    """Lets time pass."""

    async def __call__(self, pause: timedelta) -> None: ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened or goes on."""

    account: Account
    shop_ids: frozenset[str]
    access_token: str
    refresh_token: str
    expires_in: int

    @property
    def roles(self) -> frozenset[str]:
        """All that the person may do."""
        return self.account.all_roles(has_shop=bool(self.shop_ids))


@dataclass(frozen=True, slots=True)
class Auth:
    """What the use cases need from outside."""

    store: Store
    hasher: Hasher
    signer: Signer
    memberships: Memberships
    refresh_lifetime: timedelta
    guess_limit: GuessLimit
    now: Clock
    wait: Wait

    def signed_in(self, account: Account, session: Session, shop_ids: frozenset[str], refresh_token: str) -> SignedIn:
        """The tokens of a session."""
        access_token = self.signer.sign(session, account.all_roles(has_shop=bool(shop_ids)), shop_ids)
        expires_in = int(self.signer.lifetime.total_seconds())
        return SignedIn(account, shop_ids, access_token, refresh_token, expires_in)


async def register(auth: Auth, email: str, password: str, display_name: str) -> SignedIn:
    """Open an account and its first session. A new person has no shop, so nobody is asked."""
    refuse_common_password(password)
    account = open_account(new_id(), email, display_name)
    password_hash = await auth.hasher.hash(password)
    session, secret = Session(new_id(), account.user_id), new_secret()
    async with auth.store.write() as work:
        account = await work.users.add(account, password_hash)
        await work.sessions.open(session, hash_secret(secret), auth.now() + auth.refresh_lifetime)
        work.users.publish(UserRegistered(account.user_id, account.version))
    return auth.signed_in(account, session, frozenset(), secret)


async def login(auth: Auth, email: str, password: str) -> SignedIn:
    """Open a session. A wrong password and an unknown address cost the same and say the same."""
    address = canonical_email(email)
    async with auth.store.read() as work:
        guesses = await work.guesses.find(address)
        found = await work.users.by_email(address)
    if guesses is not None:
        guesses.require_rest(auth.guess_limit, auth.now())
    account, password_hash = found or (None, None)
    if not await auth.hasher.verify(password, password_hash) or account is None or password_hash is None:
        async with auth.store.write() as work:
            await work.guesses.note(address, auth.now(), auth.guess_limit.window)
        raise Unauthenticated("INVALID_CREDENTIALS", "The e-mail address or the password is wrong.")
    shop_ids = await auth.memberships.shops_of(account.user_id)
    new_hash = await auth.hasher.hash(password) if auth.hasher.is_outdated(password_hash) else None
    session, secret = Session(new_id(), account.user_id), new_secret()
    async with auth.store.write() as work:
        if new_hash is not None:
            await work.users.set_password_hash(account.user_id, new_hash)
        await work.sessions.open(session, hash_secret(secret), auth.now() + auth.refresh_lifetime)
        if guesses is not None:
            await work.guesses.forgive(address)
        # Read again behind the new session: a role that was taken away meanwhile is not in the token, and one
        # that is taken away from now on raises this session's epoch too.
        account = await work.users.of_session(account.user_id)
    return auth.signed_in(account, session, shop_ids, secret)


async def refresh(auth: Auth, refresh_token: str, arrive_time: datetime) -> SignedIn:
    """Trade a refresh token whose request arrived at `arrive_time`; the reuse of a spent one ends the session."""
    spent_hash, secret = hash_secret(refresh_token), new_secret()
    async with auth.store.read() as work:
        token = await work.sessions.find_token(spent_hash)
        if token is None:
            raise refusal(Use.INVALID)
        account = await work.users.of_session(token.session.user_id)
    shop_ids = await auth.memberships.shops_of(account.user_id)
    async with auth.store.write() as work:
        locked = await work.sessions.lock_token(spent_hash) or token
        use = locked.use(arrive_time)
        if use is Use.FRESH:
            spend_time = auth.now() + IN_FLIGHT
            await work.sessions.rotate(locked, spend_time, hash_secret(secret), spend_time + auth.refresh_lifetime)
        elif use is Use.REUSED:
            await work.sessions.end(locked.session.session_id, use.name, auth.now())
    if use is not Use.FRESH:
        raise refusal(use)
    await auth.wait(IN_FLIGHT)
    # The epoch of the first look: if rights were taken away since, the new access token is worthless at once.
    return auth.signed_in(account, token.session, shop_ids, secret)


async def logout(auth: Auth, refresh_token: str) -> None:
    """End the session of a refresh token, whether spent or not; an unknown one has none."""
    async with auth.store.write() as work:
        token = await work.sessions.lock_token(hash_secret(refresh_token))
        if token is not None:
            await work.sessions.end(token.session.session_id, "LOGOUT", auth.now())


async def make_first_admin(auth: Auth, email: str, password: str) -> None:
    """Make the admin of a store that has none; where another process is faster there is one already."""
    async with auth.store.read() as work:
        if await work.users.has_admin() or await work.users.by_email(canonical_email(email)):
            return
    account = open_account(new_id(), email, "Admin", frozenset({ADMIN}))
    password_hash = await auth.hasher.hash(password)
    async with auth.store.write() as work:
        account = await work.users.add(account, password_hash)
        work.users.publish(UserRegistered(account.user_id, account.version))


async def forget_guesses(auth: Auth) -> None:
    """Delete the wrong guesses that count no more, few in each commit."""
    forgotten = FORGOTTEN_AT_ONCE
    while forgotten == FORGOTTEN_AT_ONCE:
        async with auth.store.write() as work:
            forgotten = await work.guesses.forget_before(auth.now() - auth.guess_limit.window, FORGOTTEN_AT_ONCE)


async def forget_expired(store: Store) -> None:
    """Delete the tokens and sessions that are over, few in each commit."""
    forgotten = FORGOTTEN_AT_ONCE
    while forgotten == FORGOTTEN_AT_ONCE:
        async with store.write() as work:
            forgotten = await work.sessions.forget_expired(FORGOTTEN_AT_ONCE)
