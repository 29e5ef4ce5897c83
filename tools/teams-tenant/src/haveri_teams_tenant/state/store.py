"""The tenant's memory on disk: one SQLite table of JSON rows and one of blobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from haveri_teams_tenant.state.records import Record

R = TypeVar("R", bound=Record)

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (id TEXT PRIMARY KEY, body BLOB NOT NULL);
"""


class Store:
    """Rows that survive a `kill -9` of the process once `save` has returned.

    Writes happen on the event loop: in WAL mode without fsync one costs some 30 microseconds, less than handing it
    to a thread. Losing power of the machine may lose the last moments, which a local tenant can afford.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything saved inside is kept together or not at all; may be nested."""
        if self._depth == 0:
            self._db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._db.execute("COMMIT")

    def save(self, records: Iterable[Record]) -> None:
        """Insert or replace the records in one transaction."""
        rows = [(record.kind, record.key, record.model_dump_json()) for record in records]
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", rows)

    def delete(self, record: Record) -> None:
        """Forget a record; forgetting it twice is fine."""
        self._db.execute("DELETE FROM records WHERE kind = ? AND key = ?", (record.kind, record.key))

    def load(self, model: type[R]) -> Iterator[R]:
        """Every record of a kind, in the order of their keys."""
        rows = self._db.execute("SELECT body FROM records WHERE kind = ? ORDER BY key", (model.kind,))
        for (body,) in rows:
            yield model.model_validate_json(body)

    def put_blob(self, blob_id: str, body: bytes) -> None:
        """Keep the bytes of a file."""
        self._db.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?)", (blob_id, body))

    def get_blob(self, blob_id: str) -> bytes | None:
        """The bytes of a file, or None."""
        row = self._db.execute("SELECT body FROM blobs WHERE id = ?", (blob_id,)).fetchone()
        return bytes(row[0]) if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
