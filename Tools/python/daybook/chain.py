"""The hash chain, signed checkpoints and snapshots (journal-format.md, 3, 5 and 6)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .errors import BadSignature, JournalDamage

_CHECKPOINT = struct.Struct("<Q32s32sq32s64s")
_SNAPSHOT = struct.Struct("<4sI32sQ")


def genesis(journal_id: bytes) -> bytes:
    """The chain head of a journal without blocks."""
    return sha256(b"daybook journal" + journal_id).digest()


@dataclass(slots=True, frozen=True)
class Checkpoint:
    """A signed statement: up to `sequence` the chain's head was `head`.

    `state` is the hash of the engine's state there, zeros if no engine ran; `signed` is
    nanoseconds since 1970.
    """

    sequence: int
    head: bytes
    state: bytes
    signed: int
    public_key: bytes
    signature: bytes

    def message(self, journal_id: bytes) -> bytes:
        """The bytes that the signature is over."""
        body = struct.pack("<Q32s32sq", self.sequence, self.head, self.state, self.signed)
        return b"daybook checkpoint" + journal_id + body

    def check_signature(self, journal_id: bytes, public_key: bytes | None) -> None:
        """Raises `BadSignature` unless the named signer (and `public_key`, if given) made it."""
        where = {"sequence": self.sequence, "where": "checkpoints"}
        if public_key is not None and self.public_key != public_key:
            reason = f"signed by another key, {self.public_key.hex()}"
            raise BadSignature(reason, offset=80, **where)
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(self.signature, self.message(journal_id))
        except (InvalidSignature, ValueError) as error:
            raise BadSignature("the signature does not hold", offset=112, **where) from error


def parse_checkpoint(key: int, value: bytes) -> Checkpoint:
    """The checkpoint stored under `key`."""
    if len(value) != _CHECKPOINT.size:
        reason = f"a checkpoint has {_CHECKPOINT.size} bytes, not {len(value)}"
        raise JournalDamage(reason, sequence=key, where="checkpoints")
    checkpoint = Checkpoint(*_CHECKPOINT.unpack(value))
    if checkpoint.sequence != key:
        reason = f"the checkpoint says it covers up to {checkpoint.sequence}"
        raise JournalDamage(reason, sequence=key, offset=0, where="checkpoints")
    return checkpoint


@dataclass(slots=True, frozen=True)
class Snapshot:
    """The engine's state after entry `sequence`, in encoding `version`; `digest` is its hash."""

    sequence: int
    version: int
    digest: bytes
    state: bytes


def parse_snapshot(key: int, value: bytes) -> Snapshot:
    """The snapshot stored under `key`, its hash checked."""
    where = {"sequence": key, "where": "snapshots"}
    if len(value) < _SNAPSHOT.size:
        reason = f"a snapshot needs {_SNAPSHOT.size} bytes, it has {len(value)}"
        raise JournalDamage(reason, **where)
    magic, version, digest, length = _SNAPSHOT.unpack_from(value)
    state = value[_SNAPSHOT.size :]
    if magic != b"DYBS":
        raise JournalDamage(f"a snapshot starts with DYBS, not {magic.hex()}", offset=0, **where)
    if length != len(state):
        raise JournalDamage(f"{length} bytes of state said, {len(state)} there", offset=40, **where)
    if sha256(state).digest() != digest:
        raise JournalDamage("the state does not have the hash said", offset=8, **where)
    return Snapshot(key, version, digest, state)
