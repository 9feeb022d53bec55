"""Verifies a whole journal: structure, chain, signatures, snapshots and indexes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import chain, records
from .blocks import Block
from .errors import BrokenChain, JournalDamage
from .records import MARKET_KINDS, Entry

if TYPE_CHECKING:
    from .environment import Environment
    from .journal import Journal

_MARKET = frozenset(MARKET_KINDS.values())
_SCOPED = frozenset(("operator", "halted", "resumed"))


@dataclass(slots=True)
class Verification:
    """What was verified: `last` is the last sequence (0 if empty), `head` the chain head.

    `signers` are the public keys of the checkpoints, in order of appearance.
    """

    blocks: int = 0
    entries: int = 0
    last: int = 0
    head: bytes = b""
    checkpoints: int = 0
    covered: int = 0
    snapshots: int = 0
    orders: int = 0
    signers: list[bytes] = field(default_factory=list)


def verify(
    journal: Journal, environment: Environment, public_key: bytes | None
) -> Verification:
    """Checks the journal as it is when called; what a writer adds meanwhile is left out."""
    done = Verification(head=chain.genesis(journal.meta.journal_id))
    environment.check_pages()
    # The blocks' end is read last: by then it covers every checkpoint and snapshot seen.
    last_keys = [(name, environment.last_key(name)) for name in ("checkpoints", "snapshots")]
    last_block = environment.last_key("blocks")
    before: int | None = None
    if last_block is not None:
        for block in journal.blocks():
            before = _verify_block(environment, block, before, done)
            signed = _verify_checkpoints(journal, block, public_key, done)
            _verify_snapshots(journal, block, signed, done)
            if block.first == last_block:
                break
    for name, key in last_keys:
        if key is not None and (key > done.last or done.blocks == 0):
            reason = f"it covers up to {key}, but the journal ends at {done.last}"
            raise JournalDamage(reason, sequence=done.last + 1, through=key, where=name)
    _verify_totals(journal, environment, last_block, done)
    return done


def orders_named(entry: Entry) -> tuple[int | None, bool]:
    """The order (of ours) that the entry names, and whether the index must hold it.

    Order ids of market events are the venue's and have no place in the index.
    """
    if entry.kind in _MARKET:
        return None, False
    if entry.kind in _SCOPED:
        scoped = entry.fields["scope"] == "order"
        return (entry.fields["scope_id"] if scoped else None), False
    order = entry.fields.get("order")
    return order, bool(order)


def _verify_block(
    environment: Environment, block: Block, before: int | None, done: Verification
) -> int:
    where = {"sequence": block.first, "where": "blocks"}
    if before is not None and block.base_time < before:
        raise JournalDamage("received before the block before it", offset=24, **where)
    required: list[tuple[int, int]] = []
    allowed: list[tuple[int, int]] = []
    for entry in records.decode(block):
        if entry.cause >= entry.sequence:
            reason = f"its cause {entry.cause} is not before it"
            raise JournalDamage(reason, sequence=entry.sequence, where="blocks")
        order, must = orders_named(entry)
        if order is not None:
            (required if must else allowed).append((order, entry.sequence))
    for (order, sequence), found in zip(required, environment.indexed("orders", required)):
        if not found:
            reason = f"the entry names order {order}, the index does not know"
            raise JournalDamage(reason, sequence=sequence, where="orders")
    done.orders += len(required) + sum(environment.indexed("orders", allowed))
    time = block.base_time & 0xFFFF_FFFF_FFFF_FFFF
    if not environment.indexed("times", [(time, block.first)])[0]:
        reason = f"the index does not know the block of time {block.base_time}"
        raise JournalDamage(reason, sequence=block.first, through=block.last, where="times")
    done.blocks += 1
    done.entries += block.count
    done.last = block.last
    done.head = block.digest
    return block.last_time


def _verify_checkpoints(
    journal: Journal, block: Block, public_key: bytes | None, done: Verification
) -> bytes | None:
    """The state hash signed at the block's end, or None if none is."""
    state: bytes | None = None
    for checkpoint in journal.checkpoints(_start(block), block.last):
        where = {"sequence": checkpoint.sequence, "where": "checkpoints"}
        if checkpoint.sequence != block.last:
            raise JournalDamage("a checkpoint covers whole blocks only", offset=0, **where)
        if checkpoint.head != block.digest:
            raise BrokenChain("the chain's head is not the one signed", offset=8, **where)
        checkpoint.check_signature(journal.meta.journal_id, public_key)
        done.checkpoints += 1
        done.covered = checkpoint.sequence
        if checkpoint.public_key not in done.signers:
            done.signers.append(checkpoint.public_key)
        if any(checkpoint.state):
            state = checkpoint.state
    return state


def _verify_snapshots(
    journal: Journal, block: Block, signed: bytes | None, done: Verification
) -> None:
    for snapshot in journal.snapshots(_start(block), block.last):
        if snapshot.sequence < block.first:
            raise JournalDamage("there is no such entry", sequence=0, where="snapshots")
        if signed is not None and snapshot.sequence == block.last and snapshot.digest != signed:
            reason = "the snapshot is not the state that the checkpoint says"
            raise JournalDamage(reason, sequence=block.last, where="snapshots")
        done.snapshots += 1


def _start(block: Block) -> int:
    """Where rows that go with the block begin: key 0 must be seen to be refused."""
    return 0 if block.first == 1 else block.first


def _verify_totals(
    journal: Journal, environment: Environment, last_block: int | None, done: Verification
) -> None:
    for name, expected in (("orders", done.orders), ("times", done.blocks)):
        rows = 0
        beyond: tuple[int, int] | None = None
        for key, sequence in environment.index(name):
            if sequence <= done.last:
                rows += 1
            else:
                beyond = (key, sequence)
        if rows != expected:
            _find_stray(journal, environment, name, done.last)
            reason = f"{rows} rows, but the entries account for {expected}"
            raise JournalDamage(reason, where=name)
        if beyond is None or environment.pending() is not None:
            continue
        # A writer may have added blocks since; only a row that stays without them is a fault.
        if environment.last_key("blocks") == last_block and environment.indexed(name, [beyond])[0]:
            reason = f"the index has a row of {beyond[0]}, but the journal ends at {done.last}"
            raise JournalDamage(reason, sequence=beyond[1], where=name)


def _find_stray(
    journal: Journal, environment: Environment, name: str, last: int
) -> None:
    """Names the first row of the index that no entry accounts for."""
    block: Block | None = None
    entries: list[Entry] = []
    for key, sequence in environment.index(name):
        if sequence > last:
            continue
        if sequence == 0:
            raise JournalDamage(f"the row of {key} points at sequence 0", sequence=0, where=name)
        if block is None or not block.first <= sequence <= block.last:
            block = next(journal.blocks(sequence))
            entries = list(records.decode(block))
        if name == "orders":
            right = orders_named(entries[sequence - block.first])[0] == key
        else:
            time = block.base_time & 0xFFFF_FFFF_FFFF_FFFF
            right = sequence == block.first and time == key
        if not right:
            reason = f"the index has a row of {key} that the entry does not account for"
            raise JournalDamage(reason, sequence=sequence, where=name)
