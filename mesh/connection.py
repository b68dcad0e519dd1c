"""One session of PostgreSQL, and the role that it is in."""

from typing import Any


class Connection:
    """One session and the role that it is in now; the empty role is the login role, which owns the tables."""

    __slots__ = ("fresh", "role", "session")

    def __init__(self, session: Any) -> None:
        """Wrap a session that has just begun."""
        self.session = session
        # None where a transaction that was undone has taken its change of the role back with it.
        self.role: str | None = ""
        # Not used since it was made: a failure is not that of a session that lay idle too long.
        self.fresh = True

    async def become(self, role: str) -> None:
        """Change the role, unless it is the present one."""
        if role != self.role:
            await self.session.execute(_change_role(role))
            self.role = role

    async def begin(self, role: str, command: str) -> None:
        """Begin a transaction in a role, in one round trip."""
        if role == self.role:
            await self.session.execute(command)
            return
        self.role = None
        await self.session.execute(f"{_change_role(role)}; {command}")
        self.role = role

    def undone(self) -> None:
        """The transaction was rolled back, and with it the change of the role that it may have begun with."""
        self.role = None


def _change_role(role: str) -> str:
    return f'SET ROLE "{role}"' if role else "RESET ROLE"
