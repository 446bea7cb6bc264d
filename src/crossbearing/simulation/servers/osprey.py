"""The second market: a back end of another family, dumped by pg_dump at a hosting company."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.adverts import comment
from crossbearing.simulation.chance import stream
from crossbearing.simulation.destinations import destinations_in_words
from crossbearing.simulation.formats.pg_dump import PgDump
from crossbearing.simulation.formats.table import Batch, Table
from crossbearing.simulation.keys import key_id, messages_to
from crossbearing.simulation.markets import DAY, OSPREY
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import coins, dollars, picked, slices, stamps
from crossbearing.simulation.servers.kestrel import Contents
from crossbearing.simulation.servers.profiles import profile
from crossbearing.simulation.trade import BITCOIN, STATES, lives

_ID: Final = ("id", "integer NOT NULL")
_TIME: Final = "timestamp without time zone"
_MEMBER: Final = Table(
    "member",
    (
        _ID, ("login", "character varying(64)"), ("is_seller", "boolean"), ("pgp", "text"), ("bio", "text"),
        ("joined", _TIME), ("last_login", _TIME),
    ),
)  # fmt: skip
_GOOD: Final = Table(
    "good",
    (
        _ID, ("seller", "integer"), ("title", "text"), ("body", "text"), ("section", "text"),
        ("price_usd", "numeric(12,2)"), ("ships_from", "text"), ("ships_to", "text"), ("posted", _TIME),
    ),
)  # fmt: skip
_DEAL: Final = Table(
    "deal",
    (
        _ID, ("good", "integer"), ("buyer", "integer"), ("coin", "character(3)"), ("coins", "numeric(24,12)"),
        ("pay_to", "text"), ("note", "text"), ("status", "text"), ("pieces", "smallint"),
        ("opened", _TIME),
    ),
)  # fmt: skip
_REVIEW: Final = Table(
    "review", (_ID, ("deal", "integer"), ("stars", "smallint"), ("words", "text"), ("written", _TIME))
)
_ZONE: Final = 3 * 3600  # seconds: this server's clock runs in a zone of its own, and does not say so


def write_osprey(path: Path, contents: Contents, scenario: Scenario, seed: int) -> dict[int, int]:
    """Write the dump; gives the member number of each seller account."""
    server = _Server(contents, scenario, seed)
    with path.open("wb") as out, PgDump(out, [_DEAL, _GOOD, _MEMBER, _REVIEW], owner="osprey") as dump:
        dump.table(_DEAL, server.deals())
        dump.table(_GOOD, server.goods())
        dump.table(_MEMBER, server.members())
        dump.table(_REVIEW, server.reviews())
    return server.member


class _Server:
    """The rows of every table; members are numbered in the order in which they joined, sellers first."""

    def __init__(self, contents: Contents, scenario: Scenario, seed: int) -> None:
        self.contents, self.scenario, self.seed = contents, scenario, seed
        self.accounts = contents.population.on(OSPREY)
        self.member = {one.number: place + 2 for place, one in enumerate(self.accounts)}
        first, buyers = len(self.accounts) + 2, len(contents.handles)
        self.buyer = np.arange(first, first + buyers)
        for number, account in contents.buying.items():
            self.buyer[number] = self.member[account.number]
        self.only_buys = np.array([number for number in range(buyers) if number not in contents.buying])

    def members(self) -> Iterator[Batch]:
        """The desk, the sellers, the buyers."""
        accounts, chance = self.accounts, stream(self.seed, "osprey", "members")
        desk = self.contents.population.staff_keys[OSPREY.number]
        bios = [None, *(profile(one, self.contents.population, self.scenario, self.seed) for one in accounts)]
        keys = [desk.armour, *(one.shown_keys[0] if one.shown_keys else None for one in accounts)]
        yield [
            list(range(1, len(accounts) + 2)), [OSPREY.staff, *(one.handle for one in accounts)],
            ["f", *["t"] * len(accounts)], keys, bios,
            self._kept(np.array([OSPREY.opens, *(one.opened for one in accounts)])),
            self._kept(np.array([OSPREY.closes, *(one.closed for one in accounts)])),
        ]  # fmt: skip
        every, left = lives(self.contents.sales, len(self.contents.handles), OSPREY, chance)
        for piece in slices(len(self.only_buys)):
            only = self.only_buys[piece]
            nobody = [None] * len(only)
            names = picked(self.contents.handles, only)
            yield [
                self.buyer[only].tolist(), names, ["f"] * len(only), nobody, nobody, self._kept(every[only]),
                self._kept(left[only]),
            ]  # fmt: skip

    def goods(self) -> Iterator[Batch]:
        """What is offered."""
        origin = {one.number: one.origin or None for one in self.accounts}
        words = destinations_in_words(self.contents.population, OSPREY, self.scenario.trade, self.seed)
        keys = {one.number: one.listing_keys[0] for one in self.accounts if one.listing_keys}
        for piece in slices(len(self.contents.adverts)):
            adverts = self.contents.adverts[piece]
            yield [
                [one.number + 1 for one in adverts], [self.member[one.account] for one in adverts],
                [one.title for one in adverts],
                [f"{a.description}\n{keys[a.account]}" if a.account in keys else a.description for a in adverts],
                [one.product.category for one in adverts], [dollars(one.cents) for one in adverts],
                [origin[one.account] for one in adverts], [words[one.account] for one in adverts],
                self._kept(np.array([one.posted for one in adverts])),
            ]  # fmt: skip

    def _kept(self, at: np.ndarray) -> Sequence[str | None]:
        """Times of what is no order; nothing where the server keeps none."""
        return _times(at) if self.scenario.dirt.dated else [None] * len(at)

    def deals(self) -> Iterator[Batch]:
        """What was sold; notes are mostly encrypted, and old ones were emptied."""
        sales, chance = self.contents.sales, stream(self.seed, "osprey", "deals")
        readers = [key_id(self.contents.population.accounts[one.account].key) for one in self.contents.adverts]
        kept_from = OSPREY.closes - self.scenario.trade.purged_after_days * DAY
        for piece in slices(len(sales)):
            advert, at = sales.advert[piece], sales.at[piece]
            notes: list[str | None] = [None] * len(at)
            kept = np.flatnonzero(at >= kept_from)
            texts = messages_to([readers[one] for one in advert[kept].tolist()], chance)
            for place, text in zip(kept.tolist(), texts, strict=True):
                notes[place] = text
            yield [
                list(range(piece.start + 1, piece.start + len(at) + 1)), (advert + 1).tolist(),
                self.buyer[sales.buyer[piece]].tolist(),
                [("BTC", "XMR")[n] for n in sales.coin[piece].tolist()],
                coins(sales.atoms[piece], sales.coin[piece] == BITCOIN), self.contents.paid.addresses(piece), notes,
                [STATES[n] for n in sales.state[piece].tolist()], sales.quantity[piece].tolist(), _times(at),
            ]  # fmt: skip

    def reviews(self) -> Iterator[Batch]:
        """What buyers wrote."""
        sales, chance = self.contents.sales, stream(self.seed, "osprey", "reviews")
        stock = [[""], *([comment(chance, rating) for _ in range(200)] for rating in range(1, 6))]
        rated = np.flatnonzero(sales.rating)
        for piece in slices(len(rated)):
            chosen = rated[piece]
            stars = sales.rating[chosen].tolist()
            drawn = chance.integers(200, size=len(chosen)).tolist()
            yield [
                list(range(piece.start + 1, piece.start + len(chosen) + 1)), (chosen + 1).tolist(), stars,
                [stock[star][place] for star, place in zip(stars, drawn, strict=True)],
                _times(np.minimum(sales.at[chosen] + chance.integers(DAY, 20 * DAY, len(chosen)), OSPREY.closes)),
            ]  # fmt: skip


def _times(at: np.ndarray) -> list[str]:
    return stamps(at.astype(np.int64) + _ZONE)
