"""The names under which one account is known, and where they stand in texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SHORTEST_WORD = 4  # characters; a shorter handle is too common a word to look for in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNames:
    """One account of one market by all its names.

    Attributes:
        market: As the register spells it.
        server_ids: Ids on the server.
        handles: Handles as shown, lower case.
        ids: Ids that this software made for it: account, pairs, operator.
    """

    market: str
    server_ids: frozenset[str]
    handles: frozenset[str]
    ids: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """Names that are looked for in texts, lower case; an id that is a mere number says nothing there."""
        long = {handle for handle in self.handles if len(handle) >= _SHORTEST_WORD}
        told_apart = {name.lower() for name in (*self.server_ids, *self.ids) if not name.isdigit()}
        return frozenset(told_apart | long)

    def stands_in(self, text: str) -> bool:
        """Whether one of the names stands in a text as a word of its own."""
        return has_word(text, self.words)


def has_word(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words, lower case, stands in a text with no letter or digit beside it."""
    lowered = text.lower()
    return any(
        word in lowered and re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", lowered) is not None for word in words
    )
