"""Sessions and their refresh tokens in their tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.statement import statement
from services.identity.domain.sessions import RefreshToken, Session
from services.identity.tables import refresh_tokens, sessions

_SESSION = (sessions.c.id, sessions.c.user_id, sessions.c.epoch, sessions.c.end_time)
_TOKEN = (
    select(*_SESSION, refresh_tokens.c.id.label("token_id"), refresh_tokens.c.expire_time, refresh_tokens.c.spend_time)
    .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
    .where(refresh_tokens.c.token_hash == bindparam("token_hash"))
)

_GET = statement(select(*_SESSION).where(sessions.c.id == bindparam("session_id")))
_FIND_TOKEN = statement(_TOKEN)
_FAMILY = statement(
    select(sessions.c.id)
    .join(refresh_tokens, refresh_tokens.c.session_id == sessions.c.id)
    .where(refresh_tokens.c.token_hash == bindparam("token_hash"))
    .with_for_update(of=sessions)
)
_OPEN = statement(insert(sessions).values(id=bindparam("session_id"), user_id=bindparam("user_id")))
_ADD_TOKEN = statement(
    insert(refresh_tokens).values(
        id=bindparam("token_id"),
        session_id=bindparam("session_id"),
        token_hash=bindparam("token_hash"),
        expire_time=bindparam("expire_time"),
    )
)
_SPEND = statement(
    update(refresh_tokens)
    .where(refresh_tokens.c.id == bindparam("token_id"))
    .values(spend_time=bindparam("spend_time"))
)
_END = statement(
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.end_time.is_(None))
    .values(end_time=bindparam("now"), end_reason=bindparam("reason"))
)
_RAISE_EPOCH = statement(
    update(sessions)
    .where(sessions.c.user_id == bindparam("user_id"), sessions.c.end_time.is_(None))
    .values(epoch=sessions.c.epoch + 1)
)

_EXPIRED = select(refresh_tokens.c.id).where(refresh_tokens.c.expire_time < func.now()).limit(bindparam("size"))
_FORGET_TOKENS = statement(
    delete(refresh_tokens).where(refresh_tokens.c.id.in_(_EXPIRED)).returning(refresh_tokens.c.session_id)
)
_FORGET_SESSIONS = statement(
    delete(sessions).where(
        sessions.c.id == func.any(bindparam("session_ids")),
        ~exists().where(refresh_tokens.c.session_id == sessions.c.id),
    )
)


class Sessions:
    """Sessions as one unit of work sees them. With a read unit only the reading methods work."""

    def __init__(self, unit: ReadUnit) -> None:
        """Work in `unit`."""
        self._unit = unit

    async def get(self, session_id: UUID) -> Session | None:
        """The session, None where there is none; for services, which ask whether it lives."""
        row = await self._unit.fetch_one(_GET, session_id=session_id)
        return None if row is None else _session(row)

    async def find_token(self, token_hash: bytes) -> RefreshToken | None:
        """The refresh token with its session; None where there is none."""
        row = await self._unit.fetch_one(_FIND_TOKEN, token_hash=token_hash)
        if row is None:
            return None
        return RefreshToken(row["token_id"], _session(row), row["expire_time"], row["spend_time"])


class WrittenSessions(Sessions):
    """Sessions in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork) -> None:
        """Work in `unit`."""
        super().__init__(unit)

    async def lock_token(self, token_hash: bytes) -> RefreshToken | None:
        """As `find_token`, and nobody else uses a token of the family until the end of the unit of work.

        The family is locked by a statement of its own: the next one then sees what the holder before committed.
        """
        await self._unit.fetch_value(_FAMILY, token_hash=token_hash)
        return await self.find_token(token_hash)

    async def open(self, session: Session, token_hash: bytes, expire_time: datetime) -> None:
        """Add a session with its first refresh token."""
        await self._unit.execute(_OPEN, session_id=session.session_id, user_id=session.user_id)
        await self._add_token(session, token_hash, expire_time)

    async def rotate(self, token: RefreshToken, spend_time: datetime, token_hash: bytes, expire_time: datetime) -> None:
        """Spend a refresh token and add the one that follows it."""
        await self._unit.execute(_SPEND, token_id=token.token_id, spend_time=spend_time)
        await self._add_token(token.session, token_hash, expire_time)

    async def end(self, session_id: UUID, reason: str, now: datetime) -> None:
        """End a session: none of its tokens is good any more. One that has ended stays as it is."""
        await self._unit.execute(_END, session_id=session_id, reason=reason, now=now)

    async def raise_epochs(self, user_id: UUID) -> None:
        """Make every access token of a person worthless; the sessions go on with their refresh tokens."""
        await self._unit.execute(_RAISE_EPOCH, user_id=user_id)

    async def forget_expired(self, size: int) -> int:
        """Delete up to `size` tokens that have expired, and sessions that have none left; returns how many tokens."""
        rows = await self._unit.fetch(_FORGET_TOKENS, size=size)
        await self._unit.execute(_FORGET_SESSIONS, session_ids=list({row["session_id"] for row in rows}))
        return len(rows)

    async def _add_token(self, session: Session, token_hash: bytes, expire_time: datetime) -> None:
        await self._unit.execute(
            _ADD_TOKEN,
            token_id=new_id(),
            session_id=session.session_id,
            token_hash=token_hash,
            expire_time=expire_time,
        )


def _session(row: Record) -> Session:
    return Session(row["id"], row["user_id"], row["epoch"], row["end_time"] is not None)
