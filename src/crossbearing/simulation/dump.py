"""The seized back end of the first market, as mysqldump would write it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final, TextIO, TypeAlias

from crossbearing.simulation.world import DUMPED, TRADES, Seller, World

Value: TypeAlias = "str | int | Decimal | None"

OPENED: Final = datetime(2020, 9, 1, tzinfo=UTC)
DAYS: Final = 480
_ORDERS: Final = 900
_TABLES: Final = {
    "users": "`id` char(36) NOT NULL,`username` varchar(190),`password` varchar(190),`last_seen` datetime,"
    "`pgp_key` text,`created_at` timestamp NULL",
    "vendors": "`id` char(36) NOT NULL,`vendor_level` int,`about` text,`created_at` timestamp NULL",
    "admins": "`id` char(36) NOT NULL,`created_at` timestamp NULL",
    "pgpkeys": "`id` char(36) NOT NULL,`user_id` char(36),`key` text,`created_at` timestamp NULL",
    "categories": "`id` char(36) NOT NULL,`parent_id` char(36),`name` varchar(190)",
    "products": "`id` char(36) NOT NULL,`name` varchar(100),`description` text,`category_id` char(36),"
    "`user_id` char(36),`updated_at` timestamp NULL",
    "physical_products": "`id` char(36) NOT NULL,`countries_option` varchar(20),`countries` text,"
    "`country_from` varchar(60)",
    "offers": "`id` char(36) NOT NULL,`product_id` char(36),`min_quantity` int,`price` decimal(16,2)",
    "purchases": "`id` char(36) NOT NULL,`offer_id` char(36),`buyer_id` char(36),`vendor_id` char(36),"
    "`quantity` int,`address` text,`to_pay` decimal(24,12),`state` varchar(20),`coin_name` varchar(10),"
    "`created_at` timestamp NULL",
    "feedback": "`id` char(36) NOT NULL,`vendor_id` char(36),`buyer_id` char(36),`product_id` char(36),"
    "`quality_rate` int,`comment` text,`created_at` timestamp NULL",
    "messages": "`id` char(36) NOT NULL,`sender_id` char(36),`receiver_id` char(36),`content` text,"
    "`created_at` timestamp NULL",
    "sessions": "`id` varchar(40) NOT NULL,`payload` text,`last_activity` int",
}
_COMMENTS: Final = (
    "arrived in 4 days, well packed", "as described; will be back", "it's ok", "slow but honest",
    "packaging could be better\nproduct fine", "nichts zu meckern", "netjes verpakt", "never arrived",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Advert:
    server_id: str
    offer_id: str
    seller: Seller
    price: Decimal


class MarketServer:
    """The first market's database, filled row by row."""

    def __init__(self, world: World, random: Random, btc_usd: dict[str, Decimal]) -> None:
        """Fill every table.

        Args:
            world: Who there is.
            random: The only source of chance.
            btc_usd: Price of one bitcoin by ISO day.
        """
        self._random = random
        self._btc_usd = btc_usd
        self._rows: dict[str, list[Sequence[Value]]] = {table: [] for table in _TABLES}
        self._buyers = {name: self._id() for name in world.buyers}
        sellers = world.on(DUMPED)
        self._accounts(world, sellers)
        adverts = self._adverts(sellers)
        self._orders(adverts)
        self._messages(world, sellers)
        self._rows["sessions"] = [(self._id()[:8], 'a:1:{i:0;s:1:"x";}', 1_640_000_000 + n) for n in range(9)]

    def write(self, out: TextIO) -> None:
        """Write the dump."""
        out.write("/*M!999999\\- enable the sandbox mode */ \n")
        out.write("-- MariaDB dump 10.19  Distrib 10.6.12-MariaDB\n--\n-- Host: localhost    Database: kestrel\n")
        out.write("/*!40101 SET NAMES utf8mb4 */;\n/*!40103 SET TIME_ZONE='+00:00' */;\n\n")
        for table, definition in _TABLES.items():
            out.write(f"--\n-- Table structure for table `{table}`\n--\n\nDROP TABLE IF EXISTS `{table}`;\n")
            columns = definition.replace(",`", ",\n  `")
            out.write(f"CREATE TABLE `{table}` (\n  {columns},\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n\n")
            out.write(f"LOCK TABLES `{table}` WRITE;\n")
            out.writelines(_inserts(table, self._rows[table]))
            out.write("UNLOCK TABLES;\n\n")
        out.write("DELIMITER ;;\n/*!50003 CREATE TRIGGER `t` AFTER INSERT ON `users` FOR EACH ROW\n")
        out.write("BEGIN SET @n = 'INSERT INTO `users` VALUES (1);'; END */;;\nDELIMITER ;\n\n")
        out.write("/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n\n-- Dump completed on 2021-12-28  3:14:15\n")

    def _id(self) -> str:
        return str(uuid.UUID(bytes=self._random.randbytes(16), version=4))

    def _time(self, after: datetime = OPENED) -> datetime:
        last = OPENED + timedelta(days=DAYS)
        return after + timedelta(seconds=self._random.randrange(int((last - after).total_seconds())))

    def _accounts(self, world: World, sellers: Sequence[Seller]) -> None:
        staff_id = self._id()
        self._user(staff_id, world.staff, world.staff_key.armour)
        self._rows["admins"].append((staff_id, _stamp(OPENED)))
        for seller in sellers:
            seller.server_id = self._id()
            self._user(seller.server_id, seller.handle, seller.keys[0] if seller.keys else None)
            about = f"Shipping from {seller.origin or 'somewhere'}. Read my terms; it's all there."
            self._rows["vendors"].append((seller.server_id, self._random.randrange(1, 8), about, _stamp(OPENED)))
            for older in seller.keys[1:]:
                self._rows["pgpkeys"].append((self._id(), seller.server_id, older, _stamp(OPENED)))
        for name, server_id in self._buyers.items():
            self._user(server_id, name, None)

    def _user(self, server_id: str, name: str, key: str | None) -> None:
        made = self._time()
        seen = self._time(made)
        self._rows["users"].append((server_id, name, "$2y$10$simulated", _stamp(seen), key, _stamp(made)))

    def _adverts(self, sellers: Sequence[Seller]) -> list[_Advert]:
        categories: dict[str, str] = {}
        for path in TRADES:
            parent, child = path.split(" / ")
            for name, above in ((parent, None), (child, parent)):
                if (key := f"{above}/{name}") not in categories:
                    categories[key] = self._id()
                    above_id = categories.get(f"None/{above}")
                    self._rows["categories"].append((categories[key], above_id, name))
        adverts = []
        for seller in sellers:
            parent, child = seller.trade.split(" / ")
            for title in TRADES[seller.trade]:
                for amount in self._random.sample((1, 2, 5, 10, 25, 50), 2):
                    advert = _Advert(
                        self._id(),
                        self._id(),
                        seller,
                        Decimal(amount * self._random.randrange(800, 6000)) / 100,
                    )
                    adverts.append(advert)
                    text = f'{title}, {amount} units. Sealed twice; it\'s "worth it".\\ \nAsk before you order.'
                    name = f"{title} x{amount}"
                    self._rows["products"].append(
                        (
                            advert.server_id,
                            name,
                            text,
                            categories[f"{parent}/{child}"],
                            seller.server_id,
                            _stamp(self._time()),
                        )
                    )
                    self._rows["physical_products"].append((advert.server_id, "all", None, seller.origin or None))
                    self._rows["offers"].append((advert.offer_id, advert.server_id, 1, advert.price))
        return adverts

    def _orders(self, adverts: Sequence[_Advert]) -> None:
        weights = [advert.seller.weight for advert in adverts]
        buyers = list(self._buyers.values())
        for number in range(_ORDERS):
            advert = self._random.choices(adverts, weights)[0]
            ordered = self._time()
            coins = advert.price / self._btc_usd[ordered.date().isoformat()]
            # Two broken rows, as every real back end has them.
            to_pay = Decimal("-0.5") if number == 17 else coins.quantize(Decimal("1E-12"))  # noqa: PLR2004
            vendor = None if number == 400 else advert.seller.server_id  # noqa: PLR2004
            buyer = self._random.choice(buyers)
            state = self._random.choices(("delivered", "sent", "disputed", "canceled"), (85, 6, 4, 5))[0]
            self._rows["purchases"].append(
                (
                    self._id(), advert.offer_id, buyer, vendor, 1, _ciphertext(self._random), to_pay, state,
                    "btc", _stamp(ordered),
                )
            )  # fmt: skip
            if vendor and self._random.random() < 0.6:  # noqa: PLR2004 - three in five leave a rating
                given = min(ordered + timedelta(days=self._random.randrange(3, 15)), OPENED + timedelta(days=DAYS))
                rating = self._random.choices((5, 4, 3, 1), (80, 10, 5, 5))[0]
                self._rows["feedback"].append(
                    (
                        self._id(), vendor, buyer, advert.server_id, rating,
                        self._random.choice(_COMMENTS), _stamp(given),
                    )
                )  # fmt: skip

    def _messages(self, world: World, sellers: Sequence[Seller]) -> None:
        buyers = list(self._buyers.values())
        for number in range(160):
            seller = self._random.choice(sellers)
            pair = [self._random.choice(buyers), seller.server_id]
            content = "is this still available?"
            if number % 3 == 0:
                content = _ciphertext(self._random)
            elif number % 20 == 1:
                # A seller passes on the staff key: a quotation, not ownership.
                pair.reverse()
                content = f"Use this to reach the desk:\n{world.staff_key.armour}\nregards"
            self._rows["messages"].append((self._id(), *pair, content, _stamp(self._time())))


def _ciphertext(random: Random) -> str:
    body = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=64))
    return f"-----BEGIN PGP MESSAGE-----\n\n{body}\n-----END PGP MESSAGE-----"


def _inserts(table: str, rows: Sequence[Sequence[Value]], *, per_statement: int = 200) -> Iterator[str]:
    for start in range(0, len(rows), per_statement):
        tuples = ",".join(
            "(" + ",".join(_literal(value) for value in row) + ")" for row in rows[start : start + per_statement]
        )
        yield f"INSERT INTO `{table}` VALUES {tuples};\n"


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("\n", "\\n")
        return f"'{text}'"
    return str(value)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
