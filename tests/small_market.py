"""A market small enough to know by heart, as mysqldump would write it. Everything in it is invented."""

from collections.abc import Sequence
from pathlib import Path

BUYER, SELLER, OTHER = "canarybuyer", "canaryseller", "plainseller"
BUYER_ID, SELLER_ID, OTHER_ID, SECOND_ID = "u-buyer-1", "u-seller-1", "u-other-1", "u-buyer-2"
ADDRESS = "Canary Lane 77, Nowhereton"
WORDS = "canarywords: leave it behind the shed"
LAWYER = "Advocate Pelikan"
MARKET = "Kestrel"

TABLES = {
    "users": "`id` char(36) NOT NULL,`username` varchar(190),`last_seen` datetime,`pgp_key` text,"
    "`created_at` timestamp",
    "vendors": "`id` char(36) NOT NULL,`vendor_level` int,`about` text",
    "products": "`id` char(36) NOT NULL,`name` varchar(100),`description` text,`category_id` char(36),"
    "`user_id` char(36),`updated_at` timestamp",
    "physical_products": "`id` char(36) NOT NULL,`countries_option` varchar(20),`countries` text,"
    "`country_from` varchar(60)",
    "offers": "`id` char(36) NOT NULL,`product_id` char(36),`price` decimal(16,2)",
    "purchases": "`id` char(36) NOT NULL,`offer_id` char(36),`buyer_id` char(36),`vendor_id` char(36),"
    "`quantity` int,`address` text,`to_pay` decimal(24,12),`state` varchar(20),`coin_name` varchar(10),"
    "`created_at` timestamp",
    "feedback": "`id` char(36) NOT NULL,`vendor_id` char(36),`buyer_id` char(36),`product_id` char(36),"
    "`quality_rate` int,`comment` text,`created_at` timestamp",
    "messages": "`id` char(36) NOT NULL,`sender_id` char(36),`receiver_id` char(36),`content` text,"
    "`created_at` timestamp",
}
_DAY = "2021-03-0{} 10:00:00"
ROWS: dict[str, list[Sequence[object]]] = {
    "users": [
        (BUYER_ID, BUYER, _DAY.format(1), None, _DAY.format(1)),
        (SECOND_ID, "secondbuyer", _DAY.format(1), None, _DAY.format(1)),
        (SELLER_ID, SELLER, _DAY.format(1), None, _DAY.format(1)),
        (OTHER_ID, OTHER, _DAY.format(1), None, _DAY.format(1)),
    ],
    "vendors": [(SELLER_ID, 3, f"I am {SELLER}, ask me"), (OTHER_ID, 2, "honest goods")],
    "products": [
        ("p-1", "MDMA crystals 1g", "pure", "c-1", SELLER_ID, _DAY.format(2)),
        ("p-2", "Haze flowers 5g", f"better than {SELLER}", "c-1", OTHER_ID, _DAY.format(2)),
    ],
    "physical_products": [("p-1", "all", None, "Netherlands"), ("p-2", "all", None, "Germany")],
    "offers": [("o-1", "p-1", "20.00"), ("o-2", "p-2", "35.00")],
    "purchases": [
        ("s-1", "o-1", BUYER_ID, SELLER_ID, 1, ADDRESS, "0.001", "delivered", "btc", _DAY.format(3)),
        ("s-2", "o-2", BUYER_ID, OTHER_ID, 1, ADDRESS, "0.002", "delivered", "btc", _DAY.format(4)),
        ("s-3", "o-2", SECOND_ID, OTHER_ID, 2, "Plain Street 1", "0.004", "sent", "btc", _DAY.format(5)),
    ],
    "feedback": [("f-1", OTHER_ID, BUYER_ID, "p-2", 5, f"signed {BUYER}", _DAY.format(6))],
    "messages": [
        ("m-1", BUYER_ID, OTHER_ID, WORDS, _DAY.format(3)),
        ("m-2", SECOND_ID, OTHER_ID, f"do you know {BUYER}?", _DAY.format(4)),
        ("m-3", OTHER_ID, SECOND_ID, f"ask my counsel, {LAWYER}, about this", _DAY.format(5)),
        ("m-4", SECOND_ID, OTHER_ID, "thank you", _DAY.format(5)),
    ],
}


def small_market(path: Path, rows: dict[str, list[Sequence[object]]] | None = None) -> Path:
    """Write the dump."""
    text = ["-- MariaDB dump 10.19\n/*!40101 SET NAMES utf8mb4 */;\n"]
    for table, columns in TABLES.items():
        lines = columns.replace(",`", ",\n  `")
        text.append(f"CREATE TABLE `{table}` (\n  {lines},\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n")
        if found := (rows or ROWS).get(table):
            text.append(f"INSERT INTO `{table}` VALUES {','.join(map(_row, found))};\n")
    text.append("-- Dump completed on 2021-12-28  3:14:15\n")
    path.write_text("".join(text), encoding="utf-8")
    return path


def _row(values: Sequence[object]) -> str:
    return "(" + ",".join(_value(value) for value in values) + ")"


def _value(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "\\'") + "'"
