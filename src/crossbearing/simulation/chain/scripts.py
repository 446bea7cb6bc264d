"""The four kinds of output that wallets of the simulated world use, and when each came into use."""

from enum import IntEnum
from typing import Final


class Kind(IntEnum):
    """What an output asks for: one signature, in four forms."""

    P2PKH = 0
    NESTED = 1  # P2WPKH inside P2SH
    P2WPKH = 2
    P2TR = 3  # key path only


# Virtual bytes, rounded up; a DER signature of 72 bytes is assumed.
INPUT_SIZE: Final = (148, 91, 68, 58)
OUTPUT_SIZE: Final = (34, 32, 31, 43)
FRAME_SIZE: Final = 11

_SEGWIT_FROM: Final = 1503539857  # 24 August 2017, main network
_TAPROOT_FROM: Final = 1636866927  # 14 November 2021, main network
# Share of new wallets per kind and era, in the order of the kinds; invented.
_BEFORE_SEGWIT: Final = (1.0, 0.0, 0.0, 0.0)
_BEFORE_TAPROOT: Final = (0.25, 0.25, 0.5, 0.0)
_TODAY: Final = (0.15, 0.15, 0.55, 0.15)


def kind_at(at: int, unit: float) -> Kind:
    """The kind of a wallet made at that time; ``unit`` from 0 to 1 picks it."""
    shares = _BEFORE_SEGWIT if at < _SEGWIT_FROM else _BEFORE_TAPROOT if at < _TAPROOT_FROM else _TODAY
    for kind in Kind:
        unit -= shares[kind]
        if unit < 0:
            return kind
    return Kind.P2PKH


def output_script(kind: Kind, program: bytes) -> bytes:
    """The output's script around a hash of 20 bytes or, for P2TR, a key of 32."""
    if kind is Kind.P2PKH:
        return b"\x76\xa9\x14" + program + b"\x88\xac"
    if kind is Kind.NESTED:
        return b"\xa9\x14" + program + b"\x87"
    if kind is Kind.P2WPKH:
        return b"\x00\x14" + program
    return b"\x51\x20" + program


def program_of(kind: Kind, script: bytes) -> bytes:
    """What ``output_script`` was given."""
    return script[3:23] if kind is Kind.P2PKH else script[2:22] if kind is Kind.NESTED else script[2:]
