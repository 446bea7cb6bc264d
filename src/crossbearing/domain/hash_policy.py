"""Until when a hash algorithm is accepted in a signature over a key, by the signature's own date.

A forged self-signature needs a second preimage, which is harder than a collision; the days are those that the Sequoia
project's standard policy sets for it. A signer states the date, so an old date is no proof of age: it only keeps what
was sound when it was made.
"""

from datetime import UTC, datetime
from typing import Final

# Number in OpenPGP (RFC 9580 section 9.5): name in hashlib, and the day from which it is refused, if any.
_HASHES: Final[dict[int, tuple[str, datetime | None]]] = {
    1: ("md5", datetime(2004, 2, 1, tzinfo=UTC)),
    2: ("sha1", datetime(2023, 2, 1, tzinfo=UTC)),
    3: ("ripemd160", datetime(2013, 2, 1, tzinfo=UTC)),
    8: ("sha256", None),
    9: ("sha384", None),
    10: ("sha512", None),
    11: ("sha224", None),
    12: ("sha3_256", None),
    14: ("sha3_512", None),
}


def accepted_hash(number: int, made_at: datetime) -> str:
    """Name of the hash algorithm in the standard library; empty if it is unknown or refused at that time.

    Args:
        number: As in the signature.
        made_at: The signature's own date.
    """
    name, refused_from = _HASHES.get(number, ("", None))
    return "" if refused_from is not None and made_at >= refused_from else name
