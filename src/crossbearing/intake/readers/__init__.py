"""The readers, in the order in which they are asked; other packages add theirs as entry points."""

from functools import cache
from importlib import metadata

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.reader import Reader
from crossbearing.intake.readers.delimited import Delimited
from crossbearing.intake.readers.json_records import JsonRecords
from crossbearing.intake.readers.mail import Mail
from crossbearing.intake.readers.mongodump import Mongodump
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.intake.readers.pg_custom import PgCustom
from crossbearing.intake.readers.pg_dump import PgDump
from crossbearing.intake.readers.picture import Picture
from crossbearing.intake.readers.sqlite import Sqlite
from crossbearing.intake.readers.tagpack import TagPack
from crossbearing.intake.readers.warc import Warc
from crossbearing.intake.readers.web_page import WebPage
from crossbearing.intake.readers.workbook import Workbook

# Those first that know their files by the first bytes: pages and messages may speak of dumps. A dump's marks may stand
# anywhere in the head; delimited text is recognised by exclusion.
BUILT_IN: tuple[Reader, ...] = (
    Sqlite(), Workbook(), PgCustom(), Warc(), Picture(), TagPack(), JsonRecords(), WebPage(), Mail(), PgDump(),
    Mysqldump(), Mongodump(), Delimited(),
)  # fmt: skip
GROUP = "crossbearing.readers"


@cache
def all_readers() -> tuple[Reader, ...]:
    """Built-in readers and those of installed packages, which come first but cannot take our names.

    Raises:
        BadConfiguration: A package brings a reader with a built-in's name.
    """
    found: list[Reader] = []
    for entry in metadata.entry_points(group=GROUP):
        reader: Reader = entry.load()()
        if reader.name in {known.name for known in (*BUILT_IN, *found)}:
            raise BadConfiguration(
                f"Two readers are called {reader.name!r}",
                where=f"package {entry.dist.name if entry.dist else entry.value}",
                remedy="Remove that package or ask its authors to rename the reader.",
            )
        found.append(reader)
    return (*found, *BUILT_IN)
