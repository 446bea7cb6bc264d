"""The first market: a back end of the Laravel family, dumped by mysqldump from the seized server.

Tables and columns follow the schema map of that family; rows are written in pieces, so that millions fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.adverts import about, comment
from crossbearing.simulation.catalogue import PRODUCTS
from crossbearing.simulation.chance import stream
from crossbearing.simulation.destinations import destinations
from crossbearing.simulation.formats.mysqldump import MysqlDump
from crossbearing.simulation.formats.table import Batch, Table
from crossbearing.simulation.keys import Key, key_id, messages_to
from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.money import Paid
from crossbearing.simulation.people import People
from crossbearing.simulation.population import Account, Population
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import Uuids, coins, dollars, picked, slices, stamps, uuids
from crossbearing.simulation.servers.correspondence import ANSWERED, ASKED, awake, made_messages, plain_addresses
from crossbearing.simulation.servers.profiles import profile
from crossbearing.simulation.trade import BITCOIN, STATES, Advert, Sales, lives
from crossbearing.simulation.uploads import upload_name

_ID: Final = ("id", "char(36) NOT NULL")
_MADE: Final = ("created_at", "timestamp NULL DEFAULT NULL")
_SHORT: Final = "varchar(190) DEFAULT NULL"
_FK: Final = "char(36) DEFAULT NULL"


def _table(name: str, *columns: tuple[str, str]) -> Table:
    return Table(name, (_ID, *columns))


_USERS: Final = _table(
    "users", ("username", _SHORT), ("password", _SHORT), ("last_seen", "datetime DEFAULT NULL"),
    ("pgp_key", "text DEFAULT NULL"), ("referred_by", _FK), _MADE,
)  # fmt: skip
_VENDORS: Final = _table("vendors", ("vendor_level", "int(11) DEFAULT 0"), ("about", "text DEFAULT NULL"), _MADE)
_ADMINS: Final = _table("admins", _MADE)
_PGPKEYS: Final = _table("pgpkeys", ("user_id", _FK), ("key", "text DEFAULT NULL"), _MADE)
_CATEGORIES: Final = _table("categories", ("parent_id", _FK), ("name", _SHORT))
_PRODUCTS: Final = _table(
    "products", ("name", "varchar(100) DEFAULT NULL"), ("description", "text DEFAULT NULL"), ("category_id", _FK),
    ("user_id", _FK), ("updated_at", "timestamp NULL DEFAULT NULL"),
)  # fmt: skip
_PHYSICAL: Final = _table(
    "physical_products", ("countries_option", _SHORT), ("countries", "text DEFAULT NULL"), ("country_from", _SHORT)
)
_OFFERS: Final = _table(
    "offers", ("product_id", _FK), ("min_quantity", "int(11) DEFAULT 1"), ("price", "decimal(16,2) DEFAULT NULL")
)
_IMAGES: Final = _table("images", ("product_id", _FK), ("image", _SHORT), ("first", "tinyint(1) DEFAULT 0"))
_PURCHASES: Final = _table(
    "purchases", ("offer_id", _FK), ("buyer_id", _FK), ("vendor_id", _FK), ("quantity", "int(11) DEFAULT 1"),
    ("address", "text DEFAULT NULL"), ("to_pay", "decimal(24,12) DEFAULT NULL"), ("state", _SHORT),
    ("coin_name", "varchar(10) DEFAULT NULL"), ("marketplace_address", _SHORT), _MADE,
)  # fmt: skip
_FEEDBACK: Final = _table(
    "feedback", ("vendor_id", _FK), ("buyer_id", _FK), ("product_id", _FK), ("quality_rate", "int(11) DEFAULT NULL"),
    ("comment", "text DEFAULT NULL"), _MADE,
)  # fmt: skip
_MESSAGES: Final = _table("messages", ("sender_id", _FK), ("receiver_id", _FK), ("content", "text DEFAULT NULL"), _MADE)
_DISPUTES: Final = _table("disputes", ("purchase_id", _FK), ("winner_id", _FK), _MADE)
_APPLICATIONS: Final = _table(
    "vendor_applications", ("user_id", _FK), ("statement", "text DEFAULT NULL"), ("image", _SHORT), _MADE
)
_INVOICES: Final = _table(
    "invoices", ("vendor_id", _FK), ("month", "char(7) DEFAULT NULL"), ("amount", "decimal(16,2) DEFAULT NULL"), _MADE
)
_COMMISSION: Final = 4  # per cent of turnover; invented


@dataclass(frozen=True, slots=True)
class Contents:
    """What is on the server.

    Attributes:
        handles: Of the buyers, by number.
        buying: Sellers among the buyers, by number.
    """

    population: Population
    adverts: list[Advert]
    sales: Sales
    people: People
    handles: list[str]
    buying: Mapping[int, Account]
    paid: Paid


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids on the server, by the number of what they name; sales are in order of time."""

    seller: dict[int, str]
    buyer: list[str]
    offer: list[str]
    sale: Sequence[str]
    message: Sequence[str]


def write_kestrel(path: Path, contents: Contents, scenario: Scenario, seed: int) -> Ids:
    """Write the dump; gives the ids, which other evidence refers to."""
    server = _Server(contents, scenario, seed)
    with path.open("wb") as out, MysqlDump(out, database="kestrel", finished="2021-12-28  3:14:15") as dump:
        # The tool writes tables in the order of their names.
        for table, batches in sorted(server.tables(), key=lambda pair: pair[0].name):
            dump.table(table, batches)
    return server.ids


def written_address(contents: Contents, sale: int) -> str:
    """Name and address as the buyer of a sale writes them for the parcel."""
    given, family = contents.people.name(int(contents.sales.buyer[sale]))
    street, town, code, country = contents.people.addresses.lines(int(contents.sales.home[sale]))
    return f"{given} {family}\n{street}\n{code} {town}\n{country}"


class _Server:
    """The rows of every table."""

    def __init__(self, contents: Contents, scenario: Scenario, seed: int) -> None:
        self.contents, self.scenario, self.seed = contents, scenario, seed
        self.accounts = contents.population.on(KESTREL)
        self.messages = made_messages(
            contents.sales, awake(contents.population, contents.adverts), scenario.trade, seed
        )
        self.shift = 60 * scenario.dirt.clock_minutes
        ids = stream(seed, "kestrel", "ids")
        self.staff = uuids(ids, 1)[0]
        self.ids = Ids(
            dict(zip([one.number for one in self.accounts], uuids(ids, len(self.accounts)), strict=True)),
            uuids(ids, len(contents.handles)),
            uuids(ids, len(contents.adverts)),
            Uuids(ids, len(contents.sales)),
            Uuids(ids, len(self.messages)),
        )
        for number, account in contents.buying.items():
            self.ids.buyer[number] = self.ids.seller[account.number]
        self.products = uuids(ids, len(contents.adverts))
        self.owner = [self.ids.seller[one.account] for one in contents.adverts]
        self.categories = self._category_ids(ids)

    def tables(self) -> Iterator[tuple[Table, Iterator[Batch]]]:
        """Every table with its rows."""
        yield _USERS, self._users()
        yield _VENDORS, self._vendors()
        yield _ADMINS, iter([[[self.staff], self._times(np.array([KESTREL.opens]))]])
        yield _PGPKEYS, self._older_keys()
        yield _CATEGORIES, self._categories()
        yield _PRODUCTS, self._products()
        yield _PHYSICAL, self._physical()
        yield _OFFERS, iter([[self.ids.offer, self.products, [1] * len(self.products), self._prices()]])
        yield _IMAGES, self._images()
        yield _PURCHASES, self._purchases()
        yield _FEEDBACK, self._feedback()
        yield _MESSAGES, self._messages()
        yield _DISPUTES, self._disputes()
        yield _APPLICATIONS, self._applications()
        yield _INVOICES, self._invoices()

    def _times(self, at: np.ndarray) -> list[str]:
        """As the server's clock has it."""
        return stamps(at.astype(np.int64) + self.shift)

    def _kept(self, at: np.ndarray) -> Sequence[str | None]:
        """The same, of what is no order; nothing where the server keeps no such times."""
        return self._times(at) if self.scenario.dirt.dated else [None] * len(at)

    def _users(self) -> Iterator[Batch]:
        accounts, chance = self.accounts, stream(self.seed, "kestrel", "users")
        staff = self.contents.population.staff_keys[KESTREL.number]
        ids = [self.staff, *self.ids.seller.values()]
        names = [KESTREL.staff, *(one.handle for one in accounts)]
        keys = [staff.armour, *(one.shown_keys[0] if one.shown_keys else None for one in accounts)]
        opened = np.array([KESTREL.opens, *(one.opened for one in accounts)])
        seen = np.array([KESTREL.closes - 60, *(one.closed - 60 for one in accounts)])
        nobody = [None] * len(ids)
        yield [ids, names, ["$2y$10$simulated"] * len(ids), self._kept(seen), keys, nobody, self._kept(opened)]
        joined, left = lives(self.contents.sales, len(self.ids.buyer), KESTREL, chance)
        only = np.array([number for number in range(len(self.ids.buyer)) if number not in self.contents.buying])
        for piece in slices(len(only)):
            ids, names = picked(self.ids.buyer, only[piece]), picked(self.contents.handles, only[piece])
            nobody = [None] * len(ids)
            yield [
                ids, names, ["$2y$10$simulated"] * len(ids), self._kept(left[only[piece]]), nobody, nobody,
                self._kept(joined[only[piece]]),
            ]  # fmt: skip

    def _vendors(self) -> Iterator[Batch]:
        chance = stream(self.seed, "kestrel", "vendors")
        words = [profile(one, self.contents.population, self.scenario, self.seed) for one in self.accounts]
        levels = chance.integers(1, 8, len(words)).tolist()
        opened = np.array([one.opened for one in self.accounts])
        yield [list(self.ids.seller.values()), levels, words, self._kept(opened)]

    def _older_keys(self) -> Iterator[Batch]:
        older = [(one, key) for one in self.accounts for key in one.shown_keys[1:]]
        ids = uuids(stream(self.seed, "kestrel", "older keys"), len(older))
        opened = np.array([one.opened for one, _ in older], np.int64)
        yield [ids, [self.ids.seller[one.number] for one, _ in older], [key for _, key in older], self._kept(opened)]

    def _category_ids(self, ids: np.random.Generator) -> dict[str, str]:
        paths = [product.category for product in PRODUCTS]
        parents = [path.split(" / ")[0] for path in paths]
        names = list(dict.fromkeys([*parents, *paths]))
        return dict(zip(names, uuids(ids, len(names)), strict=True))

    def _categories(self) -> Iterator[Batch]:
        above = [self.categories[name.split(" / ")[0]] if " / " in name else None for name in self.categories]
        yield [list(self.categories.values()), above, [name.split(" / ")[-1] for name in self.categories]]

    def _products(self) -> Iterator[Batch]:
        keys = {one.number: one.listing_keys[0] for one in self.accounts if one.listing_keys}
        for piece in slices(len(self.products)):
            adverts = self.contents.adverts[piece]
            texts = [f"{a.description}\n\n{keys[a.account]}" if a.account in keys else a.description for a in adverts]
            yield [
                self.products[piece], [a.title[:100] for a in adverts], texts,
                [self.categories[a.product.category] for a in adverts], self.owner[piece],
                self._kept(np.array([a.posted for a in adverts])),
            ]  # fmt: skip

    def _physical(self) -> Iterator[Batch]:
        origins = {one.number: one.origin or None for one in self.accounts}
        real = [place for place, one in enumerate(self.contents.adverts) if one.product.form != "goods"]
        owners = [self.contents.adverts[place].account for place in real]
        stated = destinations(self.contents.population, self.scenario.trade, self.seed)
        option, codes = zip(*(stated[owner].of_the_form() for owner in owners), strict=True) if owners else ((), ())
        yield [[self.products[place] for place in real], list(option), list(codes), [origins[one] for one in owners]]

    def _prices(self) -> list[str]:
        return [dollars(one.cents) for one in self.contents.adverts]

    def _images(self) -> Iterator[Batch]:
        ids = uuids(stream(self.seed, "kestrel", "images"), len(self.products))
        names = [upload_name(one) for one in self.contents.adverts]
        yield [ids, self.products, names, [1] * len(ids)]

    def _purchases(self) -> Iterator[Batch]:
        sales, chance, dials = self.contents.sales, stream(self.seed, "kestrel", "purchases"), self.scenario.trade
        readers = [key_id(self._key_of(one.account)) for one in self.contents.adverts]
        kept_from = KESTREL.closes - dials.purged_after_days * DAY
        plain = plain_addresses(sales, dials, self.seed)
        for piece in slices(len(sales), sales.deleted):
            advert, buyer, at = sales.advert[piece], sales.buyer[piece], sales.at[piece]
            count = len(at)
            vendors: list[str | None] = list(picked(self.owner, advert))
            to_pay = coins(sales.atoms[piece], sales.coin[piece] == BITCOIN)
            for place in np.flatnonzero(chance.random(count) < self.scenario.dirt.broken_rows).tolist():
                if place % 2:
                    vendors[place] = None
                else:
                    to_pay[place] = "-" + to_pay[place]
            addresses = self._addresses(chance, at >= kept_from, plain[piece], piece, readers)
            yield [
                self.ids.sale[piece], picked(self.ids.offer, advert), picked(self.ids.buyer, buyer), vendors,
                sales.quantity[piece].tolist(), addresses, to_pay, [STATES[n] for n in sales.state[piece].tolist()],
                [("btc", "xmr")[n] for n in sales.coin[piece].tolist()], self.contents.paid.addresses(piece),
                self._times(at),
            ]  # fmt: skip

    def _addresses(
        self,
        chance: np.random.Generator,
        is_kept: np.ndarray,
        is_plain: np.ndarray,
        piece: slice,
        readers: list[bytes],
    ) -> list[str | None]:
        """What the buyer wrote, where the server still has it."""
        sales = self.contents.sales
        found: list[str | None] = [None] * len(is_kept)
        sealed = np.flatnonzero(is_kept & ~is_plain)
        advert = sales.advert[piece]
        texts = messages_to([readers[one] for one in advert[sealed].tolist()], chance)
        for place, text in zip(sealed.tolist(), texts, strict=True):
            found[place] = text
        for place in np.flatnonzero(is_kept & is_plain).tolist():
            found[place] = written_address(self.contents, piece.start + place)
        return found

    def _key_of(self, account: int) -> Key | None:
        return self.contents.population.accounts[account].key

    def _feedback(self) -> Iterator[Batch]:
        sales, chance = self.contents.sales, stream(self.seed, "kestrel", "feedback")
        stock = [[""], *([comment(chance, rating) for _ in range(200)] for rating in range(1, 6))]
        rated = np.flatnonzero(sales.rating)
        for piece in slices(len(rated)):
            chosen = rated[piece]
            advert, ratings = sales.advert[chosen], sales.rating[chosen].tolist()
            drawn = chance.integers(200, size=len(chosen)).tolist()
            given = np.minimum(sales.at[chosen] + chance.integers(2 * DAY, 16 * DAY, len(chosen)), KESTREL.closes)
            yield [
                uuids(chance, len(chosen)), picked(self.owner, advert), picked(self.ids.buyer, sales.buyer[chosen]),
                picked(self.products, advert), ratings,
                [stock[rating][place] for rating, place in zip(ratings, drawn, strict=True)], self._times(given),
            ]  # fmt: skip

    def _messages(self) -> Iterator[Batch]:
        sales, messages = self.contents.sales, self.messages
        chance = stream(self.seed, "kestrel", "sealed messages")
        readers = [key_id(self._key_of(one.account)) for one in self.contents.adverts]
        staff_key = self.contents.population.staff_keys[KESTREL.number]
        for piece in slices(len(messages)):
            sale, is_answer, words = messages.sale[piece], messages.is_answer[piece].tolist(), messages.words[piece]
            adverts = sales.advert[sale]
            sellers, buyers = picked(self.owner, adverts), picked(self.ids.buyer, sales.buyer[sale])
            # Nobody knows the buyers' keys: what is written to them names no reader.
            read_by = [
                key_id(None) if answer else readers[advert]
                for advert, answer in zip(adverts.tolist(), is_answer, strict=True)
            ]
            texts = messages_to(read_by, chance)
            for place in np.flatnonzero(messages.is_plain[piece]).tolist():
                texts[place] = (ANSWERED if is_answer[place] else ASKED)[words[place]]
                if is_answer[place] and words[place] == 0 and place % 20 == 0:
                    # A seller passes on the desk's key: a quotation, not ownership.
                    texts[place] = f"Use this to reach the desk:\n{staff_key.armour}\nregards"
            senders = [s if answer else b for s, b, answer in zip(sellers, buyers, is_answer, strict=True)]
            receivers = [b if answer else s for s, b, answer in zip(sellers, buyers, is_answer, strict=True)]
            yield [self.ids.message[piece], senders, receivers, texts, self._kept(messages.at[piece])]

    def _disputes(self) -> Iterator[Batch]:
        sales, chance = self.contents.sales, stream(self.seed, "kestrel", "disputes")
        disputed = np.flatnonzero(sales.state == STATES.index("disputed"))
        disputed = disputed[disputed >= sales.deleted]
        winners = chance.integers(2, size=len(disputed)).tolist()
        buyers, sellers = (
            picked(self.ids.buyer, sales.buyer[disputed]), picked(self.owner, sales.advert[disputed]),
        )  # fmt: skip
        won = [b if side else s for b, s, side in zip(buyers, sellers, winners, strict=True)]
        began = np.minimum(sales.at[disputed] + 12 * DAY, KESTREL.closes)
        ids = [self.ids.sale[place] for place in disputed.tolist()]
        yield [uuids(chance, len(ids)), ids, won, self._times(began)]

    def _applications(self) -> Iterator[Batch]:
        chance = stream(self.seed, "kestrel", "applications")
        words = [about(one.hand, one.handle, one.origin, chance) for one in self.accounts]
        names = [f"applications/{place:05d}.jpg" for place in range(len(self.accounts))]
        opened = np.array([one.opened for one in self.accounts])
        sellers = list(self.ids.seller.values())
        yield [uuids(chance, len(sellers)), sellers, words, names, self._kept(opened - 3600)]

    def _invoices(self) -> Iterator[Batch]:
        sales = self.contents.sales
        cents = np.array([one.cents for one in self.contents.adverts], np.int64)[sales.advert] * sales.quantity
        account = np.array([one.account for one in self.contents.adverts])[sales.advert]
        month = sales.at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        places, which = np.unique(np.stack([account, month]), axis=1, return_inverse=True)
        turnover = np.zeros(places.shape[1], np.int64)
        np.add.at(turnover, which.reshape(-1), cents)
        names = np.datetime_as_string(places[1].astype("datetime64[M]"), unit="M").tolist()
        due = (places[1] + 1).astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)
        yield [
            uuids(stream(self.seed, "kestrel", "invoices"), len(names)),
            [self.ids.seller[one] for one in places[0].tolist()], names,
            [dollars(one * _COMMISSION // 100) for one in turnover.tolist()],
            self._times(np.minimum(due, KESTREL.closes)),
        ]  # fmt: skip
