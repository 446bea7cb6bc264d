"""Every word of ours that a profile's expressions may use beside the macros.

``phone_in(text, country)``: the telephone number that a cell begins with, as E.164 writes it. The country is what the
source states, or null: a number without one is then null, and so is a number that no numbering plan holds.
``identifier_in(kind, text, country)``: an identifier in its one spelling, see ``reference.identifiers``.

The words that take cells out of pages are no functions of the engine, see ``pages.page_words``.
"""

from collections.abc import Sequence

from crossbearing.reference.identifiers import spelled
from crossbearing.reference.telephones import number_in
from crossbearing.store.session import Word


def profile_words() -> tuple[Word, ...]:
    """The words for one session."""
    return (Word("phone_in", 2, _phones), Word("identifier_in", 3, spelled))


def _phones(texts: Sequence[str | None], countries: Sequence[str | None]) -> list[str | None]:
    return [number_in(text, country) if text else None for text, country in zip(texts, countries, strict=True)]
