"""LMDB's pages made by hand where LMDB itself would never make them; places in an index."""

import struct

import lmdb
import pytest
from build import U64

from daybook import JournalDamage
from daybook.environment import _seek_past
from daybook.pages import check_header, check_trees

SIZE = 4096


def meta(number, depth, root, last_page):
    header = struct.pack("<QHHHH", number, 0, 8, 0, 0)
    free = struct.pack("<IHHQQQQQ", SIZE, 0, 0, 0, 0, 0, 0, 2**64 - 1)
    main = struct.pack("<IHHQQQQQ", 0, 0, depth, 1, 0, 0, 0, root)
    body = struct.pack("<IIQQ", 0xBEEFC0DE, 1, 0, 1 << 20) + free + main
    return (header + body + struct.pack("<QQ", last_page, 6 + number)).ljust(SIZE, b"\0")


def branch(number, children):
    lower, upper = 16 + 2 * len(children), SIZE - 8 * len(children)
    places = struct.pack(f"<{len(children)}H", *range(upper, SIZE, 8))
    nodes = b"".join(struct.pack("<HHHH", child, 0, 0, 0) for child in children)
    page = struct.pack("<QHHHH", number, 0, 1, lower, upper) + places
    return page.ljust(upper, b"\0") + nodes


@pytest.mark.parametrize(
    ("depth", "children", "says"),
    [(32, (2, 2), "circles"), (33, (2, 2), "depth"), (0, (2, 2), "depth"), (2, (2,), "fewer"),
     (2, (2, 0), "no such page"), (2, (3, 3), "no such page"), (1, (2, 2), "wrong kind")],
)  # fmt: skip
def test_trees_that_lead_nowhere_are_damage(tmp_path, depth, children, says):
    pages = meta(0, depth, 2, 2) + meta(1, depth, 2, 2) + branch(2, children)
    (tmp_path / "data.mdb").write_bytes(pages)
    check_header(tmp_path)
    with pytest.raises(JournalDamage, match=says):
        check_trees(tmp_path, 7, frozenset())


def test_a_root_that_was_replaced_is_reported(tmp_path):
    (tmp_path / "data.mdb").write_bytes(meta(0, 0, 2**64 - 1, 1) + meta(1, 0, 2**64 - 1, 1))
    assert check_trees(tmp_path, 6, frozenset())
    assert not check_trees(tmp_path, 5, frozenset())


@pytest.mark.parametrize(
    ("position", "next_row"),
    [((1, 1), (1, 2)), ((1, 2), (2, 5)), ((0, 0), (1, 1)), ((1, 9), (2, 5)), ((2, 4), (2, 5)),
     ((2, 5), None), ((2, 9), None), ((3, 0), None)],
)  # fmt: skip
def test_an_index_goes_on_after_a_row_that_may_be_gone(tmp_path, position, next_row):
    with lmdb.open(str(tmp_path), max_dbs=1) as environment:
        flags = {"integerkey": True, "dupsort": True, "dupfixed": True, "integerdup": True}
        index = environment.open_db(b"orders", **flags)
        with environment.begin(write=True) as write:
            for key, value in ((1, 1), (1, 2), (2, 5)):
                write.put(U64.pack(key), U64.pack(value), db=index)
            cursor = write.cursor(db=index)
            found = _seek_past(cursor, (U64.pack(position[0]), U64.pack(position[1])))
            wanted = next_row and (U64.pack(next_row[0]), U64.pack(next_row[1]))
            assert (cursor.item() if found else None) == wanted
