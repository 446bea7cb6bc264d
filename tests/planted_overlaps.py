"""Partners' lists with planted overlaps, each identifier written as its owner happens to write it. All are invented.

What is equal is known from how the lists were made, not from any reader: each identifier has a number of its own, and
two cases overlap if they were given the same number. A market's adverts hold some of them too.
"""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from conftest import REF, fixed_context
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Added, Submission, add_evidence
from made_identifiers import base58check, ethereum, monero, onion, segwit

MARKETS = ("Larkspur", "Fennel")
COLUMNS = ("agency", "case_number", "contact", "identifier_kind", "identifier", "market", "country")
_SOUNDS = (
    "am",
    "bri",
    "cor",
    "del",
    "fen",
    "gor",
    "hal",
    "jun",
    "kes",
    "lor",
    "mir",
    "nol",
    "pru",
    "quin",
    "ros",
    "tam",
)
_AREAS = (
    "202", "205", "206", "212", "213", "214", "215", "216", "301", "303", "305", "310", "312", "313", "314", "316",
    "317", "402", "404", "405", "407", "408", "410", "415", "512", "602", "617", "702", "718", "804",
)  # fmt: skip
_WIDE = {ord("a") + n: 0xFF41 + n for n in range(26)}  # letters as wide as Chinese ones

Spelling = Callable[[random.Random, str], tuple[str, str, str]]  # kind, identifier, country


@dataclass(frozen=True)
class Identity:
    """One identifier: its number, its kind, itself in plain spelling, and the market of a handle."""

    number: int
    kind: str
    plain: str
    market: str = ""


@dataclass
class World:
    """What was made.

    Attributes:
        rows: Rows of each partner's list, by agency.
        given: Number of the identifier in each row, in the same order.
        adverts: Rows of a captured market.
        on_market: Numbers of the identifiers that the market shows.
    """

    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    given: dict[str, list[int]] = field(default_factory=dict)
    adverts: list[tuple[str, ...]] = field(default_factory=list)
    on_market: set[int] = field(default_factory=set)

    def expected(self) -> set[frozenset[tuple[str, str]]]:
        """Pairs of cases that hold one identifier, and pairs of a case and the market, named ("", "")."""
        return {pair for pair, _ in self.expected_by_number()}

    def expected_by_number(self) -> set[tuple[frozenset[tuple[str, str]], int]]:
        """The same, each with the number of the identifier."""
        holders: dict[int, set[tuple[str, str]]] = {}
        for agency, rows in self.rows.items():
            for row, number in zip(rows, self.given[agency], strict=True):
                holders.setdefault(number, set()).add((agency, row[1]))
        for number in self.on_market:
            holders.setdefault(number, set()).add(("", ""))
        return {(frozenset(pair), number) for number, held in holders.items() for pair in combinations(sorted(held), 2)}

    def file_of(self, agency: str) -> bytes:
        """The partner's list as CSV."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows([COLUMNS, *self.rows[agency]])
        return out.getvalue().encode()

    def capture(self) -> bytes:
        """The market's adverts as CSV."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows(
            [("captured_on", "listing_id", "seller", "title", "description", "category", "price", "currency",
              "ships_from", "ships_to", "seller_key"), *self.adverts]
        )  # fmt: skip
        return out.getvalue().encode()


def made_world(
    seed: int, *, partners: int = 6, cases: int = 3, own: int = 30, planted: int = 40, on_market: int = 10
) -> World:
    """Lists of partners.

    Args:
        seed: Of all chance.
        partners: How many agencies.
        cases: Of each.
        own: Identifiers of each agency that nobody else has.
        planted: Identifiers that two to four cases have.
        on_market: Planted ones that the market shows too, and handles that differ from another by their market only.
    """
    chance, world = random.Random(seed), World()
    agencies = [f"{name} Desk" for name in _names(chance, partners)]
    parties = [(agency, f"C{seed}-{place}{number}") for place, agency in enumerate(agencies) for number in range(cases)]
    for agency in agencies:
        world.rows[agency], world.given[agency] = [], []
    every = [_identity(chance, number) for number in range(planted + partners * own)]
    for identity in every[:planted]:
        holders = chance.sample(parties, chance.randint(2, min(4, len(parties))))
        for agency, case in holders:
            _give(chance, world, agency, case, identity)
    for place, agency in enumerate(agencies):
        for identity in every[planted + place * own : planted + (place + 1) * own]:
            _give(chance, world, agency, chance.choice([case for name, case in parties if name == agency]), identity)
    shown = [one for one in every[:planted] if one.kind in _ON_PAGES][:on_market]
    for identity in shown:
        _show(chance, world, identity)
    for identity in [one for one in every[:planted] if one.kind == "handle"][:on_market]:
        other = next(name for name in MARKETS if name != identity.market)
        agency, case = chance.choice(parties)
        _give(chance, world, agency, case, Identity(1_000_000 + identity.number, "handle", identity.plain, other))
    for agency in agencies:
        order = list(range(len(world.rows[agency])))
        chance.shuffle(order)
        world.rows[agency] = [world.rows[agency][at] for at in order]
        world.given[agency] = [world.given[agency][at] for at in order]
    return world


def handed_in(folder: Path, world: World) -> list[Added]:
    """Take the lists and the capture into an operation."""
    home = folder.parent / "handed-in"
    home.mkdir(exist_ok=True)
    files = {f"list-{place}.csv": world.file_of(agency) for place, agency in enumerate(world.rows)}
    submissions = []
    for name, content in {**files, "capture.csv": world.capture()}.items():
        (home / name).write_bytes(content)
        market = MARKETS[0] if name == "capture.csv" else ""
        submissions.append(Submission(path=home / name, authority=REF, market=market, clock="+00:00"))
    return add_evidence(folder, fixed_context(), submissions, Silent())


def _give(chance: random.Random, world: World, agency: str, case: str, identity: Identity) -> None:
    kind, written, country = _SPELLINGS[identity.kind](chance, identity.plain)
    market = chance.choice([identity.market, identity.market.upper(), f"{identity.market} Market"])
    row = (agency, case, f"{agency} room {case[-1]}", kind, written, market if identity.market else "", country)
    world.rows[agency].append(row)
    world.given[agency].append(identity.number)


def _show(chance: random.Random, world: World, identity: Identity) -> None:
    """An advert that shows it: the seller's handle, or a way to pay or to reach the seller."""
    is_handle = identity.kind == "handle"
    seller = identity.plain if is_handle else f"seller{identity.number}x{chance.randrange(10**6)}"
    if is_handle and identity.market != MARKETS[0]:
        return
    words = f"Order and write to {_ON_PAGES[identity.kind].format(identity.plain)} any day."
    world.adverts.append(
        ("2021-05-01", str(len(world.adverts) + 1), seller, "Blue tea", "" if is_handle else words, "tea", "10", "EUR",
         "NL", "EU", "")
    )  # fmt: skip
    world.on_market.add(identity.number)


_ON_PAGES = {
    "handle": "{}", "email": "{}", "telegram": "telegram: @{}", "wickr": "wickr: {}", "phone": "phone: {}",
    "bitcoin": "{}", "segwit": "{}", "ethereum": "{}", "monero": "{}", "onion": "{}",
}  # fmt: skip


def _names(chance: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[_word(chance, 3).capitalize()] = None
    return list(found)


def _word(chance: random.Random, sounds: int) -> str:
    return "".join(chance.choice(_SOUNDS) for _ in range(sounds))


def _identity(chance: random.Random, number: int) -> Identity:
    kind = chance.choice(tuple(_MADE))
    market = chance.choice(MARKETS) if kind == "handle" else ""
    return Identity(number, kind, _MADE[kind](chance, number), market)


def _phone(_: random.Random, number: int) -> str:
    """In ranges kept free for films; there are 3,000 of them, and a larger world uses them more than once."""
    at = number % (len(_AREAS) * 100)
    return f"+1{_AREAS[at // 100]}5550{100 + at % 100}"


# From the number, so that two are never equal by chance.
_MADE: dict[str, Callable[[random.Random, int], str]] = {
    "handle": lambda chance, number: f"{_word(chance, 3)}{number}{_word(chance, 1)}",
    "email": lambda chance, number: f"{_word(chance, 2)}{number}@{_word(chance, 2)}.invalid",
    "telegram": lambda chance, number: f"{_word(chance, 2)}_{number}",
    "wickr": lambda chance, number: f"{_word(chance, 2)}{number}",
    "phone": _phone,
    "bitcoin": lambda chance, number: base58check(0, number.to_bytes(4, "big") + chance.randbytes(16)),
    "segwit": lambda chance, number: segwit("bc", 0, number.to_bytes(4, "big") + chance.randbytes(16)),
    "ethereum": lambda chance, number: ethereum(number.to_bytes(4, "big") + chance.randbytes(16)),
    "monero": lambda chance, number: monero(18, number.to_bytes(4, "big") + chance.randbytes(60)),
    "key": lambda chance, number: f"{chance.randbytes(12).hex()}{number:016x}".upper(),
    "tracking": lambda chance, number: f"RR{number:09}{chance.choice(('NL', 'DE', 'GB'))}",
    "icq": lambda _, number: str(100_000_000 + number),
    "session": lambda chance, number: f"05{number:08x}{chance.randbytes(28).hex()}",
    "onion": lambda chance, number: onion(number.to_bytes(4, "big") + chance.randbytes(28)),
}


def _one_of(kinds: Sequence[str], *ways: Callable[[random.Random, str], str]) -> Spelling:
    def spelled(chance: random.Random, plain: str) -> tuple[str, str, str]:
        return chance.choice(kinds), chance.choice(ways)(chance, plain), ""

    return spelled


def _grouped(text: str, size: int, sign: str = " ") -> str:
    return sign.join(text[at : at + size] for at in range(0, len(text), size))


def _as_is(_: random.Random, text: str) -> str:
    return text


def _phone_spelled(chance: random.Random, plain: str) -> tuple[str, str, str]:
    kind = chance.choice(("phone", "Telephone", "mobile", "WhatsApp"))
    area, rest = plain[2:5], f"{plain[5:8]}-{plain[8:]}"
    if chance.random() < 0.3:
        return kind, chance.choice((f"({area}) {rest}", f"{area} {rest.replace('-', ' ')}", f"{area}{plain[5:]}")), "US"
    return (
        kind,
        chance.choice((plain, f"+1 {area} {rest}", f"001 {area} {rest}", f"+1 ({area}) {rest}", f"tel:{plain}")),
        "",
    )


_SPELLINGS: dict[str, Spelling] = {
    "handle": _one_of(
        ("handle", "Username", "vendor"), _as_is, lambda _, t: t.upper(), lambda _, t: t.title(), lambda _, t: f" {t} ",
        lambda _, t: f"{t[:3]}\u200b{t[3:]}", lambda _, t: t.translate(_WIDE), lambda _, t: f"@{t}",
    ),
    "email": _one_of(
        ("mail", "E-Mail", "jabber"), _as_is, lambda _, t: t.upper(), lambda _, t: f"<mailto:{t}>",
        lambda _, t: t.replace("@", " [at] ").replace(".", " (dot) "), lambda _, t: f"  {t} ",
    ),
    "telegram": _one_of(
        ("telegram", "Telegram"), _as_is, lambda _, t: f"@{t}", lambda _, t: f"https://t.me/{t}",
        lambda _, t: t.title(), lambda _, t: f"t.me/{t}",
    ),
    "wickr": _one_of(("wickr", "Wickr"), _as_is, lambda _, t: t.upper(), lambda _, t: f"wickr: {t}"),
    "phone": _phone_spelled,
    "bitcoin": _one_of(
        ("btc", "bitcoin", "wallet"), _as_is, lambda _, t: f"bitcoin:{t}?amount=0.1", lambda _, t: _grouped(t, 4),
        lambda _, t: f"\ufeff{t}",
    ),
    "segwit": _one_of(
        ("btc", "wallet"), _as_is, lambda _, t: t.upper(), lambda _, t: f"bitcoin:{t}", lambda _, t: _grouped(t, 6)
    ),
    "ethereum": _one_of(
        ("eth", "Ethereum"), _as_is, lambda _, t: t.lower(), lambda _, t: f"0x{t[2:].upper()}",
        lambda _, t: f"ethereum:{t}",
    ),
    "monero": _one_of(("xmr", "monero"), _as_is, lambda _, t: f"monero:{t}", lambda _, t: _grouped(t, 19)),
    "key": _one_of(
        ("key", "PGP", "fingerprint"), _as_is, lambda _, t: t.lower(), lambda _, t: _grouped(t, 4),
        lambda _, t: f"0x{t}", lambda _, t: _grouped(t, 2, ":"), lambda _, t: t[-16:],
        lambda _, t: f"0x{t[-16:].lower()}",
    ),
    "tracking": _one_of(
        ("tracking", "Tracking number", "parcel"), _as_is, lambda _, t: t.lower(), lambda _, t: _grouped(t, 3),
        lambda _, t: f"{t[:2]}-{t[2:11]}-{t[11:]}",
    ),
    "icq": _one_of(("icq", "ICQ"), _as_is, lambda _, t: _grouped(t, 3, "-")),
    "session": _one_of(("session",), _as_is, lambda _, t: t.upper()),
    "onion": _one_of(("onion",), _as_is, lambda _, t: f"http://{t}/shop", lambda _, t: t.upper()),
}  # fmt: skip
