"""What a real MariaDB holds, dumped by its own tool in several ways, comes back cell by cell as the server answers."""

import io
import re
from collections.abc import Callable

import pytest

from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers.mysqldump import Mysqldump

TABLE = """
CREATE TABLE `awk ward` (
  id bigint unsigned NOT NULL, small tinyint, big bigint, amount decimal(38,18), ratio double, flags bit(64),
  name varchar(190) CHARACTER SET utf8mb4, old varchar(90) CHARACTER SET latin1, words longtext CHARACTER SET utf8mb4,
  raw varbinary(300), image longblob, fixed binary(4), at datetime(6), day date, hour time, stamp timestamp NULL,
  kind enum('a','b''c'), several set('x','y'), note text CHARACTER SET utf8mb4, PRIMARY KEY (id)
) DEFAULT CHARSET=utf8mb4
"""
BINARY = {"raw", "image", "fixed"}
ALL_BYTES = "0x" + bytes(range(256)).hex()
ROWS = (
    f"(0, -128, -9223372036854775808, '-99999999999999999999.999999999999999999', 1e308, b'0', '', '', '', {ALL_BYTES},"
    f" {ALL_BYTES}, 0x00, '0000-00-00 00:00:00', '0000-00-00', '-838:59:59', NULL, 'a', '', NULL)",
    "(18446744073709551615, 127, 9223372036854775807, '0.000000000000000001', -2.5e-300, ~0,"
    " '😀 it''s \\\\ \"', 'café ÿ',"
    " '),(1,''x''),\\n;\\r\\n-- INSERT INTO `awk ward` VALUES\\0\\Z', '', '', 'ab',"
    " '2021-12-31 23:59:59.999999', '9999-12-31', '838:59:59', '2021-01-01 00:00:00', 'b''c', 'x,y', 'NULL')",
    "(1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "(2, 0, 0, 0, 0, b'101', REPEAT('é', 190), REPEAT('z', 90), REPEAT('long \\'words\\' ', 90000), REPEAT('''', 300),"
    " REPEAT(UNHEX('5C27'), 70000), '\\\\\\\\''\\'', '2021-02-03', '2021-02-03', '00:00:00', NULL, NULL, 'y', '0x41')",
)
WAYS = {
    "as it is by default": (),
    "bytes in hexadecimal": ("--hex-blob",),
    "column lists": ("--complete-insert",),
    "replace": ("--replace",),
    "one row a statement": ("--skip-extended-insert",),
    "with triggers and routines": ("--routines", "--triggers", "--events"),
    "without comments or locks": ("--skip-add-locks", "--skip-disable-keys", "--skip-tz-utc"),
}


@pytest.fixture(scope="module")
def awkward(mariadb: Callable[..., bytes]) -> Callable[..., bytes]:
    """A database with every awkward value, and a trigger."""
    mariadb("mariadb", "-e", "CREATE DATABASE awkward")
    mode = "SET NAMES utf8mb4; SET sql_mode='';"
    insert = ";".join(f"INSERT INTO `awk ward` VALUES {row}" for row in ROWS)
    trigger = "CREATE TRIGGER t BEFORE INSERT ON `awk ward` FOR EACH ROW SET @x = 'INSERT INTO `awk ward` VALUES (1)'"
    mariadb("mariadb", "--max-allowed-packet=64M", "awkward", stdin=f"{mode}{TABLE};{insert};{trigger}".encode())
    return mariadb


@pytest.mark.parametrize("way", WAYS)
def test_every_cell_is_what_the_server_answers(way: str, awkward: Callable[..., bytes]) -> None:
    dump = awkward("mariadb-dump", "--max-allowed-packet=64M", *WAYS[way], "awkward")
    pieces = list(Mysqldump().read(io.BytesIO(dump), "utf-8"))
    found = [piece for piece in pieces if isinstance(piece, RawBatch)]
    assert not [piece for piece in pieces if getattr(piece, "is_damage", False)]
    names = re.findall(r"^  `(\w+)` ", dump.decode("utf-8", "replace"), re.MULTILINE)
    asked = ", ".join(
        f"IFNULL(LPAD(HEX({name}), 16, '0'), 'NULL')"
        if name == "flags"
        else f"IFNULL(HEX({name}), 'NULL')"
        if name in BINARY
        else f"IFNULL(HEX(CONVERT(CAST({name} AS CHAR) USING utf8mb4)), 'NULL')"
        for name in names
    )
    zone = "SET time_zone='+00:00';" if way != "without comments or locks" else ""
    answer = awkward(
        "mariadb", "-N", "--max-allowed-packet=64M", "--default-character-set=utf8mb4", "awkward",
        "-e", f"{zone} SELECT {asked} FROM `awk ward` ORDER BY id",
    )  # fmt: skip
    expected = [line.split("\t") for line in answer.decode().splitlines()]
    rows = [row for batch in found for row in batch.rows()]
    shown = [
        [
            "NULL" if value is None else (value if isinstance(value, bytes) else value.encode()).hex().upper()
            for value in row
        ]
        for row in rows
    ]
    assert len(shown) == len(expected) == len(ROWS)
    for ours, theirs in zip(sorted(shown), sorted(expected), strict=True):
        for name, one, other in zip(names, ours, theirs, strict=True):
            if name == "ratio" and one != "NULL":
                assert float(bytes.fromhex(one)) == float(bytes.fromhex(other))
            else:
                assert one == other, name
