"""The forms by which agencies refer something: which there are, and what each field means.

A form has the very columns that its profile reads; there is no second list of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from crossbearing.domain.columns import Column, Type
from crossbearing.domain.tables import RECORD_TABLES

# Kind of thing, and the profile that reads its form.
FORMS: Final[Mapping[str, str]] = {
    "overdose": "referral-form",
    "toxicology": "toxicology-form",
    "laboratory": "laboratory-form",
    "parcel": "parcel-form",
    "purchase": "purchase-form",
    "exchange": "exchange-form",
    "device": "device-form",
    "provider": "provider-form",
    "statement": "statement-form",
}
_WORD: Final = re.compile(r"\w+")
_TEXT: Final = re.compile(r"'[^']*'")  # in an expression; a word in it names no field
_SAID: Final = re.compile(r"NOT is_said\((\w+)\)")
_NEEDED: Final = re.compile(f"{_SAID.pattern}(?: OR {_SAID.pattern})*")  # the condition that refuses a row without it
# Conditions that refuse what is none of some words, and what is empty save in rows of one sort.
_ONE_OF: Final = re.compile(r"coalesce\(lower\(folded\((\w+)\)\), '([\w ]*)'\) NOT IN \((.+)\)")
_NEEDED_SAVE: Final = re.compile(r".+ <> '(\w+)' AND (?:NOT is_said\((\w+)\)|number_in\((\w+)\) IS NULL)")
_HOW: Final = {Type.DATE: "2026-12-31", Type.INSTANT: "2026-12-31 18:00 UTC", Type.FLAG: "yes or no"}


# What a field means where every column that it goes to is made from several fields: by record table and field.
_OWN: Final[Mapping[tuple[str, str], str]] = {
    (
        "submitted_identifier",
        "identifier_kind",
    ): "handle, wallet, mail, phone, key, tracking, or a messenger such as telegram",
    ("submitted_identifier", "identifier"): "the identifier, as the agency writes it",
    ("submitted_identifier", "country"): "of a phone number that is written without its country's prefix",
    ("parcel", "label"): "what its label says beside names and addresses",
    ("parcel", "packaging"): "how it was packed",
}


class RecordOfForm(Protocol):
    """How rows of a form become rows of a record table."""

    @property
    def record(self) -> str:
        """The record table."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Expression by column."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        name: The column.
        says: What it means, as the record table says; empty if it goes to none.
        how: How it is written; empty for words and numbers.
        is_needed: A row without it is refused.
    """

    name: str
    says: str
    how: str
    is_needed: bool


def fields_of(columns: Iterable[str], refused_when: Iterable[str], mappings: Iterable[RecordOfForm]) -> list[Field]:
    """The fields of a form, those that are needed first.

    Args:
        columns: Those that its profile reads.
        refused_when: Conditions on which a row is refused.
        mappings: Where each column goes.
    """
    columns = [*columns]
    made = [
        (RECORD_TABLES[mapping.record], name, set(_WORD.findall(_TEXT.sub("", expression))) & set(columns))
        for mapping in mappings
        for name, expression in mapping.columns.items()
    ]
    meaning: dict[str, Column] = {}
    # A column that is made from one field says what this field means; one that is made from several may not.
    for table, name, words in sorted(made, key=lambda one: len(one[2])):
        (column,) = (one for one in table.columns if one.name == name)
        for word in words:
            meaning.setdefault(word, replace(column, says=_OWN.get((table.name, word), column.says)))
    refused_when = list(refused_when)
    needed = [name for when in refused_when if _NEEDED.fullmatch(when) for name in _SAID.findall(when)]
    listed = {found[1]: found for when in refused_when if (found := _ONE_OF.fullmatch(when))}
    needed += [name for name, found in listed.items() if not found[2]]
    saved = {found[2] or found[3]: found[1] for when in refused_when if (found := _NEEDED_SAVE.fullmatch(when))}

    def field(name: str) -> Field:
        column = meaning.get(name)
        how = _HOW.get(column.type, "") if column else ""
        says = column.says if column else ""
        if name in listed:
            # One of several words says more than what becomes of it, where that is yes or no.
            says = "what the row states" if how else says
            how = "" if (all_of := listed[name][3].replace("'", "")) in says else all_of
        how = f"may be empty in a {saved[name]}" if name in saved else how
        return Field(name, says, how, name in needed or name in saved)

    return [field(name) for name in dict.fromkeys([*needed, *columns])]
