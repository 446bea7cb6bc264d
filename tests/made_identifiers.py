"""Addresses and names of nobody, made from bytes, by encoders that share no code with what reads them."""

import base64
import hashlib

import base58

from crossbearing.domain.keccak import keccak256

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def base58check(version: int, payload: bytes) -> str:
    return base58.b58encode_check(bytes([version]) + payload).decode()


def segwit(prefix: str, version: int, program: bytes) -> str:
    """BIP 173 and BIP 350, as text books write it: bits as text."""
    bits = "".join(f"{byte:08b}" for byte in program)
    bits += "0" * (-len(bits) % 5)
    data = [version, *(int(bits[at : at + 5], 2) for at in range(0, len(bits), 5))]
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + data
    check = 1
    for value in [*values, *[0] * 6]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    check ^= 0x2BC830A3 if version else 1
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(CHARSET[value] for value in data)


def ethereum(account: bytes) -> str:
    small = account.hex()
    digest = keccak256(small.encode()).hex()
    return "0x" + "".join(c.upper() if digest[place] in "89abcdef" else c for place, c in enumerate(small))


def monero(network: int, payload: bytes) -> str:
    body = bytes([network]) + payload
    whole = body + keccak256(body)[:4]
    sizes = {1: 2, 2: 3, 3: 5, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11}
    found = ""
    for at in range(0, len(whole), 8):
        block = whole[at : at + 8]
        found += (
            base58.b58encode_int(int.from_bytes(block, "big"), default_one=False).decode().rjust(sizes[len(block)], "1")
        )
    return found


def onion(key: bytes) -> str:
    check = hashlib.sha3_256(b".onion checksum" + key + b"\x03").digest()[:2]
    return base64.b32encode(key + check + b"\x03").decode().lower() + ".onion"
