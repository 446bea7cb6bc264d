"""Handles and what is left of them when decoration is taken away.

A handle is a brand: equal handles on two markets are a reason to look, never a reason to join.
Source: Shan 2020 and Tai, Soska, Christin 2019 on handles within and across markets.
"""

import re
import unicodedata
from typing import Final

MINIMUM_SKELETON: Final = 4  # characters; below this, chance collisions are the rule

# Letters of other scripts that look Latin. Source: the most frequent rows of Unicode TS 39.
_LOOKALIKE: Final = str.maketrans("аеорсухікѕјԁԛԝαορτυν", "aeopcyxiksjdqwaoptuv")
_LEET: Final = str.maketrans("013457@$!|", "oieastasil")
# Words that sellers add around a brand on a new market.
_DECORATION: Final = re.compile(
    r"^(the|official|real|new|dr|mr|og)(?=[a-z]{4})|(?<=[a-z]{4})(official|shop|store|team|crew|vendor|inc)$"
)


def skeleton(handle: str) -> str:
    """The handle without case, marks, separators, leet spelling, decoration and trailing digits.

    Args:
        handle: As the market shows it.

    Returns:
        Lower-case letters and digits; empty if fewer than four remain, for then nothing can be said.
    """
    text = unicodedata.normalize("NFKD", handle)
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold().translate(_LOOKALIKE)
    text = re.sub(r"(?<=[^\W\d_])[\d_\W]+$", "", text)  # a number behind a name is decoration
    text = re.sub(r"[\W_]+", "", text.translate(_LEET))
    text = _DECORATION.sub("", text)
    return text if len(text) >= MINIMUM_SKELETON else ""
