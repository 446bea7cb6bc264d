r"""pg_dump and pg_dumpall files in plain form, read as text: neither SQL nor psql commands are ever executed.

Takes rows after ``COPY ... FROM stdin``, and those in ``INSERT`` with and without column lists. A table is
named ``schema.table``, or by its own name if the schema is ``public``. Commands to psql, which could run
programs, are reported and nothing else.
"""

import re
from collections.abc import Mapping
from typing import BinaryIO, Final

from crossbearing.intake.reader import Reading
from crossbearing.intake.readers.pg_script import Script
from crossbearing.intake.readers.pg_statements import COPY_LINE

_HEADER: Final = re.compile(rb"\s*(?:--[^\n]*\n\s*){0,9}?-- PostgreSQL database (?:cluster )?dump\s")


class PgDump:
    """Reader for dumps that pg_dump and pg_dumpall wrote as SQL."""

    name = "pg_dump"
    version = "1"
    format_reference = "PostgreSQL documentation, pg_dump and COPY (text format); literals in 'Lexical Structure'"

    def recognises(self, head: bytes) -> bool:
        """A dump's opening comment, or a line that begins rows of COPY."""
        return b"\x00" not in head and (_HEADER.match(head) is not None or COPY_LINE.search(head) is not None)

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Tables with the columns of their rows, or those of CREATE TABLE if there are no rows."""
        script = Script("utf-8", wants_rows=False)
        for _ in script.pieces(stream):
            pass
        return script.columns

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` counts only where the dump does not name that of its own text."""
        yield from Script(encoding).pieces(stream, is_whole=True)
