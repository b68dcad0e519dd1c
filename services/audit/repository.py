"""Every query of audit: entries are added and read, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, UnitOfWork
from mesh.statement import statement
from services.audit.tables import entries

_AFTER = bindparam("after", type_=Uuid)
_ACTOR = bindparam("actor", type_=Text)
_RESOURCE_ID = bindparam("resource_id", type_=Text)
_SERVICE = bindparam("service", type_=Text)

_ADD = statement(insert(entries).on_conflict_do_nothing())
_PAGE = statement(
    select(entries)
    .where(
        or_(_AFTER.is_(None), entries.c.id < _AFTER),
        or_(_ACTOR == "", entries.c.actor == _ACTOR),
        or_(_RESOURCE_ID == "", entries.c.resource_id == _RESOURCE_ID),
        or_(_SERVICE == "", entries.c.service == _SERVICE),
    )
    .order_by(entries.c.id.desc())
    .limit(bindparam("size"))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One privileged act."""

    id: UUID
    service: str
    method: str
    actor: str
    resource_id: str
    before_json: str
    after_json: str
    request_json: str
    correlation_id: str
    occur_time: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; an empty text asks for all."""

    actor: str = ""
    resource_id: str = ""
    service: str = ""


async def add_entry(unit: UnitOfWork, entry: Entry) -> None:
    """Add an entry; one that is there stays as it is."""
    await unit.execute(_ADD, **{name: getattr(entry, name) for name in Entry.__slots__})


async def page_of_entries(unit: ReadUnit, wanted: Filter, after: UUID | None, size: int) -> list[Entry]:
    """Entries for staff, newest first, from the one after `after` on."""
    rows = await unit.fetch(
        _PAGE,
        actor=wanted.actor,
        resource_id=wanted.resource_id,
        service=wanted.service,
        after=after,
        size=size,
    )
    return [Entry(**row) for row in rows]
