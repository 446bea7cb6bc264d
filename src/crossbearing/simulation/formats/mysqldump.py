"""Dumps as mysqldump 10.19 of MariaDB writes them, byte for byte in the statements that hold rows.

Tables come in the order of the calls; the tool writes them in order of their names. Values of decimal columns are
given the places of the column, text that is longer than the column is the caller's error.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import numpy as np

from crossbearing.simulation.formats.table import Batch, Cell, Table, escaped, pieces, spelled

_LARGEST_STATEMENT: Final = 1_046_528  # bytes: the tool's own net_buffer_length
_CODECS: Final = {"utf8mb4": "utf-8", "utf8mb3": "utf-8", "utf8": "utf-8", "latin1": "cp1252"}
_ESCAPES: Final = (
    ("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0"), ("\x1a", "\\Z"),
)  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?:tiny|small|medium|big)?int\b|integer\b|float\b|double\b|year\b|(decimal|numeric)\b(?:\(\d+(?:,(\d+))?\))?",
    re.IGNORECASE,
)
_SQL_MODE: Final = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"
_SAVED: Final = """\
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES {charset} */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
"""
_RESTORED: Final = """\
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

"""
_TRIGGERS: Final = """\
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET @saved_cs_results     = @@character_set_results */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client  = {charset} */ ;
/*!50003 SET character_set_results = {charset} */ ;
/*!50003 SET collation_connection  = {collation} */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = '{mode}' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 {trigger} */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
/*!50003 SET character_set_results = @saved_cs_results */ ;
/*!50003 SET collation_connection  = @saved_col_connection */ ;
"""


class MysqlDump:
    """One database dumped into a stream; a context manager, whose end writes the closing lines."""

    def __init__(
        self,
        out: BinaryIO,
        *,
        database: str,
        finished: str,
        server: str = "10.6.12-MariaDB",
        client: str = "10.6.18-MariaDB, for debian-linux-gnu (x86_64)",
        charset: str = "utf8mb4",
        collation: str = "",
    ) -> None:
        """Prepare a dump.

        Args:
            out: Stream.
            database: Its name.
            finished: Local time in the last line as the tool writes it, "2021-12-28  3:14:15".
            server: Version in the header.
            client: Of the tool; the sandbox line came with 10.6.18.
            charset: Of the connection and the tables: utf8mb4, utf8mb3 or latin1 (which is Windows 1252 to the server).
            collation: Of the tables; the usual one if empty.
        """
        self._out = out
        self._database, self._finished, self._server, self._client = database, finished, server, client
        self._charset, self._codec = charset, _CODECS[charset]
        self._collation = collation or ("latin1_swedish_ci" if charset == "latin1" else f"{charset}_unicode_ci")
        self._used = _LARGEST_STATEMENT

    def __enter__(self) -> Self:
        self._write(
            "/*M!999999\\- enable the sandbox mode */ \n"
            f"-- MariaDB dump 10.19  Distrib {self._client}\n--\n"
            f"-- Host: localhost    Database: {self._database}\n"
            "-- ------------------------------------------------------\n"
            f"-- Server version\t{self._server}\n\n" + _SAVED.format(charset=self._charset)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write(f"{_RESTORED}-- Dump completed on {self._finished}\n")

    def table(self, table: Table, batches: Iterable[Batch]) -> None:
        """Write one table.

        Args:
            table: Its definition; numbers stand without quotes where the column's type is a number.
            batches: Its rows; bytes are written as they are, also into text columns.

        Raises:
            TypeError: A value is a float.
            ValueError: A batch does not fit the columns.
        """
        quoted = f"`{table.name}`"
        self._write(self._definition(table))
        self._write(f"LOCK TABLES {quoted} WRITE;\n/*!40000 ALTER TABLE {quoted} DISABLE KEYS */;\n")
        columns = [_Column.of(kind) for _, kind in table.columns]
        begin = f"INSERT INTO {quoted} VALUES\n".encode()
        self._used = _LARGEST_STATEMENT
        is_open = False
        for piece in pieces(batches, len(columns)):
            self._rows(begin, self._written(columns, piece), is_open=is_open)
            is_open = True
        self._write(";\n" if is_open else "")
        self._write(f"/*!40000 ALTER TABLE {quoted} ENABLE KEYS */;\nUNLOCK TABLES;\n")
        for trigger in table.triggers:
            self._write(
                _TRIGGERS.format(charset=self._charset, collation=self._collation, mode=_SQL_MODE, trigger=trigger)
            )

    def _write(self, text: str) -> None:
        self._out.write(text.encode(self._codec))

    def _definition(self, table: Table) -> str:
        lines = [f"`{name}` {kind}" for name, kind in table.columns]
        lines += [f"PRIMARY KEY (`{table.key}`)"] if table.key else []
        lines += [f"UNIQUE KEY `{table.name}_{name}_unique` (`{name}`)" for name in table.unique]
        lines += [f"KEY `{table.name}_{name}_index` (`{name}`)" for name in table.indexes]
        constraints = []
        for reference in table.references:
            name = f"{table.name}_{reference.column}_foreign"
            if reference.column not in (table.key, *table.unique, *table.indexes):
                lines.append(f"KEY `{name}` (`{reference.column}`)")
            end = f" ON DELETE {reference.on_delete}" if reference.on_delete else ""
            constraints.append(
                f"CONSTRAINT `{name}` FOREIGN KEY (`{reference.column}`)"
                f" REFERENCES `{reference.table}` (`{reference.key}`){end}"
            )
        counter = f" AUTO_INCREMENT={table.next_number}" if table.next_number else ""
        body = ",\n  ".join(lines + sorted(constraints))
        return (
            f"\n--\n-- Table structure for table `{table.name}`\n--\n\nDROP TABLE IF EXISTS `{table.name}`;\n"
            "/*!40101 SET @saved_cs_client     = @@character_set_client */;\n"
            "/*!40101 SET character_set_client = utf8 */;\n"
            f"CREATE TABLE `{table.name}` (\n  {body}\n)"
            f" ENGINE=InnoDB{counter} DEFAULT CHARSET={self._charset} COLLATE={self._collation};\n"
            "/*!40101 SET character_set_client = @saved_cs_client */;\n\n"
            f"--\n-- Dumping data for table `{table.name}`\n--\n\n"
        )

    def _written(self, columns: list["_Column"], piece: list[list[Any]]) -> list[bytes]:
        """Each row as it stands in a statement, with its brackets."""
        cells = [column.literals(values, self._codec) for column, values in zip(columns, piece, strict=True)]
        pattern = "(" + ",".join(form for form, _ in cells) + ")"
        rows = zip(*(texts for _, texts in cells), strict=True)
        return [(pattern % row).encode(self._codec, "surrogateescape") for row in rows]

    def _rows(self, begin: bytes, rows: list[bytes], *, is_open: bool) -> None:
        """Lay rows into statements where the tool would: as many as stay below its buffer."""
        ends = np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)) + 2)
        at = before = 0
        while at < len(rows):
            stop = int(np.searchsorted(ends, before + _LARGEST_STATEMENT - self._used))
            if stop > at:
                self._out.write(b",\n" + b",\n".join(rows[at:stop]))
                self._used += int(ends[stop - 1]) - before
            else:
                stop = at + 1
                self._out.write((b";\n" if is_open else b"") + begin + rows[at])
                self._used = int(ends[at]) - before + len(begin) + 4  # the tool counts these four too
                is_open = True
            at, before = stop, int(ends[stop - 1])


@dataclass(frozen=True, slots=True)
class _Column:
    is_number: bool
    places: int | None

    @classmethod
    def of(cls, kind: str) -> Self:
        number = _NUMBER.match(kind)
        is_decimal = number is not None and number[1] is not None
        return cls(number is not None, int(number[2] or 0) if number and is_decimal else None)

    def literals(self, values: list[Any], codec: str) -> tuple[str, list[Any]]:
        """How a row is formed with the column's values, and the values."""
        if any(kind is bytes for kind in set(map(type, values))):
            # Bytes that are no text in the dump's character set leave it again as they came.
            values = [v.decode(codec, "surrogateescape") if isinstance(v, bytes) else v for v in values]
        cells = spelled(values, places=self.places)
        has_nulls = None in cells
        if self.is_number:
            return "%s", ["NULL" if cell is None else cell for cell in cells] if has_nulls else cells
        texts = escaped(_texts(cells), _ESCAPES)
        if not has_nulls:
            return "'%s'", texts
        return "%s", ["NULL" if cell is None else f"'{text}'" for cell, text in zip(cells, texts, strict=True)]


def _texts(cells: list[Cell]) -> list[str]:
    return ["" if cell is None else cell if isinstance(cell, str) else str(cell) for cell in cells]
