"""The groups that the scores speak for, with what holds each together."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from crossbearing.interfaces.web.desk import Desk
from crossbearing.workflows.show_groups import list_groups

MOST: Final = 25  # groups of one page


def group_pages(desk: Desk) -> APIRouter:
    """The list of groups, of all markets or of one."""
    router = APIRouter()

    @router.get("/groups")
    def groups(
        market: Annotated[str, Query(max_length=200)] = "", after: Annotated[int, Query(ge=0, le=10**9)] = 0
    ) -> HTMLResponse:
        found = list_groups(desk.folder, desk.context, market=market, after=after, most=MOST)
        to = after + len(found.groups)
        return desk.page(
            "groups.html.j2",
            found=found,
            market=market,
            after=after,
            to=to,
            addresses={name: "/groups?" + urlencode({"market": name}) for name in found.markets},
            before=_address(market, max(after - MOST, 0)) if after else "",
            further=_address(market, to) if to < found.count else "",
            seal_of=lambda pair_id: lambda row: desk.session.seal(pair_id, row),
        )

    return router


def _address(market: str, after: int) -> str:
    return "/groups?" + urlencode({"market": market, "after": after} if market else {"after": after})
