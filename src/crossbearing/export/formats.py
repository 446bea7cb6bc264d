"""The formats, by name; the contract tests take them from here."""

from collections.abc import Mapping
from typing import Final

from crossbearing.domain.errors import BadRequest
from crossbearing.export.case import CASE
from crossbearing.export.format import Format
from crossbearing.export.ftm import FTM
from crossbearing.export.graphml import GRAPHML
from crossbearing.export.i2 import I2
from crossbearing.export.misp import MISP
from crossbearing.export.stix import STIX
from crossbearing.export.tables import CSV, PARQUET

FORMATS: Final[Mapping[str, Format]] = {one.name: one for one in (FTM, STIX, MISP, CASE, GRAPHML, I2, CSV, PARQUET)}


def named(name: str) -> Format:
    """A format by its name.

    Raises:
        BadRequest: There is none of this name.
    """
    if name not in FORMATS:
        raise BadRequest(
            f"There is no format {name!r}", where="export", remedy=f"Name one with --format: {', '.join(FORMATS)}."
        )
    return FORMATS[name]
