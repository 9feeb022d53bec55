"""Records: the entries of a block, and what is in them (journal-format.md, 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import payloads
from .blocks import HEADER_LENGTH, Block
from .errors import JournalDamage

ABSENT = -(1 << 63)
LARGEST = (1 << 63) - 1
_U64 = (1 << 64) - 1

MARKET_KINDS = {
    1: "quote", 2: "trade", 3: "depth", 4: "depth_clear", 5: "order_add", 6: "order_modify",
    7: "order_cancel", 8: "order_delete", 9: "order_execute", 10: "order_clear", 11: "bar",
    12: "status",
}
KINDS = MARKET_KINDS | {kind: name for kind, (name, _) in payloads.PAYLOADS.items()}
SIDES = ("none", "buy", "sell")
STATUSES = (
    None, "pre_open", "opening_auction", "trading", "closing_auction", "closed", "halted",
    "paused", "quote_only",
)

_HEAD = struct.Struct("<BBHI")
_NOTE = struct.Struct("<BBHIQqII")
_BODIES = {
    **dict.fromkeys([(1, 0)], "<hHHH"), (1, 1): "<iIII", (1, 2): "<qqqq",
    **dict.fromkeys([(2, 0), (3, 0)], "<hH"),
    **dict.fromkeys([(2, 1), (3, 1)], "<iI"),
    **dict.fromkeys([(2, 2), (3, 2)], "<qq"),
    **dict.fromkeys([(kind, 0) for kind in range(5, 10)], "<ihH"),
    **dict.fromkeys([(kind, 1) for kind in range(5, 10)], "<QiI"),
    **dict.fromkeys([(kind, 2) for kind in range(5, 10)], "<Qqq"),
    **dict.fromkeys([(4, 0), (4, 2), (10, 0), (10, 2)], "<"),
    (11, 1): "<IiiIII", (11, 2): "<qqqqqq",
    **dict.fromkeys([(12, 0), (12, 2)], "<I"),
}
_BODY = {key: struct.Struct(layout) for key, layout in _BODIES.items()}


@dataclass(slots=True)
class Entry:
    """One entry of the journal.

    `time` (of the event) and `received` are nanoseconds since 1970, `cause` is the sequence of the
    entry that caused this one or 0. `fields` holds the names of journal-format.md, section 7;
    prices and quantities are integers at the instrument's scale, money at 10^12, an absent price
    is None; instruments are numbers, enumerated values are their names.
    """

    sequence: int
    kind: str
    time: int
    received: int
    cause: int
    fields: dict[str, Any]


def _market_length(kind: int, flags: int) -> int:
    body = _BODY.get((kind, flags & 3))
    if body is None or flags & 0x80 or flags >> 3 & 3 == 3:
        return 0
    offset_length = 0 if not flags & 4 else 8 if flags & 3 == 2 else 4
    return _HEAD.size + offset_length + body.size


# By kind × 256 + flags; 0 where the format allows no such record.
_LENGTHS = [_market_length(kind, flags) for kind in range(13) for flags in range(256)]


class Damaged(Exception):
    """A record's fields do not hold; the caller knows sequence and offset."""


def spans(block: Block) -> Iterator[tuple[int, int, int]]:
    """Kind, offset and length of each record of the block, time bases included."""
    content, end, offset = block.content, len(block.content), HEADER_LENGTH
    sequence = block.first
    while offset < end:
        kind = content[offset]
        if end - offset < 4:
            raise _damage("a record is cut short", sequence, offset)
        if 1 <= kind <= 12:
            length = _LENGTHS[kind << 8 | content[offset + 1]]
            if length == 0:
                name, flags = MARKET_KINDS[kind], content[offset + 1]
                raise _damage(f"no {name} has flags {flags:#04x}", sequence, offset + 1)
        elif kind == 0:
            length = 16
        elif kind in payloads.PAYLOADS:
            if end - offset < _NOTE.size:
                raise _damage("a record is cut short", sequence, offset)
            length = _NOTE.size + (struct.unpack_from("<I", content, offset + 24)[0] + 3 & ~3)
        else:
            raise _damage(f"there is no kind {kind}", sequence, offset)
        if length > end - offset:
            raise _damage("a record runs past the end of its block", sequence, offset)
        if kind != 0:
            if sequence > block.last:
                raise _damage(f"more than the {block.count} entries said", sequence, offset)
            sequence += 1
        yield kind, offset, length
        offset += length
    if sequence <= block.last:
        held = sequence - block.first
        raise _damage(f"{held} entries there, {block.count} said", sequence, end)


def decode(block: Block) -> Iterator[Entry]:
    """The entries of the block, in order; `JournalDamage` at the first that does not parse."""
    content, base, before = block.content, block.base_time, block.base_time
    references: dict[int, tuple[int, int]] = {}
    sequence = block.first
    for kind, offset, length in spans(block):
        if kind == 0:
            if any(content[offset + 1 : offset + 8]):
                raise _damage("bytes 1–7 of a time base are 0", sequence, offset + 1)
            (base,) = struct.unpack_from("<q", content, offset + 8)
            continue
        try:
            if kind <= 12:
                dt, delay, fields = _market(content, kind, offset, references)
                cause = 0
            else:
                dt, delay, cause, fields = _note(content, kind, offset, length)
        except Damaged as reason:
            raise _damage(f"{KINDS[kind]}: {reason}", sequence, offset) from None
        received = base + dt
        time = received - delay
        if received > LARGEST or not ABSENT <= time <= LARGEST:
            raise _damage("a time is out of range", sequence, offset)
        if received < before:
            raise _damage("received before the entry before it", sequence, offset)
        if sequence == block.first and received != block.base_time:
            raise _damage("the block's base time is not its first entry's", sequence, 24)
        yield Entry(sequence, KINDS[kind], time, received, cause, fields)
        before = received
        sequence += 1
    if before != block.last_time:
        raise _damage("the block's last time is not its last entry's", block.last, 32)


def context(block: Block, wanted: frozenset[int]) -> Iterator[Entry]:
    """Only the observations and decisions of the wanted kinds; times are left 0 (not computed)."""
    sequence = block.first
    for kind, offset, length in spans(block):
        if kind in wanted:
            try:
                _, _, cause, fields = _note(block.content, kind, offset, length)
            except Damaged as reason:
                raise _damage(f"{KINDS[kind]}: {reason}", sequence, offset) from None
            yield Entry(sequence, KINDS[kind], 0, 0, cause, fields)
        if kind != 0:
            sequence += 1


def _market(
    content: bytes, kind: int, offset: int, references: dict[int, tuple[int, int]]
) -> tuple[int, int, dict[str, Any]]:
    _, flags, instrument, dt = _HEAD.unpack_from(content, offset)
    offset += _HEAD.size
    form, delay = flags & 3, 0
    if flags & 4:
        (delay,) = struct.unpack_from("<q" if form == 2 else "<i", content, offset)
        offset += 8 if form == 2 else 4
    body = _BODY[kind, form].unpack_from(content, offset)
    fields: dict[str, Any] = {"instrument": instrument}
    side = SIDES[flags >> 3 & 3]
    if kind == 12:
        (status,) = body
        if not 1 <= status < len(STATUSES):
            raise Damaged(f"there is no status {status}")
        fields["status"] = STATUSES[status]
        return dt, delay, fields
    reference = references.get(instrument)
    if body and form != 2 and reference is None:
        raise Damaged(f"instrument {instrument} has no reference in this block yet")
    if kind == 1:
        price = _quote(body, form, reference, fields)
    elif kind == 11:
        fields["side"] = side
        price = _bar(body, form, reference, fields)
    elif kind <= 3:
        price = body[0] if form == 2 else reference[0] + body[0]
        if kind == 2:
            fields.update(price=_price(price, form), size=body[1], side=side)
        else:
            fields.update(side=side, price=_price(price, form), size=body[1])
    elif body:
        order = body[0] if form else reference[1] + body[0] & _U64
        price = body[1] if form == 2 else reference[0] + body[1]
        fields.update(order=order, side=side, price=_price(price, form), size=body[2])
    else:
        fields["side"] = side
    if 3 <= kind <= 10:
        fields.update(last=bool(flags & 32), snapshot=bool(flags & 64))
    if body:
        kept_price, kept_order = reference or (0, 0)
        references[instrument] = (
            kept_price if price == ABSENT else price,
            order if 5 <= kind <= 9 else kept_order,
        )
    return dt, delay, fields


def _quote(
    body: tuple[int, ...], form: int, reference: tuple[int, int] | None, fields: dict[str, Any]
) -> int:
    bid, ask, bid_size, ask_size = body
    if form != 2:
        bid += reference[0]
        ask += bid
    fields.update(bid=_price(bid, form), ask=_price(ask, form), bid_size=bid_size, ask_size=ask_size)
    return bid


def _bar(
    body: tuple[int, ...], form: int, reference: tuple[int, int] | None, fields: dict[str, Any]
) -> int:
    if form == 2:
        interval, opened, high, low, closed, volume = body
    else:
        seconds, from_reference, to_close, to_high, to_low, volume = body
        interval, opened = seconds * 1_000_000_000, reference[0] + from_reference
        closed, high, low = opened + to_close, opened + to_high, opened - to_low
    fields.update(
        interval=interval, open=_price(opened, form), high=_price(high, form),
        low=_price(low, form), close=_price(closed, form), volume=volume,
    )
    return closed


def _price(value: int, form: int) -> int | None:
    if not ABSENT <= value <= LARGEST or (value == ABSENT and form != 2):
        raise Damaged("a price overflows 64 bits")
    return None if value == ABSENT else value


def _note(content: bytes, kind: int, offset: int, length: int) -> tuple[int, int, int, dict]:
    head = _NOTE.unpack_from(content, offset)
    _, zero, zeros, dt, cause, delay, size, more_zeros = head
    if zero or zeros or more_zeros:
        raise Damaged("reserved bytes are not 0")
    start = offset + _NOTE.size
    if any(content[start + size : offset + length]):
        raise Damaged("the bytes after the payload are not 0")
    try:
        fields = payloads.read(kind, content[start : start + size])
    except payloads.Unreadable as reason:
        raise Damaged(str(reason)) from None
    return dt, delay, cause, fields


def _damage(reason: str, sequence: int, offset: int) -> JournalDamage:
    return JournalDamage(reason, sequence=sequence, offset=offset, where="blocks")
