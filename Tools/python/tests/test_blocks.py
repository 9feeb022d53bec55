"""Blocks and records that are not as specified: each is damage and names its place."""

import struct

import pytest
from build import ABSENT, U64, Records, Writer, genesis, layout, seal

from daybook import Journal, JournalDamage


def content():
    return Records(0).market(12, 0, 1, 0, "I", 3).market(12, 0, 1, 0, "I", 3).content(1, genesis())


def refused(writer, path):
    with Journal(writer.save(path)) as journal, pytest.raises(JournalDamage) as caught:
        journal.verify()
    return caught.value


def with_header(place, change):
    def tamper(data):
        return data[:place] + change + data[place + len(change) :]

    return tamper


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda c: c[:50], "72 bytes"),
        (lambda c: b"", "DYBK or DYBZ"),
        (with_header(0, b"DYBX"), "DYBK or DYBZ"),
        (with_header(4, b"\0\0"), "format version 0"),
        (with_header(4, b"\2\0"), "format version 2"),
        (with_header(6, b"\1"), "bytes 6"),
        (with_header(8, U64.pack(2)), "first sequence is 2"),
        (with_header(16, b"\0\0\0\0"), "at least one"),
        (with_header(16, b"\1\0\0\0"), "more than the 1 entries"),
        (with_header(16, b"\3\0\0\0"), "2 entries there, 3 said"),
        (with_header(20, b"\0\0"), "bytes of records said"),
        (with_header(24, b"\1"), "received before the first"),
        (with_header(24, struct.pack("<q", -1)), "last time"),
        (with_header(32, b"\1"), "last time"),
        (lambda c: c + b"\0\0\0\0", "bytes of records said"),
        (lambda c: b"DYBZ", "no length"),
        (lambda c: b"DYBZ" + struct.pack("<I", len(c)) + b"junk", "zstd"),
        (lambda c: seal(c)[:-1], "zstd"),
        (lambda c: seal(c) + b"x", "follow the zstd frame"),
        (lambda c: seal(c) + seal(c)[8:], "follow the zstd frame"),
        (lambda c: b"DYBZ" + struct.pack("<I", len(c) - 1) + seal(c)[8:], "longer than"),
        (lambda c: b"DYBZ" + struct.pack("<I", len(c) + 1) + seal(c)[8:], "said"),
        (lambda c: seal(bytes(1 << 24)), "not DYBK"),
        (lambda c: b"DYBZ" + struct.pack("<I", 9) + seal(bytes(1 << 28))[8:], "longer than"),
        (lambda c: seal(seal(c)), "not DYBK"),
    ],
)
def test_a_block_that_is_not_as_specified_is_damage(tmp_path, tamper, says):
    writer = Writer()
    writer.blocks[1] = tamper(content())
    writer.times.add((0, 1))
    error = refused(writer, tmp_path)
    assert says in str(error)
    assert error.sequence in (1, 2, 3)


@pytest.mark.parametrize("make", [
    # Flags: bit 7, form 3, side 3, forms that the kind does not have.
    lambda b: b.market(12, 0, 1, 0, "I", 3, flags=128),
    lambda b: b.market(2, 3, 1, 0, "qq", 1, 1),
    lambda b: b.market(2, 2, 1, 0, "qq", 1, 1, side=3),
    lambda b: b.market(4, 1, 1, 0, ""),
    lambda b: b.market(10, 1, 1, 0, ""),
    lambda b: b.market(11, 0, 1, 0, "IiiIII", 1, 1, 1, 1, 1, 1),
    lambda b: b.market(12, 1, 1, 0, "I", 3),
    # Status.
    lambda b: b.market(12, 0, 1, 0, "I", 0),
    lambda b: b.market(12, 0, 1, 0, "I", 9),
    # No reference in this block, or only another instrument's.
    lambda b: b.market(2, 0, 1, 0, "hH", 1, 1),
    lambda b: b.market(1, 1, 1, 0, "iIII", 1, 1, 1, 1),
    lambda b: b.market(5, 1, 1, 0, "QiI", 1, 1, 1),
    lambda b: b.market(2, 2, 2, 0, "qq", 1, 1).market(2, 0, 1, 0, "hH", 1, 1),
    lambda b: b.market(4, 0, 1, 0, "").market(2, 0, 1, 0, "hH", 1, 1),
    lambda b: b.market(12, 2, 1, 0, "I", 3).market(2, 0, 1, 0, "hH", 1, 1),
    # Overflow.
    lambda b: b.market(2, 2, 1, 0, "qq", 2**63 - 1, 1).market(2, 0, 1, 0, "hH", 1, 1),
    lambda b: b.market(2, 2, 1, 0, "qq", ABSENT + 1, 1).market(2, 0, 1, 0, "hH", -2, 1),
    lambda b: b.market(1, 2, 1, 0, "qqqq", 2**63 - 1, 1, 1, 1).market(
        1, 0, 1, 0, "hHHH", 0, 1, 0, 0),
    lambda b: b.market(2, 2, 1, 0, "qq", ABSENT + 1, 1).market(
        11, 1, 1, 0, "IiiIII", 1, 0, 0, 0, 2, 0),
    lambda b: b.market(12, 0, 1, 0, "I", 3).time_base(2**63 - 1).market(12, 0, 1, 1, "I", 3),
    lambda b: b.market(4, 0, 1, 0, "", delay=0).time_base(2**63 - 1).market(
        2, 2, 1, 0, "qq", 1, 1, delay=-1),
    # Time.
    lambda b: b.market(12, 0, 1, 5, "I", 3),
    lambda b: b.market(4, 0, 1, 0, "").time_base(9).market(4, 0, 1, 0, "").time_base(8).market(
        4, 0, 1, 0, "").time_base(9).market(4, 0, 1, 0, ""),
    lambda b: b.market(12, 0, 1, 0, "I", 3).time_base(-1).market(12, 0, 1, 0, "I", 3),
    lambda b: b.market(12, 0, 1, 0, "I", 3).raw(b"\0\1" + bytes(14)),
    # Kinds, lengths, reserved bytes.
    lambda b: b.raw(b"\x0d" + bytes(11)),
    lambda b: b.raw(b"\x37" + bytes(31)),
    lambda b: b.raw(b"\x4c" + bytes(31)),
    lambda b: b.raw(b"\xff\0\0\0"),
    lambda b: b.raw(b"\x0c\0\0"),
    lambda b: b.raw(b"\x0c\0\0\0"),
    lambda b: b.raw(b"\x20" + bytes(20)),
    lambda b: b.raw(b"\0\0\0\0"),
    lambda b: b.raw(b"\x27\1" + bytes(22) + b"\x08" + bytes(15)),
    lambda b: b.raw(b"\x27" + bytes(27) + b"\1" + bytes(3)),
    lambda b: b.raw(b"\x27" + bytes(23) + b"\xff\xff\xff\xff" + bytes(12)),
    lambda b: b.raw(b"\x27" + bytes(23) + b"\x09" + bytes(7) + bytes(9) + b"\0\0\1"),
    # Payloads: short, not UTF-8, no such name, out of order.
    lambda b: b.note(39, 0, bytes(7)),
    lambda b: b.note(34, 0, U64.pack(1) + b"\5\0abcd"),
    lambda b: b.note(34, 0, U64.pack(1) + b"\2\0\xc3\x28"),
    lambda b: b.note(70, 0, layout("BQs", 6, 0, "")),
    lambda b: b.note(42, 0, layout("IsIsI", 2, "b", 0, "a", 0)),
    lambda b: b.note(42, 0, layout("IsIsI", 2, "a", 0, "a", 0)),
    lambda b: b.note(42, 0, layout("I", 2**32 - 1)),
    lambda b: b.note(65, 0, layout("HHHBqqmmBs", 1, 7, 99, 2, 5, 1, 1, 1, 3, "")),
    lambda b: b.note(64, 0, layout("HBHBBBqqQsHsqB", 1, 1, 7, 0, 0, 0, 1, 1, 0, "", 1, "v", 1, 19)),
])  # fmt: skip
def test_a_record_that_is_not_as_specified_is_damage(tmp_path, make):
    writer = Writer().block(make(Records(0)))
    error = refused(writer, tmp_path)
    assert error.where == "blocks"
    assert error.sequence in (1, 2, 3)
    assert error.offset is not None
