"""The LMDB environment of a journal, read only, in short transactions (journal-format.md, 1)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lmdb

from . import pages
from .errors import JournalDamage, JournalError, JournalMissing, NotAJournal

# A read transaction keeps the writer from reusing pages, so none outlives this much reading.
_BATCH_KEYS = 100
_BATCH_BYTES = 8 << 20
_BATCH_ROWS = 10_000
_ATTEMPTS = 100
_LARGEST_KEY = (1 << 64) - 1

_PLAIN = {"integerkey": True, "dupsort": False, "dupfixed": False, "integerdup": False}
_INDEX = {"integerkey": True, "dupsort": True, "dupfixed": True, "integerdup": True}
_DATABASES = {
    "meta": {"integerkey": False, "dupsort": False, "dupfixed": False, "integerdup": False},
    "blocks": _PLAIN,
    "snapshots": _PLAIN,
    "checkpoints": _PLAIN,
    "orders": _INDEX,
    "times": _INDEX,
}
# What the machine refuses, in contrast to what the bytes hold.
_OPERATING = (
    lmdb.ReadersFullError, lmdb.LockError, lmdb.MemoryError, lmdb.TlsFullError, lmdb.DiskError,
)


class Environment:
    """The six databases of a journal. No transaction is open between two calls or two yields."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / "data.mdb").is_file():
            raise JournalMissing(f"{path}: no journal there (data.mdb is missing)")
        self._closed = False
        pages.check_header(path)
        self._environment = self._open()
        try:
            # The indexes may be as large as the blocks: only `verify` follows them before use.
            self.check_pages(frozenset(_DATABASES) - {"orders", "times"})
            with self._guarded():
                self._databases = self._open_databases()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._closed = True
        self._environment.close()

    def check_pages(self, names: frozenset[str] = frozenset(_DATABASES)) -> None:
        """Follows LMDB's trees of the named databases; raises `JournalDamage` where they tear."""
        for _ in range(_ATTEMPTS):
            with self._reading() as read:
                if pages.check_trees(self.path, read.id(), names):
                    return
        raise JournalError(f"{self.path}: a writer keeps replacing the root; try again")

    def meta(self, name: str) -> bytes | None:
        """A value of `meta`."""
        with self._reading() as read:
            return read.get(name.encode(), db=self._databases["meta"])

    def pending(self) -> int | None:
        """The first sequence that does not count, or None."""
        with self._reading() as read:
            return self._pending(read)

    def batch(
        self, name: str, start: int, through: int = _LARGEST_KEY
    ) -> tuple[list[tuple[int, bytes]], int | None]:
        """The next rows of keys `start` to `through` that count (none: the end), and `pending`."""
        rows: list[tuple[int, bytes]] = []
        total = 0
        with self._reading() as read:
            pending = self._pending(read)
            cursor = read.cursor(db=self._databases[name])
            found = cursor.set_range(struct.pack("<Q", start))
            while found and len(rows) < _BATCH_KEYS and total < _BATCH_BYTES:
                key = _integer(cursor.key(), name, "key")
                if key > through or (pending is not None and key >= pending):
                    break
                value = cursor.value()
                rows.append((key, value))
                total += len(value)
                found = cursor.next()
        return rows, pending

    def rows(
        self, name: str, start: int = 0, through: int = _LARGEST_KEY
    ) -> Iterator[tuple[int, bytes, int | None]]:
        """All rows with keys `start` to `through` that count, in order, each with `pending`."""
        while True:
            batch, pending = self.batch(name, start, through)
            for key, value in batch:
                yield key, value, pending
            if not batch or batch[-1][0] == through:
                return
            start = batch[-1][0] + 1

    def last_key(self, name: str, below: int | None = None) -> int | None:
        """The largest key that counts and, if given, is less than `below`."""
        with self._reading() as read:
            limits = [limit for limit in (self._pending(read), below) if limit is not None]
            cursor = read.cursor(db=self._databases[name])
            if not limits:
                found = cursor.last()
            elif cursor.set_range(struct.pack("<Q", min(limits))):
                found = cursor.prev()
            else:
                found = cursor.last()
            return _integer(cursor.key(), name, "key") if found else None

    def indexed(self, name: str, pairs: list[tuple[int, int]]) -> list[bool]:
        """Whether each (key, sequence) is in the index."""
        if not pairs:
            return []
        with self._reading() as read:
            cursor = read.cursor(db=self._databases[name])
            return [
                bool(cursor.set_key_dup(struct.pack("<Q", key), struct.pack("<Q", sequence)))
                for key, sequence in pairs
            ]

    def index(self, name: str) -> Iterator[tuple[int, int]]:
        """All rows of an index, also those that do not count: key and sequence."""
        position: tuple[bytes, bytes] | None = None
        while True:
            batch: list[tuple[int, int]] = []
            with self._reading() as read:
                cursor = read.cursor(db=self._databases[name])
                found = cursor.first() if position is None else _seek_past(cursor, position)
                while found and len(batch) < _BATCH_ROWS:
                    position = cursor.item()
                    key = _integer(position[0], name, "key")
                    batch.append((key, _integer(position[1], name, "value")))
                    found = cursor.next()
            yield from batch
            if len(batch) < _BATCH_ROWS:
                return

    def _open(self) -> lmdb.Environment:
        # map_size 0 takes over the size that the writer has set.
        settings = {"readonly": True, "create": False, "max_dbs": len(_DATABASES), "map_size": 0}
        # Without a lock file no writer is at work, and in evidence kept read-only none can be made.
        lock = (self.path / "lock.mdb").exists() or os.access(self.path, os.W_OK)
        try:
            return lmdb.open(str(self.path), lock=lock, **settings)
        except lmdb.Error as error:
            raise JournalError(f"{self.path}: cannot be opened ({error})") from error

    def _open_databases(self) -> dict[str, lmdb._Database]:
        databases: dict[str, lmdb._Database] = {}
        for name, flags in _DATABASES.items():
            try:
                database = self._environment.open_db(name.encode(), create=False)
            except (lmdb.NotFoundError, lmdb.IncompatibleError) as error:
                if name == "meta":
                    raise NotAJournal(f"{self.path}: no Daybook journal (no meta)") from error
                raise JournalDamage("the database is missing", where=name) from error
            databases[name] = database
            with self._environment.begin() as read:
                held = database.flags(read)
                if name == "meta" and read.get(b"journal-id", db=database) is None:
                    raise NotAJournal(f"{self.path}: no Daybook journal (no journal-id)")
            for flag, wanted in flags.items():
                if held[flag] != wanted:
                    reason = f"the database's flag {flag} is {held[flag]}, not {wanted}"
                    raise JournalDamage(reason, where=name)
        return databases

    def _pending(self, read: lmdb.Transaction) -> int | None:
        value = read.get(b"pending", db=self._databases["meta"])
        if value is None:
            return None
        pending = _integer(value, "meta pending", "value")
        if pending == 0:
            raise JournalDamage("sequences start at 1", where="meta pending")
        return pending

    @contextmanager
    def _reading(self) -> Iterator[lmdb.Transaction]:
        if self._closed:
            raise JournalError(f"{self.path}: the journal has been closed")
        with self._guarded():
            try:
                transaction = self._environment.begin()
            except lmdb.MapResizedError:
                # The writer has grown the map since: 0 takes its size over.
                self._environment.set_mapsize(0)
                transaction = self._environment.begin()
            with transaction:
                yield transaction

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except _OPERATING as error:
            raise JournalError(f"{self.path}: cannot be read now ({error})") from error
        except lmdb.Error as error:
            raise JournalDamage(f"LMDB cannot read its pages ({error})") from error


def _seek_past(cursor: lmdb.Cursor, position: tuple[bytes, bytes]) -> bool:
    """Moves to the first row after `position`, which may itself have been removed meanwhile."""
    key, value = position
    if cursor.set_range_dup(key, value):
        return bool(cursor.next()) if cursor.item() == position else True
    if not cursor.set_range(key):
        return False
    return bool(cursor.next_nodup()) if cursor.key() == key else True


def _integer(data: bytes, where: str, what: str) -> int:
    if len(data) != 8:
        raise JournalDamage(f"a {what} of {len(data)} bytes, not 8", where=where)
    return int.from_bytes(data, "little")
