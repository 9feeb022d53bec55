"""What `verify` accepts, and each thing it refuses with its place."""

import struct
from hashlib import sha256

import lmdb
import pytest
import sample
from build import JOURNAL_ID, OTHER_KEY, PUBLIC_KEY, U64, Records, Writer, genesis, layout

from daybook import (
    BadSignature,
    BrokenChain,
    Journal,
    JournalDamage,
    JournalError,
    JournalMissing,
    NewerFormat,
    NotAJournal,
)


def simple(at=0, count=1):
    block = Records(at)
    for _ in range(count):
        block.market(12, 0, 1, 0, "I", 3)
    return block


def three_blocks():
    return Writer().block(simple(0, 2)).block(simple(5, 3), sealed=True).block(simple(5))


def refused(writer, path, **settings):
    with Journal(writer.save(path)) as journal, pytest.raises(JournalDamage) as caught:
        journal.verify(**settings)
    return caught.value


def test_a_whole_journal_verifies_with_its_signers_key(tmp_path):
    writer = sample.writer()
    with Journal(writer.save(tmp_path)) as journal:
        found = journal.verify(PUBLIC_KEY)
    assert (found.blocks, found.entries, found.last) == (3, 128, 128)
    assert (found.checkpoints, found.covered, found.snapshots) == (2, 128, 1)
    assert found.head == writer.head
    assert found.signers == [PUBLIC_KEY]
    assert found.orders == len(writer.orders) == 42


def test_an_empty_journal_verifies_and_its_head_is_the_start_of_the_chain(tmp_path):
    with Journal(Writer().save(tmp_path)) as journal:
        assert list(journal.ndjson()) == []
        found = journal.verify()
    assert (found.entries, found.head) == (0, genesis())


def test_meta_is_read(tmp_path):
    with Journal(Writer().save(tmp_path)) as journal:
        meta = journal.meta
    assert (meta.format, meta.journal_id, meta.seed) == (1, JOURNAL_ID, 2**64 - 1)
    assert (meta.engine, meta.strategies, meta.pending) == ("test 1.0", "ema-cross=1", None)


def test_more_blocks_than_one_read_transaction_takes(tmp_path):
    writer = Writer()
    for at in range(1001):
        writer.block(simple(at, 2))
        if at % 3 == 0:
            writer.checkpoint()
    with Journal(writer.save(tmp_path)) as journal:
        assert [entry.sequence for entry in journal.entries()] == list(range(1, 2003))
        assert journal.verify().checkpoints == 334


def test_an_index_larger_than_one_read_transaction_takes(tmp_path):
    block = Records(0)
    for order in range(25_000):
        block.note(39, 0, U64.pack(order // 12_000 + 1), order=order // 12_000 + 1)
    with Journal(Writer().block(block).save(tmp_path)) as journal:
        assert journal.verify().orders == 25_000


def test_times_before_1970_verify(tmp_path):
    writer = Writer().block(simple(-5)).block(simple(3))
    with Journal(writer.save(tmp_path)) as journal:
        assert journal.verify().entries == 2


# Pending imports.


def test_entries_from_pending_on_do_not_count(tmp_path):
    writer = three_blocks().checkpoint().snapshot(b"s").pending(6)
    writer.blocks[6] = b"half written"
    with Journal(writer.save(tmp_path)) as journal:
        assert journal.meta.pending == 6
        assert [entry.sequence for entry in journal.entries()] == [1, 2, 3, 4, 5]
        assert list(journal.entries(6)) == []
        found = journal.verify()
    assert (found.last, found.checkpoints, found.snapshots) == (5, 0, 0)


def test_a_first_import_that_is_pending_leaves_an_empty_journal(tmp_path):
    with Journal(three_blocks().checkpoint().pending(1).save(tmp_path)) as journal:
        assert list(journal.entries()) == []
        assert journal.verify().head == genesis()


def test_pending_inside_a_block_is_damage(tmp_path):
    assert "inside the block" in str(refused(three_blocks().pending(2), tmp_path))


def test_pending_zero_is_damage(tmp_path):
    with pytest.raises(JournalDamage, match="pending"):
        Journal(three_blocks().pending(0).save(tmp_path))


# Chain, checkpoints, snapshots.


def test_a_broken_chain_names_the_block(tmp_path):
    writer = Writer().block(simple(0, 2))
    writer.head = bytes(32)
    error = refused(writer.block(simple(1, 3)), tmp_path)
    assert isinstance(error, BrokenChain)
    assert (error.sequence, error.through) == (3, 5)


def test_a_first_block_of_another_journal_breaks_the_chain(tmp_path):
    writer = three_blocks()
    writer.meta[b"journal-id"] = bytes(16)
    error = refused(writer, tmp_path)
    assert isinstance(error, BrokenChain)
    assert error.sequence == 1


def test_a_changed_block_breaks_the_chain_after_it(tmp_path):
    writer = three_blocks()
    changed = bytearray(writer.blocks[1])
    changed[-4] = 4
    writer.blocks[1] = bytes(changed)
    error = refused(writer, tmp_path)
    assert isinstance(error, BrokenChain)
    assert error.sequence == 3


def test_a_changed_last_block_is_caught_by_the_checkpoint(tmp_path):
    writer = three_blocks().checkpoint()
    changed = bytearray(writer.blocks[6])
    changed[-4] = 4
    writer.blocks[6] = bytes(changed)
    error = refused(writer, tmp_path)
    assert isinstance(error, BrokenChain)
    assert (error.sequence, error.where) == (6, "checkpoints")


def test_another_signers_key_is_refused_only_if_one_was_asked_for(tmp_path):
    writer = three_blocks().checkpoint(OTHER_KEY)
    with Journal(writer.save(tmp_path)) as journal:
        assert len(journal.verify().signers) == 1
        with pytest.raises(BadSignature) as caught:
            journal.verify(PUBLIC_KEY)
    assert caught.value.sequence == 6


@pytest.mark.parametrize("place", [*range(40, 176, 9), 175])
def test_every_byte_of_a_checkpoint_is_signed(tmp_path, place):
    writer = three_blocks().checkpoint()
    value = bytearray(writer.checkpoints[6])
    value[place] ^= 1
    writer.checkpoints[6] = bytes(value)
    assert isinstance(refused(writer, tmp_path), BadSignature)


def test_a_signature_for_another_journal_is_refused(tmp_path):
    writer = three_blocks()
    other = Writer()
    other.meta[b"journal-id"] = bytes(16)
    head = sha256(b"daybook journal" + bytes(16)).digest()
    other.blocks[1] = simple(0, 2).content(1, head)
    other.times = {(0, 1)}
    other.head, other.next = sha256(other.blocks[1]).digest(), 3
    other.checkpoint()  # signed over the id of `writer`
    assert isinstance(refused(other, tmp_path / "other"), BadSignature)
    assert writer.head != other.head


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda w: w.checkpoint(sequence=4), "whole blocks"),
        (lambda w: w.checkpoint(sequence=9), "journal ends at 6"),
        (lambda w: w.checkpoint(sequence=0), "whole blocks"),
        (lambda w: w.checkpoint(head=bytes(32)), "not the one signed"),
        (lambda w: w.checkpoints.update({6: b"short"}), "176 bytes"),
        (lambda w: w.checkpoint().checkpoints.update({5: w.checkpoints[6]}), "covers up to 6"),
        (lambda w: w.snapshot(b"s", 7), "journal ends at 6"),
        (lambda w: w.snapshot(b"s", 0), "no such entry"),
        (lambda w: w.snapshots.update({6: b"DYBS"}), "48 bytes"),
        (lambda w: w.snapshots.update({6: bytes(48)}), "DYBS"),
        (lambda w: w.snapshot(b"state").snapshots.update({6: w.snapshots[6] + b"x"}), "said"),
        (lambda w: w.snapshot(b"state").snapshots.update({6: w.snapshots[6][:-1] + b"x"}), "hash"),
        (lambda w: w.orders.add((5, 1)), "does not account"),
        (lambda w: w.orders.add((5, 0)), "sequence 0"),
        (lambda w: w.orders.add((5, 99)), "journal ends at 6"),
        (lambda w: w.times.remove((5, 3)), "index does not know"),
        (lambda w: w.times.add((5, 4)), "does not account"),
        (lambda w: w.times.add((4, 3)), "does not account"),
        (lambda w: w.times.add((9, 7)), "journal ends at 6"),
        (lambda w: w.blocks.pop(1), "sequence 1 is missing"),
        (lambda w: w.blocks.pop(3), "sequence 3 is missing"),
        (lambda w: w.blocks.pop(6), "journal ends at 5"),
        (lambda w: w.blocks.update({0: w.blocks[1]}), "sequence 1 is missing"),
        (lambda w: w.blocks.update({4: w.blocks[3]}), "overlaps"),
        (lambda w: w.blocks.update({3: w.blocks[1]}), "first sequence is 1"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, tamper, says):
    writer = three_blocks()
    tamper(writer)
    assert says in str(refused(writer, tmp_path))


def test_an_order_that_the_index_does_not_know_is_refused(tmp_path):
    writer = Writer().block(Records(0).note(39, 0, U64.pack(77)))
    error = refused(writer, tmp_path)
    assert (error.where, error.sequence) == ("orders", 1)
    assert "order 77" in str(error)


def test_an_index_of_acts_on_an_order_is_neither_asked_for_nor_refused(tmp_path):
    act = layout("BBQss", 4, 4, 77, "", "")
    for name, order in (("without", 0), ("with", 77)):
        writer = Writer().block(Records(0).note(41, 0, act, order=order))
        with Journal(writer.save(tmp_path / name)) as journal:
            assert journal.verify().entries == 1


def test_venue_order_ids_have_no_place_in_the_index(tmp_path):
    block = Records(0).market(5, 2, 1, 0, "Qqq", 77, 5, 5)
    writer = Writer().block(block)
    writer.orders.add((77, 1))
    assert "does not account" in str(refused(writer, tmp_path))


@pytest.mark.parametrize("cause", [1, 2, 2**64 - 1])
def test_a_cause_that_is_not_before_its_effect_is_refused(tmp_path, cause):
    writer = Writer().block(Records(0).note(40, 0, layout("HI", 1, 1), cause=cause))
    assert "cause" in str(refused(writer, tmp_path))


def test_a_block_received_before_the_one_before_it_is_refused(tmp_path):
    assert "before the block" in str(refused(Writer().block(simple(5)).block(simple(4)), tmp_path))


# The environment.


def test_a_missing_directory_and_one_without_data_are_missing(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(JournalMissing):
            Journal(path)


@pytest.mark.parametrize("data", [b"", b"hello", bytes(8192), b"\xff" * 20_000])
def test_a_file_that_is_no_environment_is_not_a_journal(tmp_path, data):
    (tmp_path / "data.mdb").write_bytes(data)
    with pytest.raises(NotAJournal):
        Journal(tmp_path)


def test_environments_of_others_are_not_journals(tmp_path):
    lmdb.open(str(tmp_path / "empty")).close()
    with pytest.raises(NotAJournal):
        Journal(tmp_path / "empty")
    writer = Writer()
    del writer.meta[b"journal-id"]
    with pytest.raises(NotAJournal):
        Journal(writer.save(tmp_path / "meta"))


def test_a_newer_format_is_named(tmp_path):
    writer = Writer()
    writer.meta[b"format"] = struct.pack("<I", 2)
    with pytest.raises(NewerFormat, match="format 2"):
        Journal(writer.save(tmp_path))


@pytest.mark.parametrize(
    ("name", "value"),
    [(b"format", None), (b"format", b"1"), (b"format", bytes(4)), (b"journal-id", b"short"),
     (b"created", bytes(7)), (b"seed", None), (b"engine", None), (b"engine", b"\xff"),
     (b"strategies", None), (b"pending", b"x")],
)
def test_meta_that_is_not_as_specified_is_damage(tmp_path, name, value):
    writer = Writer()
    writer.meta[name] = value
    if value is None:
        del writer.meta[name]
    with pytest.raises(JournalDamage, match=name.decode()):
        Journal(writer.save(tmp_path))


@pytest.mark.parametrize("name", ["blocks", "snapshots", "checkpoints", "orders", "times"])
def test_a_missing_database_is_damage(tmp_path, name):
    with pytest.raises(JournalDamage, match=name):
        Journal(Writer().save(tmp_path, leave_out=name))


def test_a_database_of_another_kind_is_damage(tmp_path):
    Writer().save(tmp_path, leave_out="orders")
    with lmdb.open(str(tmp_path), max_dbs=6, map_size=64 << 20) as environment:
        environment.open_db(b"orders", integerkey=True)
    with pytest.raises(JournalDamage, match="dupsort"):
        Journal(tmp_path)


def test_a_closed_journal_says_so(tmp_path):
    with Journal(three_blocks().save(tmp_path)) as journal:
        entries = journal.entries()
    with pytest.raises(JournalError, match="closed"):
        next(entries)


def test_a_snapshot_that_is_not_the_state_signed_is_refused(tmp_path):
    state = sha256(b"state").digest()
    whole = three_blocks().checkpoint(state=state).snapshot(b"state")
    with Journal(whole.save(tmp_path / "whole")) as journal:
        assert journal.verify().snapshots == 1
    error = refused(three_blocks().checkpoint(state=state).snapshot(b"other"), tmp_path / "other")
    assert (error.where, error.sequence) == ("snapshots", 6)
    assert "checkpoint" in str(error)
