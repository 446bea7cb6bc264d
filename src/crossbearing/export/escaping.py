r"""Characters that a format, or its readers, would refuse or drop, written in one way that can be undone.

A backslash is written twice, and a character that does not fit as ``\u`` with four hexadecimal digits.
"""

import re
from typing import Final

# XML 1.0 holds no other characters, however they are written.
XML: Final = re.compile(r"\\|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What readers of FollowTheMoney drop from every text.
FTM: Final = re.compile(r"\\|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# Readers of MISP drop blanks at either end of a value.
MISP: Final = re.compile(r"\\|\A\s+|\s+\Z")
_WRITTEN: Final = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


def escaped(text: str, unfit: re.Pattern[str]) -> str:
    """The text with every character that does not fit written otherwise."""
    return unfit.sub(lambda found: "".join(map(_character, found[0])), text)


def unescaped(text: str) -> str:
    """What ``escaped`` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)


def _character(one: str) -> str:
    return "\\\\" if one == "\\" else f"\\u{ord(one):04x}"
