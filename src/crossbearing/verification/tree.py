"""The tree of RFC 6962, read a second time: roots, inclusion and consistency as the RFCs define them.

Nothing here is shared with the code that writes the log; a mistake would have to be made twice.

Sources: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256().digest()

_KEPT_FROM: Final = 64  # leaves; complete subtrees of at least this size are hashed only once


def leaf_hash(statement: bytes) -> bytes:
    """Hash of one entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + statement).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over these leaf hashes, 32 bytes."""
    return Roots(leaf_hashes).at(len(leaf_hashes))


class Roots:
    """The roots one list of leaf hashes had as it grew."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self._leaves = leaf_hashes
        self._complete: dict[tuple[int, int], bytes] = {}

    def at(self, size: int) -> bytes:
        """Root over the first leaves.

        Args:
            size: How many leaves; not more than there are.
        """
        return self._root(0, size) if size else EMPTY_ROOT

    def _root(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]) by the RFC's definition; as deep as the tree is high."""
        count = end - start
        if count == 1:
            return self._leaves[start]
        known = self._complete.get((start, end))
        if known is not None:
            return known
        middle = start + (1 << ((count - 1).bit_length() - 1))  # the largest power of two smaller than count
        root = _parent(self._root(start, middle), self._root(middle, end))
        if count >= _KEPT_FROM and count.bit_count() == 1:
            self._complete[start, end] = root
        return root


def is_included(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Does the proof lead from a leaf to the root?

    Args:
        leaf: Hash of the leaf.
        index: Its place, from 0.
        size: Leaves in the tree.
        root: Root of that tree.
        proof: Hashes from the leaf upwards.
    """
    if not 0 <= index < size or not _hashes_all(leaf, root, *proof):
        return False
    place, last = index, size - 1
    node = leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = _parent(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _parent(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Does the proof show that the new tree begins with every leaf of the old one?

    Args:
        old_size: Leaves in the old tree. Every tree continues the empty one; that needs no proof.
        old_root: Its root.
        new_size: Leaves in the new tree.
        new_root: Its root.
        proof: Hashes in the order of RFC 9162.
    """
    if not 0 <= old_size <= new_size or not _hashes_all(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof:
        return False
    path = [old_root, *proof] if old_size.bit_count() == 1 else [*proof]
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _parent(step, old), _parent(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = _parent(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _hashes_all(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
