"""Hashes of the log: leaves and the root of the tree over them.

Source: RFC 6962, section 2.1.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(statement: bytes) -> bytes:
    """Hash of one log entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + statement).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root of the tree over the leaf hashes, 32 bytes; of no leaves, the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    # A subtree is complete when the number of leaves seen is a multiple of its size, so merging equal
    # sizes as they appear and folding the rest from the right gives RFC 6962's split.
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while stack and stack[-1][0] == size:
            left_size, left = stack.pop()
            size, node = left_size + size, _parent(left, node)
        stack.append((size, node))
    _, node = stack.pop()
    while stack:
        _, left = stack.pop()
        node = _parent(left, node)
    return node


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
