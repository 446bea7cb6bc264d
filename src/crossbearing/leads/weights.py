"""The stated shares that leads are weighed with, and where they are from. None comes from real cases."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from crossbearing.leads.columns import DAY
from crossbearing.leads.matching import Times

_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Shares from 0 to 1; see ``weights.toml`` for what each is and where it is from.

    Attributes:
        near: By who ordered ("own", "between") and by name of ``Near``.
        time: One share per span of ``times``.
    """

    name: str
    version: str
    labels: str
    supplied: float
    role: Mapping[str, float]
    named: Mapping[str, float]
    near: Mapping[str, Mapping[str, float]]
    time: tuple[float, ...]
    late: float
    long_before: float
    fit: Mapping[str, float]
    absent_elsewhere: float
    right: float
    strange_reference: float
    strange_handle: float
    strange_contact: float
    same_account: float
    strong: float
    fair: float
    times: Times

    @property
    def stamp(self) -> str:
        """Name, version and kind of labels, as they stand beside each lead."""
        return f"{self.name} {self.version} ({self.labels})"


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    return parsed((resources.files("crossbearing.leads") / "weights.toml").read_text(encoding="utf-8"))


def parsed(text: str) -> Weights:
    """The weights that a TOML text holds."""
    content = tomllib.loads(text)
    time = content["time"]
    shortest, longest = (tuple(hours * _HOUR for hours in time[name]) for name in ("shortest_hours", "longest_hours"))
    return Weights(
        name=content["name"],
        version=content["version"],
        labels=content["labels"],
        supplied=content["supplied"],
        role=content["role"],
        named=content["name_of_own"],
        near=content["near"],
        time=tuple(time["share"]),
        late=time["late"],
        long_before=time["long_before"],
        fit=content["fit"],
        absent_elsewhere=content["absent"]["elsewhere"],
        right=content["hard"]["right"],
        strange_reference=content["hard"]["strange_reference"],
        strange_handle=content["hard"]["strange_handle"],
        strange_contact=content["hard"]["strange_contact"],
        same_account=content["hard"]["same_account"],
        strong=content["grade"]["strong"],
        fair=content["grade"]["fair"],
        times=Times(
            shortest=(shortest[0], shortest[1], shortest[2]),
            longest=(longest[0], longest[1], longest[2]),
            widest=time["widest_days"] * DAY,
            edges=tuple(int(Decimal(edge) * DAY) for edge in time["edges_days"]),
        ),
    )
