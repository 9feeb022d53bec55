"""A journal opened for reading: its entries, its text form, its verification."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from . import blocks, chain, records
from .blocks import Block
from .chain import Checkpoint, Snapshot
from .environment import Environment
from .errors import BadSignature, BrokenChain, JournalDamage, NewerFormat
from .records import Entry
from .text import TextForm
from .verify import Verification, verify


@dataclass(slots=True, frozen=True)
class Meta:
    """What the journal says of itself; `created` is nanoseconds since 1970.

    `pending` is the first sequence of an import that was under way when the journal was opened, or
    None; entries from it on do not count.
    """

    format: int
    journal_id: bytes
    created: int
    engine: str
    strategies: str
    seed: int
    pending: int | None


class Journal:
    """A journal opened read-only; a context manager. A writer may be at work in another process.

    Raises `JournalMissing`, `NotAJournal`, `NewerFormat` or `JournalDamage`. LMDB allows a process
    to open one directory only once at a time.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._environment = Environment(self.path)
        try:
            self.meta = self._read_meta()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the journal; an iterator under way raises `JournalError` when it reads on."""
        self._environment.close()

    def blocks(self, start: int | None = None) -> Iterator[Block]:
        """The blocks from the one that holds `start` on, in order, the chain's links checked."""
        begin, head, expected = 0, chain.genesis(self.meta.journal_id), 1
        if start is not None and start > 1:
            if start > 0xFFFF_FFFF_FFFF_FFFE:
                return
            key = self._environment.last_key("blocks", start + 1)
            if key is not None and key > 1:
                begin, head, expected = key, None, key
        for key, value, pending in self._environment.rows("blocks", begin):
            if key < expected and expected > 1:
                raise JournalDamage("it overlaps the block before", sequence=key, where="blocks")
            if key != expected:
                reason = f"the block of sequence {expected} is missing, {key} follows"
                raise JournalDamage(reason, sequence=expected, where="blocks")
            block = blocks.parse(key, value)
            where = {"sequence": key, "through": block.last, "where": "blocks"}
            if pending is not None and block.last >= pending:
                raise JournalDamage(f"pending is {pending}, inside the block", **where)
            if head is not None and block.previous != head:
                reason = "the block does not carry the hash of the block before it"
                raise BrokenChain(reason, offset=40, **where)
            head, expected = block.digest, block.last + 1
            if start is None or block.last >= start:
                yield block

    def entries(self, start: int | None = None, end: int | None = None) -> Iterator[Entry]:
        """The entries of sequence `start` to `end`, both included, in order."""
        for block in self.blocks(start):
            if end is not None and block.first > end:
                return
            for entry in records.decode(block):
                if start is not None and entry.sequence < start:
                    continue
                if end is not None and entry.sequence > end:
                    return
                yield entry

    def ndjson(
        self, start: int | None = None, end: int | None = None, kind: str | None = None
    ) -> Iterator[str]:
        """The text form, a line at a time without line feeds, of the entries asked for.

        The entries before `start` are skimmed for the instruments and orders they define.
        """
        form = TextForm()
        for block in self.blocks():
            if end is not None and block.first > end:
                return
            if start is not None and block.last < start:
                for entry in records.context(block, form.LEARNS):
                    form.learn(entry)
                continue
            for entry in records.decode(block):
                if end is not None and entry.sequence > end:
                    return
                if (start is None or entry.sequence >= start) and kind in (None, entry.kind):
                    yield form.line(entry)
                else:
                    form.learn(entry)

    def checkpoints(self, start: int = 0, through: int = (1 << 64) - 1) -> Iterator[Checkpoint]:
        """The checkpoints of sequences `start` to `through`; no signature is checked here."""
        for key, value, _ in self._environment.rows("checkpoints", start, through):
            yield chain.parse_checkpoint(key, value)

    def snapshots(self, start: int = 0, through: int = (1 << 64) - 1) -> Iterator[Snapshot]:
        """The snapshots of sequences `start` to `through`, each one's hash checked."""
        for key, value, _ in self._environment.rows("snapshots", start, through):
            yield chain.parse_snapshot(key, value)

    def verify(self, public_key: bytes | None = None) -> Verification:
        """Checks the whole journal as of now; raises `JournalDamage` at the first fault.

        `public_key`, 32 bytes, must have signed every checkpoint, of which there must be one; without it
        each checkpoint's own key is used.
        """
        found = verify(self, self._environment, public_key)
        if public_key is not None and not found.checkpoints:
            raise BadSignature("no checkpoint is signed with that key", where="checkpoints")
        return found

    def _read_meta(self) -> Meta:
        version = self._meta_number("format", "<I")
        if version > blocks.FORMAT:
            raise NewerFormat(
                f"{self.path}: format {version}, this reader knows {blocks.FORMAT}: "
                "use a newer daybook"
            )
        if version != blocks.FORMAT:
            raise JournalDamage(f"there is no format version {version}", where="meta format")
        return Meta(
            version,
            self._meta_number("journal-id", "<16s"),
            self._meta_number("created", "<q"),
            self._meta_text("engine"),
            self._meta_text("strategies"),
            self._meta_number("seed", "<Q"),
            self._environment.pending(),
        )

    def _meta_value(self, name: str) -> bytes:
        value = self._environment.meta(name)
        if value is None:
            raise JournalDamage("the value is missing", where=f"meta {name}")
        return value

    def _meta_number(self, name: str, layout: str) -> int | bytes:
        value, wanted = self._meta_value(name), struct.calcsize(layout)
        if len(value) != wanted:
            reason = f"{wanted} bytes wanted, {len(value)} there"
            raise JournalDamage(reason, where=f"meta {name}")
        return struct.unpack(layout, value)[0]

    def _meta_text(self, name: str) -> str:
        try:
            return self._meta_value(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise JournalDamage("the text is not UTF-8", where=f"meta {name}") from error
