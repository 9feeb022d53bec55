"""Checks LMDB's own pages before LMDB's C code follows them.

LMDB trusts its file: a torn or damaged `data.mdb` would end the process with a signal instead of an
error. The layout is that of LMDB 0.9 on 64-bit machines (`mdb.c`: MDB_page, MDB_meta, MDB_node).
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .errors import JournalDamage, NotAJournal

_MAGIC, _VERSION = 0xBEEF_C0DE, 1
_NONE = (1 << 64) - 1
_BRANCH, _LEAF, _OVERFLOW, _META, _LEAF2, _SUBPAGE = 1, 2, 4, 8, 32, 64
_KINDS = _BRANCH | _LEAF | _OVERFLOW | _META | _LEAF2 | _SUBPAGE
_BIG, _SUBTREE, _DUPLICATES = 1, 2, 4
_HEADER_LENGTH = 16
# LMDB's CURSOR_STACK: no tree is deeper.
_DEEPEST = 32

_HEADER = struct.Struct("<QHHHH")
_TREE = struct.Struct("<IHHQQQQQ")
_NODE = struct.Struct("<HHHH")


class _Tree(NamedTuple):
    pad: int
    flags: int
    depth: int
    branches: int
    leaves: int
    overflows: int
    entries: int
    root: int


class _Meta(NamedTuple):
    page_size: int
    free: _Tree
    main: _Tree
    last_page: int
    transaction: int


def check_header(path: Path) -> None:
    """Raises `NotAJournal` unless `data.mdb` starts as an LMDB environment does."""
    with open(path / "data.mdb", "rb") as file:
        if _metas(file) is None:
            raise NotAJournal(f"{path}: data.mdb is no LMDB environment")


def check_trees(path: Path, transaction: int, names: frozenset[str]) -> bool:
    """Follows the trees of the named databases as of a transaction that the caller holds open.

    Raises `JournalDamage` where a page lies beyond the file's end or does not hold together.
    False if a writer has replaced the transaction's root: the caller begins anew.
    """
    with open(path / "data.mdb", "rb") as file:
        for meta in _metas(file) or ():
            if meta.transaction == transaction:
                _Walk(file, meta).main(names)
                return True
    return False


def _metas(file: BinaryIO) -> list[_Meta] | None:
    first = _meta(file, 0)
    if first is None:
        return None
    second = _meta(file, first.page_size)
    if second is None or second.page_size != first.page_size:
        return None
    # The file never gets shorter.
    later, earlier = sorted((first, second), key=lambda meta: meta.transaction, reverse=True)
    return [first, second] if later.last_page >= earlier.last_page else None


def _meta(file: BinaryIO, offset: int) -> _Meta | None:
    data = os.pread(file.fileno(), 152, offset)
    if len(data) < 152:
        return None
    _, _, flags, _, _ = _HEADER.unpack_from(data)
    magic, version = struct.unpack_from("<II", data, 16)
    free = _Tree._make(_TREE.unpack_from(data, 40))
    page_size = free.pad
    if not flags & _META or magic != _MAGIC or version != _VERSION:
        return None
    if page_size & (page_size - 1) or not 512 <= page_size <= 65536:
        return None
    last_page, transaction = struct.unpack_from("<QQ", data, 136)
    main = _Tree._make(_TREE.unpack_from(data, 88))
    return _Meta(page_size, free, main, last_page, transaction)


class _Walk:
    def __init__(self, file: BinaryIO, meta: _Meta) -> None:
        self.file = file
        self.meta = meta
        self.size = meta.page_size
        self.length = os.fstat(file.fileno()).st_size
        # No page has two parents, so a walk that sees more pages than there are goes in circles.
        self.budget = meta.last_page + 1

    def main(self, names: frozenset[str]) -> None:
        trees: list[_Tree] = []
        self.tree(self.meta.main, named=trees, names=names)
        for tree in trees:
            self.tree(tree)
        # Each transaction lists the pages it left, under its number. One that has not is an older
        # one by another number, and what was recorded since would be gone.
        last = self.last_key(self.meta.free)
        if last not in (None, self.meta.transaction):
            raise self.damage(self.meta.free.root, "the newest transaction left no page")

    def last_key(self, tree: _Tree) -> int | None:
        """The last key of a tree of integers; None if it is empty."""
        if tree.root == _NONE:
            return None
        if not 1 <= tree.depth <= _DEEPEST:
            raise self.damage(tree.root, f"a tree of depth {tree.depth}")
        number = tree.root
        for _ in range(tree.depth - 1):
            number = self.branch(number, self.page(number))[-1]
        page = self.page(number)
        nodes = self.nodes(number, page, _LEAF)
        if not nodes or nodes[-1][3] != 8:
            raise self.damage(number, "a list of free pages has no number")
        key: int
        (key,) = struct.unpack_from("<Q", page, nodes[-1][4] + _NODE.size)
        return key

    def tree(
        self, tree: _Tree, named: list[_Tree] | None = None, names: frozenset[str] = frozenset()
    ) -> None:
        if tree.root == _NONE:
            return
        if not 1 <= tree.depth <= _DEEPEST:
            raise self.damage(tree.root, f"a tree of depth {tree.depth}")
        level = [tree.root]
        stack = [(level, 1)]
        while stack:
            level, depth = stack[-1]
            if not level:
                stack.pop()
                continue
            number = level.pop()
            page = self.page(number)
            if depth < tree.depth:
                stack.append((self.branch(number, page), depth + 1))
            else:
                self.leaf(number, page, named, names)

    def page(self, number: int) -> bytes:
        self.budget -= 1
        if self.budget < 0:
            raise self.damage(number, "the pages go in circles")
        self.inside(number, 1)
        data = os.pread(self.file.fileno(), self.size, number * self.size)
        if len(data) != self.size:
            raise self.damage(number, "the file is cut short")
        if _HEADER.unpack_from(data)[0] != number:
            raise self.damage(number, "the page has another number")
        return data

    def inside(self, number: int, count: int) -> None:
        if number < 2 or number + count - 1 > self.meta.last_page:
            raise self.damage(number, "there is no such page")
        if (number + count) * self.size > self.length:
            raise self.damage(number, f"the file is cut short at {self.length} bytes")

    def branch(self, number: int, page: bytes) -> list[int]:
        children = []
        nodes = self.nodes(number, page, _BRANCH)
        if len(nodes) < 2:
            raise self.damage(number, "a branch page has fewer than two branches")
        for low, high, flags, _, _ in nodes:
            children.append(low | high << 16 | flags << 32)
        return children

    def leaf(
        self, number: int, page: bytes, named: list[_Tree] | None, names: frozenset[str]
    ) -> None:
        _, width, kind, lower, _ = _HEADER.unpack_from(page)
        if kind & _KINDS == _LEAF | _LEAF2:
            self.packed(number, width, lower, self.size)
            return
        for low, high, flags, key_length, offset in self.nodes(number, page, _LEAF):
            length, start = low | high << 16, offset + _NODE.size + key_length
            held = 8 if flags & _BIG else length
            if start + held > self.size:
                raise self.damage(number, "a value runs past the end of its page")
            if flags & _BIG:
                (big,) = struct.unpack_from("<Q", page, start)
                self.overflow(big, length)
            elif flags & _SUBTREE:
                if length != _TREE.size:
                    raise self.damage(number, "a tree's record has a wrong length")
                tree = _Tree._make(_TREE.unpack_from(page, start))
                if flags & _DUPLICATES:
                    self.tree(tree)
                elif named is not None:
                    name = page[offset + _NODE.size : start].decode("latin-1")
                    if name in names:
                        named.append(tree)
            elif flags & _DUPLICATES:
                if length < _HEADER_LENGTH:
                    raise self.damage(number, "a page within a page has no header")
                _, width, kind, lower, _ = _HEADER.unpack_from(page, start)
                if kind & _KINDS != _LEAF | _LEAF2 | _SUBPAGE:
                    raise self.damage(number, "a page within a page is of a wrong kind")
                self.packed(number, width, lower, length)

    def nodes(self, number: int, page: bytes, wanted: int) -> list[tuple[int, ...]]:
        _, _, kind, lower, upper = _HEADER.unpack_from(page)
        if kind & _KINDS != wanted:
            raise self.damage(number, "the page is of a wrong kind")
        if not _HEADER_LENGTH <= lower <= upper <= self.size or lower & 1:
            raise self.damage(number, "the page's bounds are wrong")
        nodes = []
        for offset in struct.unpack_from(f"<{(lower - _HEADER_LENGTH) // 2}H", page, 16):
            if not upper <= offset <= self.size - _NODE.size:
                raise self.damage(number, "a node lies outside its page")
            low, high, flags, key_length = _NODE.unpack_from(page, offset)
            if offset + _NODE.size + key_length > self.size:
                raise self.damage(number, "a key runs past the end of its page")
            nodes.append((low, high, flags, key_length, offset))
        return nodes

    def packed(self, number: int, width: int, lower: int, room: int) -> None:
        count = (lower - _HEADER_LENGTH) // 2
        if width != 8 or lower < _HEADER_LENGTH or _HEADER_LENGTH + count * width > room:
            raise self.damage(number, "a page of sequences has wrong bounds")

    def overflow(self, number: int, length: int) -> None:
        count = (_HEADER_LENGTH + length + self.size - 1) // self.size
        self.inside(number, count)
        header = os.pread(self.file.fileno(), _HEADER_LENGTH, number * self.size)
        own, _, kind = struct.unpack_from("<QHH", header)
        (pages,) = struct.unpack_from("<I", header, 12)
        if own != number or kind & _KINDS != _OVERFLOW or pages < count:
            raise self.damage(number, "the pages of a large value are wrong")

    def damage(self, number: int, reason: str) -> JournalDamage:
        return JournalDamage(reason, where=f"data.mdb, page {number}")
