"""Seized text made comparable without moving a character, so that a span in it is a span in the original."""

import unicodedata
from typing import Final

# What stands for the micro sign, a times sign, a hyphen or a slash. Source: Unicode names; keyboards put them there.
_LOOK_ALIKE: Final = {
    "\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u", "\N{CYRILLIC SMALL LETTER TSE}": "u",
    "\N{MULTIPLICATION SIGN}": "x", "\N{MULTIPLICATION X}": "x", "\N{HEAVY MULTIPLICATION X}": "x",
    "\N{N-ARY TIMES OPERATOR}": "x", "\N{VECTOR OR CROSS PRODUCT}": "x",
    "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-", "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "-", "\N{HORIZONTAL BAR}": "-",
    "\N{FRACTION SLASH}": "/", "\N{DIVISION SLASH}": "/",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ",",
}  # fmt: skip
# The Cyrillic letter is "u" only where it can be no letter of a word; see ``folded``.
_TSE: Final = "\N{CYRILLIC SMALL LETTER TSE}"


class _Table(dict[int, str]):
    """What each character becomes: one character, always; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character)
        plain = plain if len(plain) == 1 else character
        digit = unicodedata.decimal(plain, None)
        lowered = plain.lower() if digit is None else str(digit)
        lowered = lowered if len(lowered) == 1 else plain
        if lowered != _TSE:
            lowered = _LOOK_ALIKE.get(lowered, lowered)
        self[code] = " " if lowered.isspace() else lowered
        return self[code]


_FOLD: Final = _Table()


def folded(text: str) -> str:
    """The text in lower case, with compatible characters, digits of any script, dashes and signs made plain.

    Returns:
        As many characters as the text has; what stands at a place stood there before.
    """
    plain = text.translate(_FOLD)
    return plain.replace(_TSE + "g", "ug") if _TSE in plain else plain
