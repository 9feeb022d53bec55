"""Reading while another process writes."""

import subprocess
import sys
from pathlib import Path

from build import Records, Writer

from daybook import Journal

# Appends a block for each line it is given; the map is set to so many pages.
WRITER = """
import struct, sys
import lmdb
from build import Records, U64
from hashlib import sha256

path, head, next_ = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3])
environment = lmdb.open(path, max_dbs=6, map_size=1 << 20, sync=False)
blocks = environment.open_db(b"blocks", create=False)
times = environment.open_db(b"times", create=False)
print("ready", flush=True)
for line in sys.stdin:
    count, pages = map(int, line.split())
    environment.set_mapsize(pages << 12)
    records = Records(next_)
    for _ in range(count):
        records.market(12, 0, 1, 0, "I", 3)
    content = records.content(next_, head)
    with environment.begin(write=True) as write:
        write.put(U64.pack(next_), content, db=blocks)
        write.put(U64.pack(next_), U64.pack(next_), db=times)
    head, next_ = sha256(content).digest(), next_ + count
    print("written", flush=True)
"""


def test_a_reader_follows_a_writer_that_grows_the_map(tmp_path):
    writer = Writer().block(Records(0).market(12, 0, 1, 0, "I", 3))
    writer.times = {(0, 1)}
    writer.save(tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), writer.head.hex(), "2"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    with child, Journal(tmp_path) as journal:
        assert child.stdout.readline() == "ready\n"
        entries = journal.entries()
        seen = next(entries).sequence
        for count, pages in ((10, 256), (200_000, 16_384), (5, 32_768)):
            child.stdin.write(f"{count} {pages}\n")
            child.stdin.flush()
            assert child.stdout.readline() == "written\n"
            last = journal.verify().last
            assert last == seen + count
            seen = last
        assert sum(1 for _ in entries) == seen - 1
        child.stdin.close()
    assert child.returncode == 0
