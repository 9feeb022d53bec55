"""Daybook's journals read from their specification alone (docs/journal-format.md)."""

from .blocks import Block
from .chain import Checkpoint, Snapshot
from .errors import (
    BadSignature,
    BrokenChain,
    JournalDamage,
    JournalError,
    JournalMissing,
    NewerFormat,
    NotAJournal,
)
from .journal import Journal, Meta
from .payloads import Candidate, Fixed, Plan
from .records import Entry
from .verify import Verification

__all__ = [
    "BadSignature", "Block", "BrokenChain", "Candidate", "Checkpoint", "Entry", "Fixed", "Journal",
    "JournalDamage", "JournalError", "JournalMissing", "Meta", "NewerFormat", "NotAJournal",
    "Plan", "Snapshot", "Verification",
]
