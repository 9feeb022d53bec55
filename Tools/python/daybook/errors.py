"""What can go wrong when a journal is read: each error says where, what and what to do."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be read; the base of every error of this package."""

    exit_code = 1


class JournalMissing(JournalError):
    """The directory, or `data.mdb` in it, does not exist."""

    exit_code = 66


class NotAJournal(JournalError):
    """The directory holds something else than a Daybook journal."""

    exit_code = 65


class NewerFormat(NotAJournal):
    """The journal has a format version that this reader does not know."""


class JournalDamage(JournalError):
    """Bytes of the journal do not mean what the format says they must.

    `sequence` is the entry concerned (of a block: its first), `through` the last entry concerned
    where that is known, `offset` the byte within the block's content or the named value,
    `where` the database and key.
    """

    exit_code = 2

    def __init__(
        self,
        reason: str,
        *,
        sequence: int | None = None,
        through: int | None = None,
        offset: int | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sequence = sequence
        self.through = through
        self.offset = offset
        self.where = where

    def __str__(self) -> str:
        places = []
        if self.where is not None:
            places.append(self.where)
        if self.sequence is not None:
            span = "" if self.through in (None, self.sequence) else f"–{self.through}"
            places.append(f"sequence {self.sequence}{span}")
        if self.offset is not None:
            places.append(f"byte {self.offset}")
        return f"{', '.join(places)}: {self.reason}" if places else self.reason


class BrokenChain(JournalDamage):
    """A block does not carry the hash of the block before it."""


class BadSignature(JournalDamage):
    """A checkpoint's signature does not hold, or another key than the expected one made it."""
