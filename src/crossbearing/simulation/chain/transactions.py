"""Transactions: their bytes, their identity, and the signature of each input."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from crossbearing.simulation.chain import curve
from crossbearing.simulation.chain.digests import double_sha256
from crossbearing.simulation.chain.keys import Key
from crossbearing.simulation.chain.scripts import Kind

_ALL: Final = b"\x01"  # the signature covers every input and output
_ALL_WORD: Final = b"\x01\x00\x00\x00"
_TAP_TAG: Final = hashlib.sha256(b"TapSighash").digest() * 2
_LARGEST_SHORT, _LARGEST_MEDIUM = 0xFC, 0xFFFF


class Coin(NamedTuple):
    """An unspent output.

    Attributes:
        outpoint: Transaction id as hashed and place among its outputs, 36 bytes.
        satoshi: Its value.
        key: Which opens it.
    """

    outpoint: bytes
    satoshi: int
    key: Key


class Form(NamedTuple):
    """How a wallet's program writes transactions, by which programs can be told apart.

    Attributes:
        version: Of the transaction.
        sequence: Of each input.
        locks: Whether it may not be mined before the block that follows the newest.
    """

    version: bytes
    sequence: bytes
    locks: bool


FORMS: Final = (
    Form(b"\x02\x00\x00\x00", b"\xfd\xff\xff\xff", locks=True),
    Form(b"\x02\x00\x00\x00", b"\xfd\xff\xff\xff", locks=False),
    Form(b"\x01\x00\x00\x00", b"\xff\xff\xff\xff", locks=False),
)


class Transaction(NamedTuple):
    """A signed transaction.

    Attributes:
        txid: As hashed; shown in reverse.
        witness_id: Hash with the witness; the same as ``txid`` without one.
        raw: As it stands in a block.
        weight: Four for each byte outside the witness, one for each within.
    """

    txid: bytes
    witness_id: bytes
    raw: bytes
    weight: int


def compact(number: int) -> bytes:
    """A count as bitcoin writes it."""
    if number <= _LARGEST_SHORT:
        return number.to_bytes(1, "little")
    if number <= _LARGEST_MEDIUM:
        return b"\xfd" + number.to_bytes(2, "little")
    return b"\xfe" + number.to_bytes(4, "little")


def signed(coins: Sequence[Coin], outputs: Sequence[tuple[int, bytes]], form: Form, lock: int) -> Transaction:
    """A transaction that spends the coins and makes the outputs.

    Args:
        coins: At least one.
        outputs: Value in satoshi and script of each.
        form: How it is written.
        lock: Height after which it may be mined; 0 for none.
    """
    made = compact(len(outputs)) + b"".join(
        [value.to_bytes(8, "little") + bytes((len(script),)) + script for value, script in outputs]
    )
    signing = _Signing(coins, made, form, lock.to_bytes(4, "little"))
    scripts, witnesses = [], []
    has_witness = False
    for place, coin in enumerate(coins):
        script, witness = signing.proof(place, coin)
        has_witness = has_witness or witness is not None
        scripts.append(script)
        witnesses.append(witness or b"\x00")
    spent = [coin.outpoint + script + form.sequence for coin, script in zip(coins, scripts, strict=True)]
    body = b"".join([compact(len(coins)), *spent, made])
    bare = b"".join([form.version, body, signing.lock])
    txid = double_sha256(bare)
    if not has_witness:
        return Transaction(txid, txid, bare, 4 * len(bare))
    raw = b"".join([form.version, b"\x00\x01", body, *witnesses, signing.lock])
    return Transaction(txid, double_sha256(raw), raw, 3 * len(bare) + len(raw))


class _Signing:
    """What the inputs of one transaction have in common when they are signed."""

    __slots__ = ("_coins", "_form", "_made", "_segwit", "_tap", "lock")

    def __init__(self, coins: Sequence[Coin], made: bytes, form: Form, lock: bytes) -> None:
        self._coins = coins
        self._made = made  # the outputs with their count
        self._form = form
        self.lock = lock
        self._segwit: tuple[bytes, bytes] | None = None
        self._tap: bytes | None = None

    def proof(self, place: int, coin: Coin) -> tuple[bytes, bytes | None]:
        """Script with its length, and witness, that open the coin at that place."""
        key = coin.key
        if key.kind is Kind.P2PKH:
            signature = curve.sign(self._legacy_digest(place), key.secret) + _ALL
            script = bytes((len(signature),)) + signature + b"\x21" + key.public
            return compact(len(script)) + script, None
        if key.kind is Kind.P2TR:
            return b"\x00", b"\x01\x40" + curve.sign_schnorr(self._tap_digest(place), key.secret)
        digest, program = self._segwit_digest(coin)
        signature = curve.sign(digest, key.secret) + _ALL
        witness = b"\x02" + bytes((len(signature),)) + signature + b"\x21" + key.public
        return (b"\x17\x16\x00\x14" + program if key.kind is Kind.NESTED else b"\x00"), witness

    def _legacy_digest(self, place: int) -> bytes:
        """The digest before SegWit: the transaction with the script of the signed input alone."""
        sequence = self._form.sequence
        inputs = [coin.outpoint + b"\x00" + sequence for coin in self._coins]
        coin = self._coins[place]
        inputs[place] = coin.outpoint + bytes((len(coin.key.script),)) + coin.key.script + sequence
        return double_sha256(
            b"".join([self._form.version, compact(len(inputs)), *inputs, self._made, self.lock, _ALL_WORD])
        )

    def _segwit_digest(self, coin: Coin) -> tuple[bytes, bytes]:
        """The digest of BIP 143, and the hash of the key it is for."""
        if self._segwit is None:
            spent = double_sha256(b"".join([one.outpoint for one in self._coins]))
            sequences = double_sha256(self._form.sequence * len(self._coins))
            outputs = double_sha256(self._outputs())
            self._segwit = (self._form.version + spent + sequences, outputs + self.lock + _ALL_WORD)
        before, after = self._segwit
        program = coin.key.public_hash
        middle = b"\x19\x76\xa9\x14" + program + b"\x88\xac" + coin.satoshi.to_bytes(8, "little") + self._form.sequence
        return double_sha256(before + coin.outpoint + middle + after), program

    def _tap_digest(self, place: int) -> bytes:
        """The digest of BIP 341 for the key path, which covers all spent values and scripts."""
        if self._tap is None:
            scripts = [coin.key.script for coin in self._coins]
            parts = (
                b"".join([coin.outpoint for coin in self._coins]),
                b"".join([coin.satoshi.to_bytes(8, "little") for coin in self._coins]),
                b"".join([bytes((len(script),)) + script for script in scripts]),
                self._form.sequence * len(self._coins),
                self._outputs(),
            )
            hashes = b"".join([hashlib.sha256(part).digest() for part in parts])
            # Epoch 0, signature type "default", version, lock, the hashes, no annex and no script.
            self._tap = _TAP_TAG + b"\x00\x00" + self._form.version + self.lock + hashes + b"\x00"
        return hashlib.sha256(self._tap + place.to_bytes(4, "little")).digest()

    def _outputs(self) -> bytes:
        """The outputs without their count."""
        first = self._made[0]
        return self._made[1 if first <= _LARGEST_SHORT else 3 if first == 0xFD else 5 :]  # noqa: PLR2004
