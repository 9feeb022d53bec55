"""Writes journals byte by byte from docs/journal-format.md, without the package under test."""

from __future__ import annotations

import struct
from hashlib import sha256
from pathlib import Path

import lmdb
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

JOURNAL_ID = bytes(range(16))
KEY = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
PUBLIC_KEY = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes([8] * 32))
ABSENT = -(2**63)
LAST, SNAPSHOT = 32, 64
BUY, SELL = 1, 2

U64 = struct.Struct("<Q")


def text(value: str) -> bytes:
    data = value.encode("utf-8")
    return struct.pack("<H", len(data)) + data


def money(value: int) -> bytes:
    return value.to_bytes(16, "little", signed=True)


def layout(shape: str, *values: object) -> bytes:
    """Packs by a shape of B H I Q (u), h i q (i), s (str), m (i128), x (raw bytes)."""
    parts = []
    for code, value in zip(shape, values, strict=True):
        if code == "s":
            parts.append(text(value))
        elif code == "m":
            parts.append(money(value))
        elif code == "x":
            parts.append(value)
        else:
            parts.append(struct.pack("<" + code, value))
    return b"".join(parts)


class Records:
    """The records of one block; `base` is the receive time of the first entry."""

    def __init__(self, base: int) -> None:
        self.start = self.base = self.last_time = base
        self.parts: list[bytes] = []
        self.orders: list[tuple[int, int]] = []
        self.count = 0

    def time_base(self, base: int) -> Records:
        self.parts.append(struct.pack("<B7xq", 0, base))
        self.base = base
        return self

    def market(
        self, kind: int, form: int, instrument: int, dt: int, shape: str, *body: int,
        side: int = 0, flags: int = 0, delay: int | None = None,
    ) -> Records:
        bits = form | side << 3 | flags | (0 if delay is None else 4)
        record = struct.pack("<BBHI", kind, bits, instrument, dt)
        if delay is not None:
            record += struct.pack("<q" if form == 2 else "<i", delay)
        self._add(record + struct.pack("<" + shape, *body), dt)
        return self

    def note(
        self, kind: int, dt: int, payload: bytes, *, cause: int = 0, delay: int = 0, order: int = 0
    ) -> Records:
        record = struct.pack("<BBHIQqII", kind, 0, 0, dt, cause, delay, len(payload), 0)
        if order:
            self.orders.append((order, self.count))
        self._add(record + payload + bytes(-len(payload) % 4), dt)
        return self

    def raw(self, record: bytes, dt: int = 0) -> Records:
        self._add(record, dt)
        return self

    def _add(self, record: bytes, dt: int) -> None:
        self.parts.append(record)
        self.count += 1
        self.last_time = min(self.base + dt, 2**63 - 1)

    def content(self, first: int, previous: bytes) -> bytes:
        body = b"".join(self.parts)
        header = struct.pack(
            "<4sHHQIIqq32s", b"DYBK", 1, 0, first, self.count, len(body), self.start,
            self.last_time, previous,
        )
        return header + body


def seal(content: bytes) -> bytes:
    return b"DYBZ" + struct.pack("<I", len(content)) + zstandard.compress(content)


def genesis(journal_id: bytes = JOURNAL_ID) -> bytes:
    return sha256(b"daybook journal" + journal_id).digest()


class Writer:
    """Collects the rows of a journal; `save` makes the environment. Rows may be tampered with."""

    def __init__(self) -> None:
        self.meta = {
            b"format": struct.pack("<I", 1), b"journal-id": JOURNAL_ID,
            b"created": struct.pack("<q", 1_700_000_000_000_000_000),
            b"engine": b"test 1.0", b"strategies": b"ema-cross=1", b"seed": U64.pack(2**64 - 1),
        }
        self.blocks: dict[int, bytes] = {}
        self.snapshots: dict[int, bytes] = {}
        self.checkpoints: dict[int, bytes] = {}
        self.orders: set[tuple[int, int]] = set()
        self.times: set[tuple[int, int]] = set()
        self.next = 1
        self.head = genesis()

    def block(self, records: Records, sealed: bool = False) -> Writer:
        content = records.content(self.next, self.head)
        self.blocks[self.next] = seal(content) if sealed else content
        self.orders |= {(order, self.next + place) for order, place in records.orders}
        self.times.add((records.start % 2**64, self.next))
        self.head = sha256(content).digest()
        self.next += records.count
        return self

    def checkpoint(
        self,
        key: Ed25519PrivateKey = KEY,
        head: bytes | None = None,
        sequence: int | None = None,
        state: bytes = bytes(32),
    ) -> Writer:
        covered = self.next - 1 if sequence is None else sequence
        signed = struct.pack("<Q32s32sq", covered, head or self.head, state, 1_700_000_001)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signature = key.sign(b"daybook checkpoint" + JOURNAL_ID + signed)
        self.checkpoints[covered] = signed + public + signature
        return self

    def snapshot(self, state: bytes, sequence: int | None = None) -> Writer:
        digest = sha256(state).digest()
        value = struct.pack("<4sI32sQ", b"DYBS", 1, digest, len(state)) + state
        self.snapshots[self.next - 1 if sequence is None else sequence] = value
        return self

    def pending(self, sequence: int) -> Writer:
        self.meta[b"pending"] = U64.pack(sequence)
        return self

    def save(self, path: Path, leave_out: str = "") -> Path:
        environment = lmdb.open(str(path), max_dbs=6, map_size=64 << 20, sync=False)
        plain = {"integerkey": True}
        index = {"integerkey": True, "dupsort": True, "dupfixed": True, "integerdup": True}
        tables = {
            "meta": ({}, self.meta.items()),
            "blocks": (plain, [(U64.pack(key), value) for key, value in self.blocks.items()]),
            "snapshots": (plain, [(U64.pack(key), value) for key, value in self.snapshots.items()]),
            "checkpoints": (plain, [(U64.pack(k), v) for k, v in self.checkpoints.items()]),
            "orders": (index, [(U64.pack(a), U64.pack(b)) for a, b in sorted(self.orders)]),
            "times": (index, [(U64.pack(a), U64.pack(b)) for a, b in sorted(self.times)]),
        }
        for name, (flags, rows) in tables.items():
            if name == leave_out:
                continue
            database = environment.open_db(name.encode(), **flags)
            with environment.begin(write=True) as write:
                for key, value in rows:
                    write.put(key, value, db=database)
        environment.close()
        return path
