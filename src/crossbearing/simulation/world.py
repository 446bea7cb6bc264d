"""Who there is in the simulated operation: operators, their accounts, buyers, staff, and impostors.

Everything here is invented. Names are put together from word lists; keys are random bytes in the shape
of keys and belong to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from crossbearing.domain.openpgp import armoured

DUMPED: Final = "Kestrel"  # its back end was seized
CAPTURED: Final = "Plover"  # only its pages were saved

_FIRST: Final = (
    "amber", "blunt", "cinder", "dapple", "ember", "fallow", "gannet", "hollow", "inlet", "juniper", "kelp",
    "lantern", "marram", "nettle", "osier", "pewter", "quarry", "russet", "sallow", "teasel", "umber",
    "velvet", "willow", "yarrow",
)  # fmt: skip
_SECOND: Final = (
    "bridge", "corner", "dispatch", "estuary", "ferry", "gable", "harbour", "island", "jetty", "kitchen",
    "landing", "meadow", "notary", "orchard", "pantry", "quay", "reach", "station", "terrace", "viaduct",
    "wharf", "yard",
)  # fmt: skip
_CURVE: Final = bytes.fromhex("2B06010401DA470F01")  # the object id of Ed25519 in OpenPGP
_COUNTRIES: Final = ("NL", "DE", "GB", "US", "FR", "PL")
_ORIGIN_WORDS: Final = {
    "NL": ("Netherlands", "NL", "Holland"),
    "DE": ("Germany", "DE", "Deutschland"),
    "GB": ("United Kingdom", "UK", "England"),
    "US": ("USA", "United States", "US"),
    "FR": ("France", "FR"),
    "PL": ("Poland", "PL"),
}
TRADES: Final = {
    "Opioids / Fentanyl": ("Fentanyl patch 100mcg", "Fent powder test sample", "M30 pressed pills"),
    "Opioids / Heroin": ("Heroin #3 brown", "Heroin afghan"),
    "Stimulants / Cocaine": ("Cocaine uncut", "Coke flakes"),
    "Stimulants / Speed": ("Speed paste", "Amphetamine dry"),
    "Ecstasy / Pills": ("MDMA crystals", "XTC 220mg pressed"),
    "Psychedelics / LSD": ("LSD blotters 120ug", "LSD gel tabs"),
    "Cannabis / Flowers": ("Haze flowers", "Lemon kush"),
    "Benzos / Pills": ("Alprazolam bars", "Diazepam 10mg"),
    "Other / Guides": ("Stealth guide", "Private collection"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that belongs to nobody."""

    armour: str

    @staticmethod
    def made(random: Random, *, created: int) -> "Key":
        """A version 4 Ed25519 key of random bytes with a user id under a reserved name."""
        point = b"\x40" + random.randbytes(32)
        body = b"\x04" + created.to_bytes(4, "big") + b"\x16" + bytes([len(_CURVE)]) + _CURVE
        body += (263).to_bytes(2, "big") + point  # 263 bits: the prefix octet and 32 bytes
        user = b"simulated <nobody@example.invalid>"
        packets = bytes([0x98, len(body)]) + body + bytes([0xB4, len(user)]) + user
        return Key(armoured(packets))

    @property
    def broken(self) -> str:
        """The block with one symbol changed, so that its checksum no longer fits."""
        at = self.armour.index("\n\n") + 60
        swapped = "B" if self.armour[at] == "A" else "A"
        return self.armour[:at] + swapped + self.armour[at + 1 :]


@dataclass(slots=True)
class Seller:
    """One seller account.

    Attributes:
        operator: Who runs it, in truth.
        keys: Key blocks on its profile, newest first.
        weight: How much it sells, relative to the others.
    """

    operator: str
    market: str
    handle: str
    country: str
    trade: str
    keys: list[str]
    weight: int
    origin: str
    listing_keys: list[str] = field(default_factory=list)
    server_id: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Everybody in the operation."""

    sellers: Sequence[Seller]
    buyers: Sequence[str]
    staff: str
    staff_key: Key

    def on(self, market: str) -> list[Seller]:
        """The sellers of one market."""
        return [seller for seller in self.sellers if seller.market == market]


def made_world(random: Random) -> World:
    """Twenty operators with their accounts on two markets, and the traps of the trade.

    The traps: one operator runs two accounts on one market; one keeps the name and changes the key, one
    keeps the key and changes the name; impostors take a name, one pastes the victim's key into an advert,
    one even onto its own profile; a staff key is pasted by many; one key block is damaged.
    """
    names = _names(random, 40)
    keys = [Key.made(random, created=1_577_836_800 + 86_400 * number) for number in range(30)]
    staff_key = Key.made(random, created=1_546_300_800)
    home = [
        _seller(random, f"operator-{number:02d}", DUMPED, names[number], [keys[number].armour]) for number in range(20)
    ]
    away = [
        _moved(home[0], names[0], home[0].keys),
        _moved(home[1], f"{names[1]}_official", home[1].keys),
        _moved(home[2], names[2].capitalize(), home[2].keys),
        _moved(home[3], names[25], home[3].keys),
        _moved(home[4], names[4], [keys[20].armour]),
        _moved(home[5], f"the{names[5]}77", []),
        *(
            _seller(random, f"operator-{number:02d}", CAPTURED, names[number], [keys[number].armour])
            for number in range(21, 25)
        ),
        # Impostors: the name only, the key in an advert, the key on the profile.
        _seller(random, "operator-26", CAPTURED, names[6], []),
        _seller(random, "operator-27", CAPTURED, names[7], [keys[26].armour]),
        _seller(random, "operator-28", CAPTURED, names[8], list(home[8].keys)),
        _moved(home[9], names[9], [keys[9].broken]),
    ]
    away[-3].listing_keys.append(home[7].keys[0])
    second = _seller(random, home[10].operator, DUMPED, names[30], list(home[10].keys))
    second.country, second.origin, second.trade = home[10].country, home[10].origin, home[10].trade
    for seller in home[11:18]:
        seller.keys.append(staff_key.armour)
    home[18].origin, home[19].origin = "Worldwide", ""
    buyers = [f"buyer{number:03d}{random.choice(_SECOND)}" for number in range(140)]
    return World([*home, second, *away], buyers, "kestrel_desk", staff_key)


def _names(random: Random, count: int) -> list[str]:
    pairs = [first + second for first in _FIRST for second in _SECOND]
    return random.sample(pairs, count)


def _seller(random: Random, operator: str, market: str, handle: str, keys: Sequence[str]) -> Seller:
    country = random.choice(_COUNTRIES)
    return Seller(
        operator=operator,
        market=market,
        handle=handle,
        country=country,
        trade=random.choice(list(TRADES)),
        keys=list(keys),
        weight=int(random.paretovariate(0.9) * 3) + 1,  # a few sell most: the shape of real markets
        origin=random.choice(_ORIGIN_WORDS[country]),
    )


def _moved(seller: Seller, handle: str, keys: Sequence[str]) -> Seller:
    """The same operator's account on the other market."""
    return Seller(
        operator=seller.operator,
        market=CAPTURED,
        handle=handle,
        country=seller.country,
        trade=seller.trade,
        keys=list(keys),
        weight=seller.weight,
        origin=seller.origin,
    )
