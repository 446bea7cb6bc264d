"""The source row behind a figure, as its bytes stand in the original."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from crossbearing.domain.errors import BadRequest, NotAuthorised
from crossbearing.interfaces.web.desk import Desk
from crossbearing.workflows.show_evidence import show_bytes

PIECE: Final = 1 << 16  # bytes shown at once
AT_FIRST: Final = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row stands: as ``exhibit|part|table|row|byte offset|byte length``."""

    exhibit_id: str
    part: str
    table: str
    row: int
    offset: int
    length: int


def row_of(place: str) -> Row:
    """Read a place.

    Raises:
        BadRequest: It is none.
    """
    exhibit_id, _, rest = place.partition("|")
    parts = rest.rsplit("|", 4)
    if len(parts) != 5 or not all(one.isascii() and one.isdigit() for one in parts[2:]):  # noqa: PLR2004 - see Row
        raise BadRequest("This names no row", where="the address", remedy="Follow a link of a pair's page.")
    return Row(exhibit_id, parts[0], parts[1], *(int(one) for one in parts[2:]))


def evidence_pages(desk: Desk) -> APIRouter:
    """One row; opening it is an act in the log, with the pair as its purpose."""
    router = APIRouter()

    @router.get("/row")
    def row(place: str, subject: str, seal: str, at: int = 0, *, whole: bool = False) -> HTMLResponse:
        if seal != desk.session.seal(subject, place):
            raise NotAuthorised(
                "Rows open from the page of a pair or an operator",
                where="the address",
                remedy="Open the pair again and follow its link; links of an earlier session do not hold.",
            )
        where = row_of(place)
        first = min(max(at, 0), max(where.length - 1, 0))
        length = min(where.length - first, PIECE)
        shown = show_bytes(
            desk.folder, desk.looking_at(subject), where.exhibit_id,
            part=where.part, offset=where.offset + first, length=length,
        ) if length > 0 else ""  # fmt: skip
        link = {"place": place, "subject": subject, "seal": seal, "whole": "true"}
        return desk.page(
            "row.html.j2",
            row=where,
            subject=subject,
            text=shown if whole else shown[:AT_FIRST],
            characters=len(shown),
            is_cut=not whole and len(shown) > AT_FIRST,
            first=first,
            last=first + length,
            show_all="/row?" + urlencode({**link, "at": first}),
            show_next="/row?" + urlencode({**link, "at": first + length}) if first + length < where.length else "",
        )

    return router
