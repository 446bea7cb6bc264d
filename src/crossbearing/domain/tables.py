"""Contracts of the record tables: what one row is, its columns, types and units.

A record is a sighting: what one exhibit says. The same account in a dump and in a capture is two rows.
Every record table ends with the same lineage columns, which lead back to the bytes.
"""

from typing import Final

from crossbearing.domain.case_tables import CASE_TABLES
from crossbearing.domain.columns import Column, RecordTable, Type, text
from crossbearing.domain.deconfliction_tables import DECONFLICTION_TABLES
from crossbearing.domain.device_tables import DEVICE_TABLES
from crossbearing.domain.market_tables import MARKET_TABLES

_REFUSAL: Final = RecordTable(
    name="refusal",
    grain="one run of source rows that did not become records, with the reason",
    columns=(
        text("reason", "why"),
        Column("source_rows", Type.INTEGER, "how many rows the run holds"),
    ),
)
RECORD_TABLES: Final = {
    table.name: table for table in (*MARKET_TABLES, *CASE_TABLES, *DEVICE_TABLES, *DECONFLICTION_TABLES, _REFUSAL)
}

# Tables that steps and ordinary reads may see, and those that open for a named purpose only.
OPEN_TABLES: Final = frozenset(name for name, table in RECORD_TABLES.items() if not table.protection)
PROTECTED_TABLES: Final = frozenset(RECORD_TABLES) - OPEN_TABLES
# Tables whose rows speak of persons: they name one, or are protected because of one.
PERSON_TABLES: Final = frozenset(name for name, table in RECORD_TABLES.items() if table.parties or table.protection)
# Rows of any table that were set aside because a lawyer and a client may be speaking.
PRIVILEGED: Final = "privileged"
# Accounts of undercover officers and of sources; never shown, only checked against.
COVERT: Final = "covert"
# What one side of a hit-or-no-hit question asked, and what the other found.
QUESTION: Final = "question"
PROTECTED_CLASSES: Final = (
    *sorted({RECORD_TABLES[name].protection for name in PROTECTED_TABLES}), PRIVILEGED, COVERT, QUESTION
)  # fmt: skip
