"""The three markets, and the days between which they were open."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One market.

    Attributes:
        number: Place in ``MARKETS``.
        opens: Unix seconds.
        closes: Unix seconds: seized, vanished, or last captured.
        staff: Handle of its desk.
    """

    number: int
    name: str
    opens: int
    closes: int
    staff: str

    @property
    def days(self) -> int:
        """Days for which it was open."""
        return (self.closes - self.opens) // 86_400


def _at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


# Monopoly, the model, ran from mid-2019 to the end of December 2021; see docs/reference/simulation.md.
KESTREL: Final = Market(
    number=0, name="Kestrel", opens=_at(2020, 9, 1), closes=_at(2021, 12, 28), staff="kestrel_desk"
)  # its server was seized
OSPREY: Final = Market(
    number=1, name="Osprey", opens=_at(2020, 2, 1), closes=_at(2021, 6, 20), staff="osprey-help"
)  # vanished; a hosting company handed over a dump of its database
PLOVER: Final = Market(
    number=2, name="Plover", opens=_at(2021, 3, 1), closes=_at(2022, 3, 1), staff="plover_admin"
)  # only its pages were saved
MARKETS: Final = (KESTREL, OSPREY, PLOVER)
BEGINS: Final = min(market.opens for market in MARKETS)
ENDS: Final = max(market.closes for market in MARKETS)
ANNOUNCED: Final = _at(2023, 5, 2)  # the coordinator's figures; as long after the seizure as in the model
DAY: Final = 86_400  # seconds
