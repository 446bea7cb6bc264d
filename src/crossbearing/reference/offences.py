"""Offences: what a national provision is called on a list that all countries share."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Offence:
    """One line of the common list.

    Attributes:
        code: Of the International Classification of Crime for Statistical Purposes.
        title: In plain words.
    """

    code: str
    title: str


def common_offences() -> dict[str, Offence]:
    """The common list, by code."""
    return {one.code: one for one in _lists()[0].values()}


def common_offence(country: str | None, text: str | None) -> Offence | None:
    """What a country's own words for an offence are on the common list; None if the mapping does not know them.

    Args:
        country: ISO code of the country whose law it is.
        text: Provision as that law is cited, or a code of the common list.
    """
    common, national = _lists()
    said = " ".join((text or "").lower().split())
    if by_code := common_offences().get(said):
        return by_code
    found = {
        name for name, patterns in national.get(country or "", {}).items() if any(p.search(said) for p in patterns)
    }
    return common[found.pop()] if len(found) == 1 else None


@cache
def _lists() -> tuple[dict[str, Offence], dict[str, dict[str, tuple[re.Pattern[str], ...]]]]:
    content = tomllib.loads((resources.files("crossbearing.reference") / "offences.toml").read_text(encoding="utf-8"))
    common = {name: Offence(one["code"], one["title"]) for name, one in content["common"].items()}
    national = {
        country: {name: tuple(map(re.compile, patterns)) for name, patterns in lines.items()}
        for country, lines in content["national"].items()
    }
    return common, national
