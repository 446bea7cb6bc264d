"""Units that reports count in. Masses have one unit; what is counted in pieces is never turned into mass."""

from decimal import Decimal
from typing import Final

from crossbearing.reference.currencies import is_currency

# Kilograms in one of each, exact. Source: SI; pound and ounce by the international agreement of 1959, the ounce cut
# at the eighth decimal.
KILOGRAMS: Final = {
    "kg": Decimal(1), "g": Decimal("0.001"), "mg": Decimal("0.000001"), "t": Decimal(1000),
    "lb": Decimal("0.45359237"), "oz": Decimal("0.02834952"),
}  # fmt: skip
COUNTED: Final = frozenset(
    {"persons", "accounts", "pieces", "pills", "tablets", "capsules", "doses", "blotters", "plants", "premises",
     "countries", "vendors", "ml", "l"}
)  # fmt: skip


def is_unit(unit: str) -> bool:
    """Whether a report may count in it."""
    return unit in KILOGRAMS or unit in COUNTED or is_currency(unit)
