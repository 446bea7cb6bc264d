"""Earlier joint operations and their published figures, each with its source; what sources say differently is kept.

The list is data: ``operations.toml``. It names no person. A figure that nobody published is not there, and not zero.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

EXACT, MORE_THAN, ABOUT = "exact", "more than", "about"
KG_OF_LB: Final = Decimal("0.45359237")  # international pound, exact by definition (1959)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One figure as somebody published it.

    Attributes:
        measure: "arrests", "drugs", "firearms", "money", a substance, "countries" or "turnover".
        scope: Country code, or empty for the whole operation.
        part_of: Measure that it is a kind of, if any.
        bound: "exact", "more than" or "about".
        doubt: Why it is not the one that is compared; empty if nothing speaks against it.
    """

    measure: str
    unit: str
    value: Decimal
    bound: str
    scope: str
    part_of: str
    source: str
    note: str
    doubt: str

    @property
    def last_unit(self) -> Decimal:
        """Of the last digit that is not a rounding's zero: 100 for 500, 0.1 for 152.1."""
        digits, exponent = self.value.normalize().as_tuple().digits, self.value.normalize().as_tuple().exponent
        return Decimal(1).scaleb(int(exponent)) if digits != (0,) else Decimal(1)

    @property
    def highest(self) -> Decimal:
        """What it can be at most, read as it is written: "about 500" below 550, "more than 2,000" below 3,000."""
        if self.bound == EXACT:
            return self.value
        return self.value + (self.last_unit if self.bound == MORE_THAN else self.last_unit / 2)

    @property
    def lowest(self) -> Decimal:
        """What it is at least."""
        return self.value - self.last_unit / 2 if self.bound == ABOUT else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as its partners announced it.

    Attributes:
        lead: Who led it, as named in the announcement.
        seed: What it began with.
        figures: In the order of the file; of several for one measure the first without doubt is compared.
    """

    name: str
    announced: date
    lead: tuple[str, ...]
    seed: str
    note: str
    figures: tuple[Published, ...]

    def figure(self, measure: str, unit: str) -> Published | None:
        """The figure of the whole operation that is compared; None if nobody published one."""
        return next((one for one in self.said(measure, unit) if not one.doubt), None)

    def said(self, measure: str, unit: str, scope: str = "") -> list[Published]:
        """Everything that was published for a measure."""
        return [one for one in self.figures if (one.measure, one.unit, one.scope) == (measure, unit, scope)]


@cache
def operations() -> tuple[Operation, ...]:
    """All of them, in the order they were announced."""
    data = _data()
    found = [
        Operation(
            name=one["name"], announced=one["announced"], lead=tuple(one["lead"]), seed=one["seed"],
            note=one.get("note", ""), figures=_figures(one["figures"], data["sources"]),
        )
        for one in data["operation"]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.announced))


@cache
def valuations(market: str) -> tuple[Published, ...]:
    """What a market was said to have turned over, each valuation by itself."""
    data = _data()
    return tuple(
        figure
        for one in data["valuation"]
        if one["market"] == market
        for figure in _figures([{"measure": "turnover", **value} for value in one["values"]], data["sources"])
    )


def _figures(said: Sequence[dict[str, Any]], sources: dict[str, str]) -> tuple[Published, ...]:
    return tuple(
        Published(
            measure=one["measure"], unit=one["unit"], value=Decimal(one["value"]), bound=one.get("bound", EXACT),
            scope=one.get("scope", ""), part_of=one.get("part_of", ""), source=sources[str(one["source"])],
            note=one.get("note", ""), doubt=one.get("doubt", ""),
        )
        for one in said
    )  # fmt: skip


def _data() -> dict[str, Any]:
    path = resources.files("crossbearing.reference") / "operations.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
