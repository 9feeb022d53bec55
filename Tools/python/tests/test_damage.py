"""Seeded damage: whatever the bytes, only the package's own errors come out."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
import sample
from build import U64, Records, Writer, seal

from daybook import Journal, JournalDamage, JournalError, blocks, records
from daybook.text import TextForm

TABLES = ("blocks", "checkpoints", "snapshots")


def mutated(random_, data):
    """One to three changes: a flipped bit, a new byte, bytes taken out, doubled or cut off."""
    data = bytearray(data)
    for _ in range(random_.randint(1, 3)):
        if not data:
            break
        place = random_.randrange(len(data))
        act = random_.randrange(8)
        if act < 4:
            data[place] ^= 1 << random_.randrange(8)
        elif act == 4:
            data[place] = random_.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif act == 5:
            del data[place : place + random_.choice((1, 4, 8))]
        elif act == 6:
            data[place:place] = data[place : place + random_.choice((1, 4, 8))]
        else:
            del data[place:]
    return bytes(data)


def read_all(key, value):
    """Reads a block to the end; returns its damage, if any. Another exception fails the test."""
    try:
        block = blocks.parse(key, value)
        form = TextForm()
        for entry in records.decode(block):
            form.line(entry)
    except JournalDamage as error:
        assert str(error)
        return error
    return None


def test_mutated_contents_are_damage_or_readable():
    writer = sample.writer()
    contents = [blocks.unseal(value, key)[0] for key, value in writer.blocks.items()]
    keys = list(writer.blocks)
    random_ = random.Random(20_231_114)
    damaged = 0
    for turn in range(12_000):
        place = turn % len(keys)
        damaged += read_all(keys[place], mutated(random_, contents[place])) is not None
    assert 4_000 < damaged < 12_000


def test_records_mutated_behind_a_right_header_are_damage_or_readable():
    contents = [block.content(1, bytes(32)) for block in (sample.market(), sample.notes())]
    random_ = random.Random(7)
    damaged = 0
    for turn in range(12_000):
        content = contents[turn % 2]
        body = mutated(random_, content[72:])
        length = len(body).to_bytes(4, "little")
        damaged += read_all(1, content[:20] + length + content[24:72] + body) is not None
    assert 4_000 < damaged < 12_000


def test_mutated_sealed_blocks_are_damage_or_readable():
    sealed = seal(sample.market().content(1, bytes(32)))
    random_ = random.Random(11)
    damaged = sum(read_all(1, mutated(random_, sealed)) is not None for _ in range(3_000))
    assert damaged > 2_000


def test_random_bytes_behind_a_right_header_are_damage_or_readable():
    random_ = random.Random(13)
    for _ in range(3_000):
        body = random_.randbytes(4 * random_.randint(1, 40))
        content = sample.tail().content(1, bytes(32))
        read_all(1, content[:20] + len(body).to_bytes(4, "little") + content[24:72] + body)


@pytest.mark.parametrize("seed", range(60))
def test_a_journal_with_a_mutated_value_never_verifies(tmp_path, seed):
    random_ = random.Random(seed)
    writer = sample.writer()
    # Bytes 4 to 7 of a snapshot, its encoding's version, are under no hash: they are left alone.
    table = getattr(writer, TABLES[seed % 3])
    key = random_.choice(list(table))
    kept = 8 if table is writer.snapshots else 0
    before = table[key]
    while table[key] == before:
        table[key] = before[:kept] + mutated(random_, before[kept:])
    with Journal(writer.save(tmp_path)) as journal, pytest.raises(JournalDamage):
        journal.verify()


@pytest.mark.parametrize(
    "name", ["format", "journal-id", "created", "engine", "strategies", "seed"]
)
def test_mutated_meta_raises_only_errors_of_the_package(tmp_path, name):
    random_ = random.Random(name)
    outcomes = set()
    for turn in range(12):
        writer = sample.writer()
        writer.meta[name.encode()] = mutated(random_, writer.meta[name.encode()])
        try:
            with Journal(writer.save(tmp_path / str(turn))) as journal:
                journal.verify()
            outcomes.add("verified")
        except JournalError as error:
            outcomes.add(type(error).__name__)
    assert outcomes <= {"verified", "JournalDamage", "BrokenChain", "NewerFormat"}
    assert outcomes != {"verified"} or name == "engine"


# Damage below the values, in LMDB's own pages. A signal would end the process, hence the children.

CHILD = """
import sys
from daybook import Journal, JournalError
for path in sys.argv[1:]:
    try:
        with Journal(path) as journal:
            for _ in journal.ndjson():
                pass
            journal.verify()
        print("whole")
    except JournalError as error:
        print(type(error).__name__)
"""


def many_pages(path):
    """A journal whose trees are several pages high, with duplicates in pages and in trees."""
    writer = Writer()
    for at in range(400):
        block = Records(at)
        for place in range(4):
            order = 1 if place == 0 else at * 4 + place if place < 3 else 2 + at % 50
            block.note(39, 0, U64.pack(order), order=order)
        writer.block(block)
        if at % 4 == 0:
            writer.checkpoint()
    big = Records(401)
    for _ in range(2_000):
        big.market(12, 0, 1, 0, "I", 3)
    writer.block(big).checkpoint().snapshot(bytes(20_000))
    return (writer.save(path) / "data.mdb").read_bytes()


def outcomes(tmp_path, files):
    paths = []
    for number, data in enumerate(files):
        path = tmp_path / str(number)
        path.mkdir()
        (path / "data.mdb").write_bytes(data)
        paths.append(str(path))
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, *paths], capture_output=True, text=True, timeout=300,
        cwd=Path(__file__).parent.parent,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    found = ran.stdout.split()
    assert len(found) == len(files)
    return found


def test_a_torn_file_is_damage_at_every_length(tmp_path):
    data = many_pages(tmp_path / "whole")
    random_ = random.Random(3)
    lengths = [*(random_.randrange(8192, len(data)) for _ in range(30)), 0, 10, 4096, 8191, 8192]
    found = outcomes(tmp_path, [data, *(data[:length] for length in lengths)])
    assert found[0] == "whole"
    # What is cut off the end may be pages that are free.
    assert set(found[1:]) <= {"JournalDamage", "NotAJournal", "whole"}
    assert found.count("JournalDamage") > 25


def test_flipped_bits_in_pages_are_damage_or_in_free_space(tmp_path):
    data = many_pages(tmp_path / "whole")
    random_ = random.Random(5)
    files = []
    for turn in range(120):
        changed = bytearray(data)
        for _ in range(1 + turn % 3):
            # Mostly the heads of pages, where what can mislead LMDB stands.
            page = random_.randrange(len(data) // 4096) * 4096
            place = page + random_.randrange(64 if turn % 4 else 4096)
            changed[place] ^= 1 << random_.randrange(8)
        files.append(bytes(changed))
    found = outcomes(tmp_path, files)
    assert set(found) <= {"whole", "JournalDamage", "BrokenChain", "BadSignature", "NotAJournal",
                          "JournalError"}  # fmt: skip
    assert found.count("JournalDamage") > 60
