"""Adverts without what names their seller, so that a comparison of writing compares writing."""

import re
from functools import cache
from typing import Final

# Addresses on the web and on Tor, mailboxes, key blocks, long runs of letters and digits such as wallets and hashes.
_NAMES_SOMEBODY: Final = re.compile(
    r"-----BEGIN PGP.*?(?:-----END PGP[^-]*-----|\Z)|https?://\S+|\b\w+\.onion\S*|\S+@\S+\.\w+|\b(?=\w*\d)\w{25,}\b"
    r"|\b(?:jabber|xmpp|wickr|telegram|session|signal|icq|threema)\b\W{0,3}\S+",
    re.DOTALL | re.IGNORECASE,
)
_SHORTEST_PART: Final = 4  # letters of a part of a handle that is taken out by itself


@cache
def _names(handle: str) -> re.Pattern[str]:
    """The handle, with any or no mark between its parts, and each longer part of it."""
    parts = [part for part in re.split(r"[\W_\d]+|(?<=[a-z])(?=[A-Z])", handle) if part]
    whole = r"[\W_]*".join(re.escape(part) for part in parts) if parts else re.escape(handle)
    longer = [re.escape(part) for part in parts if len(part) >= _SHORTEST_PART]
    return re.compile("|".join([re.escape(handle), whole, *longer]), re.IGNORECASE)


def masked(handle: str, text: str) -> str:
    """A text without its seller's handle, parts of it, addresses, contacts and keys.

    Args:
        handle: Of the seller; empty if none is known.
        text: As it stands.
    """
    without = _NAMES_SOMEBODY.sub(" ", text)
    return _names(handle).sub(" ", without) if handle else without
