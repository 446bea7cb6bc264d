"""What is publicly known of the services: a TagPack as GraphSense publishes them, incomplete and in part wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chain.books import Role, Wallet
from crossbearing.simulation.chain.dials import ChainDials
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.services import PROFILES

FILE: Final = "services.tagpack.yaml"
_HOT_TAGS: Final = 8  # per service at most
# Where a tag comes from: confidence in GraphSense's list, source, whether it stands for the whole cluster.
_Origin = tuple[str, str, bool]
_LISTED: Final[_Origin] = ("service_data", "https://tagpacks.example/services", True)
_TESTED: Final[_Origin] = ("manual_transaction", "https://tagpacks.example/test-purchases", True)
_REPORTED: Final[_Origin] = ("forensic", "https://reports.example/off-ramps", True)
_HEARD: Final[_Origin] = ("untrusted_transaction", "https://tagpacks.example/third-parties", True)
_CRAWLED: Final[_Origin] = ("web_crawl", "https://forum.example/deposit-addresses", False)
_RIGHT_ORIGINS: Final = (*[_LISTED] * 11, *[_TESTED] * 3, *[_REPORTED] * 2, *[_CRAWLED] * 4)
_WRONG_ORIGINS: Final = (*[_LISTED] * 2, *[_HEARD] * 3, *[_CRAWLED] * 5)
_HEADER: Final = {
    "title": "Services on the private chain",
    "creator": "Crossbearing simulation",
    "description": "Deposit and hot wallet addresses of invented services; every name and address is fictitious",
    "lastmod": "",
    "currency": "BTC",
    "network": "BTC",
    "category": "exchange",
    "confidence": _LISTED[0],
    "source": _LISTED[1],
    "is_cluster_definer": "true",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag.

    Attributes:
        key: Number of the address's key.
        service: Whose name it bears.
        origin: Where it comes from.
        day: When it was made, ISO date.
        is_right: Whether the address is that service's.
    """

    key: int
    service: int
    origin: _Origin
    day: str
    is_right: bool


def made_tags(
    accounts: list[tuple[int, int]],
    holders: np.ndarray[tuple[int], np.dtype[np.int32]],
    wallets: list[Wallet],
    dials: ChainDials,
    period: tuple[int, int],
    draws: Draws,
) -> list[Tag]:
    """The tags of a coverage, wrong ones among them.

    Args:
        accounts: Number of the key and service of each deposit address.
        holders: Number of the wallet of each key.
        wallets: All of them.
        dials: Coverage and share of wrong tags.
        period: Begin and end, Unix seconds; the tags were made within it.
        draws: Chance of this part.
    """  # fmt: skip
    right = list(accounts)
    draws.shuffle(right)
    right = right[: round(dials.tag_coverage * len(right))]
    right += [one for one in _hot_keys(holders, wallets) if draws.happens(dials.tag_coverage)]
    wrong = round(dials.wrong_tags * len(right))
    renamed = wrong - wrong // 2
    tags = []

    def add(key: int, service: int, *, is_right: bool) -> None:
        at = period[0] + draws.below(max(period[1] - period[0], 1))
        origin = draws.one(_RIGHT_ORIGINS if is_right else _WRONG_ORIGINS)
        tags.append(Tag(key, service, origin, _day(at), is_right))

    for place, (key, service) in enumerate(right):
        if place < renamed:
            others = [one for one in range(len(PROFILES)) if one != service]
            add(key, draws.one(others), is_right=False)
        else:
            add(key, service, is_right=True)
    strange = _strangers(holders, wallets)
    for _ in range(min(wrong // 2, len(strange))):
        place = draws.below(len(strange))
        add(int(strange[place]), draws.below(len(PROFILES)), is_right=False)
        strange = np.delete(strange, place)
    return tags


def write_tag_pack(path: Path, tags: Iterable[tuple[str, Tag]], ends_at: int) -> None:
    """Write a TagPack; what a tag leaves unsaid is said in the header.

    Args:
        path: Of the file.
        tags: Each with its address.
        ends_at: Day of the pack, Unix seconds.
    """
    header = {**_HEADER, "lastmod": _day(ends_at)}
    lines = [f"{name}: {value}" for name, value in header.items()]
    body = [line for address, tag in sorted(tags, key=lambda one: one[0]) for line in _tag_lines(address, tag, header)]
    lines += ["tags:", *body] if body else ["tags: []"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _tag_lines(address: str, tag: Tag, header: Mapping[str, str]) -> list[str]:
    profile = PROFILES[tag.service]
    confidence, source, defines = tag.origin
    fields = {
        "label": profile.label,
        "actor": profile.actor,
        "category": profile.category,
        "confidence": confidence,
        "source": source,
        "is_cluster_definer": "true" if defines else "false",
        "lastmod": tag.day,
    }
    said = [f"  {name}: {value}" for name, value in fields.items() if header.get(name) != value]
    return [f"- address: {address}", *said]


def _hot_keys(holders: np.ndarray[tuple[int], np.dtype[np.int32]], wallets: list[Wallet]) -> list[tuple[int, int]]:
    found = []
    for wallet in wallets:
        if wallet.role in (Role.EXCHANGE_HOT, Role.CUSTODIAN_HOT):
            keys = np.flatnonzero(holders == wallet.number)
            spread = keys[:: max(len(keys) // _HOT_TAGS, 1)][:_HOT_TAGS]
            found += [(int(key), wallet.owner) for key in spread]
    return found


def _strangers(
    holders: np.ndarray[tuple[int], np.dtype[np.int32]], wallets: list[Wallet]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    of = np.array([one.role in (Role.OPERATOR, Role.BUYER, Role.BYSTANDER) for one in wallets])
    return np.flatnonzero(of[holders])


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
