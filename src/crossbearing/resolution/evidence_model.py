"""The weights of evidence: what each level of each signal says for or against one operator.

A model is data: log likelihood ratios (natural logarithms) with their ranges, learnt from pairs whose answer was known,
and a prior. It says what it learnt from and where it was tested, and both stand wherever its scores do.
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

import pyarrow as pa

# Signals of one family say nearly the same, so that together they count no more than the family's cap.
FAMILIES: Final = {
    "key": "identity",
    "contact": "identity",
    "wallet": "identity",
    "pasted key": "identity",
    "handle": "name",
    "self-claim": "name",
    "writing": "text",
    "titles": "text",
    "shared words": "text",
    "picture": "picture",
    "goods": "trade",
    "origin": "trade",
    "prices": "trade",
    "quantities": "trade",
    "destinations": "trade",
    "continents": "trade",
    "activity": "time",
    "closing": "time",
    "hours": "time",
    "dealing": "dealing",
    "together": "together",
}
_PLACES: Final = Decimal("0.0001")  # four decimals, as exact numbers, so that the parts of a score add up to it
_SCHEMA: Final = pa.schema(
    [
        ("signal", pa.string()),
        ("family", pa.string()),
        ("regime", pa.string()),
        ("level", pa.string()),
        ("log_lr", pa.decimal128(9, 4)),
        ("log_lr_low", pa.decimal128(9, 4)),
        ("log_lr_high", pa.decimal128(9, 4)),
        ("cap", pa.decimal128(9, 4)),
    ]
)


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """Weights with where they are from.

    Attributes:
        labels: What the answers were that it learnt from, such as "simulation".
        prior: Log-odds of a compared pair before any evidence.
        weights: One row per signal, regime and level.
    """

    name: str
    version: str
    labels: str
    trained_on: str
    tested_on: str
    prior: Decimal
    weights: pa.Table

    @property
    def stamp(self) -> str:
        """Name, version and kind of labels, as they stand beside each score."""
        return f"{self.name} {self.version} ({self.labels})"


@cache
def shipped_model() -> EvidenceModel:
    """The model that comes with the package."""
    return parsed((resources.files("crossbearing.resolution") / "evidence_model.toml").read_text(encoding="utf-8"))


def parsed(text: str) -> EvidenceModel:
    """The model that a TOML text holds; see ``evidence_model.toml``."""
    content = tomllib.loads(text, parse_float=Decimal)
    caps = {family: _exact(cap) for family, cap in content["cap"].items()}
    rows = [
        {
            "signal": weight["signal"],
            "family": FAMILIES[weight["signal"]],
            "regime": weight["regime"],
            "level": weight["level"],
            "log_lr": _exact(weight["log_lr"]),
            "log_lr_low": _exact(weight["low"]),
            "log_lr_high": _exact(weight["high"]),
            "cap": caps[FAMILIES[weight["signal"]]],
        }
        for weight in content["weight"]
    ]
    return EvidenceModel(
        name=content["name"],
        version=content["version"],
        labels=content["labels"],
        trained_on=content["trained_on"],
        tested_on=content["tested_on"],
        prior=_exact(content["prior"]),
        weights=pa.Table.from_pylist(rows, schema=_SCHEMA),
    )


def _exact(number: Decimal | int) -> Decimal:
    return Decimal(number).quantize(_PLACES)
