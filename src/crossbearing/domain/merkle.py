"""The tree over the log: leaves, its frontier, its root, and proofs that one tree continues another.

Source: RFC 6962, section 2.1.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

HASH_BYTES = 32


def leaf_hash(statement: bytes) -> bytes:
    """Hash of one log entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + statement).digest()


@dataclass(frozen=True)
class Frontier:
    """What is needed of a tree to append to it: the roots of its complete subtrees, largest first.

    A tree of n leaves has one complete subtree for each binary digit 1 of n, so appending costs O(log n).
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def appended(self, leaves: Iterable[bytes]) -> "Frontier":
        """The frontier after these leaf hashes."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            node, filled = leaf, size
            while filled & 1:
                node = _parent(nodes.pop(), node)
                filled >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    @cached_property
    def root(self) -> bytes:
        """Root of the tree, 32 bytes; of no leaves, the hash of nothing."""
        if not self.nodes:
            return hashlib.sha256().digest()
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = _parent(left, node)
        return node

    def written(self) -> str:
        """The nodes as hex text; ``read`` is its inverse."""
        return b"".join(self.nodes).hex()

    @staticmethod
    def read(size: int, text: str) -> "Frontier":
        """The frontier that ``written`` wrote.

        Raises:
            ValueError: The text does not hold one node for each subtree.
        """
        joined = bytes.fromhex(text)
        if len(joined) != HASH_BYTES * size.bit_count():
            message = f"a tree of {size} leaves has {size.bit_count()} complete subtrees"
            raise ValueError(message)
        return Frontier(size, tuple(joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)))


def root(leaves: Iterable[bytes]) -> bytes:
    """Root of the tree over the leaf hashes, 32 bytes."""
    return Frontier().appended(leaves).root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The nodes that show that the tree over the leaves continues the tree over its first ``old_size``.

    Raises:
        ValueError: ``old_size`` is not between 1 and the number of leaves.
    """
    if not 0 < old_size <= len(leaves):
        message = f"no tree of {old_size} leaves is a beginning of one of {len(leaves)}"
        raise ValueError(message)
    return _proof(leaves, old_size, is_whole=True)


def _proof(leaves: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the number of leaves
    if old_size <= split:
        return [*_proof(leaves[:split], old_size, is_whole=is_whole), root(leaves[split:])]
    return [*_proof(leaves[split:], old_size - split, is_whole=False), root(leaves[:split])]


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
