"""Many customers at once: identity's own code in few commits, with one password and so one hash for all of them.

Registering two thousand people by the API is two minutes of Argon2id, which the item `login` measures anyway.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from mesh.database import Database
from mesh.ids import hash_secret, new_id, new_secret
from mesh.keyring import Keyring
from mesh.pool import Pool
from mesh.principal import acting_as, service_principal
from mesh.stack.home import Home
from services.identity.clients import Argon2, TokenSigner
from services.identity.domain.accounts import CUSTOMER, open_account
from services.identity.domain.events import UserRegistered
from services.identity.domain.sessions import Session
from services.identity.repository.store import Store

_AT_ONCE = 100
_SESSION_DAYS = 1
_TOKEN_MINUTES = 15


class Accounts:
    """Makes customers in the store of a stack, and signs what they show."""

    def __init__(self, home: Home, postgres_url: str) -> None:
        self._home = home
        self._url = postgres_url
        self._signer = TokenSigner(home.keys / "token", timedelta(minutes=_TOKEN_MINUTES))

    async def make(self, emails: list[str], password: str) -> list[tuple[str, str]]:
        """User id and session id of each new account."""
        password_hash = await Argon2(1).hash(password)
        pool = Pool(self._url, size=2)
        store = Store(Database("identity", pool), Keyring.from_file(self._home.keys / "root.key"))
        made: list[tuple[str, str]] = []
        try:
            with acting_as(service_principal("identity")):
                for begin in range(0, len(emails), _AT_ONCE):
                    made += await _add(store, emails[begin : begin + _AT_ONCE], password_hash)
        finally:
            await pool.close()
        return made

    def token(self, user_id: str, session_id: str) -> str:
        """An access token such as a refresh would give."""
        return self._signer.sign(Session(UUID(session_id), UUID(user_id)), frozenset({CUSTOMER}), frozenset())


async def _add(store: Store, emails: list[str], password_hash: str) -> list[tuple[str, str]]:
    expire_time = datetime.now(UTC) + timedelta(days=_SESSION_DAYS)
    made: list[tuple[str, str]] = []
    async with store.write() as work:
        for email in emails:
            account = await work.users.add(open_account(new_id(), email, "Mira"), password_hash)
            session = Session(new_id(), account.user_id)
            await work.sessions.open(session, hash_secret(new_secret()), expire_time)
            work.users.publish(UserRegistered(account.user_id, account.version))
            made.append((str(account.user_id), str(session.session_id)))
    return made
