"""Imports, the pieces of their files, and the rows that were left out."""

import uuid
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, Uuid, bindparam, delete, func, insert, select, text, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.catalog.domain.shopify import RowError
from services.catalog.domain.upload import Piece
from services.catalog.tables import import_chunks, import_errors, imports

# How many errors an import keeps: whoever has more has one cause, not a thousand.
MAX_ERRORS = 1000
_id = bindparam("import_id", type_=Uuid)
_OPEN = text("state IN ('PENDING', 'RUNNING')")
_IMPORT = (
    imports.c.id,
    imports.c.shop_id,
    imports.c.state,
    imports.c.row_count,
    imports.c.created_count,
    imports.c.updated_count,
    imports.c.error_count,
    imports.c.message,
    imports.c.create_time,
    imports.c.finish_time,
)
_INSERT = statement(
    text(
        """
        INSERT INTO catalog.imports (id, shop_id, state, columns, chunk_count, next_chunk, row_count, created_count,
                                     updated_count, error_count, message)
        VALUES (:import_id, :shop_id, 'PENDING', cast(:columns AS jsonb), :chunk_count, 0, 0, 0, 0, 0, '')
        """
    )
)
_INSERT_CHUNK = statement(insert(import_chunks))
_FIND = statement(select(*_IMPORT).where(imports.c.id == _id, imports.c.shop_id == bindparam("shop_id", type_=Uuid)))
_ERRORS = statement(
    select(
        import_errors.c.line,
        import_errors.c.reason,
        import_errors.c.column_name,
        import_errors.c.handle,
        import_errors.c.message,
    )
    .where(import_errors.c.import_id == _id)
    .order_by(import_errors.c.line, import_errors.c.place)
    .limit(MAX_ERRORS)
)
_NEXT = statement(select(imports.c.id).where(_OPEN).order_by(imports.c.id).limit(1))
_CHUNK = statement(
    select(
        imports.c.shop_id,
        imports.c.columns,
        imports.c.chunk_count,
        import_chunks.c.position,
        import_chunks.c.first_line,
        import_chunks.c.row_count,
        import_chunks.c.data,
    )
    .join_from(
        imports,
        import_chunks,
        (import_chunks.c.import_id == imports.c.id) & (import_chunks.c.position == imports.c.next_chunk),
    )
    .where(imports.c.id == _id)
)
_CLAIM = statement(
    update(imports)
    .where(
        imports.c.id == _id,
        imports.c.next_chunk == bindparam("position", type_=Integer),
        _OPEN,
    )
    .values(state="RUNNING", next_chunk=imports.c.next_chunk + 1)
    .returning(imports.c.error_count)
)
_COUNT = statement(
    update(imports)
    .where(imports.c.id == _id)
    .values(
        row_count=imports.c.row_count + bindparam("rows", type_=Integer),
        created_count=imports.c.created_count + bindparam("created", type_=Integer),
        updated_count=imports.c.updated_count + bindparam("updated", type_=Integer),
        error_count=imports.c.error_count + bindparam("errors", type_=Integer),
    )
)
_FINISH = statement(
    update(imports)
    .where(imports.c.id == _id)
    .values(state=bindparam("new_state"), message=bindparam("why"), finish_time=func.now())
)
_DELETE_CHUNKS = statement(
    delete(import_chunks).where(
        import_chunks.c.import_id == _id, import_chunks.c.position <= bindparam("position", type_=Integer)
    )
)
_FORGET = statement(
    text(
        """
        WITH old AS (
            SELECT id FROM catalog.imports WHERE finish_time < now() - interval '90 days' ORDER BY id LIMIT 100
        ), errors AS (
            DELETE FROM catalog.import_errors USING old WHERE import_id = old.id
        )
        DELETE FROM catalog.imports USING old WHERE imports.id = old.id
        """
    )
)
_INSERT_ERROR = statement(insert(import_errors))


class Chunk(NamedTuple):
    """The next piece of an import's file."""

    shop_id: uuid.UUID
    columns: list[str]
    position: int
    is_last: bool
    piece: Piece


class Progress(NamedTuple):
    """What became of one piece."""

    rows: int
    created: int
    updated: int
    errors: Sequence[RowError]


async def add_import(
    uow: UnitOfWork, import_id: uuid.UUID, shop_id: uuid.UUID, columns: list[str], pieces: Sequence[dict[str, Any]]
) -> None:
    await uow.execute(_INSERT, import_id=import_id, shop_id=shop_id, columns=columns, chunk_count=len(pieces))
    await uow.execute_many(_INSERT_CHUNK, [{**piece, "import_id": import_id} for piece in pieces])


def packed(position: int, piece: Piece) -> dict[str, Any]:
    """A piece as it is kept; fast compression, since it is read once and soon."""
    data = zlib.compress(piece.text.encode(), 1)
    return {"position": position, "first_line": piece.first_line, "row_count": piece.row_count, "data": data}


async def find_import(unit: ReadUnit, import_id: uuid.UUID, shop_id: uuid.UUID) -> tuple[Record, list[Record]] | None:
    """An import of the shop with the rows that were left out."""
    row = await unit.fetch_one(_FIND, import_id=import_id, shop_id=shop_id)
    return None if row is None else (row, await unit.fetch(_ERRORS, import_id=import_id))


async def next_import(unit: ReadUnit) -> uuid.UUID | None:
    """The oldest import that is not done."""
    found: uuid.UUID | None = await unit.fetch_value(_NEXT)
    return found


async def next_chunk(unit: ReadUnit, import_id: uuid.UUID) -> Chunk | None:
    row = await unit.fetch_one(_CHUNK, import_id=import_id)
    if row is None:
        return None
    piece = Piece(row["first_line"], row["row_count"], zlib.decompress(row["data"]).decode())
    return Chunk(row["shop_id"], row["columns"], row["position"], row["position"] + 1 == row["chunk_count"], piece)


async def claim_chunk(uow: UnitOfWork, import_id: uuid.UUID, position: int) -> int | None:
    """Take a piece for this commit and return the errors so far; None where another has read it."""
    count: int | None = await uow.fetch_value(_CLAIM, import_id=import_id, position=position)
    return count


async def save_progress(
    uow: UnitOfWork, import_id: uuid.UUID, position: int, progress: Progress, errors_before: int
) -> None:
    await uow.execute(
        _COUNT,
        import_id=import_id,
        rows=progress.rows,
        created=progress.created,
        updated=progress.updated,
        errors=len(progress.errors),
    )
    kept = progress.errors[: max(MAX_ERRORS - errors_before, 0)]
    await uow.execute_many(
        _INSERT_ERROR,
        [
            {
                "import_id": import_id,
                "line": error.line,
                "place": place,
                "reason": error.reason,
                "column_name": error.column,
                "handle": error.handle[:255],
                "message": error.message,
            }
            for place, error in enumerate(kept)
        ],
    )
    await uow.execute(_DELETE_CHUNKS, import_id=import_id, position=position)


async def finish_import(uow: UnitOfWork, import_id: uuid.UUID, state: str, why: str = "") -> None:
    await uow.execute(_FINISH, import_id=import_id, new_state=state, why=why)
    await uow.execute(_DELETE_CHUNKS, import_id=import_id, position=2**31 - 1)


async def forget_old_imports(uow: UnitOfWork) -> int:
    """Drop imports that were done long ago, a hundred at once, and return how many."""
    return await uow.execute(_FORGET)
