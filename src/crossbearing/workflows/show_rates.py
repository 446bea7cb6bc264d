"""Exchange rates on record: which series there are, with their gaps, and the rate of a day with its place."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.context import Context
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading

# Profiles that hold rates; `rates add` takes nothing else.
PROFILES: Final = frozenset({"bitcoin-prices", "monero-prices", "daily-quotes", "ecb-reference-rates"})


def list_series(folder: Path, context: Context) -> list[dict[str, Any]]:
    """Every series: base, quote, how many days it has, the first and the last of them, and how many it skips."""
    with open_operation(folder, context) as operation, reading(operation) as engine:
        return engine.rows(
            """SELECT base, quote, count(DISTINCT valid_on) AS days, min(valid_on) AS first, max(valid_on) AS last,
               date_diff('day', min(valid_on), max(valid_on)) + 1 - count(DISTINCT valid_on) AS skipped
               FROM rate GROUP BY base, quote ORDER BY base, quote"""
        )


def show_rates(folder: Path, context: Context, base: str, on: date) -> list[dict[str, Any]]:
    """The rates of one currency on one day, each with where it stands; none if the series skips the day."""
    with open_operation(folder, context) as operation, reading(operation) as engine:
        return engine.rows(
            """SELECT base, quote, price, valid_on,
               place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place
               FROM rate WHERE base = upper(?) AND valid_on = ? ORDER BY quote, place""",
            [base, on],
        )
