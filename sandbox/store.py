"""The sandbox's memory: one SQLite file, since a provider does not forget when it restarts."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Body = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
  payment_intent TEXT, charge TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_created ON objects (kind, created);
CREATE INDEX IF NOT EXISTS objects_intent ON objects (payment_intent) WHERE payment_intent IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency_keys (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, request_id TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, attempt INTEGER NOT NULL, due REAL NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due);
CREATE TABLE IF NOT EXISTS forgeries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, kind TEXT NOT NULL, status INTEGER);
CREATE INDEX IF NOT EXISTS forgeries_unsent ON forgeries (seq) WHERE status IS NULL;
CREATE TABLE IF NOT EXISTS consequences (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, object_id TEXT NOT NULL, kind TEXT NOT NULL, due REAL NOT NULL);
CREATE INDEX IF NOT EXISTS consequences_due ON consequences (due);
CREATE TABLE IF NOT EXISTS mails (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
  html TEXT NOT NULL, send_time TEXT NOT NULL);
"""


class Store:
    """Objects by id, newest last; all that one request changes is one commit."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        # WAL outlives a killed process; only a power cut could lose the last commits.
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block wrote, or none of it. The block must not await."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, values).fetchall()

    def put(self, body: Body) -> Body:
        """Insert or replace an object by its id."""
        self.query(
            "INSERT INTO objects (id, kind, created, payment_intent, charge, body) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            body["id"],
            body["object"],
            body["created"],
            body.get("payment_intent"),
            body.get("charge"),
            json.dumps(body),
        )
        return body

    def get(self, kind: str, object_id: str) -> Body | None:
        rows = self.query("SELECT body FROM objects WHERE id = ? AND kind = ?", object_id, kind)
        return json.loads(rows[0][0]) if rows else None

    def find(self, object_id: str) -> Body | None:
        """An object of any kind, for `expand`."""
        rows = self.query("SELECT body FROM objects WHERE id = ?", object_id)
        return json.loads(rows[0][0]) if rows else None

    def position(self, kind: str, object_id: str) -> int | None:
        rows = self.query("SELECT seq FROM objects WHERE id = ? AND kind = ?", object_id, kind)
        return rows[0][0] if rows else None

    def select(self, kind: str, where: str, values: list[Any], order: str, limit: int) -> list[Body]:
        """Objects of one kind; `where` and `order` come from the code, never from a request."""
        sql = f"SELECT body FROM objects WHERE kind = ?{where} ORDER BY seq {order} LIMIT ?"  # noqa: S608 fixed texts
        return [json.loads(row[0]) for row in self.query(sql, kind, *values, limit)]

    def enqueue(self, event_id: str, delay: float = 0.0, attempt: int = 1) -> None:
        """Have an event delivered, at once or later."""
        self.query(
            "INSERT INTO deliveries (event_id, attempt, due) VALUES (?, ?, ?)", event_id, attempt, time.time() + delay
        )

    def forge(self, event_id: str, kind: str) -> None:
        """Have a false copy of an event sent."""
        self.query("INSERT INTO forgeries (event_id, kind) VALUES (?, ?)", event_id, kind)

    def postpone(self, object_id: str, kind: str, delay: float) -> None:
        """Have something happen to an object later."""
        due = time.time() + delay
        self.query("INSERT INTO consequences (object_id, kind, due) VALUES (?, ?, ?)", object_id, kind, due)
