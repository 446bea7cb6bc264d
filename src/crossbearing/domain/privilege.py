"""Rules by which rows are set aside before indexing, because a lawyer and a client may be speaking."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegeRule:
    """One rule: words that make a row suspect of privilege.

    Attributes:
        ref: Name of the rule.
        words: Names, addresses or phrases; each is looked for as whole words, whatever the case.
        reason: Why, in the words of whoever set it.
    """

    ref: str
    words: tuple[str, ...]
    reason: str


def pattern(rules: Iterable[PrivilegeRule]) -> str:
    """One regular expression (RE2) over lower-case text that any rule's words match; empty without rules."""
    words = sorted({" ".join(word.lower().split()) for rule in rules for word in rule.words} - {""})
    if not words:
        return ""
    spelled = "|".join(r"\s+".join(re.escape(piece) for piece in word.split()) for word in words)
    return rf"(^|[^\pL\pN])({spelled})([^\pL\pN]|$)"
