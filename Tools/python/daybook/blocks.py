"""Blocks: unseal a value of `blocks`, check its header, know its hash (journal-format.md, 3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from hashlib import sha256

import zstandard

from .errors import JournalDamage

FORMAT = 1
HEADER_LENGTH = 72
_HEADER = struct.Struct("<4sHHQIIqq32s")
# Small slices bound what one call can unpack: 4 bytes of zstd can stand for 128 KiB.
_SLICE = 1024


@dataclass(slots=True, frozen=True)
class Block:
    """One block whose header has been checked; `content` is what is hashed.

    `first` and `last` are sequences; `base_time` and `last_time` are the receive times of these
    entries in nanoseconds since 1970; `digest` is the SHA-256 of the content.
    """

    first: int
    count: int
    base_time: int
    last_time: int
    previous: bytes
    sealed: bool
    content: bytes = field(repr=False)
    digest: bytes

    @property
    def last(self) -> int:
        return self.first + self.count - 1


def unseal(value: bytes, sequence: int) -> tuple[bytes, bool]:
    """The content of a stored value, and whether it was sealed."""
    magic = value[:4]
    if magic == b"DYBK":
        return value, False
    if magic != b"DYBZ":
        found = magic.hex() or "nothing"
        raise _damage(f"a block starts with DYBK or DYBZ, not {found}", sequence, 0)
    if len(value) < 8:
        raise _damage(f"a sealed block of {len(value)} bytes has no length", sequence, 4)
    (length,) = struct.unpack_from("<I", value, 4)
    pieces: list[bytes] = []
    total = 0
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    try:
        for start in range(8, len(value), _SLICE):
            piece = unpacker.decompress(value[start : start + _SLICE])
            total += len(piece)
            if total > length:
                raise _damage(f"sealed content is longer than the {length} bytes said", sequence, 4)
            pieces.append(piece)
            if unpacker.eof:
                consumed = min(start + _SLICE, len(value)) - len(unpacker.unused_data)
                if consumed != len(value):
                    raise _damage("bytes follow the zstd frame", sequence, consumed)
                break
    except (zstandard.ZstdError, MemoryError) as error:
        raise _damage(f"the zstd frame cannot be unpacked ({error})", sequence, 8) from error
    if not unpacker.eof:
        raise _damage("the zstd frame is cut short", sequence, len(value))
    if total != length:
        raise _damage(f"sealed content has {total} bytes, {length} said", sequence, 4)
    return b"".join(pieces), True


def parse(key: int, value: bytes) -> Block:
    """The block stored under `key`; raises `JournalDamage` if its header does not hold."""
    content, sealed = unseal(value, key)
    if len(content) < HEADER_LENGTH:
        raise _damage(f"a block needs {HEADER_LENGTH} bytes, it has {len(content)}", key, 0)
    header = _HEADER.unpack_from(content)
    magic, version, reserved, first, count, length, base, last, previous = header
    if magic != b"DYBK":
        raise _damage(f"sealed content starts with {magic.hex()}, not DYBK", key, 0)
    if version != FORMAT:
        # `meta` has said version 1, so a newer one here is no newer journal.
        raise _damage(f"a block of format version {version} in a journal of {FORMAT}", key, 4)
    if reserved != 0:
        raise _damage(f"bytes 6–7 of a block are 0, not {reserved}", key, 6)
    if first != key:
        raise _damage(f"the block says its first sequence is {first}", key, 8)
    if count == 0:
        raise _damage("a block holds at least one entry", key, 16)
    if first == 0 or first + count > 1 << 64:
        raise _damage(f"{count} entries from {first} on have no sequences", key, 16)
    if length != len(content) - HEADER_LENGTH:
        held = len(content) - HEADER_LENGTH
        raise _damage(f"{length} bytes of records said, {held} there", key, 20)
    if last < base:
        raise _damage("the last entry was received before the first", key, 32)
    digest = sha256(content).digest()
    return Block(first, count, base, last, previous, sealed, content, digest)


def _damage(reason: str, sequence: int, offset: int) -> JournalDamage:
    return JournalDamage(reason, sequence=sequence, offset=offset, where="blocks")
