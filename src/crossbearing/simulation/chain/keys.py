"""Keys dealt out one by one and made by the thousand, and the list of all that were dealt."""

from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chain import curve
from crossbearing.simulation.chain.addresses import addresses
from crossbearing.simulation.chain.digests import hash160
from crossbearing.simulation.chain.scripts import Kind, output_script, program_of
from crossbearing.simulation.chance import stream

_FEWEST, _MOST = 32, 2048  # keys made at once: few in a small world, many in a large one
_PROGRAM_SIZE: Final = (20, 20, 20, 32)
LONGEST_ADDRESS: Final = 64
_Made = tuple[int, bytes, bytes, bytes]  # secret, public key, its hash, script


class Key:
    """A key in the hands of one wallet.

    Attributes:
        number: In the order in which keys were dealt.
        kind: Of the output that asks for it.
        secret: Modulo the order of the curve.
        public: Compressed, 33 bytes.
        public_hash: Its hash, 20 bytes; empty for P2TR.
        script: Of the output.
        wallet: Number of the wallet.
    """

    __slots__ = ("kind", "number", "public", "public_hash", "script", "secret", "wallet")

    def __init__(self, number: int, kind: Kind, made: _Made, wallet: int) -> None:
        self.number = number
        self.kind = kind
        self.secret, self.public, self.public_hash, self.script = made
        self.wallet = wallet


class KeyRing:
    """Deals keys and remembers to whom."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._ready: list[list[_Made]] = [[] for _ in Kind]
        self._rows = [0 for _ in Kind]
        self._numbers = [array("i") for _ in Kind]
        self._programs = [bytearray() for _ in Kind]
        self.wallets = array("i")

    def take(self, kind: Kind, wallet: int) -> Key:
        """A key that nobody has, for a wallet."""
        ready = self._ready[kind]
        if not ready:
            ready = self._ready[kind] = self._made(kind)
        made = ready.pop()
        number = len(self.wallets)
        self.wallets.append(wallet)
        self._numbers[kind].append(number)
        self._programs[kind] += program_of(kind, made[3])
        return Key(number, kind, made, wallet)

    def addresses(self) -> NDArray[np.bytes_]:
        """The address of every key that was dealt, by its number."""
        found = np.empty(len(self.wallets), f"S{LONGEST_ADDRESS}")
        for kind in Kind:
            programs = np.frombuffer(bytes(self._programs[kind]), np.uint8).reshape(-1, _PROGRAM_SIZE[kind])
            if len(programs):
                found[np.frombuffer(self._numbers[kind], np.int32)] = addresses(kind, programs)
        return found

    def _made(self, kind: Kind) -> list[_Made]:
        """The next row of keys of a kind, the first to be dealt last."""
        row = self._rows[kind]
        self._rows[kind] += 1
        count = min(_FEWEST << row, _MOST)
        chance = stream(self._seed, "chain", "keys", int(kind), row)
        first, step = (int.from_bytes(chance.bytes(40), "big") % (curve.ORDER - 1) + 1 for _ in range(2))
        public = curve.public_keys(first, step, count)
        if kind is Kind.P2TR:
            # The key itself, not one tweaked as wallets do it: a spend by the key path shows no difference.
            hashes, programs = [b""] * count, [key[1:] for key in public]
        else:
            hashes = programs = _rows(hash160(public))
            if kind is Kind.NESTED:
                programs = _rows(hash160([output_script(Kind.P2WPKH, one) for one in hashes]))
        return [
            ((first + n * step) % curve.ORDER, public[n], hashes[n], output_script(kind, programs[n]))
            for n in range(count - 1, -1, -1)
        ]


def _rows(hashes: NDArray[np.uint8]) -> list[bytes]:
    return [row.tobytes() for row in hashes]
