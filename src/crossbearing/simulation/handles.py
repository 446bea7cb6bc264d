"""Handles: what accounts call themselves, and what becomes of a name on the next market."""

from collections.abc import Sequence
from typing import Final

import numpy as np

_FIRST: Final = (
    "amber", "blunt", "cinder", "dapple", "ember", "fallow", "gannet", "hollow", "inlet", "juniper", "kelp",
    "lantern", "marram", "nettle", "osier", "pewter", "quarry", "russet", "sallow", "teasel", "umber", "velvet",
    "willow", "yarrow", "brisk", "copper", "drift", "elder", "frost", "gravel", "heather", "ivory", "jasper", "knot",
    "linden", "misty", "north", "onyx", "plain", "quiet", "rapid", "silver", "tidal", "urban", "vivid", "windy",
    "xenon", "young", "zephyr", "alder", "birch", "cobalt", "dusky", "early", "flint", "golden",
)  # fmt: skip
_SECOND: Final = (
    "bridge", "corner", "dispatch", "estuary", "ferry", "gable", "harbour", "island", "jetty", "kitchen", "landing",
    "meadow", "notary", "orchard", "pantry", "quay", "reach", "station", "terrace", "viaduct", "wharf", "yard",
    "anchor", "barrow", "castle", "depot", "engine", "fields", "garden", "hatch", "inn", "junction", "kiosk", "loft",
    "market", "nest", "office", "parcel", "quarter", "rack", "shed", "tower", "union", "valley", "works", "express",
    "farm", "brothers", "lady", "loom", "heron", "otter", "badger", "finch", "lynx", "marten", "perch", "raven",
)  # fmt: skip
# Words that people come upon without each other: an equal handle of this kind says nothing.
_COMMON: Final = (
    "teatimeparcel", "mistercupboard", "greenmitten", "snowkettle", "fridaybox", "sunnyledger", "owlhour", "thespoon",
    "goodladle", "woolwalker", "bluesaucer", "darkpebble", "happyspindle", "luckycoaster", "mrwhitelamp", "qualitypeg",
    "fastbutton", "quietstamp", "smileyjug", "wonderpantry", "freebellows", "thepostbell", "rocketspool",
    "dragonthimble",
    "candlewire",
)  # fmt: skip
_LEET: Final = str.maketrans("oeai", "0341")


def handle(chance: np.random.Generator, *, is_common: bool) -> str:
    """A new handle in one of the ways people build them."""
    if is_common:
        return str(chance.choice(_COMMON))
    name = str(chance.choice(_FIRST)) + _joint(chance) + str(chance.choice(_SECOND))
    return _decorated(name, chance) if chance.random() < 0.35 else name  # noqa: PLR2004 - a third wear decoration


def buyer_handles(chance: np.random.Generator, count: int) -> list[str]:
    """Handles of buyers, all different."""
    first = chance.integers(len(_FIRST), size=count).tolist()
    second = chance.integers(len(_SECOND), size=count).tolist()
    numbers = chance.permutation(count).tolist()
    return [f"{_FIRST[a][:5]}{_SECOND[b][:4]}{n}" for n, a, b in zip(numbers, first, second, strict=True)]


def varied(name: str, chance: np.random.Generator) -> str:
    """The same brand on another market: recognisable, not equal."""
    ways = (
        lambda: f"the{name}", lambda: f"{name}_official", lambda: f"{name}{chance.integers(2, 99)}",
        lambda: name.translate(_LEET), lambda: f"{name}Shop", lambda: f"real{name}", lambda: f"{name}-{name[:2]}",
        lambda: name.replace("_", "") if "_" in name else f"{name[: len(name) // 2]}_{name[len(name) // 2 :]}",
    )  # fmt: skip
    made = ways[int(chance.integers(len(ways)))]()
    return made if made != name else f"{name}2"


def recased(name: str, chance: np.random.Generator) -> str:
    """The same handle; one in three writes it with another case."""
    return name.capitalize() if chance.random() < 1 / 3 else name


def unused(name: str, taken: Sequence[str] | set[str], chance: np.random.Generator) -> str:
    """The name, with digits behind it if somebody on the market has it, whatever the case."""
    while name.casefold() in taken:
        name = f"{name}{chance.integers(1, 999)}"
    return name


def _joint(chance: np.random.Generator) -> str:
    return ("", "", "", "_", "-")[int(chance.integers(5))]


def _decorated(name: str, chance: np.random.Generator) -> str:
    ways = (f"{name}{chance.integers(1, 100)}", f"the{name}", f"dr{name}", f"{name}_eu", f"{name}UK", f"{name}420")
    return ways[int(chance.integers(len(ways)))]
