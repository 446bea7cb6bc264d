"""Substances named in advert titles: whole words only, several kept, nothing guessed.

This first list covers the words that change what a receiving country must do first. A title without any
of them is *not classified*, which is not the same as harmless.
"""

import re
from dataclasses import dataclass
from typing import Final

LETHAL_OPIOID: Final = "lethal opioid"
OPIOID: Final = "opioid"
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance and its group; the group says how dangerous a small error of dose is."""

    name: str
    group: str
    words: tuple[str, ...]


SUBSTANCES: Final = (
    Substance("fentanyl", LETHAL_OPIOID, ("fentanyl", "fent", "carfentanil", "acetylfentanyl", "furanylfentanyl")),
    Substance("nitazene", LETHAL_OPIOID, ("nitazene", "isotonitazene", "metonitazene", "etonitazene")),
    Substance("heroin", OPIOID, ("heroin", "diamorphine")),
    Substance("oxycodone", OPIOID, ("oxycodone", "oxycontin", "percocet", "roxicodone")),
    # Sold as oxycodone; counterfeits often hold fentanyl, so it is a kind of its own.
    Substance("M30 pills", OPIOID, ("m30", "m30s")),
    Substance("morphine", OPIOID, ("morphine",)),
    Substance("tramadol", OPIOID, ("tramadol",)),
    Substance("methadone", OPIOID, ("methadone",)),
    Substance("cocaine", OTHER, ("cocaine", "coke")),
    Substance("amphetamine", OTHER, ("amphetamine", "speed", "adderall")),
    Substance("methamphetamine", OTHER, ("methamphetamine", "meth")),
    Substance("MDMA", OTHER, ("mdma", "ecstasy", "xtc")),
    Substance("LSD", OTHER, ("lsd", "blotter", "blotters")),
    Substance("ketamine", OTHER, ("ketamine",)),
    Substance("cannabis", OTHER, ("cannabis", "weed", "hash", "hashish", "marijuana", "haze", "kush")),
    Substance("benzodiazepine", OTHER, ("xanax", "alprazolam", "diazepam", "valium", "clonazepam")),
)
_BY_WORD: Final = {word: substance for substance in SUBSTANCES for word in substance.words}
_WORD: Final = re.compile(r"[a-z0-9]+")


def substances_in(text: str | None) -> list[tuple[Substance, str]]:
    """Each substance that a text names, with the word that named it, in order of appearance."""
    found: dict[str, tuple[Substance, str]] = {}
    for word in _WORD.findall((text or "").casefold()):
        if (substance := _BY_WORD.get(word)) and substance.name not in found:
            found[substance.name] = (substance, word)
    return list(found.values())
