"""Blocks of the regression-test network, and the files in which Bitcoin Core keeps them."""

import hashlib
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crossbearing.simulation.chain.digests import double_sha256
from crossbearing.simulation.chain.transactions import Transaction, compact

MAGIC: Final = bytes.fromhex("fabfb5da")
_BITS: Final = (0x207FFFFF).to_bytes(4, "little")
_VERSION: Final = (0x20000000).to_bytes(4, "little")
_MOST_PER_FILE: Final = 128 * 1024 * 1024  # bytes, as Bitcoin Core
_HALVING: Final = 150  # blocks
_FIRST_SUBSIDY: Final = 50_0000_0000  # satoshi
_RESERVED: Final = bytes(32)
_SMALL_NUMBERS: Final = 16  # heights that have an opcode of their own
_NOTE: Final = b"private chain"

# The first block is part of the network's definition; its coin can never be spent.
GENESIS_TIME: Final = 1296688602
_GENESIS_TRANSACTION: Final = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054"
    "696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420"
    "666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61"
    "deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
_GENESIS_HEADER: Final = struct.pack("<I32s32sII4s", 1, bytes(32), double_sha256(_GENESIS_TRANSACTION), GENESIS_TIME,
                                     0x207FFFFF, (2).to_bytes(4, "little"))  # fmt: skip
GENESIS: Final = _GENESIS_HEADER + b"\x01" + _GENESIS_TRANSACTION
GENESIS_HASH: Final = double_sha256(_GENESIS_HEADER)


def subsidy(height: int) -> int:
    """New coin in the block of that height, satoshi."""
    return _FIRST_SUBSIDY >> (height // _HALVING)


def coinbase(height: int, value: int, script: bytes, witness_ids: Sequence[bytes] | None) -> Transaction:
    """The transaction that pays the miner.

    Args:
        height: Of the block; stands in the input (BIP 34).
        value: Subsidy and fees, satoshi.
        script: Of the miner's output.
        witness_ids: Of the block's other transactions, if one of them has a witness: they are committed to (BIP 141).
    """
    if height <= _SMALL_NUMBERS:
        number = bytes((0x50 + height,))
    else:
        digits = height.to_bytes(height.bit_length() // 8 + 1, "little")
        number = bytes((len(digits),)) + digits
    note = number + bytes((len(_NOTE),)) + _NOTE
    outputs = [value.to_bytes(8, "little") + bytes((len(script),)) + script]
    if witness_ids is not None:
        commitment = double_sha256(merkle_root([bytes(32), *witness_ids]) + _RESERVED)
        outputs.append(bytes(8) + b"\x26\x6a\x24\xaa\x21\xa9\xed" + commitment)
    spent = bytes(32) + b"\xff\xff\xff\xff" + bytes((len(note),)) + note + b"\xff\xff\xff\xff"
    body = b"".join([b"\x01", spent, bytes((len(outputs),)), *outputs])
    bare = b"".join([b"\x02\x00\x00\x00", body, bytes(4)])
    txid = double_sha256(bare)
    if witness_ids is None:
        return Transaction(txid, txid, bare, 4 * len(bare))
    raw = b"".join([b"\x02\x00\x00\x00\x00\x01", body, b"\x01\x20", _RESERVED, bytes(4)])
    return Transaction(txid, bytes(32), raw, 3 * len(bare) + len(raw))


def merkle_root(leaves: list[bytes]) -> bytes:
    """The root over the hashes; the last of an odd level stands twice."""
    while len(leaves) > 1:
        if len(leaves) % 2:
            leaves = [*leaves, leaves[-1]]
        leaves = [double_sha256(leaves[n] + leaves[n + 1]) for n in range(0, len(leaves), 2)]
    return leaves[0]


def mined(previous: bytes, at: int, transactions: Sequence[Transaction]) -> tuple[bytes, bytes]:
    """The hash and the bytes of a block; the coinbase comes first among its transactions."""
    root = merkle_root([one.txid for one in transactions])
    head = _VERSION + previous + root + at.to_bytes(4, "little") + _BITS
    begun = hashlib.sha256(head)
    nonce = 0
    while True:
        tail = nonce.to_bytes(4, "little")
        attempt = begun.copy()
        attempt.update(tail)
        found = hashlib.sha256(attempt.digest()).digest()
        if found[31] < 0x7F:  # noqa: PLR2004 - the target begins with 7f ff ff; a little stricter costs nothing
            return found, b"".join([head, tail, compact(len(transactions)), *[one.raw for one in transactions]])
        nonce += 1


class BlockFiles:
    """Appends blocks to blk00000.dat, blk00001.dat ... in one folder."""

    def __init__(self, folder: Path, most: int = _MOST_PER_FILE) -> None:
        self._folder = folder
        self._most = most
        self.paths: list[Path] = []
        self._open_next()

    def write(self, block: bytes) -> None:
        """Append a block with the network's mark and its size."""
        if self._written and self._written + 8 + len(block) > self._most:
            self.close()
            self._open_next()
        self._file.write(MAGIC + len(block).to_bytes(4, "little") + block)
        self._written += 8 + len(block)

    def close(self) -> None:
        """End the file that is being written."""
        self._file.close()

    def _open_next(self) -> None:
        path = self._folder / f"blk{len(self.paths):05d}.dat"
        self.paths.append(path)
        self._file = path.open("wb")
        self._written = 0
