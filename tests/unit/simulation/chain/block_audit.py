"""A slow reader of block files that believes nothing; it shares no code with what writes them.

Everything is taken from the bytes: hashes, Merkle roots, the chain of headers, proof of work, spent outputs, values,
subsidy, maturity. Scripts are compared with addresses, not run: that is what Bitcoin Core is for.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from pathlib import Path

MAGIC = bytes.fromhex("fabfb5da")
GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
HALVING, FIRST_SUBSIDY, MATURITY, MOST_WEIGHT = 150, 5_000_000_000, 100, 4_000_000
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

Outpoint = tuple[str, int]


@dataclass(frozen=True)
class Spend:
    """A transaction as read."""

    txid: str
    witness_id: bytes
    inputs: list[Outpoint]
    outputs: list[tuple[int, bytes]]
    input_script: bytes  # of the first input
    stack: list[bytes]  # of the first input
    size: int
    weight: int
    at: int
    height: int

    @property
    def is_coinbase(self) -> bool:
        return self.inputs[0] == ("0" * 64, 0xFFFFFFFF)


@dataclass
class Audited:
    """What was found."""

    spends: dict[str, Spend] = field(default_factory=dict)
    outputs: dict[Outpoint, tuple[int, bytes]] = field(default_factory=dict)
    unspent: set[Outpoint] = field(default_factory=set)
    times: list[int] = field(default_factory=list)
    minted: int = 0
    burnt: int = 0  # subsidy and fees that no coinbase claimed


class Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.place : self.place + count]
        assert len(piece) == count, "the data ends too early"
        self.place += count
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def count(self) -> int:
        first = self.number(1)
        return first if first < 0xFD else self.number({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])


def twice(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def root_of(hashes: list[bytes]) -> bytes:
    level = list(hashes)
    while len(level) != 1:
        pairs = [(level[n], level[min(n + 1, len(level) - 1)]) for n in range(0, len(level), 2)]
        level = [twice(left + right) for left, right in pairs]
    return level[0]


def read_spend(data: Cursor, at: int, height: int) -> Spend:
    start = data.place
    version = data.take(4)
    has_witness = data.data[data.place : data.place + 2] == b"\x00\x01"
    if has_witness:
        data.take(2)
    body = data.place
    inputs, scripts = [], []
    for _ in range(data.count()):
        inputs.append((data.take(32)[::-1].hex(), data.number(4)))
        scripts.append(data.take(data.count()))
        data.take(4)
    assert inputs, "a transaction without inputs"
    outputs = [(data.number(8), data.take(data.count())) for _ in range(data.count())]
    body_end = data.place
    stacks: list[list[bytes]] = [[] for _ in inputs]
    if has_witness:
        stacks = [[data.take(data.count()) for _ in range(data.count())] for _ in inputs]
        assert any(stacks), "a witness that holds nothing"
    lock = data.take(4)
    bare = version + data.data[body:body_end] + lock
    whole = data.data[start : data.place]
    return Spend(
        twice(bare)[::-1].hex(), twice(whole), inputs, outputs, scripts[0], stacks[0], len(whole),
        3 * len(bare) + len(whole), at, height,
    )  # fmt: skip


def records_of(paths: list[Path]) -> list[bytes]:
    found = []
    for path in paths:
        data = Cursor(path.read_bytes())
        while data.place < len(data.data):
            assert data.take(4) == MAGIC
            found.append(data.take(data.number(4)))
    return found


def audit(paths: list[Path]) -> Audited:
    """Check everything but signatures; an AssertionError says what is wrong."""
    found = Audited()
    previous, heights = bytes(32), {}
    for height, raw in enumerate(records_of(paths)):
        head, data = raw[:80], Cursor(raw)
        _, before, root, at, bits, _ = struct.unpack("<I32s32sIII", data.take(80))
        own = twice(head)
        assert before == previous, "the block follows another"
        assert height or own[::-1].hex() == GENESIS
        assert bits == 0x207FFFFF
        assert int.from_bytes(own, "little") <= 0x7FFFFF << 8 * (0x20 - 3), "too little work"
        assert not found.times or at > sorted(found.times[-11:])[len(found.times[-11:]) // 2], "time goes back"
        spends = [read_spend(data, at, height) for _ in range(data.count())]
        assert data.place == len(raw), "bytes after the last transaction"
        assert root_of([bytes.fromhex(one.txid)[::-1] for one in spends]) == root, "Merkle root"
        assert 4 * (80 + 9) + sum(one.weight for one in spends) <= MOST_WEIGHT
        _check_commitment(spends)
        _settle_block(found, spends, heights)
        previous = own
        found.times.append(at)
    assert sum(found.outputs[one][0] for one in found.unspent) == found.minted - found.burnt, "coin came or went"
    return found


def _check_commitment(spends: list[Spend]) -> None:
    first, *others = spends
    assert first.is_coinbase
    assert not any(one.is_coinbase for one in others)
    marks = [script[6:38] for _, script in first.outputs if script[:6] == bytes.fromhex("6a24aa21a9ed")]
    if any(one.witness_id[::-1].hex() != one.txid for one in others):
        root = root_of([bytes(32), *(one.witness_id for one in others)])
        assert first.stack == [bytes(32)]
        assert marks == [twice(root + first.stack[0])], "witness commitment"
    else:
        assert not marks
        assert not first.stack


def _settle_block(found: Audited, spends: list[Spend], heights: dict[str, int]) -> None:
    fees = 0
    height = spends[0].height
    for one in spends:
        assert one.txid not in found.spends, "an id twice"
        if not one.is_coinbase:
            worth = 0
            for spent in one.inputs:
                assert spent in found.unspent, "not there, or spent before"
                found.unspent.remove(spent)
                worth += found.outputs[spent][0]
                born = heights.get(spent[0])
                assert born is None or height - born >= MATURITY, "a coinbase spent too early"
            fee = worth - sum(value for value, _ in one.outputs)
            assert fee > 0, "more goes out than in, or no fee"
            fees += fee
        found.spends[one.txid] = one
        for place, output in enumerate(one.outputs):
            assert output[0] >= 0
            found.outputs[one.txid, place] = output
            if height:  # the coin of the first block is outside the set of those that can be spent
                found.unspent.add((one.txid, place))
    first = spends[0]
    heights[first.txid] = height
    if height:
        assert _stated_height(first.input_script) == height, "BIP 34"
        most = (FIRST_SUBSIDY >> height // HALVING) + fees
        claimed = sum(value for value, _ in first.outputs)
        assert claimed <= most, "too much new coin"
        found.minted += FIRST_SUBSIDY >> height // HALVING
        found.burnt += most - claimed


def _stated_height(script: bytes) -> int:
    if 0x51 <= script[0] <= 0x60:
        return script[0] - 0x50
    return int.from_bytes(script[1 : 1 + script[0]], "little", signed=True)


def script_of(address: str) -> bytes:
    """The output script that an address of the regression-test network stands for."""
    if address.startswith("bcrt1"):
        version, program = _base32(address)
        return bytes((0x50 + version if version else 0, len(program))) + program
    value = 0
    for letter in address:
        value = value * 58 + BASE58.index(letter)
    payload = value.to_bytes(25, "big")
    assert twice(payload[:21])[:4] == payload[21:], "checksum"
    if payload[0] == 111:
        return b"\x76\xa9\x14" + payload[1:21] + b"\x88\xac"
    assert payload[0] == 196
    return b"\xa9\x14" + payload[1:21] + b"\x87"


def _base32(address: str) -> tuple[int, bytes]:
    prefix, _, text = address.rpartition("1")
    symbols = [BASE32.index(letter) for letter in text]
    check = 1
    for symbol in [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix] + symbols:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ symbol
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    assert check == (0x2BC830A3 if symbols[0] else 1), "checksum"
    bits = "".join(f"{symbol:05b}" for symbol in symbols[1:-6])
    whole = len(bits) // 8
    assert "1" not in bits[8 * whole :]
    return symbols[0], int(bits[: 8 * whole], 2).to_bytes(whole, "big")
