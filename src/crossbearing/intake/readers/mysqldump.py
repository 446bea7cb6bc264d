r"""mysqldump files, read as text: nothing in them is ever executed.

Takes extended inserts with and without column lists, ``REPLACE``, hex and bit literals, ``_binary``; reports triggers
and routines without reading them.
"""

import importlib
import re
from collections.abc import Mapping
from types import ModuleType
from typing import BinaryIO, Final, cast

from crossbearing.intake.reader import Reading
from crossbearing.intake.readers.window import Window
from crossbearing.store.session import usable_threads

_MARK: Final = re.compile(rb"-- (?:MySQL|MariaDB) dump|/\*M!999999|CREATE TABLE `|INSERT INTO `")


class Mysqldump:
    """Reader for dumps made by mysqldump and mariadb-dump."""

    name = "mysqldump"
    version = "2"
    format_reference = "MySQL reference manual, mysqldump; literals in section 'Language Structure'"

    def recognises(self, head: bytes) -> bool:
        """A dump's comment, or a quoted CREATE TABLE or INSERT near the start."""
        return b"\x00" not in head[:64] and _MARK.search(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Tables and columns as the CREATE TABLE statements list them."""
        dump = _statements().Dump(Window(stream), "utf-8")
        for _ in dump.pieces(only_structure=True):
            pass
        return {name: table.columns for name, table in dump.tables.items()}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is that of the dump's text."""
        dump = _statements().Dump(Window(stream), encoding, usable_threads())
        return cast(Reading, dump.numbered(dump.pieces()))


def _statements() -> ModuleType:
    """What reads them, loaded when it is wanted: compiled code takes a third of a second to load."""
    return importlib.import_module("crossbearing.intake.readers.statements")
